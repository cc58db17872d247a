"""Values that nothing can have, in what a person's browser sends: 400 and their names.

A number of 25 digits, a word where an id belongs, a NUL, a form without half of its fields: SQLite,
PostgreSQL, Django and Wagtail each raise an error of their own, deep in views that are mostly not ours.
Where nothing that was sent explains the error it is ours, and stays one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django.db import DataError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch
from django.utils.datastructures import MultiValueDictKeyError

__all__ = ["ImpossibleValues"]

_MOST = 2**63
# Beyond these int() refuses to read.
_MOST_DIGITS = 4300
# Python tells the beginning of a long value only.
_MOST_TOLD = 180
# What Django and Python say of a value that is no number, or no address to go back to.
_SAYINGS = (
    "expected a number but got {!r}",
    "invalid literal for int() with base 10: {!r}",
    "Reverse for {!r} not found",
)


class ImpossibleValues:
    """Middleware of the admin."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Unchanged."""
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The refusal, if what was sent explains the error."""
        names = sorted(set(_culprits(request, error)))
        if not names:
            return None
        page = TemplateResponse(request, "config/impossible_value.html", {"names": names}, status=400)
        return page.render()


def _culprits(request: HttpRequest, error: Exception) -> Iterator[str]:
    """The names of what explains it; of a form that lacks a field, that field's."""
    if isinstance(error, MultiValueDictKeyError):
        yield from map(str, error.args)
    elif isinstance(error, OverflowError | DataError):
        yield from (name for name, value in _values(request) if "\0" in value or _is_too_large(value))
    elif isinstance(error, ValueError | NoReverseMatch):
        text = str(error)
        yield from (name for name, value in _values(request) if _is_told(value, text))


def _values(request: HttpRequest) -> Iterator[tuple[str, str]]:
    match = request.resolver_match
    yield from ((name, str(value)) for name, value in (match.kwargs if match else {}).items())
    for values in (request.GET, request.POST):
        for name, several in values.lists():
            yield from ((name, value) for value in (name, *several) if isinstance(value, str))


def _is_told(value: str, text: str) -> bool:
    if len(value) > _MOST_DIGITS and "integer string conversion" in text:
        return True
    return any(saying.format(value)[:_MOST_TOLD] in text for saying in _SAYINGS)


def _is_too_large(value: str) -> bool:
    digits = value.strip().lstrip("+-")
    return digits.isdecimal() and (len(digits) > _MOST_DIGITS or not -_MOST <= int(value) < _MOST)
