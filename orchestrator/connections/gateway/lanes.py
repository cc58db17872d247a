"""Each connection's own lane: its connector, how many calls may run in it, and when it may be asked again.

A connection that hangs fills its lane and no more: the pool's other threads stay free for others.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from functools import partial
from queue import Empty, SimpleQueue
from typing import Any

from connectors.sdk import Connector
from orchestrator.connections.configuring.sources import Source, maker_of, refusal_of
from orchestrator.connections.failures import Failure
from orchestrator.connections.gateway.opening import NOT_READY, Made, Opening
from orchestrator.connections.gateway.pool import Pool

__all__ = ["MOST_WAITING", "Lane", "Lanes"]

log = logging.getLogger(__name__)

# A plugin that ignores its deadline never makes room: what waits behind it must not grow for ever.
MOST_WAITING = 100
# Connections end, are switched off, or are used by another process: their sockets are given back.
_IDLE_S = 3600.0


class Lane:
    """One connection's calls. Work beyond ``max_concurrency`` waits its turn, first come first served."""

    def __init__(self, connector: Connector[Any], *, version: int, number: int, pool: Pool) -> None:
        self.connector = connector
        self.version = version
        # That of its opening: of two lanes the one with the higher number knows the newer settings.
        self.number = number
        # Read once: a plugin may have written anything there.
        self.max_batch = max(1, int(connector.max_batch))
        self.max_concurrency = max(1, int(connector.max_concurrency))
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
            full = self._running >= self.max_concurrency
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
            self._close()

    def _run(self, run: Callable[[], None]) -> None:
        try:
            run()
        finally:
            following, last = self._next()
            if following is not None:
                self._pool.submit(lambda: self._run(following))
            elif last:
                self._close()

    def _close(self) -> None:
        """Closing is a plugin's code, too: nobody waits for it, and no thread that others need is held."""
        threading.Thread(target=self._close_connector, name="connections-closing", daemon=True).start()

    def _close_connector(self) -> None:
        try:
            self.connector.close()
        except BaseException:
            log.exception("a connector could not be closed")

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
        self._opened_so_far = 0
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
        """Retire all, also those that are being opened."""
        with self._lock:
            lanes, self._lanes, self._openings = list(self._lanes.values()), {}, {}
        for lane in lanes:
            lane.retire()

    def _open(self, source: Source) -> Lane | Opening:
        """Begin to open a lane, unless somebody else just has."""
        make = maker_of(source.uuid)
        key = (source.uuid, source.version)
        with self._lock:
            lane, known = self._lanes.get(source.uuid), self._openings.get(key)
            if lane is not None and lane.version == source.version:
                return lane
            if known is not None:
                return known
            self._opened_so_far += 1
            take = partial(self._opened, source)
            opening = self._openings[key] = Opening(source, make, take, number=self._opened_so_far)
        opening.start()
        return opening

    def _opened(self, source: Source, opening: Opening, made: Made) -> Lane | Failure:
        """Put the new lane in its place, unless one stands there that began to be opened later."""
        lane = self._lane(source, opening, made)
        key = (source.uuid, source.version)
        with self._lock:
            awaited = self._openings.get(key) is opening
            if awaited:
                del self._openings[key]
            if isinstance(lane, Failure):
                return lane
            before = self._lanes.get(source.uuid)
            # Versions tell nothing: a database that was restored from a backup has lower ones.
            newest = awaited and (before is None or before.number < lane.number)
            if newest:
                self._lanes[source.uuid] = lane
        retired = before if newest else lane
        if retired is not None:
            retired.retire()
        return lane if newest else before or NOT_READY

    def _lane(self, source: Source, opening: Opening, made: Made) -> Lane | Failure:
        if isinstance(made, Failure):
            return made
        try:
            return Lane(made, version=source.version, number=opening.number, pool=self.pool)
        # Its limits are no numbers.
        except Exception as error:  # noqa: BLE001
            return refusal_of(error)
