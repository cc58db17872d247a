"""What else the system can do: collections, people, changes, pictures."""

from __future__ import annotations

import re

from pydantic import Field, ValidationInfo, field_validator

from connectors.rest.settings.hints import Path
from connectors.sdk import ConnectorConfig
from connectors.sdk.mapping import expressions, paths
from connectors.sdk.mapping.hints import LOCALE_NAMES, Expression, need, shown
from connectors.sdk.mapping.renditions import NAMES

__all__ = ["CapabilitySettings"]


class CapabilitySettings(ConnectorConfig):
    """What else the system can do: collections, people, changes, pictures."""

    query_path: Path = Field(
        default="",
        title="Collections",
        description="Such as /posts?tag={tag}&sort=newest. Each name in braces is a question to the editor",
        json_schema_extra=shown("Collections"),
    )
    query_parameters: dict[str, str] = Field(
        default={},
        title="What the names in braces ask",
        description="A label for each: tag to “Tag”",
        json_schema_extra=shown("Collections", format="pairs"),
    )
    find_path: Path = Field(
        default="",
        title="A person's record by identifier",
        description="Such as /members?loyalty_id={value}, or {values} for several at once. {kind} is the "
        "identifier's name",
        json_schema_extra=shown("People"),
    )
    found: Expression = Field(
        default="@",
        title="Place of the person's record",
        description="In that answer: JMESPath of one record, or of the list of records that were found",
        json_schema_extra=shown("People"),
    )
    identifiers: dict[str, str] = Field(
        default={},
        title="Identifiers",
        description="Each kind, and the JMESPath of where a record holds it: loyalty_id to card.number. "
        "A record that holds another value is never given out",
        json_schema_extra=shown("People", format="pairs"),
    )
    changes_path: Path = Field(
        default="",
        title="What changed",
        description="Such as /items?updated_since={since}&sort=updated. {since} is written as "
        "this system writes times",
        json_schema_extra=shown("Changes"),
    )
    changes_cursor: Expression = Field(
        default="",
        title="Place of the mark to go on from",
        description="JMESPath; empty goes by the time of the last change",
        json_schema_extra=shown("Changes"),
    )
    changes_overlap_s: int = Field(
        default=30,
        ge=0,
        le=3600,
        title="Ask again for the last (seconds)",
        description="Changes can become visible a little late; what was told already is not told again",
        json_schema_extra=shown("Changes"),
    )
    rendition_path: Path = Field(
        default="",
        title="Pictures in another size",
        description="Such as /assets/{id}?width={width}&height={height}&format={format}",
        json_schema_extra=shown("Pictures"),
    )
    pictures_need_key: bool = Field(
        default=False,
        title="Pictures need our key",
        description="They then pass through the hub, which shows the key to this address only",
        json_schema_extra=shown("Pictures"),
    )

    @field_validator("query_parameters")
    @classmethod
    def _query_parameters(cls, labels: dict[str, str], info: ValidationInfo) -> dict[str, str]:
        unknown = set(labels) - set(paths.placeholders(info.data.get("query_path", "")))
        if unknown and "query_path" in info.data:
            raise ValueError(f"the path has no {{{min(unknown)}}}")
        return labels

    @field_validator("find_path")
    @classmethod
    def _find_path(cls, value: str) -> str:
        if "{values}" in value:
            return need(value, "values", others={"kind", *LOCALE_NAMES})
        return need(value, "value", others={"kind", *LOCALE_NAMES})

    @field_validator("found")
    @classmethod
    def _found(cls, value: str) -> str:
        return value or "@"

    @field_validator("identifiers")
    @classmethod
    def _identifiers(cls, kinds: dict[str, str], info: ValidationInfo) -> dict[str, str]:
        if info.data.get("find_path") and not kinds:
            raise ValueError("name at least one kind of identifier, such as loyalty_id")
        checked = {kind: expressions.check_expression(place) for kind, place in kinds.items()}
        for kind, place in checked.items():
            if not re.fullmatch(r"[a-z][a-z0-9_]*", kind):
                raise ValueError(f"“{kind}”: small letters, digits and _ only")
            if not place:
                raise ValueError(f"{kind}: say where a record holds it")
        return checked

    @field_validator("changes_path")
    @classmethod
    def _changes_path(cls, value: str) -> str:
        return need(value, "since", others=LOCALE_NAMES)

    @field_validator("changes_cursor")
    @classmethod
    def _changes_cursor(cls, value: str, info: ValidationInfo) -> str:
        by_time = bool(info.data.get("changes_path")) and not value
        if by_time and not info.data.get("updated_at", "-"):
            raise ValueError("give this, or the time of the last change under Fields")
        return value

    @field_validator("rendition_path")
    @classmethod
    def _rendition_path(cls, value: str) -> str:
        return need(value, "id", others=set(NAMES))
