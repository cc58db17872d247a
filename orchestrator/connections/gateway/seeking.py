"""One request's round: what each want goes through until it has an outcome.

A :class:`Round` lives in the request's thread. Reads run elsewhere and put their answers into its
inbox; the round hands each to the seeker that asked, until the document is decided or time is up.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, TypeGuard

from connectors.sdk import Identifier
from orchestrator.connections.cache import Address, Entry
from orchestrator.connections.configuring.sources import Source
from orchestrator.connections.failures import Failure
from orchestrator.connections.gateway.calls import Errand, FetchErrand, FindErrand, QueryErrand
from orchestrator.connections.gateway.flights import Flight
from orchestrator.connections.gateway.lanes import Lane
from orchestrator.connections.gateway.opening import Opening
from orchestrator.connections.gateway.seekers import AssetSeeker, QuerySeeker, RecordSeeker, Seeker
from orchestrator.engine.outcome import LinkState, Outcome, Want, WantAsset, WantFound, WantQuery

if TYPE_CHECKING:
    from orchestrator.connections.gateway.resolving import Gateway

__all__ = ["Decided", "Resolution", "Round", "UpstreamCall"]

Decided = Callable[[Mapping[Want, Outcome]], bool]
# A connector that keeps its deadline answers a moment after it; one that does not is left behind.
_GRACE_S = 0.05


@dataclass(frozen=True, slots=True)
class UpstreamCall:
    """One call that a request made. ``outcome`` is "ok", a failure's code, or "pending" when left behind."""

    connection: str
    kind: str
    items: int
    elapsed_ms: float
    outcome: str


@dataclass(frozen=True, slots=True)
class Resolution:
    """What became of each want, and the calls that it took. ``sources`` are the connections by uuid."""

    outcomes: Mapping[Want, Outcome]
    calls: Sequence[UpstreamCall]
    sources: Mapping[str, Source] = field(default_factory=dict)


@dataclass(slots=True)
class _Misses:
    """What has to be read of one connection in its next calls."""

    assets: list[tuple[Seeker, Address, Entry | None]] = field(default_factory=list)
    queries: list[tuple[QuerySeeker, Address, Entry | None]] = field(default_factory=list)
    records: list[RecordSeeker] = field(default_factory=list)

    @property
    def seekers(self) -> list[Seeker]:
        """Those who want it."""
        return [*(each[0] for each in self.assets), *(each[0] for each in self.queries), *self.records]

    def of(self, pending: Mapping[Want, Seeker]) -> _Misses:
        """Those whose seekers still wait."""
        return _Misses(
            [each for each in self.assets if each[0].want in pending],
            [each for each in self.queries if each[0].want in pending],
            [each for each in self.records if each.want in pending],
        )


class Round:
    """Reads what one request wants."""

    def __init__(
        self,
        gateway: Gateway,
        sources: Mapping[str, Source],
        *,
        locale: str,
        deadline: float,
        decided: Decided | None,
        limits: Mapping[Want, float | None],
        traceparent: str | None,
        anew: bool = False,
    ) -> None:
        self.gateway = gateway
        self.sources = sources
        self.locale = locale
        self.deadline = deadline
        self.limits = limits
        self.traceparent = traceparent
        # Assets are asked for whatever is held of them, and nothing that is held stands in for an answer.
        self.anew = anew
        self.outcomes: dict[Want, Outcome] = {}
        self.entries: dict[str, Entry | None] = {}
        self._decided = decided
        self._pending: dict[Want, Seeker] = {}
        self._errands: list[Errand] = []
        self._misses: dict[str, _Misses] = {}
        self._stale: dict[str, dict[Address, Entry]] = {}
        # What other threads have for this one: it runs each here.
        self._inbox: SimpleQueue[Callable[[], None]] = SimpleQueue()

    def run(self, wants: Sequence[Want]) -> Resolution:
        """Give every want an outcome."""
        for want in dict.fromkeys(wants):
            self._admit(want)
        self._look_up_all()
        for seeker in list(self._pending.values()):
            seeker.start()
        self._send()
        decided = self._wait()
        for seeker in list(self._pending.values()):
            seeker.give_up("not_awaited" if decided else "timeout")
        self._refresh()
        calls = [UpstreamCall(e.source.slug, e.kind, e.items, e.elapsed_ms, e.outcome) for e in self._errands]
        return Resolution(self.outcomes, calls, self.sources)

    # What seekers ask for.

    def entry(self, address: Address) -> Entry | None:
        """What is held of an address."""
        if address.key not in self.entries:
            self.look_up([address])
        return self.entries[address.key]

    def look_up(self, addresses: Iterable[Address]) -> None:
        """Learn what is held, all at once."""
        new = [address for address in addresses if address.key not in self.entries]
        if new:
            self.entries.update(self.gateway.held(new))

    def finish(self, seeker: Seeker, outcome: Outcome) -> None:
        """A want has its outcome."""
        self.outcomes[seeker.want] = outcome
        self._pending.pop(seeker.want, None)

    def want_asset(self, seeker: Seeker, address: Address, known: Entry | None) -> None:
        """Have an asset read in the next calls."""
        self._missing(seeker).assets.append((seeker, address, known))

    def want_list(self, seeker: QuerySeeker, address: Address, known: Entry | None) -> None:
        """Have a query read in the next calls."""
        self._missing(seeker).queries.append((seeker, address, known))

    def want_record(self, seeker: RecordSeeker) -> None:
        """Have a record found in the next calls."""
        self._missing(seeker).records.append(seeker)

    def want_refresh(self, source: Source, address: Address, entry: Entry) -> None:
        """Have an asset read again in the background, after the answer."""
        self._stale.setdefault(source.uuid, {})[address] = entry

    def refresh_list(self, seeker: QuerySeeker, address: Address, entry: Entry) -> None:
        """Have a query read again in the background, members and all."""
        if not self.gateway.refreshed.due(address.key):
            return
        self.gateway.lanes.when_open(seeker.source, partial(self._start_list_refresh, seeker, address, entry))

    # The round's own steps.

    def _admit(self, want: Want) -> None:
        source = self.sources.get(want.connection)
        if source is None or not source.enabled:
            reason = "disabled" if source else "not_connected"
            self.outcomes[want] = Outcome(
                LinkState.ERROR, reason=reason, source=source.slug if source else None
            )
            return
        if source.personal and not isinstance(want, WantFound):
            # People are bound by the request, never picked or listed.
            self.outcomes[want] = Outcome(LinkState.DENIED, reason="personal", source=source.slug)
            return
        limit = self.limits.get(want)
        match want:
            case WantAsset():
                self._pending[want] = AssetSeeker(self, want, source, limit)
            case WantQuery():
                self._pending[want] = QuerySeeker(self, want, source, limit)
            case WantFound():
                self._pending[want] = RecordSeeker(self, want, source, limit)

    def _look_up_all(self) -> None:
        """At most two questions to the shared cache: for the wants, then for the members of lists."""
        seekers = list(self._pending.values())
        self.look_up(seeker.address for seeker in seekers if seeker.address is not None)
        self.look_up(
            address
            for seeker in seekers
            if isinstance(seeker, QuerySeeker)
            for address in seeker.member_addresses()
        )

    def _wait(self) -> bool:
        """Hand out answers until the document is decided (true), all is known, or time is up."""
        while self._pending:
            if self._is_decided():
                return True
            now = time.monotonic()
            if now >= self.deadline:
                return False
            # None is due where all answers came from reads that landed meanwhile: they are in the inbox.
            dues = (seeker.due + _GRACE_S for seeker in self._pending.values() if seeker.due)
            wake = min((self.deadline, *dues))
            if not self._receive(max(0.0, wake - now)):
                self._leave_behind()
            self._send()
        return False

    def _is_decided(self) -> bool:
        return self._decided is not None and self._decided(self.outcomes)

    def _receive(self, timeout_s: float) -> bool:
        """Hand out what has come, after waiting for the first; false when nothing came."""
        try:
            take = self._inbox.get(timeout=timeout_s)
        except Empty:
            return False
        while True:
            take()
            try:
                take = self._inbox.get_nowait()
            except Empty:
                return True

    def _hand(self, seeker: Seeker, address: Address | None, answer: Any) -> None:
        if seeker.want in self._pending:
            seeker.receive(address, answer)

    def _leave_behind(self) -> None:
        """Give up on calls that ran past their own time."""
        now = time.monotonic()
        for seeker in list(self._pending.values()):
            if seeker.due and now >= seeker.due + _GRACE_S:
                self.gateway.findings.observe(seeker.source.uuid, Failure("timeout"))
                seeker.give_up("timeout")

    def _missing(self, seeker: Seeker) -> _Misses:
        return self._misses.setdefault(seeker.source.uuid, _Misses())

    def _send(self) -> None:
        """Make the calls for all that is missing, connection by connection."""
        while self._misses:
            uuid, misses = self._misses.popitem()
            source = self.sources[uuid]
            entered = self.gateway.lanes.enter(source)
            if isinstance(entered, Opening):
                self._await_lane(entered, source, misses)
            else:
                self._go_on(source, misses, entered)

    def _await_lane(self, opening: Opening, source: Source, misses: _Misses) -> None:
        """Go on when the connector is there, if anybody still waits then."""
        deadline = self._deadline(source)
        for seeker in misses.seekers:
            seeker.due = max(seeker.due or 0.0, deadline)
        opening.tell(lambda lane: self._inbox.put(partial(self._go_on, source, misses, lane)))

    def _go_on(self, source: Source, misses: _Misses, lane: Lane | Failure) -> None:
        misses = misses.of(self._pending)
        if isinstance(lane, Failure):
            self.gateway.findings.observe(source.uuid, lane)
            self._refuse(misses, lane)
        elif lane.resting:
            self._refuse(misses, Failure("rate_limited"))
        else:
            self._call(source, lane, misses)

    def _deadline(self, source: Source) -> float:
        """When a call that begins now must have ended."""
        return min(self.deadline, time.monotonic() + source.timeout_s)

    def _refuse(self, misses: _Misses, failure: Failure) -> None:
        for seeker, address, _ in (*misses.assets, *misses.queries):
            seeker.receive(address, failure)
        for record in misses.records:
            record.receive(None, failure)

    def _call(self, source: Source, lane: Lane, misses: _Misses) -> None:
        deadline = self._deadline(source)
        errands: list[Errand] = []
        flights = [
            flight for miss in misses.assets if (flight := self._board(*miss, deadline=deadline)) is not None
        ]
        errands += self._fetch_errands(source, lane, deadline, flights)
        for seeker, address, known in misses.queries:
            flight = self._board(seeker, address, known, deadline=deadline)
            if flight is not None:
                errands.append(self._query_errand(seeker, lane, deadline, flight))
        if misses.records:
            errands.append(self._find_errand(source, lane, deadline, misses.records))
        self._errands += errands
        for errand in errands:
            errand.start()

    def _board(
        self, seeker: Seeker, address: Address, known: Entry | None, *, deadline: float
    ) -> Flight | None:
        """Join a read that is under way, or begin one: the flight if it is new."""
        boarded = self.gateway.board.board(
            address,
            deadline=deadline,
            known=known,
            listener=lambda _, answer: self._inbox.put(partial(self._hand, seeker, address, answer)),
            anew=self.anew,
        )
        if isinstance(boarded, Entry):
            self._inbox.put(partial(self._hand, seeker, address, boarded))
            return None
        flight, new = boarded
        seeker.due = max(seeker.due or 0.0, flight.deadline)
        return flight if new else None

    def _fetch_errands(
        self, source: Source, lane: Lane, deadline: float, flights: Sequence[Flight]
    ) -> list[Errand]:
        """One call for each batch that the connector takes."""
        size = lane.max_batch
        return [
            FetchErrand(
                self.gateway,
                source,
                lane,
                deadline,
                self.locale,
                self.traceparent,
                flights=flights[start : start + size],
                anew=self.anew,
            )
            for start in range(0, len(flights), size)
        ]

    def _query_errand(self, seeker: QuerySeeker, lane: Lane, deadline: float, flight: Flight) -> QueryErrand:
        return QueryErrand(
            self.gateway,
            seeker.source,
            lane,
            deadline,
            self.locale,
            self.traceparent,
            flight=flight,
            type=seeker.want.type,
            query=seeker.want.query,
            limit=seeker.want.limit,
        )

    def _find_errand(
        self, source: Source, lane: Lane, deadline: float, seekers: Sequence[RecordSeeker]
    ) -> FindErrand:
        by_identifier: dict[Identifier, list[RecordSeeker]] = {}
        for seeker in seekers:
            seeker.due = deadline
            by_identifier.setdefault(seeker.want.identifier, []).append(seeker)

        def tell(identifier: Identifier, answer: Any) -> None:
            for seeker in by_identifier[identifier]:
                self._inbox.put(partial(self._hand, seeker, None, answer))

        return FindErrand(
            self.gateway,
            source,
            lane,
            deadline,
            self.locale,
            self.traceparent,
            identifiers=tuple(by_identifier),
            tell=tell,
        )

    def _refresh(self) -> None:
        """Read in the background what was served in its grace, unless that was just tried."""
        for uuid, stale in self._stale.items():
            due = {a: e for a, e in stale.items() if self.gateway.refreshed.due(a.key)}
            if due:
                source = self.sources[uuid]
                self.gateway.lanes.when_open(source, partial(self._start_refresh, source, due))

    def _may_refresh(self, lane: Lane | Failure, source: Source) -> TypeGuard[Lane]:
        if isinstance(lane, Failure):
            self.gateway.findings.observe(source.uuid, lane)
            return False
        return not lane.resting

    def _start_refresh(self, source: Source, stale: Mapping[Address, Entry], lane: Lane | Failure) -> None:
        if not self._may_refresh(lane, source):
            return
        deadline = time.monotonic() + source.timeout_s
        board = self.gateway.board.board
        boarded = [board(a, deadline=deadline, known=e, listener=None) for a, e in stale.items()]
        flights = [b[0] for b in boarded if isinstance(b, tuple) and b[1]]
        for errand in self._fetch_errands(source, lane, deadline, flights):
            errand.start()

    def _start_list_refresh(
        self, seeker: QuerySeeker, address: Address, entry: Entry, lane: Lane | Failure
    ) -> None:
        if not self._may_refresh(lane, seeker.source):
            return
        deadline = time.monotonic() + seeker.source.timeout_s
        boarded = self.gateway.board.board(address, deadline=deadline, known=entry, listener=None)
        if isinstance(boarded, tuple) and boarded[1]:
            self._query_errand(seeker, lane, deadline, boarded[0]).start()
