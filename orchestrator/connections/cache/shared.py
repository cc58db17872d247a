"""The shared cache as the gateway knows it: it may be lost, broken or slow, and never breaks an answer."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Protocol, TypeVar
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from orchestrator.connections.cache.entry import Address, Entry, Position, Purges
from orchestrator.connections.cache.redis import RedisStore
from orchestrator.connections.cache.sqlite import SqliteStore
from orchestrator.connections.seldom import Seldom

__all__ = ["SharedCache", "Store", "open_store"]

log = logging.getLogger(__name__)
T = TypeVar("T")
_UNREADABLE = (ValueError, KeyError, TypeError)


class Store(Protocol):
    """What a shared cache does. Any method may raise one of ``failures``."""

    failures: tuple[type[Exception], ...]

    def get_many(self, keys: Sequence[str]) -> list[Entry]: ...
    def put_many(self, entries: Iterable[Entry], *, heard: Position | None = None) -> None: ...
    def read_since(self, keys: Sequence[str], at: float) -> set[str]: ...
    def note(self, heard: Position) -> None: ...
    def positions(self) -> list[Position]: ...
    def drop(self, purges: Purges) -> None: ...
    def prune(self, now: float) -> int: ...
    def entries(self) -> Iterable[Entry]: ...
    def addresses(self, prefix: str, *, after: str, most: int) -> list[Address]: ...
    def clear(self) -> None: ...
    def heal(self, error: Exception) -> None: ...
    def close(self) -> None: ...


class SharedCache:
    """A store that fails quietly: a miss instead of an error, and no use for a moment after one.

    While it is not ``trusted`` nothing is read from it: what it holds may rely on purges that the log
    has no more.
    """

    def __init__(self, store: Store, *, rest_s: float = 2.0) -> None:
        self.store = store
        self.rest_s = rest_s
        self.trusted = True
        self._heard: Position | None = None
        self._resting_until = 0.0
        self._seldom = Seldom()
        self._lock = threading.Lock()

    def get_many(self, keys: Sequence[str]) -> list[Entry]:
        """Those that are held; none while it does not work or is not trusted."""
        return self._try(lambda: self.store.get_many(keys), []) if keys and self.trusted else []

    def put_many(self, entries: Sequence[Entry]) -> None:
        """Hold entries, if it works."""
        if entries:
            self._try(lambda: self.store.put_many(entries, heard=self._heard), None)

    def read_since(self, keys: Sequence[str], at: float) -> set[str]:
        """Those that anybody read later than ``at``, within half a day; none while it does not work."""
        return self._try(lambda: self.store.read_since(keys, at), set()) if keys else set()

    def note(self, heard: Position) -> bool:
        """Remember, now and with every entry, how far the purge log was heard; false if it did not work."""
        self._heard = heard
        return self._try(lambda: self.store.note(heard) is None, False)

    def forget_position(self) -> None:
        """Write none with the next entries: the log is another one than was heard."""
        self._heard = None

    def positions(self) -> list[Position] | None:
        """How far the log was heard by all who use this cache; ``None`` while it does not work."""
        return self._try(self.store.positions, None)

    def drop(self, purges: Purges) -> None:
        """Delete what purges cover, if it works. What is dropped is not served even if this fails."""
        self._try(lambda: self.store.drop(purges), None)

    def prune(self, now: float) -> int:
        """Delete what has ended; how many."""
        return self._try(lambda: self.store.prune(now), 0)

    def entries(self) -> list[Entry]:
        """All that is held; none while it does not work."""
        return self._try(lambda: list(self.store.entries()), [])

    def addresses(self, prefixes: Iterable[str], *, after: str, most: int) -> list[Address]:
        """What is held under keys that begin so, by key, from ``after`` on; none while it does not work."""
        found: list[Address] = []
        for prefix in sorted(prefixes):
            find = partial(self.store.addresses, prefix, after=after, most=most - len(found))
            found += self._try(find, []) if len(found) < most else []
        return found

    def clear(self) -> None:
        """Hold nothing, and no position."""
        self.forget_position()
        self._try(self.store.clear, None)

    def close(self) -> None:
        """Give back connections."""
        self.store.close()

    def answers(self) -> bool:
        """Whether it works, asked now."""
        try:
            self.store.get_many(["nothing"])
        except (*self.store.failures, *_UNREADABLE):
            return False
        return True

    def announce(self, n: int) -> None:
        """Wake the listeners of other processes, where the store can."""
        if isinstance(self.store, RedisStore):
            store = self.store
            self._try(lambda: store.announce(n), None)

    def wait_for_news(self, timeout_s: float, stop: threading.Event) -> None:
        """Sleep until news, ``stop`` or ``timeout_s``, whichever is first."""
        if not isinstance(self.store, RedisStore) or self._resting():
            stop.wait(timeout_s)
            return
        store = self.store
        if self._try(lambda: store.wait_for_news(timeout_s), False) is False:
            stop.wait(timeout_s)

    def _resting(self) -> bool:
        return time.monotonic() < self._resting_until

    def _try(self, act: Callable[[], T], otherwise: T) -> T:
        if self._resting():
            return otherwise
        try:
            return act()
        except (*self.store.failures, *_UNREADABLE) as error:
            self._rest(error)
            return otherwise

    def _rest(self, error: Exception) -> None:
        with self._lock:
            self._resting_until = time.monotonic() + self.rest_s
            if self._seldom.due(type(error)):
                log.warning(
                    "the shared cache does not work (%s); answers go on without it", type(error).__name__
                )
            try:
                self.store.heal(error)
            except self.store.failures:
                log.warning("the shared cache could not be closed")


def open_store(url: str) -> Store:
    """The store of a ``CACHE_URL``: ``sqlite:///file``, ``sqlite:////absolute/file`` or ``redis://host``."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return SqliteStore(Path(parts.path.removeprefix("/")))
    if parts.scheme in ("redis", "rediss", "unix"):
        return RedisStore(url)
    raise ImproperlyConfigured("CACHE_URL must begin with sqlite:///, redis://, rediss:// or unix://")
