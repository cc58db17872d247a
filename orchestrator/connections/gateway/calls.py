"""One call to a connector, in a worker thread: no ORM here, and whatever is raised becomes an answer."""

from __future__ import annotations

import logging
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson

from connectors.sdk import (
    Asset,
    AssetPage,
    Call,
    ConfigurationError,
    Identifier,
    Identifies,
    Queryable,
    Ref,
)
from orchestrator.connections.cache import Address, Entry
from orchestrator.connections.configuring.sources import Source
from orchestrator.connections.failures import Failure, failure_of, where_of
from orchestrator.connections.gateway.answers import EntryMaker, ListAnswer
from orchestrator.connections.gateway.flights import Flight
from orchestrator.connections.gateway.lanes import Lane
from orchestrator.connections.seldom import Seldom

if TYPE_CHECKING:
    from orchestrator.connections.gateway.resolving import Gateway

__all__ = ["Errand", "FetchErrand", "FindErrand", "QueryErrand"]

log = logging.getLogger(__name__)
_seldom = Seldom()
# A system that asks to wait without saying how long.
_WAIT_S = 5.0


@dataclass(eq=False)
class Errand(ABC):
    """One call to make. ``items`` is how many things it asks for; ``outcome`` is "pending" until it ends.

    ``deadline`` is of ``time.monotonic()``.
    """

    gateway: Gateway
    source: Source
    lane: Lane
    deadline: float
    locale: str
    traceparent: str | None
    kind: str = "call"
    outcome: str = "pending"
    began: float = field(default_factory=time.monotonic)
    ended: float | None = None

    @property
    @abstractmethod
    def items(self) -> int:
        """How many things it asks for."""

    @property
    def elapsed_ms(self) -> float:
        """Until its end, or until now."""
        return round(1000 * ((self.ended or time.monotonic()) - self.began), 1)

    def start(self) -> None:
        """Go, as soon as the connection's lane has room."""
        self.lane.submit(self.run, refuse=lambda: self._skip(Failure("busy")))

    def run(self) -> None:
        """Make the call and tell who waits. Never raises."""
        if self.lane.resting:
            self._skip(Failure("rate_limited"))
            return
        if time.monotonic() >= self.deadline:
            self._skip(Failure("timeout"))
            return
        try:
            given = self.ask(self._begin())
            self.end("ok")
            self.deliver(given)
        # A plugin may raise anything at all, asyncio's CancelledError too: it costs its own slots.
        except BaseException as error:  # noqa: BLE001
            self.fail(failure_of(error), error)

    @abstractmethod
    def ask(self, call: Call) -> Any:
        """Call the connector."""

    @abstractmethod
    def deliver(self, given: Any) -> None:
        """Hand on what it gave."""

    @abstractmethod
    def give_up(self, failure: Failure) -> None:
        """Tell who waits that nothing comes."""

    def maker(self, flight: Flight) -> EntryMaker:
        """What makes entries of this call's results."""
        windows = self.source.windows(flight.address.type)
        return EntryMaker(windows, self.gateway.clock(), flight.generation or 0)

    @abstractmethod
    def mark_begin(self, generation: int) -> dict[Ref, str]:
        """Note the purge number known now; the validators to send."""

    def end(self, outcome: str, failure: Failure | None = None) -> None:
        """Note how it ended, for the answer's account and the connection's health."""
        self.ended, self.outcome = time.monotonic(), outcome
        self.gateway.findings.observe(self.source.uuid, failure)

    def fail(self, failure: Failure, error: BaseException) -> None:
        """Note a failure, tell who waits, and obey a system that asks to wait."""
        if failure.code == "rate_limited":
            self.lane.rest(failure.retry_after_s if failure.retry_after_s is not None else _WAIT_S)
        if failure.code in ("crashed", "bad_response") and _seldom.due((self.source.uuid, failure.code)):
            trace = error if failure.code == "crashed" else None
            log.warning("%s: %s: %s", self.source.slug, self.kind, failure.message, exc_info=where_of(trace))
        self.end(failure.code, failure)
        self.give_up(failure)

    def _skip(self, failure: Failure) -> None:
        """Its turn came too late to call: the source is not to blame."""
        self.ended, self.outcome = time.monotonic(), failure.code
        self.give_up(failure)

    def _begin(self) -> Call:
        self.began = time.monotonic()
        validators = self.mark_begin(self.gateway.generations.head)
        return Call(self.deadline, self.locale, self.traceparent, validators)


@dataclass(eq=False)
class FetchErrand(Errand):
    """Read assets by id, at most a batch of them; ``anew`` takes no "unchanged" for an answer."""

    flights: Sequence[Flight] = ()
    anew: bool = False
    kind: str = "fetch"

    @property
    def items(self) -> int:
        return len(self.flights)

    def mark_begin(self, generation: int) -> dict[Ref, str]:
        for flight in self.flights:
            flight.generation = generation
        return {
            flight.address.ref: validator
            for flight in self.flights
            if not self.anew and (validator := self.gateway.validator_of(flight.known)) is not None
        }

    def ask(self, call: Call) -> Mapping[Any, Any]:
        results = self.lane.connector.fetch([flight.address.ref for flight in self.flights], call)
        if not isinstance(results, Mapping):
            raise TypeError("fetch gave no mapping")
        return results

    def deliver(self, given: Mapping[Any, Any]) -> None:
        answers = {flight: self._answer(flight, given) for flight in self.flights}
        entries = [answer for answer in answers.values() if isinstance(answer, Entry)]
        # One strange answer must not cost the last good copy: it goes when the absence is confirmed.
        entries += [
            flight.known.set_aside
            for flight, answer in answers.items()
            if isinstance(answer, Entry) and answer.absent == "gone" and flight.known and flight.known.asset
        ]
        self.gateway.keep(entries)
        for flight, answer in answers.items():
            self.gateway.note(flight, answer)
            self.gateway.board.land(flight, answer)
        self.gateway.share(entries)

    def give_up(self, failure: Failure) -> None:
        for flight in self.flights:
            self.gateway.board.land(flight, failure)

    def _answer(self, flight: Flight, results: Mapping[Any, Any]) -> Entry | Failure:
        make = self.maker(flight).make
        answer = make(results.get(flight.address.ref), flight.address, known=flight.known)
        if (
            isinstance(answer, Failure)
            and answer.code == "crashed"
            and _seldom.due((self.source.uuid, "slot"))
        ):
            log.warning("%s: %s: %s", self.source.slug, self.kind, answer.message)
        return answer


@dataclass(eq=False)
class QueryErrand(Errand):
    """Read the result of one stored query; its members become readings of their own."""

    flight: Flight = field(kw_only=True)
    type: str = ""
    query: str = "{}"
    limit: int = 1
    kind: str = "query"

    @property
    def items(self) -> int:
        return 1

    def mark_begin(self, generation: int) -> dict[Ref, str]:
        self.flight.generation = generation
        return {}

    def ask(self, call: Call) -> Any:
        if not isinstance(self.lane.connector, Queryable):
            raise ConfigurationError(f"{self.lane.connector.name}: answers no stored queries")
        return self.lane.connector.query(self.type, orjson.loads(self.query), self.limit, None, call)

    def deliver(self, given: Any) -> None:
        answer = self._answer(self.flight, _assets(given)[: self.limit])
        self.gateway.keep([*answer.members, answer.entry])
        self.gateway.board.land(self.flight, answer)
        self.gateway.share([*answer.members, answer.entry])

    def give_up(self, failure: Failure) -> None:
        self.gateway.board.land(self.flight, failure)

    def _answer(self, flight: Flight, assets: Sequence[Asset]) -> ListAnswer:
        maker = self.maker(flight)
        members = tuple(self._members(assets, maker))
        return ListAnswer(maker.make_list(members, flight.address, known=flight.known), members)

    def _members(self, assets: Iterable[Asset], maker: EntryMaker) -> Iterable[Entry]:
        """Those of the asked type that can be held, each once, in the source's order."""
        by_ref = {asset.ref: asset for asset in assets if asset.ref.type == self.type}
        addresses = {ref: self.address_of(ref) for ref in by_ref}
        known = self.gateway.held(addresses.values())
        for ref, asset in by_ref.items():
            entry = maker.make(asset, addresses[ref], known=known.get(addresses[ref].key))
            if isinstance(entry, Entry) and entry.asset is not None:
                yield entry

    def address_of(self, ref: Ref) -> Address:
        """A member's own address. Its generation will be the list's, so its epoch must be the list's, too."""
        address = self.gateway.asset_address(self.source, ref, self.locale)
        return address.of_epoch(self.flight.address.epoch)


@dataclass(eq=False)
class FindErrand(Errand):
    """Find people's records. What it gives goes to the one request that asked, and nowhere else."""

    identifiers: Sequence[Identifier] = field(default=(), repr=False)
    tell: Callable[[Identifier, Any], None] = field(kw_only=True)
    kind: str = "find"

    @property
    def items(self) -> int:
        return len(self.identifiers)

    def mark_begin(self, generation: int) -> dict[Ref, str]:  # noqa: ARG002 - nothing is held.
        return {}

    def ask(self, call: Call) -> Mapping[Any, Any]:
        if not isinstance(self.lane.connector, Identifies):
            raise ConfigurationError(f"{self.lane.connector.name}: finds nobody's record")
        results = self.lane.connector.find(self.identifiers, call)
        if not isinstance(results, Mapping):
            raise TypeError("find gave no mapping")
        return results

    def deliver(self, given: Mapping[Any, Any]) -> None:
        for identifier in self.identifiers:
            self.tell(identifier, given.get(identifier))

    def give_up(self, failure: Failure) -> None:
        for identifier in self.identifiers:
            self.tell(identifier, failure)


def _assets(page: Any) -> list[Asset]:
    if not isinstance(page, AssetPage):
        raise TypeError("query gave no page")
    return [asset for asset in page.assets if isinstance(asset, Asset)]
