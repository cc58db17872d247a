"""Pages of lists: ``page`` and ``page_size``, checked; links relative, so that no proxy makes them wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request
from rest_framework.utils.urls import replace_query_param

from orchestrator.delivery.problems import FieldError, ProblemError

__all__ = ["PARAMETERS", "Paging"]

PARAMETERS = ("page", "page_size")


class Paging(PageNumberPagination):
    """50 rows unless asked otherwise, 200 at most."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200
    last_page_strings = ()

    def get_page_size(self, request: Request) -> int:
        """Raises ``ProblemError`` (400) for anything but 1 to 200."""
        return _number(request, "page_size", default=self.page_size, most=self.max_page_size)

    def get_page_number(self, request: Request, paginator: Any) -> int:
        """Raises ``ProblemError`` (400) for anything but a page that there is."""
        return _number(request, "page", default=1, most=paginator.num_pages)

    def get_next_link(self) -> str | None:
        """Path and query of the next page."""
        return self._link(self.page.next_page_number()) if self.page.has_next() else None

    def get_previous_link(self) -> str | None:
        """Path and query of the page before."""
        return self._link(self.page.previous_page_number()) if self.page.has_previous() else None

    def get_paginated_response_schema(self, schema: Mapping[str, Any]) -> dict[str, Any]:
        """The shape of a page, for the OpenAPI document."""
        link = {"type": ["string", "null"], "format": "uri-reference"}
        return {
            "type": "object",
            "required": ["count", "next", "previous", "results"],
            "additionalProperties": False,
            "properties": {
                "count": {"type": "integer", "description": "Rows on all pages."},
                "next": link | {"description": "Path and query of the next page."},
                "previous": link | {"description": "Path and query of the page before."},
                "results": schema,
            },
        }

    def get_schema_operation_parameters(self, _view: Any) -> list[dict[str, Any]]:
        """Both parameters with their bounds, for the OpenAPI document."""
        return [
            _describe("page", "Which page, from 1.", {"type": "integer", "minimum": 1, "default": 1}),
            _describe(
                "page_size",
                "Rows on a page.",
                {"type": "integer", "minimum": 1, "maximum": self.max_page_size, "default": self.page_size},
            ),
        ]

    def _link(self, number: int) -> str:
        return replace_query_param(self.request.get_full_path(), self.page_query_param, number)


def _number(request: Request, name: str, *, default: int, most: int) -> int:
    text = request.query_params.get(name, str(default))
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
    if not 1 <= number <= most:
        detail = f"{name} must be a whole number from 1 to {most}"
        raise ProblemError.of_fields([FieldError("query", name, "invalid_parameter", detail)])
    return number


def _describe(name: str, description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "description": description, "schema": schema}
