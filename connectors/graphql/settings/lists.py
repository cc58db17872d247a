"""How records are listed and searched, and how a list goes on."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, ValidationInfo, field_validator

from connectors.graphql.documents import LOCALE, PAGING, check_document, read
from connectors.sdk import ConnectorConfig
from connectors.sdk.mapping.hints import Expression, shown

__all__ = ["ListSettings"]

_PLACE_OF = {"page": "page", "offset": "offset", "relay": "cursor", "cursor": "cursor"}


class ListSettings(ConnectorConfig):
    """How records are listed and searched, and how a list goes on."""

    list_document: str = Field(
        default="",
        title="Query of a list, newest first",
        description="Such as query ($count: Int, $cursor: String) { products(first: $count, after: $cursor) "
        "{ nodes { id name } pageInfo { endCursor hasNextPage } } }. Shown before a person types words",
        json_schema_extra=shown("Finding", format="textarea"),
    )
    search_document: str = Field(
        default="",
        title="Query of a search",
        description="The same with $query. Without it nobody can pick from this connection",
        json_schema_extra=shown("Finding", format="textarea"),
    )
    items: Expression = Field(
        default="",
        title="Place of the records in a list",
        description="JMESPath below “data”, such as products.edges[].node; empty finds a list, or the nodes, "
        "items or edges of the answer's one field",
        json_schema_extra=shown("Finding"),
    )
    check_document: str = Field(
        default="",
        title="Query to test the connection with",
        description="Needed only if there is no list and no search",
        json_schema_extra=shown("Finding", format="textarea"),
    )
    paging: Literal["none", "relay", "cursor", "offset", "page"] = Field(
        default="none",
        title="How lists go on",
        json_schema_extra=shown(
            "Pages",
            labels={
                "none": "They do not: one answer holds all",
                "relay": "By pageInfo with endCursor and hasNextPage ($cursor)",
                "cursor": "By another mark from the answer ($cursor)",
                "offset": "By how many to leave out ($offset)",
                "page": "By the number of the page ($page)",
            },
        ),
    )
    page_info: Expression = Field(
        default="",
        title="Place of pageInfo",
        description="JMESPath below “data”; empty if it is in the answer's one field",
        json_schema_extra=shown("Pages", paging=["relay"]),
    )
    next: Expression = Field(
        default="",
        title="Place of the mark",
        description="JMESPath below “data”, such as products.next",
        json_schema_extra=shown("Pages", paging=["cursor"]),
    )
    total: Expression = Field(
        default="",
        title="Place of the total",
        description="JMESPath below “data” of how many there are in all; saves the last, empty page. Empty "
        "finds totalCount, totalItems or total in the answer's one field",
        json_schema_extra=shown("Pages", paging=["page", "offset"]),
    )
    first_page: int = Field(
        default=1,
        ge=0,
        le=1,
        title="Number of the first page",
        json_schema_extra=shown("Pages", paging=["page"]),
    )
    page_size: int = Field(
        default=25,
        ge=1,
        le=100,
        title="Size of a page",
        description="Given to $count",
        json_schema_extra=shown("Pages"),
    )

    @field_validator("list_document")
    @classmethod
    def _list_document(cls, value: str) -> str:
        return check_document(value, allowed=LOCALE | PAGING)

    @field_validator("search_document")
    @classmethod
    def _search_document(cls, value: str) -> str:
        return check_document(value, needs="query", allowed=LOCALE | PAGING)

    @field_validator("check_document")
    @classmethod
    def _check_document(cls, value: str, info: ValidationInfo) -> str:
        others = (info.data.get("list_document", "-"), info.data.get("search_document", "-"))
        if not value.strip() and not any(others):
            raise ValueError("give this, a list or a search: without one nothing can be tested")
        return check_document(value, allowed=LOCALE)

    @field_validator("paging")
    @classmethod
    def _paging(cls, value: str, info: ValidationInfo) -> str:
        needed = _PLACE_OF.get(value)
        for setting in ("list_document", "search_document"):
            text = info.data.get(setting)
            if needed and text and needed not in read(text).variables:
                raise ValueError(f"that needs the variable ${needed} in the list and in the search")
        return value

    @field_validator("next")
    @classmethod
    def _next(cls, value: str, info: ValidationInfo) -> str:
        if info.data.get("paging") == "cursor" and not value:
            raise ValueError("needed for the way chosen above")
        return value
