"""The one way out: every read of an external system goes through here, and nothing it does is raised.

:meth:`Gateway.resolve` answers a request's wants in one pass: fresh in this process, fresh in the
shared cache, else one call for all that is missing at a connection, in parallel, under the request's
budget; then the last good copy. The steps for one want are in :mod:`.seeking`, one call in
:mod:`.calls`, what a held reading may be used for in :mod:`.judging`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from connectors.sdk import Asset, Ref
from orchestrator.connections.cache import Address, Cache, Entry
from orchestrator.connections.cache.entry import ASSET, QUERY
from orchestrator.connections.configuring.sources import Source, load_sources
from orchestrator.connections.failures import Failure
from orchestrator.connections.gateway.flights import Board, Flight
from orchestrator.connections.gateway.judging import Verdict, judge, last_good_s
from orchestrator.connections.gateway.lanes import Lanes
from orchestrator.connections.gateway.seeking import Decided, Resolution, Round
from orchestrator.connections.gateway.setbacks import Setbacks
from orchestrator.connections.observing.findings import Findings
from orchestrator.connections.purges.generations import Generations
from orchestrator.connections.seldom import Seldom
from orchestrator.engine.outcome import Outcome, Want, WantAsset, WantQuery

__all__ = ["Gateway", "Resolution"]


@dataclass(eq=False)
class Gateway:
    """What one process knows and has under way. ``clock`` gives seconds since the epoch.

    ``hear`` is called once for each request: it makes sure that purges are heard.
    """

    cache: Cache
    generations: Generations
    lanes: Lanes
    findings: Findings
    hear: Callable[[], None]
    clock: Callable[[], float] = time.time

    def __post_init__(self) -> None:
        self.board = Board(self.generations, self._landed_before)
        self.setbacks = Setbacks(self.generations)
        self.refreshed = Seldom(every_s=1.0, most=10_000)

    def resolve(
        self,
        wants: Sequence[Want],
        *,
        locale: str,
        budget_s: float,
        decided: Decided | None = None,
        limits: Mapping[Want, float | None] | None = None,
        traceparent: str | None = None,
    ) -> Resolution:
        """Read what is wanted, each thing once; every want gets an outcome, at the latest at the budget.

        Args:
            decided: Asked after each result with the outcomes so far; true lets the answer leave. Wants
                that are still open then get what is at hand, reason ``not_awaited``.
            limits: Seconds past freshness for which a last good copy may stand in, for each want;
                ``None`` (or no entry) leaves it to the connection's window, 0 takes none.

        One database query, and one more for a connection that this process has not called yet.
        Raises only what the database raises.
        """
        deadline = time.monotonic() + budget_s
        self.hear()
        sources = load_sources(want.connection for want in wants) if wants else {}
        return Round(
            self,
            sources,
            locale=locale,
            deadline=deadline,
            decided=decided,
            limits=limits or {},
            traceparent=traceparent,
        ).run(wants)

    def read_anew(
        self, wants: Sequence[WantAsset], *, locale: str, budget_s: float
    ) -> Mapping[Want, Outcome]:
        """Ask for assets whatever is held of them, without conditions; what came of each.

        An outcome that is a failure is one: nothing that is held stands in. What is read is held as ever.
        """
        deadline = time.monotonic() + budget_s
        self.hear()
        sources = load_sources(want.connection for want in wants) if wants else {}
        round_ = Round(
            self,
            sources,
            locale=locale,
            deadline=deadline,
            decided=None,
            limits={},
            traceparent=None,
            anew=True,
        )
        return round_.run(wants).outcomes

    def asset_address(self, source: Source, ref: Ref, locale: str) -> Address:
        """The address of an asset."""
        return self._address(source, ASSET, ref.type, ref.external_id, locale=locale)

    def query_address(self, source: Source, want: WantQuery, locale: str) -> Address:
        """The address of a query's result."""
        return self._address(source, QUERY, want.type, f"{want.limit}:{want.query}", locale=locale)

    def of_now(self, address: Address) -> Address:
        """The address that a reading which begins now has: another one after a restore from a backup."""
        return address.of_epoch(self.generations.epoch)

    def held(self, addresses: Iterable[Address]) -> dict[str, Entry | None]:
        """The newest reading of each address, by key."""
        return self.cache.look_up(addresses, suffices=lambda entry: self.judge(entry) is Verdict.FRESH)

    def judge(self, entry: Entry | None) -> Verdict:
        """What a held reading may be used for now."""
        if entry is None:
            return Verdict.READ
        overtaken = self.generations.overtaking(entry.address, entry.generation)
        return judge(entry, now=self.clock(), overtaken=overtaken, deaf=self.generations.deaf)

    def last_good_s(self, entry: Entry | None, limit_s: float | None) -> float | None:
        """Seconds past freshness if it may stand in for a source that failed."""
        if entry is None:
            return None
        return last_good_s(
            entry,
            now=self.clock(),
            overtaken=self.generations.overtaking(entry.address, entry.generation),
            dropped=self.generations.has_dropped(entry),
            deaf=self.generations.deaf,
            limit_s=limit_s,
        )

    def is_overtaken(self, entry: Entry) -> bool:
        """Whether a purge came after its read began."""
        return self.generations.overtaking(entry.address, entry.generation) is not None

    def validator_of(self, known: Entry | None) -> str | None:
        """What to send for a conditional read: only for a copy that could be served again."""
        asset: Asset | None = known.asset if known else None
        if known is None or asset is None or self.generations.has_dropped(known):
            return None
        over = known.hard_end is not None and known.hard_end <= self.clock()
        return None if over else asset.validator

    def keep(self, entries: Sequence[Entry]) -> None:
        """Hold readings in memory, at once."""
        self.cache.keep(self._worth_holding(entries))

    def share(self, entries: Sequence[Entry]) -> None:
        """Hold readings in the shared cache. After whoever waits was told."""
        self.cache.share(self._worth_holding(entries))

    def note(self, flight: Flight, answer: Entry | Failure) -> None:
        """Remember what a read says of its asset beyond its value."""
        self.findings.found(flight.address, flight.known, answer)
        if isinstance(answer, Failure) and answer.code == "unknown":
            self.setbacks.add(flight.address, flight.generation or 0)

    def _address(self, source: Source, kind: str, type: str, id: str, *, locale: str) -> Address:
        return Address.of(
            connection=source.uuid,
            version=source.version,
            epoch=self.generations.epoch,
            kind=kind,
            type=type,
            id=id,
            locale=locale,
        )

    def _worth_holding(self, entries: Sequence[Entry]) -> list[Entry]:
        now = self.clock()
        return [e for e in entries if e.last_end > now and not self.generations.has_dropped(e)]

    def _landed_before(self, address: Address) -> Entry | None:
        entry = self.cache.local.get(address.key)
        return entry if entry is not None and self.judge(entry) is Verdict.FRESH else None
