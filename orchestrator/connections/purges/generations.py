"""Which readings a purge overtook, from what this process has heard of the purge log.

The log numbers purges in the order of their commits. A reading remembers the number that was known
when it *began*; a purge with a higher number, whose scope covers it, has overtaken it. So a value
whose read began before a purge can never pass for fresh after it, in whatever order things end.

A number is good within its epoch only. A database that was restored from a backup gives numbers
again that held readings carry already; whoever sees that this happened begins a new epoch, in which
nothing is held yet. Decision record 9 says how it is seen.

A request looks at integers in this process only; :mod:`.listener` keeps them up to date.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from orchestrator.connections.cache import Address, Entry, Position
from orchestrator.connections.cache.entry import Purges, count_of

__all__ = ["DEAF_AFTER_S", "Generations", "Line", "Log", "Mark"]

DEAF_AFTER_S = 5.0


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the purge log. ``at`` is seconds since the epoch."""

    n: int
    scope: str
    drop: bool
    at: float


@dataclass(frozen=True, slots=True)
class Log:
    """What is read of the purge log at one moment. ``epoch`` is empty where the database has none."""

    epoch: str
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True)
class Mark:
    """The latest purge of a scope: its number, and when it was."""

    n: int
    at: float


_OF_ANOTHER_EPOCH = Mark(0, 0.0)


class Generations:
    """What this process knows of the purge log.

    ``read(after)`` gives all lines from number ``after`` on, that one included, in order.
    ``begin_epoch(after)`` writes an epoch of a higher count into the log. ``rewound`` is called when it
    counts anew (a database restored from a backup): the numbers of held readings mean nothing then.
    ``dropped`` is told of the lines that drop bytes.
    """

    def __init__(
        self,
        read: Callable[[int], Log],
        *,
        begin_epoch: Callable[[int], None],
        rewound: Callable[[], None],
        dropped: Callable[[Purges], None],
    ) -> None:
        self.head = 0
        self.epoch = ""
        self._read = read
        self._begin_epoch = begin_epoch
        self._rewound = rewound
        self._dropped = dropped
        self._count = 0
        self._ahead = 0
        self._doubted = False
        self._adrift = False
        self._last: Line | None = None
        self._heard_at = float("-inf")
        self._soft: dict[str, Mark] = {}
        self._drop: dict[str, Mark] = {}
        self._lock = threading.Lock()

    @property
    def deaf(self) -> bool:
        """Whether the log was not heard for so long that nothing may be served beyond freshness."""
        return time.monotonic() - self._heard_at > DEAF_AFTER_S

    @property
    def position(self) -> Position | None:
        """How far the log is heard: number 0 where it is empty; ``None`` while it is not heard."""
        with self._lock:
            if self._adrift or not self.epoch:
                return None
            last = self._last
            return Position(self.epoch, last.n, last.at) if last else Position(self.epoch, 0, 0.0)

    def catch_up(self) -> None:
        """Read what the log has had since. Raises what ``read`` and ``begin_epoch`` raise."""
        with self._lock:
            began = time.monotonic()
            news = self._read_news()
            for line in news:
                self._note(line)
            self._heard_at = began
            # All at once: a log full of them must not be as many passes over the cache.
            drops = {line.scope: line.n for line in news if line.drop}
            if drops:
                self._dropped(drops)

    def knows(self, position: Position) -> bool:
        """Whether the log has this very line. Raises what ``read`` raises."""
        log = self._read(position.n)
        lines = [(line.n, line.at) for line in log.lines[:1]]
        return log.epoch == position.epoch and (position.n == 0 or lines == [(position.n, position.at)])

    def doubt(self, heard: Position) -> None:
        """Begin a new epoch: somebody has heard what the log does not have. Raises as ``catch_up``."""
        with self._lock:
            self._doubted = True
            self._count = max(self._count, count_of(heard.epoch))
        self.catch_up()

    def overtaking(self, address: Address, generation: int) -> Mark | None:
        """The purge, soft or not, that overtook a reading of this generation; ``None`` if none did."""
        if address.epoch != self.epoch:
            return _OF_ANOTHER_EPOCH
        if generation >= self.head:
            # Whoever read it had heard more than we. At our next look the log must have it, too.
            self._ahead = max(self._ahead, generation)
            return None
        return self._newest(address, generation, self._soft, self._drop)

    def has_dropped(self, entry: Entry) -> bool:
        """Whether its value must never be served again, not even as the last good copy."""
        if entry.address.epoch != self.epoch:
            return True
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

    def _read_news(self) -> list[Line]:
        """The lines that are new here; all of them where the log is another one."""
        ahead, log = self._ahead, self._read(self.head)
        if self._doubted or (not self._adrift and self._is_another(log, ahead)):
            # An epoch that nobody else has, for as long as the log takes none.
            self._start_over(secrets.token_hex(4))
            self._adrift, self._doubted = True, False
        if self._adrift:
            self._begin_epoch(self._count)
            self._adrift = False
            log = self._read(0)
        elif self.epoch not in ("", log.epoch):
            self._start_over(log.epoch)
            log = self._read(0)
        self.epoch, self._count = log.epoch, max(self._count, count_of(log.epoch))
        return [line for line in log.lines if line != self._last]

    def _is_another(self, log: Log, ahead: int) -> bool:
        """Whether it lacks our last line, or is in an epoch that is over, or lacks a line that a reading of
        this epoch began after."""
        if self._last is not None and self._last not in log.lines[:1]:
            return True
        if count_of(log.epoch) < self._count:
            return True
        return ahead > (log.lines[-1].n if log.lines else 0)

    def _start_over(self, epoch: str) -> None:
        self.head, self._last, self._ahead, self.epoch = 0, None, 0, epoch
        self._soft.clear()
        self._drop.clear()
        self._rewound()


def _queries_over(scope: str) -> str | None:
    """The scope of all queries over the type of an item: it may match them now, or no longer."""
    parts = scope.split(":", 4)
    return f"c:{parts[1]}:q:{parts[3]}" if len(parts) == 5 and parts[2] == "i" else None
