"""Holds deadlines of calls by shutting their sockets.

A socket's own timeout restarts with each byte, so a peer that drips one byte a second is never late.
Here one thread per process waits for the earliest deadline and shuts the socket of that call, be it
in the TLS handshake, the headers or the body; the thread that reads then sees the end of the stream.
"""

from __future__ import annotations

import contextlib
import heapq
import itertools
import os
import socket
import threading
import time

__all__ = ["Watch", "watch_until"]


# A deadline of infinity is more than the operating system can wait.
_LONGEST_WAIT_S = 3600.0


class Watch:
    """One call under watch. It may move from socket to socket; it shuts only the one it holds.

    The watch keeps a duplicate of the descriptor: the original may be wrapped in TLS, detached or
    closed by the HTTP client at any moment, and its number reused for another connection.
    """

    __slots__ = ("_handle", "_lock", "_over", "deadline", "fired")

    def __init__(self, deadline: float) -> None:
        self.deadline = deadline
        self.fired = False
        self._over = False
        self._handle: socket.socket | None = None
        self._lock = threading.Lock()

    def hold(self, sock: socket.socket) -> None:
        """Shut this socket at the deadline, from now on; at once if that has passed."""
        handle = socket.socket(sock.family, sock.type, sock.proto, fileno=os.dup(sock.fileno()))
        with self._lock:
            self._drop()
            self._handle = handle
            if self.fired:
                _shut(handle)

    def let_go(self) -> None:
        """Leave the socket alone, before anybody else may use it."""
        with self._lock:
            self._drop()

    def finish(self) -> bool:
        """End the watch. True if its deadline came first."""
        with self._lock:
            self._over = True
            self._drop()
            return self.fired

    @property
    def over(self) -> bool:
        """Whether the call ended."""
        return self._over

    def fire(self) -> None:
        """The deadline came."""
        with self._lock:
            if self._over:
                return
            self.fired = True
            if self._handle is not None:
                _shut(self._handle)

    def _drop(self) -> None:
        if self._handle is not None:
            self._handle.close()
            self._handle = None


def watch_until(deadline: float) -> Watch:
    """Watch a call until ``deadline``, an instant of ``time.monotonic()``. The caller finishes it."""
    watch = Watch(deadline)
    _watchdog.add(watch)
    return watch


def _shut(handle: socket.socket) -> None:
    with contextlib.suppress(OSError):  # The peer may have closed it first.
        handle.shutdown(socket.SHUT_RDWR)


class _Watchdog:
    """The thread and its heap of deadlines."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Watch]] = []
        self._order = itertools.count()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    def add(self, watch: Watch) -> None:
        with self._changed:
            heapq.heappush(self._heap, (watch.deadline, next(self._order), watch))
            if self._thread is None:
                thread = threading.Thread(target=self._run, name="deadline-watchdog", daemon=True)
                thread.start()
                self._thread = thread
            elif self._heap[0][2] is watch:
                self._changed.notify()

    def _run(self) -> None:
        while True:
            self._next_due().fire()

    def _next_due(self) -> Watch:
        with self._changed:
            while True:
                while self._heap and self._heap[0][2].over:
                    heapq.heappop(self._heap)
                left_s = self._heap[0][0] - time.monotonic() if self._heap else None
                if left_s is not None and left_s <= 0:
                    return heapq.heappop(self._heap)[2]
                self._changed.wait(None if left_s is None else min(left_s, _LONGEST_WAIT_S))


def _start_afresh() -> None:
    global _watchdog  # noqa: PLW0603 - a forked child has this module's data, but not its thread.
    _watchdog = _Watchdog()


_watchdog = _Watchdog()
os.register_at_fork(after_in_child=_start_afresh)
