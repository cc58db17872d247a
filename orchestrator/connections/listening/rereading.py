"""Reading again what a purge concerned, without waiting for somebody who asks.

Only what is in use is read: what the apps above use, and what the shared cache holds. So a deleted
asset that nobody fetches is found, and the next visitor does not pay for a change. All of it goes
through the gateway: batches, lanes and windows are those of every read, and what somebody else has read
since the purge is not read again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import to_locale

from connectors.sdk import Ref
from orchestrator.connections.cache import Address
from orchestrator.connections.cache.entry import ASSET, QUERY
from orchestrator.connections.configuring.sources import Source
from orchestrator.connections.gateway.checking import check_all
from orchestrator.connections.gateway.lanes import Lane
from orchestrator.connections.listening.in_use import FindUsed, used_assets, used_queries
from orchestrator.connections.models import Reread
from orchestrator.connections.observing.problems import clear_problem, open_problems
from orchestrator.connections.process import Process
from orchestrator.connections.purges.concern import load_concern
from orchestrator.connections.purges.rereads import claim_mark, finish_walk, go_on_with, postpone_walk
from orchestrator.engine.outcome import LinkState, Outcome, Want, WantAsset, WantQuery

__all__ = ["reread"]

# One piece of work: its wants, the time after which no new page is begun, and the claim on it.
_MOST_WANTS = 200
_MOST_S = 5.0
_LEASE_S = 120.0
_LONGEST_PAGE = 100
_LONGEST_PAUSE_S = 60.0
# After so many failures in a row a system that works as a whole is not asked for the same again.
_MOST_TRIES = 4
_FAILED = frozenset({LinkState.STALE, LinkState.TIMEOUT, LinkState.ERROR})
# The system answered, or a newer purge has left a mark of its own.
_SETTLED_REASONS = frozenset({"unknown", "overtaken", "moved_in_circles"})

Found = tuple[Want, str]


def reread(process: Process, pk: int) -> int:
    """Work on a mark if it is due: read again what it is about, up to a bound. How many wants were looked at.

    What is left, and what failed, is taken up by a later call.
    """
    mark = claim_mark(pk, lease_s=_LEASE_S)
    if mark is None:
        return 0
    if mark.connection.personal:
        finish_walk(mark)
        return 0
    # What is read with an older number would count as read before the purge.
    process.hear()
    process.generations.catch_up()
    return _Walk(process, mark).go()


@dataclass(frozen=True, slots=True)
class _Page:
    """Some of what is to be read, each with its language. ``after`` is empty at the end of its part."""

    found: Sequence[Found]
    after: str


@dataclass(frozen=True, slots=True)
class _Part:
    """One kind of what is to be read: ``find`` gives a page after a place, at most of ``size``."""

    find: Callable[[str, int], _Page]
    size: int


class _Walk:
    """All that a mark is about, page by page: first what is used, then what is held besides."""

    def __init__(self, process: Process, mark: Reread) -> None:
        self.process, self.mark = process, mark
        self.source = Source.of(mark.connection)
        self.concern = load_concern(mark.connection, after=mark.read_n, upto=mark.walk_n, wide=mark.wide)
        self.place = mark.place
        self.tries = mark.tries
        self.looked_at = 0
        self._seen: set[Found] = set()

    def go(self) -> int:
        """Go on until the bound, the end, or a failure."""
        began = time.monotonic()
        lane = self._lane()
        if lane is None or lane.resting:
            self._postpone(lane)
            return 0
        while self.looked_at < _MOST_WANTS and time.monotonic() - began < _MOST_S:
            if not self._step(lane):
                return self.looked_at
        go_on_with(self.mark, self.place)
        return self.looked_at

    def _step(self, lane: Lane) -> bool:
        """Read one page; false when the walk ends or has to wait."""
        parts = self._parts(lane)
        index, _, after = self.place.partition(":")
        number = int(index or 0)
        if number >= len(parts):
            finish_walk(self.mark)
            return False
        page = parts[number].find(after, parts[number].size)
        found = [each for each in page.found if each not in self._seen]
        self._seen.update(found)
        self.looked_at += len(found)
        if self._read(found) and not self._may_leave_out(lane):
            self._postpone(lane)
            return False
        self.tries = 0
        self.place = f"{number}:{page.after}" if page.after else f"{number + 1}:"
        return True

    # Where things are.

    def _parts(self, lane: Lane) -> list[_Part]:
        """Each page is one round of calls: none of them waits for its turn past its deadline."""
        calls = max(1, lane.connector.max_concurrency)
        assets = min(_LONGEST_PAGE, calls * max(1, lane.connector.max_batch))
        return [
            _Part(self._used(used_assets()), assets),
            _Part(self._used(used_queries()), calls),
            _Part(self._named, assets),
            _Part(self._held(QUERY, self.concern.query_types), calls),
            _Part(self._held(ASSET, self.concern.types), assets),
        ]

    def _used(self, find_used: FindUsed) -> Callable[[str, int], _Page]:
        def find(after: str, most: int) -> _Page:
            page = find_used(self.concern, int(after or 0), most)
            return _Page(self._in_languages(page.wants, always=True), str(page.last or ""))

        return find

    def _named(self, after: str, most: int) -> _Page:
        """Single assets that are held though nobody uses them."""
        start = int(after or 0)
        refs = self.concern.refs[start : start + most]
        wants = [WantAsset(self.source.uuid, ref) for ref in refs]
        rest = str(start + most) if len(refs) == most else ""
        return _Page(self._in_languages(wants, always=False), rest)

    def _held(self, kind: str, types: Collection[str] | None) -> Callable[[str, int], _Page]:
        """What the shared cache holds of these types, ``None`` for all."""
        prefixes = [self._keys_of(kind, name) for name in ([""] if types is None else types)]

        def find(after: str, most: int) -> _Page:
            addresses = self.process.cache.shared.addresses(prefixes, after=after, most=most)
            found = [(_want_at(address), address.locale) for address in addresses]
            return _Page(found, addresses[-1].key if addresses else "")

        return find

    def _keys_of(self, kind: str, type: str) -> str:
        """How the keys of this kind begin, and of this type unless it is empty."""
        uuid = self.source.uuid
        like = WantAsset(uuid, Ref(type, "")) if kind == ASSET else WantQuery(uuid, type, "", 0)
        return self._address(like, "").prefix(of_type=bool(type))

    def _in_languages(self, wants: Sequence[Want], *, always: bool) -> list[Found]:
        """Each want in the languages in which it is held; if in none and ``always``, in the hub's own."""
        places = {want: [self._address(want, locale) for locale in _languages()] for want in wants}
        held = self.process.gateway.held(a for addresses in places.values() for a in addresses)
        found: list[Found] = []
        for want, addresses in places.items():
            locales = [address.locale for address in addresses if held[address.key] is not None]
            found += [(want, locale) for locale in locales or (_languages()[:1] if always else ())]
        return found

    def _address(self, want: Want, locale: str) -> Address:
        if isinstance(want, WantQuery):
            return self.process.gateway.query_address(self.source, want, locale)
        if isinstance(want, WantAsset):
            return self.process.gateway.asset_address(self.source, want.ref, locale)
        raise TypeError("people are never read without a request")

    # Reading.

    def _read(self, found: Iterable[Found]) -> bool:
        """Read, and write down what is there again; true when something could not be read."""
        by_locale: dict[str, list[Want]] = {}
        for want, locale in found:
            by_locale.setdefault(locale, []).append(want)
        failed, there = False, set()
        for locale, wants in by_locale.items():
            resolution = self.process.gateway.resolve(
                wants, locale=locale, budget_s=self.source.timeout_s + 1
            )
            failed |= any(map(_has_failed, resolution.outcomes.values()))
            there |= _refs_there(resolution.outcomes)
        self.process.findings.flush()
        self._clear_problems(there)
        return failed

    def _clear_problems(self, there: Iterable[Ref]) -> None:
        """Somebody else may have read them first, who did not know that they were missing."""
        for ref in open_problems(self.mark.connection, there):
            clear_problem(self.source.uuid, ref.type, ref.external_id)

    # What comes next.

    def _lane(self) -> Lane | None:
        try:
            return self.process.lanes.of(self.source)
        # A connector's constructor may raise anything; a check or a visitor finds out what is wrong.
        except Exception:  # noqa: BLE001
            return None

    def _may_leave_out(self, lane: Lane) -> bool:
        """Whether to go on without what could not be read: its next reader tries again."""
        if lane.resting or self.tries < _MOST_TRIES:
            return False
        return check_all(self.process.lanes, [self.mark.connection])[0].ok

    def _postpone(self, lane: Lane | None) -> None:
        if lane is not None and lane.resting:
            postpone_walk(self.mark, self.place, wait_s=lane.rest_s, tries=self.tries)
            return
        wait_s = min(2.0**self.tries, _LONGEST_PAUSE_S)
        postpone_walk(self.mark, self.place, wait_s=wait_s, tries=min(self.tries + 1, 10))


def _languages() -> list[str]:
    """The languages in which sources are asked, the hub's own first: as apps and as editors name them."""
    codes = [settings.LANGUAGE_CODE, *(code for code, _name in settings.LANGUAGES)]
    return list(dict.fromkeys(tag for code in codes for tag in (to_locale(code).replace("_", "-"), code)))


def _want_at(address: Address) -> Want:
    if address.kind == ASSET:
        return WantAsset(address.connection, address.ref)
    limit, _, query = address.id.partition(":")
    return WantQuery(address.connection, address.type, query, int(limit))


def _has_failed(outcome: Outcome) -> bool:
    return outcome.state in _FAILED and outcome.reason not in _SETTLED_REASONS


def _refs_there(outcomes: Mapping[Want, Outcome]) -> set[Ref]:
    return {
        want.ref
        for want, outcome in outcomes.items()
        if isinstance(want, WantAsset) and outcome.state is LinkState.FRESH
    }
