"""What else the system can do: collections, changes, pictures."""

from __future__ import annotations

from pydantic import Field, ValidationInfo, field_validator

from connectors.graphql.documents import LOCALE, PAGING, check_document, questions, read
from connectors.sdk import ConnectorConfig
from connectors.sdk.mapping.hints import refuse_others, shown
from connectors.sdk.mapping.renditions import NAMES

__all__ = ["CapabilitySettings"]


class CapabilitySettings(ConnectorConfig):
    """What else the system can do: collections, changes, pictures."""

    query_document: str = Field(
        default="",
        title="Query of a collection",
        description="Such as query ($tag: String, $count: Int) { posts(tag: $tag, first: $count) { nodes "
        "{ id } } }. Each variable of your own is a question to the editor",
        json_schema_extra=shown("Collections", format="textarea"),
    )
    query_parameters: dict[str, str] = Field(
        default={},
        title="What your own variables ask",
        description="A label for each: tag to “Tag”",
        json_schema_extra=shown("Collections", format="pairs"),
    )
    changes_document: str = Field(
        default="",
        title="Query of what changed",
        description="Such as query ($since: DateTime!) { products(updatedAfter: $since) { nodes { id "
        "updatedAt } } }. $since is written as this system writes times",
        json_schema_extra=shown("Changes", format="textarea"),
    )
    changes_overlap_s: int = Field(
        default=30,
        ge=0,
        le=3600,
        title="Ask again for the last (seconds)",
        description="Changes can become visible a little late; what was told already is not told again",
        json_schema_extra=shown("Changes"),
    )
    rendition_params: str = Field(
        default="",
        title="Parameters for another size",
        description="Added to the address of a picture: w={width}&h={height}&format={format}; also {x} and "
        "{y}, the point that must stay visible, 0 to 1",
        json_schema_extra=shown("Pictures"),
    )
    pictures_need_key: bool = Field(
        default=False,
        title="Pictures need our key",
        description="They then pass through the hub, which shows the key to this address only",
        json_schema_extra=shown("Pictures"),
    )

    @field_validator("query_document")
    @classmethod
    def _query_document(cls, value: str) -> str:
        checked = check_document(value)
        if checked and {"id", "ids", "query", "since"} & read(checked).variables.keys():
            raise ValueError("$id, $ids, $query and $since have no value here: give yours another name")
        return checked

    @field_validator("query_parameters")
    @classmethod
    def _query_parameters(cls, labels: dict[str, str], info: ValidationInfo) -> dict[str, str]:
        unknown = set(labels) - set(questions(info.data.get("query_document", "")))
        if unknown and "query_document" in info.data:
            raise ValueError(f"the query has no variable ${min(unknown)}")
        return labels

    @field_validator("changes_document")
    @classmethod
    def _changes_document(cls, value: str, info: ValidationInfo) -> str:
        checked = check_document(value, needs="since", allowed=LOCALE | PAGING)
        if checked and not info.data.get("updated_at", "-"):
            raise ValueError("needs the time of the last change, under Fields")
        return checked

    @field_validator("rendition_params")
    @classmethod
    def _rendition_params(cls, value: str) -> str:
        value = value.strip().lstrip("?&")
        if any(character in value for character in " #/?"):
            raise ValueError("the part after the ?, such as w={width}&h={height}")
        return refuse_others(value, set(NAMES))
