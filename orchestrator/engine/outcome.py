"""What became of each thing that an answer wanted: the states, in one table.

============ ===================================================== ==============================
state        meaning                                               what the slot gets
============ ===================================================== ==============================
``fresh``    read within its freshness window, or being re-read    the value
             in the background within the grace after it
``stale``    its source did not answer; the last good copy stands  the value, if the policy allows
``gone``     deleted at its source                                 nothing
``hidden``   a draft or under embargo at its source                nothing
``denied``   its source, or the caller's rights, refuse it         nothing
``timeout``  no answer within the budget, and no good copy         nothing
``error``    its source failed, and no good copy; see ``reason``   nothing
============ ===================================================== ==============================

An asset that moved is read again at its new id and has the state of that reading.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from connectors.sdk.assets import Asset, Identifier, Ref

__all__ = ["LinkState", "Outcome", "Reading", "SlotState", "Want", "WantAsset", "WantFound", "WantQuery"]


class LinkState(StrEnum):
    """What became of one link. The module's table says what each means."""

    FRESH = "fresh"
    STALE = "stale"
    GONE = "gone"
    HIDDEN = "hidden"
    DENIED = "denied"
    TIMEOUT = "timeout"
    ERROR = "error"


class SlotState(StrEnum):
    """What became of one slot."""

    FILLED = "filled"
    SUBSTITUTED = "substituted"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class WantAsset:
    """One asset by address. ``connection`` is the connection's uuid."""

    connection: str
    ref: Ref


@dataclass(frozen=True, slots=True)
class WantQuery:
    """The ordered result of a stored query; ``query`` is canonical JSON text, so that equals are equal."""

    connection: str
    type: str
    query: str
    limit: int


@dataclass(frozen=True, slots=True)
class WantFound:
    """The record of a person, by identifier. Personal: never in a shared cache, key or log."""

    connection: str
    type: str
    identifier: Identifier


Want = WantAsset | WantQuery | WantFound


@dataclass(frozen=True, slots=True)
class Reading:
    """One asset as the hub holds it. ``as_of`` is when this very value was first seen.

    ``connection`` is the connection's uuid, ``source`` its slug. ``stale_s`` is how many seconds
    past the end of its freshness the value is; 0 while it is fresh. ``derived`` belongs to the value where
    it is held: what was made of it is kept there, and ends with it.
    """

    connection: str
    source: str
    asset: Asset
    as_of: datetime
    stale_s: float = 0.0
    derived: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one want.

    ``readings`` has one member for an asset or a found record, any number for a query, none unless
    the state is ``fresh`` or ``stale``. ``reason`` is a stable word where there is more to say
    ("rate_limited", "crashed", "no_identifier"). ``source`` is the connection's slug, where there is
    one. ``timing`` is for explanations only, never for the answer's body.
    """

    state: LinkState
    readings: Sequence[Reading] = ()
    reason: str | None = None
    source: str | None = None
    timing: Mapping[str, Any] = field(default_factory=dict)

    @property
    def usable(self) -> bool:
        """Whether there is a value to serve."""
        return self.state in (LinkState.FRESH, LinkState.STALE)
