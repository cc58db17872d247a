"""What reading assets tells about connections and links, written to the database off the request's path.

Worker threads only note a finding; one thread of the process writes them. A finding that repeats is
written once a minute. When the database does not take them, findings are lost and answers go on.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable

from django.db import DatabaseError, InterfaceError, close_old_connections, connections

from orchestrator.connections.cache import Address, Entry
from orchestrator.connections.failures import Failure
from orchestrator.connections.observing.health import write_health
from orchestrator.connections.observing.problems import clear_problem, known_problems, write_problem
from orchestrator.connections.seldom import Seldom

__all__ = ["Findings"]

log = logging.getLogger(__name__)

_EVERY_S = 60.0
_MOST_WAITING = 2_000
_STATE_OF_ABSENT = {"gone": "gone", "hidden": "hidden", "forbidden": "denied", "expired": "hidden"}


class Findings:
    """Findings that wait to be written. Safe to use from several threads."""

    def __init__(self) -> None:
        self._waiting: deque[Callable[[], None]] = deque(maxlen=_MOST_WAITING)
        self._latest: dict[str, tuple[str, float]] = {}
        self._problems: set[tuple[str, str, str]] = set()
        self._problems_read_at = float("-inf")
        self._seldom = Seldom()
        self._lock = threading.Lock()
        self.wake = threading.Event()

    def observe(self, connection: str, failure: Failure | None) -> None:
        """A call to a connection worked (``None``) or failed."""
        code, now = failure.code if failure else "ok", time.monotonic()
        with self._lock:
            before, at = self._latest.get(connection, ("", float("-inf")))
            if before == code and now - at < _EVERY_S:
                return
            self._latest[connection] = (code, now)
        self.note(lambda: write_health(connection, failure))

    def found(self, address: Address, known: Entry | None, answer: Entry | Failure) -> None:
        """An asset was read by its address: is it there, and was it there before?"""
        if isinstance(answer, Failure) or answer.absent == "moved":
            return
        place = (address.connection, address.type, address.id)
        if answer.absent is not None:
            self._found_absent(place, answer.absent, known)
        elif (known is not None and known.absent is not None) or place in self._problems:
            self._problems.discard(place)
            self.note(lambda: clear_problem(*place))

    def note(self, write: Callable[[], None]) -> None:
        """Have something small written soon, after what waits already."""
        self._waiting.append(write)
        self.wake.set()

    def flush(self) -> None:
        """Write all that waits, in this thread. Raises nothing."""
        self.wake.clear()
        while (write := self._next()) is not None:
            try:
                write()
            # One that cannot be written (a NUL in an id, say) must not end the thread that writes.
            except Exception as error:  # noqa: BLE001
                self._warn(error)

    def run(self, stop: threading.Event) -> None:
        """Write findings as they come until ``stop``: the life of the writing thread."""
        while not stop.is_set():
            self.wake.wait(timeout=5.0)
            self._learn_problems()
            self.flush()
            close_old_connections()
        connections["default"].close()

    def _next(self) -> Callable[[], None] | None:
        # Tasks flush, too: between a look and a grasp another thread may have taken the last one.
        try:
            return self._waiting.popleft()
        except IndexError:
            return None

    def _found_absent(self, place: tuple[str, str, str], absent: str, known: Entry | None) -> None:
        again = known is not None and known.absent == absent
        if again and not self._seldom.due(place):
            return
        self._problems.add(place)
        self.note(lambda: write_problem(*place, state=_STATE_OF_ABSENT[absent]))

    def _learn_problems(self) -> None:
        """Other processes find problems too; whoever reads the asset again clears them."""
        if time.monotonic() - self._problems_read_at < _EVERY_S:
            return
        self._problems_read_at = time.monotonic()
        try:
            self._problems = known_problems()
        except (DatabaseError, InterfaceError) as error:
            self._warn(error)

    def _warn(self, error: Exception) -> None:
        if self._seldom.due(type(error)):
            log.warning("a finding about a connection was not written: %s", type(error).__name__)
