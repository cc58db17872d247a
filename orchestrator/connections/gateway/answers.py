"""What a reading ends in, and how a connector's result becomes an entry that can be held."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson

from connectors.sdk import (
    Asset,
    Missing,
    MissingReason,
    Unchanged,
)
from orchestrator.connections.cache import Address, Entry, fingerprint_of
from orchestrator.connections.cache.entry import can_be_held
from orchestrator.connections.configuring.freshness import Windows
from orchestrator.connections.failures import Failure
from orchestrator.connections.gateway.cleaning import UnusableAssetError, clean_asset

__all__ = ["EXPIRED", "Answer", "EntryMaker", "ListAnswer"]

EXPIRED = "expired"
# How long "it is not there" is believed before it is asked again.
_ABSENT_FRESH_S = 10.0
_ABSENT = {
    MissingReason.GONE: "gone",
    MissingReason.HIDDEN: "hidden",
    MissingReason.FORBIDDEN: "forbidden",
    MissingReason.MOVED: "moved",
}


@dataclass(frozen=True, slots=True)
class ListAnswer:
    """The result of a query: the list, and its members."""

    entry: Entry
    members: tuple[Entry, ...]


Answer = Entry | ListAnswer | Failure


@dataclass(frozen=True, slots=True)
class EntryMaker:
    """Makes entries of what one call gave.

    ``now`` is seconds since the epoch, ``generation`` the purge number known when the call began.
    """

    windows: Windows
    now: float
    generation: int

    def make(self, result: Any, address: Address, *, known: Entry | None) -> Entry | Failure:
        """What a connector gave for one address, as an entry, or why it cannot be one.

        ``known`` is the reading held before: an unchanged value keeps its ``as_of``.
        """
        match result:
            case Asset():
                return self._of_asset(result, address, known)
            case Unchanged():
                if known is None or known.asset is None:
                    return Failure("bad_response", "unchanged, but nothing was asked conditionally")
                return self._held(known.asset, known.fingerprint, address, known)
            case Missing(reason=MissingReason.UNKNOWN) | None:
                return Failure("unknown")
            case Missing():
                return self._of_missing(result, address)
        return Failure("crashed", f"the connector gave {type(result).__name__} for an asset")

    def make_list(self, members: Sequence[Entry], address: Address, *, known: Entry | None) -> Entry:
        """The entry of a query's result."""
        refs = tuple(member.address.ref for member in members)
        fingerprint = fingerprint_of({"refs": [[ref.type, ref.external_id] for ref in refs]}, None)
        entry = replace(self._base(address, fingerprint), refs=refs, size_bytes=64 + 40 * len(refs))
        return entry.known_since(known)

    def _of_asset(self, asset: Asset, address: Address, known: Entry | None) -> Entry | Failure:
        if asset.ref != address.ref:
            return Failure("crashed", "the connector gave another asset than it was asked for")
        try:
            clean = clean_asset(asset)
        except UnusableAssetError as error:
            return Failure("crashed", f"the connector gave an unusable asset: {error}")
        if clean.valid_until is not None and clean.valid_until.timestamp() <= self.now:
            return self._nothing(EXPIRED, address)
        return self._held(clean, fingerprint_of(clean.fields, clean.lang), address, known)

    def _of_missing(self, missing: Missing, address: Address) -> Entry | Failure:
        absent = _ABSENT[missing.reason]
        if absent != "moved":
            return self._nothing(absent, address)
        if not can_be_held(missing.moved_to) or missing.moved_to == address.ref:
            return Failure("unknown")
        # A new id is as lasting as the asset; asking at the old one each time would double the calls.
        return replace(
            self._nothing(absent, address),
            moved_to=missing.moved_to,
            fresh_until=self.now + self.windows.fresh_s,
        )

    def _held(self, asset: Asset, fingerprint: str, address: Address, known: Entry | None) -> Entry:
        entry = replace(
            self._base(address, fingerprint),
            asset=asset,
            hard_end=asset.valid_until.timestamp() if asset.valid_until else None,
            size_bytes=len(orjson.dumps(asset.fields)) + 300,
        )
        return entry.known_since(known)

    def _nothing(self, absent: str, address: Address) -> Entry:
        fresh_until = self.now + min(_ABSENT_FRESH_S, self.windows.fresh_s)
        return replace(
            self._base(address, ""),
            absent=absent,
            fresh_until=fresh_until,
            revalidate_until=fresh_until,
        )

    def _base(self, address: Address, fingerprint: str) -> Entry:
        fresh_until = self.now + self.windows.fresh_s
        return Entry(
            address=address,
            fingerprint=fingerprint,
            stored_at=self.now,
            as_of=self.now,
            fresh_until=fresh_until,
            revalidate_until=fresh_until + self.windows.revalidate_s,
            error_until=fresh_until + self.windows.if_error_s,
            generation=self.generation,
            size_bytes=200,
        )
