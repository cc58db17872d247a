"""The threads of a process that call connectors: bounded, made when needed, never in the way of its end."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from queue import SimpleQueue

__all__ = ["Pool"]

log = logging.getLogger(__name__)


class Pool:
    """Daemon threads: a plugin that hangs must not keep the process from ending.

    ``concurrent.futures`` joins its threads at exit, whatever they wait for.
    """

    def __init__(self, *, most: int = 32, name: str = "connections") -> None:
        self.most = most
        self.name = name
        self._work: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._threads = 0
        self._busy = 0
        self._lock = threading.Lock()
        self._idle = threading.Condition(self._lock)

    @property
    def busy(self) -> int:
        """How much work is running or waiting."""
        return self._busy

    def submit(self, run: Callable[[], None]) -> None:
        """Run it in one of the threads, as soon as one is free."""
        with self._lock:
            self._busy += 1
            if self._busy > self._threads and self._threads < self.most:
                self._threads += 1
                name = f"{self.name}-{self._threads}"
                threading.Thread(target=self._serve, name=name, daemon=True).start()
        self._work.put(run)

    def wait_until_idle(self, timeout_s: float) -> bool:
        """Wait until nothing runs or waits; false when that takes too long."""
        with self._idle:
            return self._idle.wait_for(lambda: self._busy == 0, timeout_s)

    def close(self) -> None:
        """Let the threads end when they are done."""
        with self._lock:
            threads, self._threads = self._threads, 0
        for _ in range(threads):
            self._work.put(None)

    def _serve(self) -> None:
        while (run := self._work.get()) is not None:
            try:
                run()
            # Whatever it was: a thread that ends here would be missed by all work to come.
            except BaseException:
                log.exception("work in the pool failed")
            with self._idle:
                self._busy -= 1
                if self._busy == 0:
                    self._idle.notify_all()
