"""Each connection's own lane: its connector, how many calls may run in it, and when it may be asked again.

A connection that hangs fills its lane and no more: the pool's other threads stay free for others.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from connectors.sdk import Connector
from orchestrator.connections.configuring.sources import Source, connect
from orchestrator.connections.gateway.pool import Pool

__all__ = ["MOST_WAITING", "Lane", "Lanes"]

# A plugin that ignores its deadline never makes room: what waits behind it must not grow for ever.
MOST_WAITING = 100


class Lane:
    """One connection's calls. Work beyond ``max_concurrency`` waits its turn, first come first served."""

    def __init__(self, connector: Connector[Any], *, version: int, pool: Pool) -> None:
        self.connector = connector
        self.version = version
        self._pool = pool
        self._waiting: deque[Callable[[], None]] = deque()
        self._running = 0
        self._retired = False
        self._not_before = 0.0
        self._lock = threading.Lock()

    @property
    def resting(self) -> bool:
        """Whether the system asked not to be called for now."""
        return self.rest_s > 0

    @property
    def rest_s(self) -> float:
        """For how many seconds it asked that."""
        return max(0.0, self._not_before - time.monotonic())

    def rest(self, seconds: float) -> None:
        """Do not call the system for so long."""
        self._not_before = time.monotonic() + seconds

    def submit(self, run: Callable[[], None], *, refuse: Callable[[], None] | None = None) -> None:
        """Run it in the pool when it is its turn; when too many wait already, ``refuse`` instead.

        Without ``refuse`` it is then dropped: for callers that give up by themselves.
        """
        with self._lock:
            full = self._running >= max(1, self.connector.max_concurrency)
            if full and len(self._waiting) < MOST_WAITING:
                self._waiting.append(run)
                return
            self._running += not full
        if not full:
            self._pool.submit(lambda: self._run(run))
        elif refuse is not None:
            # In the pool, as any end of a call: who waits may hold a lock now.
            self._pool.submit(refuse)

    def retire(self) -> None:
        """Close the connector as soon as its last call has ended."""
        with self._lock:
            self._retired = True
            idle = self._running == 0
        if idle:
            self.connector.close()

    def _run(self, run: Callable[[], None]) -> None:
        try:
            run()
        finally:
            following, last = self._next()
            if following is not None:
                self._pool.submit(lambda: self._run(following))
            elif last:
                self.connector.close()

    def _next(self) -> tuple[Callable[[], None] | None, bool]:
        with self._lock:
            if self._waiting:
                return self._waiting.popleft(), False
            self._running -= 1
            return None, self._retired and self._running == 0


class Lanes:
    """The lanes of this process by connection. A changed setting opens a new one and retires the old."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self._lanes: dict[str, Lane] = {}
        self._lock = threading.Lock()

    def of(self, source: Source) -> Lane:
        """The lane of a connection; one query when it is not open at this version. Not for worker threads.

        Raises:
            ConfigurationError, UnknownConnectorError, SecretsUnreadableError: It cannot be opened.
        """
        lane = self._lanes.get(source.uuid)
        if lane is not None and lane.version == source.version:
            return lane
        opened = Lane(connect(source.uuid), version=source.version, pool=self.pool)
        with self._lock:
            before = self._lanes.get(source.uuid)
            if before is not None and before.version >= source.version:
                opened.retire()
                return before
            self._lanes[source.uuid] = opened
        if before is not None:
            before.retire()
        return opened

    def connector_of(self, uuid: str) -> Connector[Any] | None:
        """The connector that a connection's last call used; ``None`` when this process made none yet."""
        lane = self._lanes.get(uuid)
        return lane.connector if lane else None

    def close(self) -> None:
        """Retire all."""
        with self._lock:
            lanes, self._lanes = list(self._lanes.values()), {}
        for lane in lanes:
            lane.retire()
