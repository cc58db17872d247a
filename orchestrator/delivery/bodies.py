"""The body of a request, read to its limit and no further."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest

from orchestrator.delivery.problems import ProblemError

__all__ = ["MAX_BODY_BYTES", "read_json"]

MAX_BODY_BYTES = 64 * 1024


def read_json(request: HttpRequest) -> Any:
    """The body as JSON data.

    Raises:
        ProblemError: 415 for another type, 413 past 64 kB, 400 naming the position for what is not
            UTF-8, not JSON, or has a key twice.
    """
    _check_type(request)
    body = _read_body(request)
    try:
        return json.loads(
            body.decode(),
            object_pairs_hook=_refuse_twins,
            parse_constant=_refuse_constant,
            parse_int=_read_int,
        )
    except UnicodeDecodeError as error:
        raise _malformed(f"The body is not UTF-8 at byte {error.start + 1}.") from None
    except json.JSONDecodeError as error:
        raise _malformed(f"The body is not JSON at line {error.lineno}, column {error.colno}.") from None
    except RecursionError:
        raise _malformed("The body is nested too deeply.") from None


def _check_type(request: HttpRequest) -> None:
    charset = (request.content_params or {}).get("charset", "utf-8").lower()
    if request.content_type != "application/json" or charset not in ("utf-8", "utf8"):
        raise ProblemError("unsupported_media_type", "The body must be application/json in UTF-8.")
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise ProblemError("unsupported_media_type", "The body must not be compressed.")


def _read_body(request: HttpRequest) -> bytes:
    if _declared_bytes(request) > MAX_BODY_BYTES:
        raise _too_large()
    body = b"".join(_chunks(_stream(request), MAX_BODY_BYTES + 1))
    if len(body) > MAX_BODY_BYTES:
        raise _too_large()
    return body


def _declared_bytes(request: HttpRequest) -> int:
    text = request.META.get("CONTENT_LENGTH") or "0"
    # Longer than any limit needs, and int() refuses what has thousands of digits.
    return int(text[:20]) if text.isascii() and text.isdigit() else 0


def _stream(request: HttpRequest) -> Any:
    # Django reads nothing of a chunked body, for it has no length; a server that ends it says so.
    chunked = not request.META.get("CONTENT_LENGTH") and request.META.get("wsgi.input_terminated")
    return request.META["wsgi.input"] if chunked else request


def _chunks(stream: Any, limit: int) -> Any:
    while limit > 0 and (chunk := stream.read(limit)):
        limit -= len(chunk)
        yield chunk


def _refuse_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise _malformed("The body has a key twice in one object.")
    return fields


def _refuse_constant(_name: str) -> Any:
    raise _malformed("The body holds NaN or Infinity, which JSON does not have.")


def _read_int(digits: str) -> int | float:
    # int() refuses thousands of digits. No field takes a number, so its size does not matter.
    return int(digits) if len(digits) < 20 else float("inf")


def _malformed(detail: str) -> ProblemError:
    return ProblemError("malformed_body", detail)


def _too_large() -> ProblemError:
    return ProblemError("body_too_large", f"The body is larger than {MAX_BODY_BYTES // 1024} kB.")
