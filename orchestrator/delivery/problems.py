"""Errors as RFC 9457 problem documents, with one table of all codes.

Only the caller's fault or ours is an HTTP error; a slot that cannot be filled is data in a 200. A
message names parameters, fields and positions, never a value: a value may be a person's.
"""

from __future__ import annotations

import traceback
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import orjson
import structlog
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpResponse
from django.urls import reverse
from rest_framework import exceptions

__all__ = [
    "MEDIA_TYPE",
    "PROBLEMS",
    "FieldError",
    "ProblemError",
    "ProblemKind",
    "as_problem",
    "handle",
    "problem_response",
]

MEDIA_TYPE = "application/problem+json"
log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ProblemKind:
    """One kind of error. ``advice`` tells an app developer what to do about it."""

    code: str
    status: int
    title: str
    advice: str


PROBLEMS: Mapping[str, ProblemKind] = {
    kind.code: kind
    for kind in (
        ProblemKind("unknown_parameter", 400, "Unknown parameter", "Remove it, or mend its spelling."),
        ProblemKind("duplicate_parameter", 400, "Parameter given twice", "Give each parameter once."),
        ProblemKind("invalid_parameter", 400, "Bad parameter", "Mend its value as the detail says."),
        ProblemKind(
            "identifier_in_url",
            400,
            "Identifier in the address",
            "Addresses end up in logs: send identifiers in the body of a POST.",
        ),
        ProblemKind("channel_required", 400, "No channel named", "Name one of the key's channels."),
        ProblemKind("unknown_channel", 400, "Unknown channel", "Ask /api/v1/channels for those there are."),
        ProblemKind("malformed_body", 400, "Body is not JSON", "Mend the body at the position given."),
        ProblemKind("unknown_field", 400, "Unknown field", "Remove it, or mend its spelling."),
        ProblemKind("invalid_field", 400, "Bad field", "Mend its value as the detail says."),
        ProblemKind(
            "malformed_request", 400, "Request cannot be read", "Mend the request's headers or address."
        ),
        ProblemKind("key_required", 401, "No key", "Send “Authorization: Bearer <key>”."),
        ProblemKind("key_refused", 401, "Key refused", "The key is unknown or revoked: ask for another."),
        ProblemKind(
            "right_missing", 403, "Right missing", "Ask an administrator to give the client this right."
        ),
        ProblemKind(
            "channel_refused",
            403,
            "Channel refused",
            "Ask an administrator to allow the client this channel.",
        ),
        ProblemKind("unknown_experience", 404, "Unknown experience", "It is not published, or never was."),
        ProblemKind("not_found", 404, "Nothing here", "Mend the address."),
        ProblemKind("method_not_allowed", 405, "Method not allowed", "Use one that the Allow header names."),
        ProblemKind("not_acceptable", 406, "Format not available", "Accept application/json."),
        ProblemKind("body_too_slow", 408, "Body too slow", "Send the whole body within 20 seconds."),
        ProblemKind("body_too_large", 413, "Body too large", "Send at most 64 kB."),
        ProblemKind("unsupported_media_type", 415, "Body of another type", "Send application/json in UTF-8."),
        ProblemKind("internal", 500, "Our fault", "Tell us the request id."),
        ProblemKind("source_failed", 502, "Source failed", "Try again later."),
        ProblemKind("busy", 503, "Busy", "Wait as Retry-After says."),
        ProblemKind("no_room_for_body", 503, "Too many large bodies", "Wait as Retry-After says."),
    )
}


@dataclass(frozen=True, slots=True)
class FieldError:
    """One thing that is wrong: ``place`` is query, body or header; ``name`` the parameter or field."""

    place: str
    name: str
    code: str
    detail: str


_FOREIGN: Sequence[tuple[type[Exception] | tuple[type[Exception], ...], str, str]] = (
    (exceptions.MethodNotAllowed, "method_not_allowed", "This address does not know this method."),
    (exceptions.NotAcceptable, "not_acceptable", "This API answers application/json only."),
    ((exceptions.NotFound, Http404), "not_found", "There is nothing at this address."),
    (RequestDataTooBig, "body_too_large", "The body is too large."),
    (
        (SuspiciousOperation, exceptions.ParseError, UnicodeError),
        "malformed_request",
        "The request cannot be read.",
    ),
)


class ProblemError(Exception):
    """Ends a request with a problem document. ``code`` is a key of :data:`PROBLEMS`."""

    def __init__(
        self,
        code: str,
        detail: str,
        *,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.kind = PROBLEMS[code]
        self.detail = detail
        self.errors = tuple(errors)
        self.headers = dict(headers or {})

    @classmethod
    def of_fields(cls, errors: Sequence[FieldError]) -> ProblemError:
        """One problem for everything that is wrong; the first error gives its code."""
        return cls(errors[0].code, "; ".join(error.detail for error in errors) + ".", errors=errors)


def problem_response(problem: ProblemError, *, request_id: str | None = None) -> HttpResponse:
    """The response for a problem. Never stored by any cache."""
    kind = problem.kind
    document: dict[str, Any] = {
        "type": f"{reverse('delivery:docs')}#{kind.code}",
        "title": kind.title,
        "status": kind.status,
        "detail": problem.detail,
        "code": kind.code,
    }
    if problem.errors:
        document["errors"] = [asdict(error) for error in problem.errors]
    if request_id:
        document["request_id"] = request_id
    body = orjson.dumps(document)
    headers = {"Content-Type": MEDIA_TYPE, "Content-Length": str(len(body)), "Cache-Control": "no-store"}
    return HttpResponse(body, status=kind.status, headers=headers | problem.headers)


def handle(error: Exception, context: Mapping[str, Any]) -> HttpResponse:
    """DRF's exception handler: every error of the API leaves as a problem document."""
    problem = as_problem(error)
    trace = getattr(context.get("request"), "trace", None)
    request_id = trace.request_id if trace else None
    if problem.kind.status >= 500:
        log.error("request_failed", error=type(error).__name__, at=_places(error), request_id=request_id)
    else:
        log.info("refused", code=problem.kind.code, status=problem.kind.status, request_id=request_id)
    return problem_response(problem, request_id=request_id)


def as_problem(error: Exception) -> ProblemError:
    """The problem that an exception of ours, of DRF or of Django stands for."""
    if isinstance(error, ProblemError):
        return error
    if isinstance(error, exceptions.ValidationError):
        return _of_validation(error)
    for types, code, detail in _FOREIGN:
        if isinstance(error, types):
            return ProblemError(code, detail)
    return ProblemError("internal", "Something went wrong here. It has been noted.")


def _of_validation(error: exceptions.ValidationError) -> ProblemError:
    details = error.detail if isinstance(error.detail, dict) else {"": error.detail}
    return ProblemError.of_fields(
        [
            FieldError("query", str(name), "invalid_parameter", f"{name}: {str(message).rstrip('.')}")
            for name, messages in details.items()
            for message in messages
        ]
    )


def _places(error: Exception) -> str:
    """Where an exception came through. Not its message, which could quote what the request held."""
    frames = traceback.extract_tb(error.__traceback__)
    return " > ".join(f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames)
