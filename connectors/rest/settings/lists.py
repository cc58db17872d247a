"""How records are listed and searched, and how a list goes on."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, ValidationInfo, field_validator

from connectors.rest.settings.hints import Path, Statuses
from connectors.sdk import ConnectorConfig
from connectors.sdk.mapping import paths
from connectors.sdk.mapping.hints import LOCALE_NAMES, Expression, need, refuse_others, shown

__all__ = ["ListSettings"]


class ListSettings(ConnectorConfig):
    """How records are listed and searched, and how a list goes on."""

    list_path: Path = Field(
        default="",
        title="Path of a list, newest first",
        description="Such as /items?sort=-updated. Shown before a person types words",
        json_schema_extra=shown("Finding"),
    )
    search_path: Path = Field(
        default="",
        title="Path of a search",
        description="Such as /items?q={query}. Without it nobody can pick from this connection",
        json_schema_extra=shown("Finding"),
    )
    items: Expression = Field(
        default="@",
        title="Place of the records in a list",
        description="JMESPath; @ if the answer is the list itself, items or data.results else",
        json_schema_extra=shown("Finding"),
    )
    check_path: Path = Field(
        default="",
        title="Path to test the connection with",
        description="Needed only if there is no list and no search",
        json_schema_extra=shown("Finding"),
    )
    paging: Literal["none", "page", "offset", "cursor", "next_url", "header"] = Field(
        default="none",
        title="How lists go on",
        json_schema_extra=shown(
            "Pages",
            labels={
                "none": "They do not: one answer holds all",
                "page": "By the number of the page",
                "offset": "By how many to leave out (offset)",
                "cursor": "By a mark from the answer (cursor)",
                "next_url": "By the next address, in the answer",
                "header": "By the next address, in a header (Link)",
            },
        ),
    )
    page_parameter: str = Field(
        default="page",
        title="Parameter with the page number",
        json_schema_extra=shown("Pages", paging=["page"]),
    )
    first_page: int = Field(
        default=1,
        ge=0,
        le=1,
        title="Number of the first page",
        json_schema_extra=shown("Pages", paging=["page"]),
    )
    offset_parameter: str = Field(
        default="offset",
        title="Parameter with the number to leave out",
        json_schema_extra=shown("Pages", paging=["offset"]),
    )
    cursor_parameter: str = Field(
        default="cursor", title="Parameter with the mark", json_schema_extra=shown("Pages", paging=["cursor"])
    )
    next: Expression = Field(
        default="",
        title="Place of the mark or the next address",
        description="JMESPath, such as meta.next_cursor or links.next",
        json_schema_extra=shown("Pages", paging=["cursor", "next_url"]),
    )
    next_header: str = Field(
        default="Link",
        title="Header with the next address",
        description="Link with rel=next, or a header that is the address itself",
        json_schema_extra=shown("Pages", paging=["header"]),
    )
    total: Expression = Field(
        default="",
        title="Place of the total",
        description="JMESPath of how many there are in all; saves the last, empty page",
        json_schema_extra=shown("Pages", paging=["page", "offset"]),
    )
    page_size_parameter: str = Field(
        default="",
        title="Parameter with the size of a page",
        description="Such as limit or per_page; empty if the system does not know one",
        json_schema_extra=shown("Pages"),
    )
    page_size: int = Field(default=25, ge=1, le=100, title="Size of a page", json_schema_extra=shown("Pages"))
    end_statuses: Statuses = Field(
        default=[404],
        title="Answers past the last page",
        description="HTTP status; only asked beyond the first page",
        json_schema_extra=shown("Pages", paging=["page", "offset"]),
    )

    @field_validator("items")
    @classmethod
    def _items(cls, value: str) -> str:
        return value or "@"

    @field_validator("list_path")
    @classmethod
    def _list_path(cls, value: str) -> str:
        return refuse_others(value, LOCALE_NAMES)

    @field_validator("search_path")
    @classmethod
    def _search_path(cls, value: str) -> str:
        if "query" in paths.required(value):
            raise ValueError("put {query} after the ?, so that it can be left out")
        return need(value, "query", others=LOCALE_NAMES)

    @field_validator("check_path")
    @classmethod
    def _check_path(cls, value: str, info: ValidationInfo) -> str:
        if not any((value, info.data.get("list_path", "-"), info.data.get("search_path", "-"))):
            raise ValueError("give this, a list or a search: without one nothing can be tested")
        return refuse_others(value, LOCALE_NAMES)

    @field_validator("page_parameter", "offset_parameter", "cursor_parameter", "next_header")
    @classmethod
    def _paging_names(cls, value: str, info: ValidationInfo) -> str:
        style = {"page_parameter": "page", "offset_parameter": "offset", "cursor_parameter": "cursor"}
        if info.data.get("paging") == style.get(str(info.field_name), "header") and not value.strip():
            raise ValueError("needed for the way chosen above")
        return value.strip()

    @field_validator("next")
    @classmethod
    def _next(cls, value: str, info: ValidationInfo) -> str:
        if info.data.get("paging") in ("cursor", "next_url") and not value:
            raise ValueError("needed for the way chosen above")
        return value
