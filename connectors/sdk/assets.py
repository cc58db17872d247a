"""The values that cross between a connector and the hub.

All are frozen and hold plain JSON data, so that they can be compared, hashed, cached and replayed.
Nothing here does I/O.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

__all__ = [
    "Asset",
    "AssetPage",
    "Change",
    "ChangePage",
    "FieldTrial",
    "FocalPoint",
    "Identifier",
    "MappingTrial",
    "Missing",
    "MissingReason",
    "Notice",
    "Picture",
    "Ref",
    "Rendition",
    "Unchanged",
]


@dataclass(frozen=True, slots=True, order=True)
class Ref:
    """The address of one asset inside one system.

    ``type`` is a canonical type name of :mod:`connectors.sdk.types` ("Product"); ``external_id`` is
    the system's own immutable id, always a string, never a display slug.
    """

    type: str
    external_id: str


@dataclass(frozen=True, slots=True)
class Identifier:
    """What a request knows about a person or thing: ``kind`` ("loyalty_id") and its value.

    The value is personal: it never enters a message, a log line or a shared cache key.
    """

    kind: str
    value: str = field(repr=False)


class MissingReason(StrEnum):
    """Why a system answered without the asset. No two systems say it alike; the connector decides."""

    GONE = "gone"
    HIDDEN = "hidden"
    FORBIDDEN = "forbidden"
    MOVED = "moved"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Missing:
    """One asset that a system did not give, and what is known of the reason.

    ``gone`` means deleted or never existed; ``hidden`` means a draft or an embargo; ``forbidden``
    means this one item is refused (a key refused for everything raises ``AccessDeniedError``);
    ``moved`` carries the new address; ``unknown`` means the system does not tell.
    """

    reason: MissingReason
    moved_to: Ref | None = None


@dataclass(frozen=True, slots=True)
class Asset:
    """One asset as its system answered.

    Attributes:
        ref: Its address.
        fields: Canonical values under schema.org names, plain JSON; what the system has beyond the
            canonical type is under ``"extra"``.
        updated_at: When the system says it last changed; always with a zone.
        valid_until: The hard end: licence end, price validity, embargo. After it the value must not
            be served, not even when its source is down. With a zone.
        validator: What the system offers for a conditional read (an ETag or a version).
        edit_url: Where a person edits it in its system. For the admin only, never in an answer.
        protected: True when its pictures answer only with the connection's credentials, so that the
            hub has to stand between (see the ``ServesPictures`` capability).
    """

    ref: Ref
    fields: Mapping[str, Any]
    lang: str | None = None
    updated_at: datetime | None = None
    valid_until: datetime | None = None
    validator: str | None = None
    edit_url: str | None = None
    protected: bool = False


@dataclass(frozen=True, slots=True)
class Unchanged:
    """The asset is what it was when the hub got the validator that it sent (HTTP 304)."""


@dataclass(frozen=True, slots=True)
class AssetPage:
    """One page of a search or a query, in the system's order. ``next_cursor`` is opaque; ``None`` ends it."""

    assets: Sequence[Asset]
    next_cursor: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that changed at the system. ``deleted`` only where the system says so by itself."""

    ref: Ref
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class ChangePage:
    """What changed since a cursor. ``cursor`` is where to go on, also when nothing changed.

    ``types`` are types of which something changed or is gone and the system does not tell what: all that
    is held of them is read again.
    ``wait_s`` is for systems that answer and yet ask to be left alone (Kinto's ``Backoff``): the hub
    does not ask for changes again before.
    """

    changes: Sequence[Change]
    cursor: str
    more: bool = False
    wait_s: float | None = None
    types: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Notice:
    """What an incoming hook says: a hint to read again, never content.

    ``refs`` are single items; ``types`` are types of which anything may have changed (new items
    too); both empty means the notice concerns nothing that the hub holds.
    """

    refs: Sequence[Ref] = ()
    types: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class FocalPoint:
    """The point of a picture that must stay visible; fractions from the left and the top, 0 to 1."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Rendition:
    """An address of a picture in about the size asked, and what comes from there as far as it is known.

    ``protected`` as on :class:`Asset`, of this very address.
    """

    url: str
    width: int | None = None
    height: int | None = None
    encoding_format: str | None = None
    protected: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """Bytes of a picture on their way through. ``chunks`` is read once and ends at the size limit."""

    content_type: str
    chunks: Any
    size_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class FieldTrial:
    """What a mapping makes of one field on a sample: its value, or the problem in words."""

    name: str
    value: Any = None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class MappingTrial:
    """What a mapping makes of a sample, field by field; ``usable`` unless a required field has a problem."""

    fields: Sequence[FieldTrial]
    usable: bool
