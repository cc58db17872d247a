"""A threaded HTTP/1.1 server on a free port of loopback, for simulators and the fault proxy."""

from __future__ import annotations

import contextlib
import socket
import threading
from abc import ABC, abstractmethod
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

__all__ = ["Handler", "LoopbackServer"]


class Handler(BaseHTTPRequestHandler):
    """One client connection. Every method goes to the server's ``handle``."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # Head and body leave in one packet.
    server: _Server

    def read_body(self) -> bytes:
        """The request's body, as long as its ``Content-Length`` says."""
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def reply(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        """Answer at once and whole; HEAD and statuses without a body get none."""
        names = {name.lower() for name, _ in headers}
        # Who says the time says it alone.
        (self.send_response_only if "date" in names else self.send_response)(status)
        for name, value in headers:
            self.send_header(name, value)
        bodiless = self.command == "HEAD" or status in (204, 304)
        if "content-length" not in names and status not in (204, 304):
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if not bodiless:
            self.wfile.write(body)
        self.wfile.flush()

    def handle(self) -> None:
        # A client that goes away in the middle is what many tests are about.
        with contextlib.suppress(OSError):
            super().handle()

    def finish(self) -> None:
        with contextlib.suppress(OSError):
            super().finish()

    def log_message(self, format: str, *args: Any) -> None:
        """Stay silent: the address may hold a key."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("do_"):
            return lambda: self.server.owner.handle(self)
        raise AttributeError(name)


class _Server(ThreadingHTTPServer):
    """Knows its open connections, so that it can end them all."""

    daemon_threads = False
    block_on_close = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], owner: LoopbackServer) -> None:
        self.owner = owner
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        super().__init__(address, Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._lock:
            self._open.add(request)
            self.owner.connections += 1
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def abort(self, request: socket.socket) -> None:
        """Close without the usual farewell, which would send FIN."""
        with self._lock:
            self._open.discard(request)
        request.close()

    def end_all(self) -> None:
        with self._lock:
            for connection in self._open:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)


class LoopbackServer(ABC):
    """Start, stop and address of such a server; ``handle`` answers one request.

    It may be started again after a stop, at another port. ``connections`` counts those accepted.
    """

    def __init__(self) -> None:
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None
        self.stopping = threading.Event()
        self.connections = 0

    @abstractmethod
    def handle(self, handler: Handler) -> None:
        """Answer one request. Runs in a thread of its connection."""

    def start(self, *, port: int = 0) -> Self:
        """Listen and serve, in a thread of its own."""
        self.stopping.clear()
        self._server = _Server(("127.0.0.1", port), self)
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, name=type(self).__name__
        )
        self._thread.start()
        return self

    def stop(self) -> None:
        """End every connection and give the port back. Returns when all threads have ended."""
        if self._server is None or self._thread is None:
            return
        self.stopping.set()
        self._server.shutdown()
        self._thread.join()
        self._server.end_all()
        self._server.server_close()
        self._server = self._thread = None

    @property
    def port(self) -> int:
        """The port it listens at."""
        if self._server is None:
            raise RuntimeError("it is not started")
        return int(self._server.server_address[1])

    @property
    def host(self) -> str:
        """Host and port, as an allow-list or a Host header has it."""
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        """Its address, without a closing slash."""
        return f"http://{self.host}"

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
