"""What one process holds: its gateway, and the two threads that use the database on its behalf.

Made at the first use and again after a fork. With ``CONNECTIONS_BACKGROUND`` off (tests, one-off
commands) there are no such threads: each request reads the purge log itself, and findings wait for
``findings.flush()``.
"""

from __future__ import annotations

import logging
import os
import threading

from django.conf import settings
from django.db import DatabaseError, InterfaceError

from orchestrator.connections.cache import Cache, LocalCache, SharedCache
from orchestrator.connections.cache.shared import open_store
from orchestrator.connections.gateway.lanes import Lanes
from orchestrator.connections.gateway.pool import Pool
from orchestrator.connections.gateway.resolving import Gateway
from orchestrator.connections.gateway.search import Searches
from orchestrator.connections.observing.findings import Findings
from orchestrator.connections.purges.lineage import Lineage
from orchestrator.connections.purges.listener import Listener
from orchestrator.connections.purges.log import begin_epoch, read_purges
from orchestrator.connections.purges.purging import forget_ear, on_own_purge

__all__ = ["Process", "clear_process", "forget_process", "this_process"]

log = logging.getLogger(__name__)


class Process:
    """The gateway of this process and what it stands on."""

    def __init__(self) -> None:
        self.pool = Pool()
        self.cache = Cache(LocalCache(), SharedCache(open_store(settings.CACHE_URL)))
        self.lanes = Lanes(self.pool)
        # Settings that were saved after the backup are gone, though their version may come again.
        self.lineage = Lineage(
            self.cache, read=read_purges, begin_epoch=begin_epoch, rewound=self.lanes.close
        )
        self.generations = self.lineage.generations
        self.findings = Findings()
        self.gateway = Gateway(
            cache=self.cache,
            generations=self.generations,
            lanes=self.lanes,
            findings=self.findings,
            hear=self.hear,
        )
        self.searches = Searches(self.lanes, self.findings)
        self._listener: Listener | None = None
        self._writer: threading.Thread | None = None
        self._stop = threading.Event()
        self._lock = threading.Lock()
        on_own_purge(self.hear_own_purge)

    def hear(self) -> None:
        """Make sure that purges are heard, from before the first reading on."""
        if not settings.CONNECTIONS_BACKGROUND:
            self.lineage.catch_up()
        elif self._listener is None:
            self._start_threads()

    def hear_own_purge(self, n: int) -> None:
        """Act on a purge that this process wrote and committed, and tell others."""
        try:
            self.lineage.catch_up()
        except (DatabaseError, InterfaceError) as error:
            log.warning("a purge acts a moment later: %s", type(error).__name__)
        self.cache.shared.announce(n)

    def close(self) -> None:
        """End the threads and give back what is held."""
        forget_ear(self.hear_own_purge)
        self._stop.set()
        self.findings.wake.set()
        if self._listener is not None and self._writer is not None:
            self._listener.stop()
            self._writer.join(timeout=5)
        self.lanes.close()
        self.pool.close()
        self.cache.close()

    def _start_threads(self) -> None:
        with self._lock:
            if self._listener is not None:
                return
            try:
                self.lineage.catch_up()
            except (DatabaseError, InterfaceError) as error:
                log.warning("the purge log is not heard yet: %s", type(error).__name__)
            listener = Listener(
                self.generations, self.cache.shared, catch_up=self.lineage.catch_up, tidy=self.lanes.tidy
            )
            listener.start()
            self._writer = threading.Thread(
                target=self.findings.run, args=(self._stop,), name="connections-findings", daemon=True
            )
            self._writer.start()
            self._listener = listener


_process: Process | None = None
_lock = threading.Lock()


def this_process() -> Process:
    """What this process holds."""
    global _process  # noqa: PLW0603 - one for each process is what it is.
    if _process is None:
        with _lock:
            if _process is None:
                _process = Process()
    return _process


def forget_process() -> None:
    """Start anew at the next use."""
    global _process
    with _lock:
        process, _process = _process, None
    if process is not None:
        process.close()


def clear_process() -> None:
    """Forget all readings, in the shared cache too, and start anew at the next use."""
    if _process is not None:
        # What is under way would be held after the clearing.
        _process.pool.wait_until_idle(timeout_s=5)
        _process.cache.shared.clear()
        forget_process()


def _after_fork() -> None:
    """A child has none of its parent's threads, and must not use its parent's sockets and files."""
    global _process, _lock  # noqa: PLW0603
    _lock = threading.Lock()
    _process = None
    on_own_purge(None)


os.register_at_fork(after_in_child=_after_fork)
