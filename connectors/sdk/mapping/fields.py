"""Settings that say what a record means: its id, its canonical fields, its times."""

from __future__ import annotations

import re
from typing import Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, ValidationInfo, field_validator

from connectors.sdk.connector import ConnectorConfig
from connectors.sdk.mapping import expressions
from connectors.sdk.mapping.hints import Expression, refuse_others, shown
from connectors.sdk.refusals import did_you_mean
from connectors.sdk.types import TYPES, field_names

__all__ = ["FieldSettings"]


class FieldSettings(ConnectorConfig):
    """What a record means: its id, its canonical fields, its times."""

    type: str = Field(
        title="What it gives",
        description="The type of its assets; the fields to map follow from it",
        json_schema_extra=shown("Fields") | {"enum": [*sorted(TYPES)]},
    )
    id_field: Expression = Field(
        default="id",
        title="Id of a record",
        description="JMESPath. The id that never changes, not a name in an address",
        json_schema_extra=shown("Fields"),
    )
    mapping: dict[str, str] = Field(
        default={},
        title="Fields",
        description="For each field, where a record holds it: a JMESPath expression, most often only a name. "
        "“extra.name” keeps what has no field",
        json_schema_extra=shown("Fields", format="mapping"),
    )
    lang: Expression = Field(
        default="",
        title="Language of a record",
        description="JMESPath, such as locale; empty if the system does not say",
        json_schema_extra=shown("Fields"),
    )
    updated_at: Expression = Field(
        default="",
        title="Time of the last change",
        description="JMESPath, such as updated_at",
        json_schema_extra=shown("Fields"),
    )
    valid_until: Expression = Field(
        default="",
        title="Not to be shown after",
        description="JMESPath of the licence's or price's end. After it nothing is served, "
        "not even a kept copy",
        json_schema_extra=shown("Fields"),
    )
    time_format: Literal["iso", "iso_local", "http", "epoch_s", "epoch_ms"] = Field(
        default="iso",
        title="How it writes times",
        json_schema_extra=shown(
            "Fields",
            labels={
                "iso": "2026-11-21T10:00:00Z, with a zone",
                "iso_local": "2026-11-21T10:00:00, without a zone",
                "http": "Sat, 21 Nov 2026 10:00:00 GMT",
                "epoch_s": "1795255200, seconds since 1970",
                "epoch_ms": "1795255200000, milliseconds since 1970",
            },
        ),
    )
    time_zone: str = Field(
        default="UTC",
        title="Time zone of times without one",
        description="Such as UTC or Europe/Zurich",
        json_schema_extra=shown("Fields", time_format=["iso_local"]),
    )
    edit_url: str = Field(
        default="",
        title="Where people edit it",
        description="Such as https://pim.example.com/products/{id}/edit",
        json_schema_extra=shown("Fields"),
    )

    @field_validator("type")
    @classmethod
    def _known_type(cls, value: str) -> str:
        if value not in TYPES:
            raise ValueError(f"there is no such type{did_you_mean(value, TYPES)}")
        return value

    @field_validator("id_field")
    @classmethod
    def _id_field(cls, value: str) -> str:
        if not value:
            raise ValueError("needed: without it no record can be told from another")
        return value

    @field_validator("mapping")
    @classmethod
    def _mapping(cls, mapping: dict[str, str], info: ValidationInfo) -> dict[str, str]:
        known = {field.name for field in field_names(info.data["type"])} if "type" in info.data else None
        checked = {}
        for name, expression in mapping.items():
            if known is not None and name not in known and not re.fullmatch(r"extra\.\w+", name):
                meant = did_you_mean(name, known, listed=False)
                raise ValueError(
                    f"{info.data['type']} has no field “{name}”{meant or f'; use “extra.{name}” to keep it'}"
                )
            try:
                checked[name] = expressions.check_expression(expression)
            except ValueError as error:
                raise ValueError(f"{name}: {error}") from None
        return {name: expression for name, expression in checked.items() if expression}

    @field_validator("time_zone")
    @classmethod
    def _zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError("not a time zone; write it as Europe/Zurich") from None
        return value

    @field_validator("edit_url")
    @classmethod
    def _edit_url(cls, value: str) -> str:
        if value and urlsplit(value).scheme not in ("http", "https"):
            raise ValueError("a whole address, such as https://pim.example.com/products/{id}")
        return refuse_others(value, {"id"})
