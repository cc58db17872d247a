"""Whether the shared cache and the purge log are of one history.

A backup brings back the hub's database, not its cache. What the cache holds then relies on purges that
the log has no more: a value that was purged would pass for fresh. So everybody who uses the cache notes
there how far the log was heard, and whoever starts, or was deaf, reads nothing from it before the log
was seen to have those very lines. If it has not, the numbers count in a new epoch, in which nothing is
held yet. Who hears the log all the time sees by itself that a line which it has heard is there no more.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from orchestrator.connections.cache import Cache, Position
from orchestrator.connections.cache.entry import Purges, count_of, database_of
from orchestrator.connections.purges.generations import Generations, Log

__all__ = ["Lineage"]

log = logging.getLogger(__name__)


class Lineage:
    """What this process knows of the log, and its caches: kept together.

    ``read`` and ``begin_epoch`` are those of :class:`~.generations.Generations`. ``rewound`` is called where
    the database is another one than was heard: what this process has of its rows may be of lost ones.
    """

    def __init__(
        self,
        cache: Cache,
        *,
        read: Callable[[int], Log],
        begin_epoch: Callable[[int], None],
        rewound: Callable[[], None] = lambda: None,
    ) -> None:
        self.generations = Generations(
            read, begin_epoch=self._begin_epoch, rewound=self._forget, dropped=self._drop
        )
        self._cache = cache
        self._write_epoch = begin_epoch
        self._rewound = rewound
        self._noted: Position | None = None
        self._lock = threading.Lock()
        cache.shared.trusted = False

    def catch_up(self) -> None:
        """Read what the log has had since, and act on what it says of the caches. Raises as reading does."""
        if self.generations.deaf:
            self._cache.shared.trusted = False
        self.generations.catch_up()
        with self._lock:
            if not self._cache.shared.trusted:
                self._compare()
            self._note()

    def _compare(self) -> None:
        """Trust the cache if all that its users have heard is in the log, or if none of it counts now."""
        positions = self._cache.shared.positions()
        if positions is None:
            return
        database = database_of(self.generations.epoch)
        ours = [position for position in positions if database_of(position.epoch) == database]
        if not all(map(self.generations.knows, ours)):
            self.generations.doubt(max(ours, key=lambda position: count_of(position.epoch)))
        self._cache.shared.trusted = True

    def _note(self) -> None:
        position = self.generations.position
        if position is not None and position != self._noted and self._cache.shared.note(position):
            self._noted = position

    def _begin_epoch(self, after: int) -> None:
        self._write_epoch(after)
        log.warning("the database was restored from a backup: all that is held is read again")
        self._cache.shared.clear()

    def _forget(self) -> None:
        # The shared cache is emptied by whoever begins the epoch: it may hold what others have noted since.
        self._cache.local.clear()
        self._cache.shared.forget_position()
        self._rewound()

    def _drop(self, purges: Purges) -> None:
        self._cache.local.drop(purges)
        self._cache.shared.drop(purges)
