"""A record of Kinto, and the person that it is.

Source: https://docs.kinto-storage.org/en/stable/api/1.x/records.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, Field

from connectors.kinto.settings import KintoConfig
from connectors.sdk import Asset, Identifier, Ref
from connectors.sdk.types import canonical, nest

__all__ = ["Record", "filters_of", "holds", "is_id", "to_asset", "value_at"]

# Ids that Kinto takes, unless an installation brings its own generator of ids.
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,14})")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class Record(BaseModel):
    """One record; its own fields beside id and time are as its people made them."""

    model_config = ConfigDict(extra="allow")

    id: str = Field(min_length=1)
    last_modified: int = Field(ge=0, lt=10**14)  # Milliseconds since 1970.
    deleted: bool = False

    @property
    def etag(self) -> str:
        """What Kinto sends as its ETag, and takes as ``If-None-Match``."""
        return f'"{self.last_modified}"'


def is_id(value: str) -> bool:
    """Whether a record can have this id at all."""
    return _ID.fullmatch(value) is not None


def to_asset(record: Record, config: KintoConfig) -> Asset:
    """The person. ``BadResponseError`` if a field does not fit; names the field, never its value."""
    found = {name: value_at(place, record) for name, place in config.fields.items()}
    values = {name: value for name, value in found.items() if value is not None}
    if config.programme and any(name.startswith("memberOf.") for name in values):
        values["memberOf.programName"] = config.programme
    return Asset(
        ref=Ref("Person", record.id),
        fields=canonical("Person", nest(values)),
        updated_at=datetime.fromtimestamp(record.last_modified / 1000, tz=UTC),
        validator=record.etag,
        edit_url=config.edit_url.replace("{id}", quote(record.id, safe="")) or None,
    )


def value_at(place: str, record: Record) -> Any:
    """The value of a dotted place, ``None`` if there is none."""
    value: Any = {**(record.model_extra or {}), "id": record.id}
    for part in place.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def holds(record: Record, place: str, identifier: Identifier) -> bool:
    """Whether a record holds this very identifier: a filter that was not read must hand out no stranger."""
    held = value_at(place, record)
    if isinstance(held, bool) or not isinstance(held, str | int):
        return False
    given, own = identifier.value.strip(), str(held).strip()
    # Nobody runs two mailboxes that differ in case only.
    return given.casefold() == own.casefold() if identifier.kind == "email" else given == own


def filters_of(place: str, identifier: Identifier) -> list[str]:
    """Kinto's filters for one identifier, quoted; none for a value that no record can hold.

    Filters compare JSON values: "1001" is another than 1001, and a letter in small is another one. The
    prefix is written out because a field may be called ``min_age``, which alone would mean a comparison.

    Source: https://docs.kinto-storage.org/en/stable/api/1.x/filtering.html
    """
    value = identifier.value.strip()
    if not value or _CONTROL.search(value):
        return []
    forms = [json.dumps(value, ensure_ascii=False)]
    if identifier.kind == "email" and value != value.lower():
        forms.append(json.dumps(value.lower(), ensure_ascii=False))
    if _NUMBER.fullmatch(value):
        forms.append(value)
    return [f"eq_{place}={quote(form, safe='')}" for form in forms]
