"""One HTTP server for all systems: each under its path prefix, the page for people at ``/``."""

from __future__ import annotations

import socket
import struct
import sys
import time
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from orchestrator.demo.systems import control, page
from orchestrator.demo.systems.messages import Request, Response, json_response
from orchestrator.demo.systems.records import System

_MAX_BODY_BYTES = 1_000_000
_SLOWEST_STEP_S = 0.05


class PortTakenError(OSError):
    """Another program listens there."""


class MeridianServer(ThreadingHTTPServer):
    """Serves ``systems`` on loopback. ``hub`` is only shown, as a link for people."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(
        self, port: int, systems: Mapping[str, System], *, hub: str = "", host: str = "127.0.0.1"
    ) -> None:
        self.systems = systems
        self.hub = hub
        self.closing = False
        try:
            super().__init__((host, port), _Handler)
        except OSError as error:
            raise PortTakenError(f"Port {port} is taken by another program.") from error
        self.address = f"http://{host}:{self.server_port}"

    def server_close(self) -> None:
        """Stop listening and let slow answers go."""
        self.closing = True
        super().server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news; everything else is."""
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    server: MeridianServer
    protocol_version = "HTTP/1.1"
    server_version = "Meridian"
    sys_version = ""
    # Head and body leave in one packet: two would wait for each other's acknowledgement.
    wbufsize = -1
    disable_nagle_algorithm = True

    def _serve(self) -> None:
        request = self._read()
        if request is None:
            self._write(json_response({"error": "body too large"}, status=413))
            return
        slug, _, rest = request.path.lstrip("/").partition("/")
        system = self.server.systems.get(slug)
        if system is None:
            self._write(self._for_people(request))
            return
        system.count_request()
        self._wait(system.behaviour.delay_ms / 1000)
        if not system.behaviour.plugged:
            self._hang_up()
            return
        inner = Request(
            request.method, f"/{rest}", request.query_string, request.headers, request.body, request.address
        )
        self._write(system.answer(inner))

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_SEARCH = _serve  # noqa: N815

    def _for_people(self, request: Request) -> Response:
        if request.method == "POST" and _is_foreign(request):
            return json_response({"error": "only this page may change something"}, status=403)
        if request.path == "/control":
            return control.answer(self.server.systems, request)
        return page.answer(self.server.systems, request, hub=self.server.hub)

    def _read(self) -> Request | None:
        parts = urlsplit(self.path)
        length = self.headers.get("Content-Length", "0")
        size = int(length) if length.isdigit() else 0
        if size > _MAX_BODY_BYTES:
            self.close_connection = True
            return None
        headers = {name.lower(): value for name, value in self.headers.items()}
        return Request(
            self.command, parts.path, parts.query, headers, self.rfile.read(size), self.server.address
        )

    def _write(self, response: Response) -> None:
        self.send_response(response.status)
        for name, value in response.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(response.body)))
        self.end_headers()
        if self.command != "HEAD" and response.status != 304:
            self.wfile.write(response.body)

    def _wait(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while not self.server.closing and (left := end - time.monotonic()) > 0:
            time.sleep(min(left, _SLOWEST_STEP_S))

    def _hang_up(self) -> None:
        """Reset the connection, as a machine without power does to the one who still talks to it."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: addresses hold what people search for, and the page counts the calls."""


def _is_foreign(request: Request) -> bool:
    """True for a form that some other web page sends here."""
    origin = request.headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != request.headers.get("host")
