"""The base of simulators: a small WSGI app that answers like a vendor's system.

A connector's ``simulator.py`` subclasses :class:`SimulatorServer`, keeps its state in attributes that
tests change, and answers requests::

    class ShopSimulator(SimulatorServer):
        def __init__(self) -> None:
            super().__init__()
            self.products = {"p-1": {"id": "p-1", "title": "Massage"}}

        def answer(self, request: SimRequest) -> SimAnswer:
            if request.headers.get("authorization") != "Bearer t0ken":
                return json_answer({"error": "unauthorized"}, status=401)
            product = self.products.get(request.path.removeprefix("/products/"))
            return json_answer(product) if product else json_answer({"error": "not found"}, status=404)

It serves itself (``with ShopSimulator() as shop: shop.url``), or any WSGI server serves it.
"""

from __future__ import annotations

import http.client
import io
import json
import threading
from abc import abstractmethod
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qs, unquote_to_bytes, urlsplit

from connectors.sdk.testing.serving import Handler, LoopbackServer

__all__ = ["SimAnswer", "SimRequest", "SimulatorServer", "json_answer"]


@dataclass(frozen=True, slots=True)
class SimRequest:
    """One request as a simulator sees it. ``path`` is decoded; header names are lower case."""

    method: str
    path: str
    query: Mapping[str, list[str]] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def arg(self, name: str, default: str = "") -> str:
        """The first value of a query parameter."""
        return self.query.get(name, [default])[0]

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class SimAnswer:
    """What a simulator answers."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


def json_answer(data: Any, *, status: int = 200, headers: Mapping[str, str] | None = None) -> SimAnswer:
    """An answer in JSON."""
    body = json.dumps(data, ensure_ascii=False).encode()
    return SimAnswer(status, {"Content-Type": "application/json; charset=utf-8", **(headers or {})}, body)


class SimulatorServer(LoopbackServer):
    """A WSGI app with a log of its requests, which can also serve itself on loopback.

    ``answer`` is called by one request at a time, so that state needs no lock; a test that changes
    state while requests run holds ``lock``. ``clock`` is the time that answers tell in their ``Date``
    header, in whole seconds; ``None`` for that of the machine.
    """

    def __init__(self) -> None:
        super().__init__()
        self.requests: deque[SimRequest] = deque(maxlen=1000)
        self.lock = threading.RLock()
        self.clock: datetime | None = None

    @abstractmethod
    def answer(self, request: SimRequest) -> SimAnswer:
        """Answer one request."""

    def __call__(
        self, environ: Mapping[str, Any], start_response: Callable[[str, list[tuple[str, str]]], Any]
    ) -> Iterable[bytes]:
        answer = self._play(_from_environ(environ))
        reason = http.client.responses.get(answer.status, "Unknown")
        start_response(f"{answer.status} {reason}", list({**answer.headers, **self._date()}.items()))
        return [answer.body]

    def handle(self, handler: Handler) -> None:
        """Serve one request through the app's own WSGI door, as any other server would."""
        started: list[tuple[str, list[tuple[str, str]]]] = []
        body = b"".join(self(_to_environ(handler), lambda status, headers: started.append((status, headers))))
        status, headers = started[0]
        handler.reply(int(status.split()[0]), headers, body)

    def _play(self, request: SimRequest) -> SimAnswer:
        with self.lock:
            self.requests.append(request)
            return self.answer(request)

    def _date(self) -> dict[str, str]:
        return {"Date": format_datetime(self.clock.astimezone(UTC), usegmt=True)} if self.clock else {}


def _to_environ(handler: Handler) -> dict[str, Any]:
    parts = urlsplit(handler.path)
    headers = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in handler.headers.items()}
    return {
        **headers,
        "REQUEST_METHOD": handler.command,
        # WSGI carries bytes as Latin-1 text.
        "PATH_INFO": unquote_to_bytes(parts.path).decode("latin-1"),
        "QUERY_STRING": parts.query,
        "CONTENT_TYPE": handler.headers.get("Content-Type", ""),
        "CONTENT_LENGTH": handler.headers.get("Content-Length", ""),
        "wsgi.input": io.BytesIO(handler.read_body()),
    }


def _from_environ(environ: Mapping[str, Any]) -> SimRequest:
    headers = {
        name[5:].lower().replace("_", "-"): value
        for name, value in environ.items()
        if name.startswith("HTTP_")
    }
    if environ.get("CONTENT_TYPE"):
        headers["content-type"] = environ["CONTENT_TYPE"]
    return SimRequest(
        method=environ["REQUEST_METHOD"],
        path=environ.get("PATH_INFO", "").encode("latin-1").decode("utf-8", "replace"),
        query=parse_qs(environ.get("QUERY_STRING", ""), keep_blank_values=True),
        headers=headers,
        body=environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)),
    )
