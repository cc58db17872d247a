"""Which readings a purge overtook, from what this process has heard of the purge log.

The log numbers purges in the order of their commits. A reading remembers the number that was known
when it *began*; a purge with a higher number, whose scope covers it, has overtaken it. So a value
whose read began before a purge can never pass for fresh after it, in whatever order things end.

A request looks at integers in this process only; :mod:`.listener` keeps them up to date.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from orchestrator.connections.cache import Address, Entry
from orchestrator.connections.cache.entry import Purges

__all__ = ["DEAF_AFTER_S", "Generations", "Line", "Mark"]

DEAF_AFTER_S = 5.0


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the purge log. ``at`` is seconds since the epoch."""

    n: int
    scope: str
    drop: bool
    at: float


@dataclass(frozen=True, slots=True)
class Mark:
    """The latest purge of a scope: its number, and when it was."""

    n: int
    at: float


class Generations:
    """What this process knows of the purge log.

    ``read(after)`` gives all lines from number ``after`` on, that one included, in order. ``rewound``
    is called when the log turns out to be another one (a database restored from a backup): the
    numbers of held readings mean nothing then. ``dropped`` is told of the lines that drop bytes.
    """

    def __init__(
        self,
        read: Callable[[int], Sequence[Line]],
        *,
        rewound: Callable[[], None],
        dropped: Callable[[Purges], None],
    ) -> None:
        self.head = 0
        self._read = read
        self._rewound = rewound
        self._dropped = dropped
        self._last: Line | None = None
        self._heard_at = float("-inf")
        self._soft: dict[str, Mark] = {}
        self._drop: dict[str, Mark] = {}
        self._lock = threading.Lock()

    @property
    def deaf(self) -> bool:
        """Whether the log was not heard for so long that nothing may be served beyond freshness."""
        return time.monotonic() - self._heard_at > DEAF_AFTER_S

    def catch_up(self) -> None:
        """Read what the log has had since. Raises what ``read`` raises."""
        with self._lock:
            began = time.monotonic()
            lines = self._read(self.head)
            if self._last is not None and (not lines or lines[0] != self._last):
                self._start_over()
                lines = self._read(0)
            news = [line for line in lines if line != self._last]
            for line in news:
                self._note(line)
            self._heard_at = began
            # All at once: a log full of them must not be as many passes over the cache.
            drops = {line.scope: line.n for line in news if line.drop}
            if drops:
                self._dropped(drops)

    def overtaking(self, address: Address, generation: int) -> Mark | None:
        """The purge, soft or not, that overtook a reading of this generation; ``None`` if none did."""
        if generation >= self.head:
            return None
        return self._newest(address, generation, self._soft, self._drop)

    def has_dropped(self, entry: Entry) -> bool:
        """Whether its value must never be served again, not even as the last good copy."""
        if entry.generation >= self.head:
            return False
        return self._newest(entry.address, entry.generation, self._drop) is not None

    def forget_before(self, at: float) -> None:
        """Forget purges older than any reading that can still be held. ``at``: seconds since the epoch."""
        with self._lock:
            for marks in (self._soft, self._drop):
                for scope in [scope for scope, mark in marks.items() if mark.at < at]:
                    del marks[scope]

    def _newest(self, address: Address, generation: int, *maps: dict[str, Mark]) -> Mark | None:
        marks = [mark for marks in maps for scope in address.scopes if (mark := marks.get(scope))]
        newest = max(marks, key=lambda mark: mark.n, default=None)
        return newest if newest is not None and newest.n > generation else None

    def _note(self, line: Line) -> None:
        mark = Mark(line.n, line.at)
        (self._drop if line.drop else self._soft)[line.scope] = mark
        queries = _queries_over(line.scope)
        if queries:
            self._soft[queries] = mark
        self.head, self._last = line.n, line

    def _start_over(self) -> None:
        self.head, self._last = 0, None
        self._soft.clear()
        self._drop.clear()
        self._rewound()


def _queries_over(scope: str) -> str | None:
    """The scope of all queries over the type of an item: it may match them now, or no longer."""
    parts = scope.split(":", 4)
    return f"c:{parts[1]}:q:{parts[3]}" if len(parts) == 5 and parts[2] == "i" else None
