"""Errors under ``/api/`` that no view of ours made, as problem documents like all others.

Django answers an address or a host that it does not know with a page, and a method that a view does not
know with nothing at all.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from orchestrator.delivery.problems import MEDIA_TYPE, PROBLEMS, ProblemError, problem_response
from orchestrator.delivery.tracing import read_trace

__all__ = ["PlainErrors"]

_CODES = {
    400: "malformed_request",
    404: "not_found",
    405: "method_not_allowed",
    413: "body_too_large",
    502: "source_failed",
    503: "busy",
}
# What else a view says of its refusal.
_KEPT = ("Allow", "Retry-After")


class PlainErrors:
    """Middleware of delivery."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The response, or a problem document in its place."""
        response = self._get_response(request)
        told = response.headers.get("Content-Type") == MEDIA_TYPE
        if response.status_code < 400 or told or not request.path_info.startswith("/api"):
            return response
        return _problem(request, response)


def _problem(request: HttpRequest, plain: HttpResponseBase) -> HttpResponse:
    code = _CODES.get(plain.status_code, "internal")
    trace = read_trace(request.headers)
    kept = {name: plain.headers[name] for name in _KEPT if name in plain.headers}
    problem = ProblemError(code, PROBLEMS[code].advice, headers=trace.headers() | kept)
    response = problem_response(problem, request_id=trace.request_id)
    plain.close()
    return response
