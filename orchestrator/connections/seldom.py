"""Saying the same thing at most once a minute: a source that fails must not fill the log."""

from __future__ import annotations

import threading
import time

__all__ = ["Seldom"]


class Seldom:
    """Remembers what was said lately. Bounded; safe to use from several threads."""

    def __init__(self, *, every_s: float = 60.0, most: int = 1000) -> None:
        self.every_s = every_s
        self.most = most
        self._said: dict[object, float] = {}
        self._lock = threading.Lock()

    def due(self, thing: object) -> bool:
        """Whether ``thing`` was not said within the last ``every_s`` seconds; if so, it is now."""
        now = time.monotonic()
        with self._lock:
            if now - self._said.get(thing, -self.every_s) < self.every_s:
                return False
            if len(self._said) >= self.most:
                self._said.clear()
            self._said[thing] = now
            return True
