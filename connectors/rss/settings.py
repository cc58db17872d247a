"""Settings of one feed. The form asks them by heading."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import ConfigDict, Field, ValidationInfo, field_validator

from connectors.sdk.documents import DocumentSettings
from connectors.sdk.mapping import Expression, heading, shown
from connectors.sdk.types import TYPES

__all__ = ["USUAL_FIELDS", "FeedConfig"]

_COMMON = {
    "url": "link",
    "author.name": "authors[0].name",
    "author.url": "authors[0].url",
    "datePublished": "published",
    "dateModified": "updated",
    "image": "images",
    "keywords": "categories",
    "inLanguage": "lang",
}
USUAL_FIELDS: Mapping[str, Mapping[str, str]] = {
    "Article": {
        "headline": "title",
        "description": "summary",
        "articleBody": "content || summary",
        "articleSection": "categories[0]",
        **_COMMON,
    },
    "SocialMediaPosting": {"headline": "title", "articleBody": "content || summary", **_COMMON},
}
"""Where a feed's entry has its values. A mapping of the settings comes on top."""

_HEADINGS: list[Any] = [
    heading("Address"),
    heading("Fields", "Each field is found by itself; fill in only what should be otherwise.", folded=True),
    heading("Pages", "A feed holds its newest entries. Some go on with older ones.", folded=True),
    heading("Deleted and hidden", "Entries that are there and should not be shown.", folded=True),
]


class FeedConfig(DocumentSettings):
    """Settings of one connection to a feed."""

    model_config = ConfigDict(validate_default=True, json_schema_extra={"groups": _HEADINGS})

    base_url: str = Field(
        title="Address of the feed",
        description="Such as https://blog.example.com/feed/ or https://example.com/news.atom",
        json_schema_extra={**shown("Address"), "format": "uri"},
    )
    type: str = Field(
        default="Article",
        title="What it gives",
        description="Article or SocialMediaPosting (Post) need no fields to be filled in",
        json_schema_extra=shown("Fields") | {"enum": [*sorted(TYPES)]},
    )
    id_field: Expression = Field(
        default="id",
        title="Id of an entry",
        description="JMESPath. As it is: guid or id, else the address of its page",
        json_schema_extra=shown("Fields"),
    )
    mapping: dict[str, str] = Field(
        default={},
        title="Fields that are found elsewhere",
        description="For such a field, where an entry holds it: a JMESPath expression. `null` leaves it out; "
        "“extra.name” keeps what has no field",
        json_schema_extra=shown("Fields", format="mapping"),
    )
    lang: Expression = Field(default="lang", title="Language of an entry", json_schema_extra=shown("Fields"))
    updated_at: Expression = Field(
        default="updated || published",
        title="Time of the last change",
        description="JMESPath",
        json_schema_extra=shown("Fields"),
    )
    paging: Literal["none", "next", "page"] = Field(
        default="none",
        title="How the feed goes on",
        json_schema_extra=shown(
            "Pages",
            labels={
                "none": "It does not: one answer holds all",
                "next": "By the address that it gives (Atom, rel=next)",
                "page": "By the number of the page (WordPress: ?paged=2)",
            },
        ),
    )
    page_parameter: str = Field(
        default="paged",
        title="Parameter with the page number",
        json_schema_extra=shown("Pages", paging=["page"]),
    )
    pages: int = Field(
        default=3,
        ge=1,
        le=10,
        title="Pages to look for a link's entry, at most",
        description="Each is a call. Polling looks at as many",
        json_schema_extra=shown("Pages", paging=["next", "page"]),
    )
    page_size: int = Field(
        default=25, ge=1, le=100, title="Entries that people see at once", json_schema_extra=shown("Pages")
    )

    @field_validator("mapping")
    @classmethod
    def _mapping(cls, mapping: dict[str, str], info: ValidationInfo) -> dict[str, str]:
        return {**USUAL_FIELDS.get(info.data.get("type", ""), {}), **super()._mapping(mapping, info)}

    @field_validator("page_parameter")
    @classmethod
    def _page_parameter(cls, value: str, info: ValidationInfo) -> str:
        if info.data.get("paging") == "page" and not value.strip():
            raise ValueError("needed for the way chosen above")
        return value.strip()
