"""Each connection's own lane: its connector, how many calls may run in it, and when it may be asked again.

A connection that hangs fills its lane and no more: the pool's other threads stay free for others.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Any

from connectors.sdk import Connector
from orchestrator.connections.configuring.sources import Source, maker_of, refusal_of
from orchestrator.connections.failures import Failure
from orchestrator.connections.gateway.opening import NOT_READY, Made, Opening
from orchestrator.connections.gateway.pool import Pool

__all__ = ["MOST_WAITING", "Lane", "Lanes"]

# A plugin that ignores its deadline never makes room: what waits behind it must not grow for ever.
MOST_WAITING = 100
# Connections end, are switched off, or are used by another process: their sockets are given back.
_IDLE_S = 3600.0


class Lane:
    """One connection's calls. Work beyond ``max_concurrency`` waits its turn, first come first served."""

    def __init__(self, connector: Connector[Any], *, version: int, pool: Pool) -> None:
        self.connector = connector
        self.version = version
        self.used_at = time.monotonic()
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
    """The lanes of this process by connection. A changed setting opens a new one and retires the old.

    Opening one makes its connector, which is a plugin's code and may hang: that happens elsewhere, and
    who asks for a lane says what to do when it is there.
    """

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self._lanes: dict[str, Lane] = {}
        self._openings: dict[tuple[str, int], Opening] = {}
        self._lock = threading.Lock()

    def enter(self, source: Source) -> Lane | Failure | Opening:
        """The lane of a connection, why there is none, or its opening. Never waits for a plugin.

        One query when it is not open at this version: not for worker threads.
        """
        lane = self._lanes.get(source.uuid)
        if lane is not None and lane.version == source.version:
            lane.used_at = time.monotonic()
            return lane
        opening = self._openings.get((source.uuid, source.version))
        if opening is not None:
            return opening
        try:
            return self._open(source)
        # Settings that are gone, or cannot be read any more.
        except Exception as error:  # noqa: BLE001
            return refusal_of(error)

    def when_open(self, source: Source, then: Callable[[Lane | Failure], None]) -> None:
        """Call ``then`` with the lane or why there is none: now, or from another thread."""
        entered = self.enter(source)
        if isinstance(entered, Opening):
            entered.tell(then)
        else:
            then(entered)

    def of(self, source: Source, *, within_s: float) -> Lane | Failure:
        """The lane of a connection, or why there is none by then."""
        answers: SimpleQueue[Lane | Failure] = SimpleQueue()
        self.when_open(source, answers.put)
        try:
            return answers.get(timeout=within_s)
        except Empty:
            return NOT_READY

    def connector_of(self, uuid: str) -> Connector[Any] | None:
        """The connector that a connection's last call used; ``None`` when this process has none open."""
        lane = self._lanes.get(uuid)
        return lane.connector if lane else None

    def tidy(self) -> None:
        """Retire what nobody has used for an hour."""
        before = time.monotonic() - _IDLE_S
        with self._lock:
            idle = [uuid for uuid, lane in self._lanes.items() if lane.used_at < before]
            lanes = [self._lanes.pop(uuid) for uuid in idle]
        for lane in lanes:
            lane.retire()

    def close(self) -> None:
        """Retire all."""
        with self._lock:
            lanes, self._lanes = list(self._lanes.values()), {}
        for lane in lanes:
            lane.retire()

    def _open(self, source: Source) -> Opening:
        """Begin to open a lane, unless somebody else just has."""
        key = (source.uuid, source.version)
        opening = Opening(source, maker_of(source.uuid), lambda made: self._opened(source, made))
        with self._lock:
            known = self._openings.setdefault(key, opening)
        if known is opening:
            opening.start()
        return known

    def _opened(self, source: Source, made: Made) -> Lane | Failure:
        """Put the new lane in its place, unless somebody has opened one for newer settings."""
        opened = made if isinstance(made, Failure) else Lane(made, version=source.version, pool=self.pool)
        with self._lock:
            self._openings.pop((source.uuid, source.version), None)
            if isinstance(opened, Failure):
                return opened
            before = self._lanes.get(source.uuid)
            newer = before if before is not None and before.version >= source.version else None
            if newer is None:
                self._lanes[source.uuid] = opened
        retired = opened if newer is not None else before
        if retired is not None:
            retired.retire()
        return newer or opened
