"""Assets of which their system would not say whether they are there: not asked again for a moment."""

from __future__ import annotations

import threading
import time

from orchestrator.connections.cache import Address
from orchestrator.connections.purges.generations import Generations

__all__ = ["Setbacks"]

_FOR_S = 10.0
_MOST = 5_000


class Setbacks:
    """Bounded; ends with a purge of the asset, so that news are heard at once."""

    def __init__(self, generations: Generations) -> None:
        self._generations = generations
        self._until: dict[str, tuple[float, int]] = {}
        self._lock = threading.Lock()

    def add(self, address: Address, generation: int) -> None:
        """Its system did not say, in a read of this generation."""
        with self._lock:
            if len(self._until) >= _MOST:
                self._until.clear()
            self._until[address.key] = (time.monotonic() + _FOR_S, generation)

    def holds(self, address: Address) -> bool:
        """Whether to leave it alone for now."""
        until, generation = self._until.get(address.key, (0.0, 0))
        return time.monotonic() < until and self._generations.overtaking(address, generation) is None
