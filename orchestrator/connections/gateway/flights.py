"""Reads that are under way: equal misses share one, unless a purge came between."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from orchestrator.connections.cache import Address, Entry
from orchestrator.connections.gateway.answers import Answer
from orchestrator.connections.purges.generations import Generations

__all__ = ["Board", "Flight"]

Listener = Callable[["Flight", Answer], None]


@dataclass(eq=False, slots=True)
class Flight:
    """The read of one address.

    ``deadline`` is of ``time.monotonic()``. ``generation`` is the purge number known when the call
    began; ``None`` before it begins.
    """

    address: Address
    deadline: float
    known: Entry | None = None
    generation: int | None = None
    listeners: list[Listener] = field(default_factory=list)
    landed: bool = False


class Board:
    """All flights of this process. One lock makes "join, or look again, or start" one step."""

    def __init__(self, generations: Generations, landed_before: Callable[[Address], Entry | None]) -> None:
        self._generations = generations
        self._landed_before = landed_before
        self._flights: dict[str, Flight] = {}
        self._lock = threading.Lock()

    def board(
        self,
        address: Address,
        *,
        deadline: float,
        known: Entry | None,
        listener: Listener | None,
        anew: bool = False,
    ) -> tuple[Flight, bool] | Entry:
        """Join the read of this address or start one; true when it is new and has to be flown.

        An entry instead: the read landed since the caller looked, and is good. With ``anew`` a read is
        always started.
        """
        with self._lock:
            flight = None if anew else self._flights.get(address.key)
            if flight is None and not anew and (entry := self._landed_before(address)) is not None:
                return entry
            new = flight is None or not self._is_joinable(flight, deadline)
            if flight is None or new:
                flight = self._flights[address.key] = Flight(address, deadline, known)
            if listener is not None:
                flight.listeners.append(listener)
            return flight, new

    def land(self, flight: Flight, answer: Answer) -> None:
        """End a read: tell all who joined."""
        with self._lock:
            if flight.landed:
                return
            flight.landed = True
            if self._flights.get(flight.address.key) is flight:
                del self._flights[flight.address.key]
            listeners = list(flight.listeners)
        for listener in listeners:
            listener(flight, answer)

    def _is_joinable(self, flight: Flight, deadline: float) -> bool:
        """A read that a purge overtook answers an old question; one that ends far too early, a hasty one."""
        now = time.monotonic()
        return not self._is_overtaken(flight) and flight.deadline - now >= 0.5 * (deadline - now)

    def _is_overtaken(self, flight: Flight) -> bool:
        if flight.generation is None:
            return False
        return self._generations.overtaking(flight.address, flight.generation) is not None
