"""Limits on how often something may happen, in this process's memory."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable

__all__ = ["Buckets"]


class Buckets:
    """A token bucket for each key: ``burst`` at once, then ``per_s`` each second. Bounded in number."""

    def __init__(
        self,
        *,
        burst: float,
        per_s: float,
        most_keys: int = 10_000,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.burst = burst
        self.per_s = per_s
        self.most_keys = most_keys
        self._clock = clock
        self._levels: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def wait_s(self, key: Hashable) -> float:
        """Seconds until one more may happen; 0 for now. Takes nothing."""
        with self._lock:
            return max(0.0, (1 - self._level(key)) / self.per_s)

    def take(self, key: Hashable) -> float:
        """Take one: 0 if there was one, else the seconds until there is."""
        with self._lock:
            level = self._level(key)
            if level < 1:
                return (1 - level) / self.per_s
            self._levels[key] = (level - 1, self._clock())
            self._levels.move_to_end(key)
            if len(self._levels) > self.most_keys:
                self._levels.popitem(last=False)
            return 0.0

    def _level(self, key: Hashable) -> float:
        level, at = self._levels.get(key, (self.burst, self._clock()))
        return min(self.burst, level + (self._clock() - at) * self.per_s)
