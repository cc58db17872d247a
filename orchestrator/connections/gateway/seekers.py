"""The steps of one want, by its kind: an asset, a query's result, a person's record."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

from connectors.sdk import Asset, Missing, MissingReason, Ref
from orchestrator.connections.cache import Address, Entry
from orchestrator.connections.configuring.sources import Source
from orchestrator.connections.failures import Failure
from orchestrator.connections.gateway.answers import EXPIRED, ListAnswer
from orchestrator.connections.gateway.cleaning import UnusableAssetError, clean_asset
from orchestrator.connections.gateway.judging import Verdict
from orchestrator.engine.outcome import LinkState, Outcome, Reading, Want, WantAsset, WantFound, WantQuery

if TYPE_CHECKING:
    from orchestrator.connections.gateway.seeking import Round

__all__ = ["AssetSeeker", "QuerySeeker", "RecordSeeker", "Seeker"]

_MOST_HOPS = 3
_LEAST_STALE_S = 0.001
_STATE_OF_ABSENT = {
    "gone": (LinkState.GONE, None),
    "hidden": (LinkState.HIDDEN, None),
    EXPIRED: (LinkState.HIDDEN, EXPIRED),
    "forbidden": (LinkState.DENIED, "forbidden"),
}
_ABSENT_OF_REASON = {
    MissingReason.GONE: "gone",
    MissingReason.HIDDEN: "hidden",
    MissingReason.FORBIDDEN: "forbidden",
}


class Seeker(Protocol):
    """Brings one want to its outcome. ``due`` is when its reads must have ended, by ``time.monotonic()``."""

    want: Want
    source: Source
    address: Address | None
    due: float | None

    def start(self) -> None:
        """Use what is held, or ask for a read."""

    def receive(self, address: Address | None, answer: Any) -> None:
        """Take the answer of a read that was asked for."""

    def give_up(self, reason: str) -> None:
        """Make do with what is at hand."""


class AssetSeeker:
    """Seeks one asset, where it moved to if need be."""

    def __init__(self, round_: Round, want: WantAsset, source: Source, limit_s: float | None) -> None:
        self.round, self.want, self.source, self.limit_s = round_, want, source, limit_s
        self.address: Address = round_.gateway.asset_address(source, want.ref, round_.locale)
        self.due: float | None = None
        self._hops = 0
        self._read_again = False

    def start(self) -> None:
        entry = self.round.entry(self.address)
        verdict = self.round.gateway.judge(entry)
        if self.round.anew:
            self.round.want_asset(self, self.address, entry)
        elif entry is not None and verdict is not Verdict.READ:
            if verdict is Verdict.GRACE:
                self.round.want_refresh(self.source, self.address, entry)
            self._settle(entry)
        elif self.round.gateway.setbacks.holds(self.address):
            self._fall_back("unknown")
        else:
            self.round.want_asset(self, self.address, entry)

    def receive(self, address: Address | None, answer: Any) -> None:
        if address != self.address:
            return
        if isinstance(answer, Failure):
            self._fall_back(answer.code)
            return
        self.round.entries[self.address.key] = answer
        if not self.round.gateway.is_overtaken(answer):
            self._settle(answer)
        elif self._read_again:
            self._fall_back("overtaken")
        else:
            self._read_again = True
            self.address = self.round.gateway.of_now(self.address)
            self.round.want_asset(self, self.address, answer)

    def give_up(self, reason: str) -> None:
        self._fall_back(reason)

    def _settle(self, entry: Entry) -> None:
        if entry.moved_to is not None:
            self._follow(entry.moved_to)
        else:
            self.round.finish(self, _outcome(self.round, self.source, entry))

    def _follow(self, ref: Ref) -> None:
        self._hops += 1
        if self._hops > _MOST_HOPS:
            self.round.finish(self, _failed(self.source, "moved_in_circles"))
            return
        self.address = self.round.gateway.asset_address(self.source, ref, self.round.locale)
        self._read_again = False
        self.start()

    def _fall_back(self, code: str) -> None:
        entry = self._last_good()
        past_s = self.round.gateway.last_good_s(entry, self._limit_for(entry))
        if entry is None or past_s is None:
            self.round.finish(self, _failed(self.source, code))
        elif entry.moved_to is not None:
            self._follow_in_time(entry.moved_to, code)
        elif entry.asset is None:
            self.round.finish(self, _outcome(self.round, self.source, entry))
        else:
            reading = _stale_reading(self.source, entry, past_s)
            self.round.finish(self, _stale(self.source, [reading], code))

    def _last_good(self) -> Entry | None:
        """What may stand in for an answer. That the asset is gone does not, before it is confirmed."""
        if self.round.anew:
            return None
        entry = self.round.entries.get(self.address.key)
        if entry is None or entry.absent != "gone":
            return entry
        former = self.round.entry(self.address.former)
        usable = self.round.gateway.last_good_s(former, self.limit_s) is not None
        return former if usable else entry

    def _follow_in_time(self, ref: Ref, code: str) -> None:
        if code in ("timeout", "not_awaited"):
            self.round.finish(self, _failed(self.source, code))
        else:
            self._follow(ref)

    def _limit_for(self, entry: Entry | None) -> float | None:
        """A slot's limit is about values; that an asset is not there stays known for its window."""
        return None if entry is not None and entry.asset is None else self.limit_s


class QuerySeeker:
    """Seeks the list of a query, then its members: each is a reading of its own."""

    def __init__(self, round_: Round, want: WantQuery, source: Source, limit_s: float | None) -> None:
        self.round, self.want, self.source, self.limit_s = round_, want, source, limit_s
        self.address: Address = round_.gateway.query_address(source, want, round_.locale)
        self.due: float | None = None
        self._read_again = False
        self._overtaken: set[str] = set()
        self._list: Entry | None = None
        self._list_failure: str | None = None
        self._list_stale_s = 0.0
        self._open: set[str] = set()
        self._failures: dict[str, str] = {}

    def member_addresses(self) -> Iterator[Address]:
        """Where the members of the held list are; none if it has to be read again."""
        entry = self.round.entry(self.address)
        if entry is not None and self.round.gateway.judge(entry) is not Verdict.READ:
            yield from self._members(entry)

    def start(self) -> None:
        entry = self.round.entry(self.address)
        verdict = self.round.gateway.judge(entry)
        if entry is None or verdict is Verdict.READ:
            self.round.want_list(self, self.address, entry)
            return
        if verdict is Verdict.GRACE:
            self.round.refresh_list(self, self.address, entry)
        self._gather(entry, being_refreshed=verdict is Verdict.GRACE)

    def receive(self, address: Address | None, answer: Any) -> None:
        if address is None:
            return
        if address == self.address:
            self._receive_list(answer)
            return
        self._open.discard(address.key)
        if isinstance(answer, Failure):
            self._failures[address.key] = answer.code
        else:
            self.round.entries[address.key] = answer
            if self.round.gateway.is_overtaken(answer):
                self._overtaken.add(address.key)
        if self._open:
            return
        if self._overtaken and self._read_again:
            self._failures |= dict.fromkeys(self._overtaken, "overtaken")
            self._conclude()
        elif self._overtaken:
            # What overtook a member may have changed the list, too; that brings its members.
            self._list = None
            self._overtaken.clear()
            self._failures.clear()
            self._read_list_again(self.round.entries.get(self.address.key))
        else:
            self._conclude()

    def give_up(self, reason: str) -> None:
        if self._list is None:
            self._fall_back(reason)
            return
        self._failures |= dict.fromkeys(self._open, reason)
        self._conclude()

    def _receive_list(self, answer: Any) -> None:
        if isinstance(answer, Failure):
            self._fall_back(answer.code)
            return
        entry, members = (answer.entry, answer.members) if isinstance(answer, ListAnswer) else (answer, ())
        self.round.entries[self.address.key] = entry
        self.round.entries.update({member.key: member for member in members})
        if not self.round.gateway.is_overtaken(entry):
            self._list = entry
            if members or not entry.refs:
                self._conclude()
            else:
                self._gather(entry)
        elif self._read_again:
            self._fall_back("overtaken")
        else:
            self._read_list_again(entry)

    def _read_list_again(self, known: Entry | None) -> None:
        self._read_again = True
        self.address = self.round.gateway.of_now(self.address)
        self.round.want_list(self, self.address, known)

    def _gather(self, entry: Entry, *, being_refreshed: bool = False) -> None:
        """Have the members read that may not be served as they are held. A new list brings its own."""
        self._list = entry
        self.round.look_up(self._members(entry))
        for address in self._members(entry):
            held = self.round.entry(address)
            verdict = self.round.gateway.judge(held)
            if verdict is Verdict.GRACE and held is not None and not being_refreshed:
                self.round.want_refresh(self.source, address, held)
            elif verdict is Verdict.READ:
                self._open.add(address.key)
                self.round.want_asset(self, address, held)
        if not self._open:
            self._conclude()

    def _fall_back(self, code: str) -> None:
        """The list could not be read: the last good one, with the last good members."""
        entry = self.round.entries.get(self.address.key)
        past_s = self.round.gateway.last_good_s(entry, self.limit_s)
        if entry is None or past_s is None:
            self.round.finish(self, _failed(self.source, code))
            return
        self._list, self._list_failure, self._list_stale_s = entry, code, past_s
        self.round.look_up(self._members(entry))
        self._conclude()

    def _conclude(self) -> None:
        """Put the list together: members that are not there are left out, as a new list would."""
        readings: list[Reading] = []
        reason = self._list_failure
        for address in self._members(self._list):
            entry = self.round.entries.get(address.key)
            failure = self._failures.get(address.key, self._list_failure)
            reading = self._member(entry, failure)
            if reading is not None:
                readings.append(reading)
            elif failure is not None:
                reason = reason or failure
        self.round.finish(self, self._outcome(readings, reason))

    def _member(self, entry: Entry | None, failure: str | None) -> Reading | None:
        if entry is None or entry.asset is None:
            return None
        if failure is None:
            return _reading(self.source, entry, 0.0)
        past_s = self.round.gateway.last_good_s(entry, self.limit_s)
        # Whether it still belongs there is as old as the list.
        return None if past_s is None else _stale_reading(self.source, entry, max(past_s, self._list_stale_s))

    def _outcome(self, readings: list[Reading], reason: str | None) -> Outcome:
        stale = self._list_failure is not None or bool(self._failures)
        if stale and not readings and reason:
            return _failed(self.source, reason)
        if stale:
            return _stale(self.source, readings, reason or next(iter(self._failures.values())))
        timing = _timing(self.round, self._used())
        return Outcome(LinkState.FRESH, tuple(readings), source=self.source.slug, timing=timing)

    def _used(self) -> list[Entry]:
        """The list itself and those of its members that are held."""
        members = (self.round.entries.get(address.key) for address in self._members(self._list))
        return [entry for entry in (self._list, *members) if entry is not None]

    def _members(self, entry: Entry | None) -> Iterator[Address]:
        for ref in (entry.refs if entry else None) or ():
            yield self.round.gateway.asset_address(self.source, ref, self.round.locale)


class RecordSeeker:
    """Seeks a person's record. Nothing of it is held: it is read for this request only."""

    address = None

    def __init__(self, round_: Round, want: WantFound, source: Source, limit_s: float | None) -> None:
        self.round, self.want, self.source, self.limit_s = round_, want, source, limit_s
        self.due: float | None = None

    def start(self) -> None:
        self.round.want_record(self)

    def receive(self, address: Address | None, answer: Any) -> None:  # noqa: ARG002 - records have none.
        self.round.finish(self, self._outcome(answer))

    def give_up(self, reason: str) -> None:
        self.round.finish(self, _failed(self.source, reason))

    def _outcome(self, answer: Any) -> Outcome:
        match answer:
            case Failure():
                return _failed(self.source, answer.code)
            case Asset():
                return self._found(answer)
            case Missing() if answer.reason in _ABSENT_OF_REASON:
                state, reason = _STATE_OF_ABSENT[_ABSENT_OF_REASON[answer.reason]]
                return Outcome(state, reason=reason, source=self.source.slug)
            case Missing() | None:
                return _failed(self.source, "unknown")
        return _failed(self.source, "crashed")

    def _found(self, asset: Asset) -> Outcome:
        now = self.round.gateway.clock()
        if asset.ref.type != self.want.type:
            return _failed(self.source, "bad_response")
        try:
            clean = clean_asset(asset)
        except UnusableAssetError:
            return _failed(self.source, "crashed")
        if clean.valid_until is not None and clean.valid_until.timestamp() <= now:
            return Outcome(LinkState.HIDDEN, reason=EXPIRED, source=self.source.slug)
        reading = Reading(self.source.uuid, self.source.slug, clean, _instant(now))
        return Outcome(LinkState.FRESH, (reading,), source=self.source.slug)


def _outcome(round_: Round, source: Source, entry: Entry) -> Outcome:
    """The outcome of a reading that may be served."""
    timing = _timing(round_, [entry])
    if entry.asset is not None:
        reading = _reading(source, entry, 0.0)
        return Outcome(LinkState.FRESH, (reading,), source=source.slug, timing=timing)
    state, reason = _STATE_OF_ABSENT[entry.absent or "gone"]
    return Outcome(state, reason=reason, source=source.slug, timing=timing)


def _timing(round_: Round, entries: Sequence[Entry]) -> dict[str, float]:
    """How old the oldest is, and what the shortest-lived has left of each window; in seconds."""
    now = round_.gateway.clock()
    left = {
        "fresh_left_s": min(entry.fresh_until - now for entry in entries),
        "revalidate_left_s": min(entry.revalidate_until - max(now, entry.fresh_until) for entry in entries),
        "if_error_left_s": min(entry.error_until - max(now, entry.fresh_until) for entry in entries),
    }
    age_s = max(now - entry.stored_at for entry in entries)
    return {name: round(max(0.0, seconds), 3) for name, seconds in {"age_s": age_s, **left}.items()}


def _reading(source: Source, entry: Entry, past_s: float) -> Reading:
    if entry.asset is None:
        raise ValueError("there is no value to read")
    as_of = _instant(entry.as_of)
    return Reading(source.uuid, source.slug, entry.asset, as_of, past_s, derived=entry.derived)


def _stale_reading(source: Source, entry: Entry, past_s: float) -> Reading:
    """One that stands in, be it for the first moment: it must not look like a fresh one."""
    return _reading(source, entry, max(past_s, _LEAST_STALE_S))


def _stale(source: Source, readings: list[Reading], code: str) -> Outcome:
    return Outcome(LinkState.STALE, tuple(readings), reason=code, source=source.slug)


def _failed(source: Source, code: str) -> Outcome:
    if code == "timeout":
        return Outcome(LinkState.TIMEOUT, source=source.slug)
    state = LinkState.TIMEOUT if code == "not_awaited" else LinkState.ERROR
    return Outcome(state, reason=code, source=source.slug)


def _instant(seconds: float) -> datetime:
    """Whole seconds: an answer shows no more, and the same value shall compare equal."""
    return datetime.fromtimestamp(int(seconds), UTC)
