"""The server's entry: a request's body is read in the event loop, then Django answers in a thread.

granian's WSGI gives a request its thread as soon as its headers are there, and waits for the body with that
thread, without an end: as many half-sent bodies as there are threads stop the hub. Its RSGI
(https://github.com/emmett-framework/granian/blob/master/docs/spec/RSGI.md) lets us wait without a thread.
An answer is handed over whole and leaves at its reader's pace, again without a thread: a file from the
disk; what is streamed through us from memory, so that only so many at a time may be on their way.

A picture that comes through us waits for its source, for seconds if that is slow. Pictures have threads of
their own, and wait for those without holding another's.
"""

from __future__ import annotations

import asyncio
import io
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import structlog

from orchestrator.config.request_bodies import BodyCutOffError, BodyRefusedError, Intake, has_body
from orchestrator.delivery.problems import ProblemError, problem_response
from orchestrator.delivery.tracing import read_trace

__all__ = ["Application"]

log = structlog.stdlib.get_logger(__name__)

# The connection ends with this answer.
_LAST = ("Connection", "close")
_SAME_FOR_ALL = {
    "SCRIPT_NAME": "",
    "wsgi.errors": sys.stderr,
    "wsgi.input_terminated": True,
    "wsgi.multiprocess": True,
    "wsgi.multithread": True,
    "wsgi.run_once": False,
    "wsgi.version": (1, 0),
}
_WITHOUT_BODY = ("GET", "HEAD")
# Pictures of sources that ask for credentials: up to 25 MB each.
MOST_STREAMS = 64
PICTURES = "/api/v1/pictures/"
# Each keeps a database connection.
PICTURE_THREADS = 8
_UNPREFIXED = {"content-type": "CONTENT_TYPE", "content-length": "CONTENT_LENGTH"}
_REFUSALS = {
    "busy": "Too many pictures are on their way.",
    "body_too_large": "The body is larger than this hub takes.",
    "body_too_slow": "The body did not come in time.",
    "no_room_for_body": "Too many large bodies are on their way.",
}
_RETRY_AFTER_S = "5"


class Application:
    """An RSGI application around a WSGI one. ``threads`` answer all but pictures.

    ``most_streams`` is how many streamed answers may be on their way to their readers, and how many
    pictures may be under way at all.
    """

    def __init__(
        self,
        application: Callable[..., Iterable[bytes]],
        *,
        threads: int,
        intake: Intake | None = None,
        most_streams: int = MOST_STREAMS,
    ) -> None:
        self._application = application
        self._intake = intake or Intake()
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="request")
        self._picture_threads = ThreadPoolExecutor(PICTURE_THREADS, thread_name_prefix="picture")
        self._free_streams = self._free_pictures = most_streams

    async def __rsgi__(self, scope: Any, protocol: Any) -> None:
        """Answer one request."""
        if scope.method in _WITHOUT_BODY or not has_body(scope.headers):
            await self._answer_in_turn(scope, protocol, b"")
            return
        try:
            async with self._intake.take(scope.headers, protocol) as body:
                await self._answer_in_turn(scope, protocol, body)
        except BodyRefusedError as refused:
            _refuse(refused.code, scope, protocol)
        except BodyCutOffError:
            protocol.response_empty(400, [_LAST])

    def __rsgi_del__(self, _loop: asyncio.AbstractEventLoop) -> None:
        """The worker ends."""
        for threads in (self._threads, self._picture_threads):
            threads.shutdown(wait=False, cancel_futures=True)

    async def _answer_in_turn(self, scope: Any, protocol: Any, body: bytes) -> None:
        if not scope.path.startswith(PICTURES):
            await self._answer(scope, protocol, body, self._threads)
            return
        if self._free_pictures == 0:
            _refuse("busy", scope, protocol)
            return
        self._free_pictures -= 1
        try:
            await self._answer(scope, protocol, body, self._picture_threads)
        finally:
            self._free_pictures += 1

    async def _answer(self, scope: Any, protocol: Any, body: bytes, threads: ThreadPoolExecutor) -> None:
        loop = asyncio.get_running_loop()
        environ = _environ(scope, body)
        stream = await loop.run_in_executor(threads, self._call, environ, protocol)
        if stream is None:
            return
        if self._free_streams == 0:
            stream.close()
            _refuse("busy", scope, protocol)
            return
        self._free_streams -= 1
        try:
            await loop.run_in_executor(threads, stream.send, protocol)
            # The connection ends with it, and not before its reader has all of it.
            await protocol.client_disconnect()
        finally:
            self._free_streams += 1

    def _call(self, environ: dict[str, Any], protocol: Any) -> _Stream | None:
        """Answer, or say what is to be streamed."""
        started: list[Any] = []
        body = self._application(
            environ, lambda status, headers, *_: started.extend((int(status[:3]), headers))
        )
        if isinstance(body, list):
            protocol.response_bytes(*started, b"".join(body))
        elif isinstance(body, _File):
            protocol.response_file(*started, body.path)
            body.close()
        elif environ["REQUEST_METHOD"] == "HEAD" or started[0] == 304:
            body.close()
            protocol.response_empty(*started)
        else:
            return _Stream(*started, body)
        return None


class _File:
    """A file that the server can send by itself."""

    def __init__(self, file: io.BufferedReader) -> None:
        self.path = file.name
        self.close = file.close


def _wrap_file(file: Any, _block_size: int) -> _File | list[bytes]:
    """``wsgi.file_wrapper`` (PEP 3333). A part of a file is read at once: ours are small."""
    if isinstance(file, io.BufferedReader) and isinstance(file.name, str):
        return _File(file)
    with closing(file):
        return [file.read()]


@dataclass(frozen=True, slots=True)
class _Stream:
    """What comes in pieces, which the server keeps until their reader has taken them."""

    status: int
    headers: list[tuple[str, str]]
    chunks: Any

    def send(self, protocol: Any) -> None:
        """Hand over all of it; ends as soon as the last piece is there."""
        transport = protocol.response_stream(self.status, [*self.headers, _LAST])
        try:
            for chunk in self.chunks:
                # What it gives is done at once: it never waits for the reader.
                transport.send_bytes(chunk)
        finally:
            self.close()

    def close(self) -> None:
        """Tell the application that it was sent, or never will be."""
        self.chunks.close()


def _environ(scope: Any, body: bytes) -> dict[str, Any]:
    """What WSGI calls a request (PEP 3333): text is bytes read as Latin-1."""
    host, _, port = scope.server.rpartition(":")
    environ = _SAME_FOR_ALL | {
        "REQUEST_METHOD": scope.method,
        "PATH_INFO": scope.path.encode().decode("latin-1"),
        "QUERY_STRING": scope.query_string.encode().decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "SERVER_NAME": host,
        "SERVER_PORT": port,
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": io.BytesIO(body),
        "wsgi.file_wrapper": _wrap_file,
    }
    for name, value in scope.headers.items():
        # "x_forwarded_proto" would pass for the "x-forwarded-proto" that only the proxy may set.
        if "_" in name:
            continue
        key = _UNPREFIXED.get(name) or f"HTTP_{name.upper().replace('-', '_')}"
        separator = "; " if name == "cookie" else ","
        environ[key] = f"{environ[key]}{separator}{value}" if key in environ else value
    environ["CONTENT_LENGTH"] = str(len(body)) if body else ""
    if scope.authority and "HTTP_HOST" not in environ:
        environ["HTTP_HOST"] = scope.authority
    return environ


def _refuse(code: str, scope: Any, protocol: Any) -> None:
    """Answer without the rest of the body, after which the connection cannot be used."""
    trace = read_trace(scope.headers)
    problem = ProblemError(code, _REFUSALS[code], headers=trace.headers() | dict([_LAST]))
    if problem.kind.status == 503:
        problem.headers["Retry-After"] = _RETRY_AFTER_S
    log.info("refused", code=code, status=problem.kind.status, request_id=trace.request_id)
    if scope.path.startswith("/api/"):
        response = problem_response(problem, request_id=trace.request_id)
        protocol.response_bytes(response.status_code, list(response.items()), response.content)
    else:
        headers = {"Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store"}
        protocol.response_str(
            problem.kind.status, list((headers | problem.headers).items()), f"{problem.detail}\n"
        )
