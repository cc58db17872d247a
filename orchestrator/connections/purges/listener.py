"""The one thread of a process that hears the purge log."""

from __future__ import annotations

import logging
import threading

from django.db import DatabaseError, InterfaceError, connections

from orchestrator.connections.cache import SharedCache
from orchestrator.connections.purges.generations import Generations
from orchestrator.connections.seldom import Seldom

__all__ = ["Listener"]

log = logging.getLogger(__name__)
_EVERY_S = 0.25


class Listener:
    """Reads the log every quarter of a second, and at once when the shared cache brings news."""

    def __init__(self, generations: Generations, shared: SharedCache) -> None:
        self._generations = generations
        self._shared = shared
        self._stop = threading.Event()
        self._seldom = Seldom()
        self._thread = threading.Thread(target=self._run, name="connections-listener", daemon=True)

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def stop(self) -> None:
        """End, and wait for the end."""
        self._stop.set()
        self._thread.join(timeout=5)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._generations.catch_up()
            except (DatabaseError, InterfaceError) as error:
                if self._seldom.due(type(error)):
                    log.warning("the purge log is not heard: %s", type(error).__name__)
                connections["default"].close()
            self._shared.wait_for_news(_EVERY_S, self._stop)
        connections["default"].close()
