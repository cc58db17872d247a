"""A proxy that stands before a system and spoils its answers.

::

    with FaultProxy(simulator.url) as proxy:
        connector = make(proxy.url)
        with proxy.faulty(Hang()):
            ...   # every call now hangs
        assert proxy.requests == 1
"""

from __future__ import annotations

import contextlib
import gzip
import http.client
import json
import socket
import struct
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import urlsplit

from connectors.sdk.testing.serving import Handler, LoopbackServer

__all__ = [
    "JSON",
    "BadGzip",
    "Drift",
    "DripBody",
    "DripHeaders",
    "Fault",
    "FaultProxy",
    "Form",
    "GzipBomb",
    "Hang",
    "Html",
    "Latency",
    "Oversized",
    "Reset",
    "Status",
    "Truncated",
    "TruncatedJson",
    "Upstream",
    "Visit",
    "WrongCharset",
]


@dataclass(frozen=True, slots=True)
class Upstream:
    """The answer of the system itself, whole."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def send(self, handler: Handler, *, body: bytes | None = None, **changed: str) -> None:
        """Pass it on, with another body or other headers (``content_type="text/html"``)."""
        body = self.body if body is None else body
        replaced = {name.replace("_", "-") for name in changed} | {"content-length"}
        kept = [(name, value) for name, value in self.headers if name.lower() not in replaced]
        added = [(name.replace("_", "-"), value) for name, value in changed.items()]
        handler.reply(self.status, [*kept, *added], body)


@dataclass(frozen=True, slots=True)
class Form:
    """How a system writes its answers: read into plain JSON data, which a test rewrites, and written again.

    A system with another form than JSON has its own; ``write`` takes any data, as odd as it may be.
    """

    read: Callable[[bytes], Any]
    write: Callable[[Any], bytes]


JSON = Form(json.loads, lambda data: json.dumps(data).encode())


@dataclass(frozen=True, slots=True)
class Visit:
    """One request that arrived. ``ask`` asks the system itself; ``stopping`` is set when the proxy stops."""

    handler: Handler
    ask: Callable[[], Upstream]
    stopping: threading.Event
    form: Form = JSON

    def write(self, data: bytes) -> None:
        """Send bytes at once."""
        self.handler.wfile.write(data)
        self.handler.wfile.flush()

    def hold(self, *, every_s: float, drip: bytes = b"") -> None:
        """Keep the connection open, dripping, until the client closes it or the proxy stops."""
        self.handler.close_connection = True
        self.handler.connection.settimeout(every_s)
        while not self.stopping.is_set():
            self.write(drip)
            try:
                if not self.handler.connection.recv(1, socket.MSG_PEEK):
                    return
            except TimeoutError:
                continue


class Fault(Protocol):
    """One way to spoil an answer."""

    def serve(self, visit: Visit) -> None:
        """Answer the visit."""
        ...


@dataclass(frozen=True, slots=True)
class Latency:
    """The answer comes whole, but later."""

    delay_s: float

    def serve(self, visit: Visit) -> None:
        visit.stopping.wait(self.delay_s)
        visit.ask().send(visit.handler)


@dataclass(frozen=True, slots=True)
class Hang:
    """The request is read and never answered."""

    def serve(self, visit: Visit) -> None:
        visit.hold(every_s=0.02)


@dataclass(frozen=True, slots=True)
class Reset:
    """The connection is reset instead of an answer."""

    def serve(self, visit: Visit) -> None:
        # Closing with a linger time of zero sends RST in place of FIN.
        visit.handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        visit.handler.close_connection = True
        visit.handler.server.abort(visit.handler.connection)


@dataclass(frozen=True, slots=True)
class DripHeaders:
    """One byte of a header at a time, for ever: a timeout per read never fires."""

    every_s: float = 0.02

    def serve(self, visit: Visit) -> None:
        visit.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        visit.hold(every_s=self.every_s, drip=b"a")


@dataclass(frozen=True, slots=True)
class DripBody:
    """Proper headers, then one byte of the body at a time, and never the last."""

    every_s: float = 0.02

    def serve(self, visit: Visit) -> None:
        visit.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n[")
        visit.hold(every_s=self.every_s, drip=b" ")


@dataclass(frozen=True, slots=True)
class Status:
    """A status in place of the answer, in the manner of a gateway: a page of HTML that tells secrets."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b"<html><body>upstream says: leaked-body-text</body></html>"

    def serve(self, visit: Visit) -> None:
        visit.handler.reply(self.status, [("Content-Type", "text/html"), *self.headers.items()], self.body)


@dataclass(frozen=True, slots=True)
class Html:
    """A sign-in page with status 200, labelled as HTML or, worse, as JSON."""

    content_type: str = "text/html; charset=utf-8"

    def serve(self, visit: Visit) -> None:
        body = b"<!doctype html><title>leaked-body-text</title>"
        visit.handler.reply(200, [("Content-Type", self.content_type)], body)


@dataclass(frozen=True, slots=True)
class Truncated:
    """Half of the body, then the end of the connection."""

    def serve(self, visit: Visit) -> None:
        upstream = visit.ask()
        visit.handler.close_connection = True
        upstream.send(
            visit.handler,
            body=upstream.body[: len(upstream.body) // 2],
            content_length=str(len(upstream.body)),
        )


@dataclass(frozen=True, slots=True)
class TruncatedJson:
    """Half of the body, framed as if it were whole."""

    def serve(self, visit: Visit) -> None:
        upstream = visit.ask()
        upstream.send(visit.handler, body=upstream.body[: len(upstream.body) // 2])


@dataclass(frozen=True, slots=True)
class Oversized:
    """The answer itself, followed by blanks without end: still JSON, and announced by no length."""

    size_bytes: int = 6_000_000

    def serve(self, visit: Visit) -> None:
        visit.handler.close_connection = True
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n"
        visit.write(head + visit.ask().body)
        for _ in range(self.size_bytes // 65_536 + 1):
            visit.write(b" " * 65_536)


@dataclass(frozen=True, slots=True)
class GzipBomb:
    """A small compressed body that becomes a large one."""

    size_bytes: int = 8_000_000

    def serve(self, visit: Visit) -> None:
        body = gzip.compress(b" " * self.size_bytes)
        visit.handler.reply(200, [("Content-Type", "application/json"), ("Content-Encoding", "gzip")], body)


@dataclass(frozen=True, slots=True)
class BadGzip:
    """The answer says that it is compressed, and is not."""

    def serve(self, visit: Visit) -> None:
        visit.ask().send(visit.handler, content_encoding="gzip")


@dataclass(frozen=True, slots=True)
class WrongCharset:
    """The answer says UTF-8 and is UTF-16."""

    def serve(self, visit: Visit) -> None:
        upstream = visit.ask()
        body = upstream.body.decode("utf-8", "replace").encode("utf-16")
        upstream.send(visit.handler, body=body, content_type="application/json; charset=utf-8")


@dataclass(frozen=True, slots=True)
class Drift:
    """The data of the answer, rewritten: what a new release of the system may look like."""

    rewrite: Callable[[Any], Any]

    def serve(self, visit: Visit) -> None:
        upstream = visit.ask()
        upstream.send(visit.handler, body=visit.form.write(self.rewrite(visit.form.read(upstream.body))))


class FaultProxy(LoopbackServer):
    """Passes requests on to ``target``, and spoils the answers while ``fault`` is set.

    ``requests`` counts what arrived; ``paths`` are their paths, without queries.
    """

    def __init__(self, target: str, *, form: Form = JSON) -> None:
        super().__init__()
        self._target, self._form = urlsplit(target), form
        self.fault: Fault | None = None
        self.paths: list[str] = []

    @property
    def requests(self) -> int:
        """How many requests arrived."""
        return len(self.paths)

    @contextlib.contextmanager
    def faulty(self, fault: Fault) -> Iterator[None]:
        """Spoil every answer in this block."""
        self.fault = fault
        try:
            yield
        finally:
            self.fault = None

    def handle(self, handler: Handler) -> None:
        """Pass one request on, or spoil it."""
        self.paths.append(urlsplit(handler.path).path)
        body = handler.read_body()
        if self.fault is None:
            self._ask(handler, body).send(handler)
        else:
            self.fault.serve(Visit(handler, lambda: self._ask(handler, body), self.stopping, self._form))

    def _ask(self, handler: Handler, body: bytes) -> Upstream:
        connection = http.client.HTTPConnection(self._target.netloc, timeout=10)
        try:
            headers = {name: value for name, value in handler.headers.items() if name.lower() != "connection"}
            connection.request(handler.command, f"{self._target.path}{handler.path}", body or None, headers)
            answer = connection.getresponse()
            hop = ("transfer-encoding", "connection", "content-length", "date", "server")
            kept = [(name, value) for name, value in answer.getheaders() if name.lower() not in hop]
            return Upstream(answer.status, kept, answer.read())
        finally:
            connection.close()
