"""The one thread of a process that hears the purge log."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from django.db import connections

from orchestrator.connections.cache import SharedCache
from orchestrator.connections.purges.generations import Generations
from orchestrator.connections.purges.log import retention_s
from orchestrator.connections.seldom import Seldom

__all__ = ["Listener"]

log = logging.getLogger(__name__)
_EVERY_S = 0.25
_TIDY_EVERY_S = 600.0


class Listener:
    """Reads the log every quarter of a second, and at once when the shared cache brings news.

    ``catch_up`` does so, and what else comes with it; without one, ``generations`` does. ``tidy`` is called
    every ten minutes.
    """

    def __init__(
        self,
        generations: Generations,
        shared: SharedCache,
        *,
        catch_up: Callable[[], None] | None = None,
        tidy: Callable[[], None] | None = None,
    ) -> None:
        self._generations = generations
        self._shared = shared
        self._catch_up = catch_up or generations.catch_up
        self._tidy = tidy
        self._stop = threading.Event()
        self._seldom = Seldom()
        self._tidied = Seldom(every_s=_TIDY_EVERY_S)
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
                self._catch_up()
                if self._tidied.due("marks"):
                    self._generations.forget_before(time.time() - retention_s())
                    if self._tidy is not None:
                        self._tidy()
                self._shared.wait_for_news(_EVERY_S, self._stop)
            # Whatever happens, a process must not go deaf for good.
            except Exception as error:  # noqa: BLE001
                if self._seldom.due(type(error)):
                    log.warning("the purge log is not heard: %s", type(error).__name__)
                connections["default"].close()
                self._stop.wait(_EVERY_S)
        connections["default"].close()
