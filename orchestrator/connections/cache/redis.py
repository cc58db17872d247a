"""The shared cache of production: Redis, with the same fields. Each key ends with its entry."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, cast

import orjson
import redis

from orchestrator.connections.cache.entry import (
    READS_KEPT_S,
    Address,
    Entry,
    Position,
    Purges,
    connections_of,
)

__all__ = ["RedisStore"]

# The number is the format's. What another one wrote ends by itself.
_PREFIX = "onevoice:2:entry:"
_READS = "onevoice:2:read:"
_POSITIONS = "onevoice:2:heard"
_CHANNEL = "onevoice:purges"
# A value is "<generation> <JSON row>". A reading that began before what is held must not replace it.
_PUT = """
local held = redis.call('GET', KEYS[1])
if held and tonumber(string.match(held, '^%d+')) > tonumber(ARGV[1]) then return 0 end
redis.call('SET', KEYS[1], ARGV[1] .. ' ' .. ARGV[2], 'PXAT', ARGV[3])
return 1
"""
# A field is an epoch, its value "<n> <at>": the furthest that anybody has heard.
_NOTE = """
local held = redis.call('HGET', KEYS[1], ARGV[1])
if held and tonumber(string.match(held, '^%d+')) >= tonumber(ARGV[2]) then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2] .. ' ' .. ARGV[3])
return 1
"""
_VALUE_COLUMN = 8


class RedisStore:
    """Raises ``redis.RedisError``; :class:`~.shared.SharedCache` keeps it from callers."""

    failures = (redis.RedisError, OSError)

    def __init__(self, url: str) -> None:
        # A cache that answers late is worse than none: short limits, no retry.
        self._redis: Any = redis.Redis.from_url(url, socket_timeout=0.25, socket_connect_timeout=0.25)
        self._put = self._redis.register_script(_PUT)
        self._note = self._redis.register_script(_NOTE)
        self._heard: Any = None
        # Messages reach all databases of a server; hubs that share one must not wake each other.
        self._channel = f"{_CHANNEL}:{self._redis.connection_pool.connection_kwargs.get('db') or 0}"

    def get_many(self, keys: Sequence[str]) -> list[Entry]:
        """Those that are held, in any order."""
        values = self._redis.mget([_PREFIX + key for key in keys]) if keys else []
        return [_read(value) for value in values if value is not None]

    def put_many(self, entries: Iterable[Entry], *, heard: Position | None = None) -> None:
        """Hold entries, when they were read, and how far the purge log was heard; in one round trip."""
        with self._redis.pipeline(transaction=False) as pipe:
            if heard is not None:
                self.note(heard, client=pipe)
            for entry in entries:
                end_ms = int(entry.last_end * 1000)
                if end_ms > time.time() * 1000:
                    self._put(
                        keys=[_PREFIX + entry.key],
                        args=[entry.generation, _write(entry), end_ms],
                        client=pipe,
                    )
                pipe.set(_READS + entry.key, repr(entry.stored_at), ex=READS_KEPT_S)
            pipe.execute()

    def read_since(self, keys: Sequence[str], at: float) -> set[str]:
        """Those that were read later than ``at``, at most half a day ago, be they held or not."""
        values = self._redis.mget([_READS + key for key in keys]) if keys else []
        return {key for key, value in zip(keys, values, strict=True) if value and float(value) > at}

    def note(self, heard: Position, *, client: Any = None) -> None:
        """Remember how far the purge log was heard: the furthest in each epoch."""
        self._note(keys=[_POSITIONS], args=[heard.epoch, heard.n, repr(heard.at)], client=client)

    def positions(self) -> list[Position]:
        """How far the log was heard by all who use this Redis."""
        held = self._redis.hgetall(_POSITIONS)
        return [_position(epoch, place) for epoch, place in sorted(held.items())]

    def drop(self, purges: Purges) -> None:
        """Delete what these purges cover; one pass for each connection."""
        for connection in connections_of(purges):
            for entry in self._scan(f"{connection}:*"):
                if entry.address.is_before(purges, entry.generation):
                    self._redis.delete(_PREFIX + entry.key)

    def prune(self, now: float) -> int:  # noqa: ARG002 - Redis ends keys by itself.
        """Nothing is left to delete: keys end by themselves."""
        return 0

    def entries(self) -> Iterator[Entry]:
        """All that is held."""
        return self._scan("*")

    def addresses(self, prefix: str, *, after: str, most: int) -> list[Address]:
        """What is held under keys that begin so, by key, from ``after`` on."""
        found = self._redis.scan_iter(match=f"{_PREFIX}{prefix}*", count=1000)
        keys = {key.decode().removeprefix(_PREFIX) for key in found}
        entries = self.get_many(sorted(key for key in keys if key > after)[:most])
        return [entry.address for entry in entries]

    def clear(self) -> None:
        """Hold nothing."""
        for prefix in (_PREFIX, _READS):
            for key in self._redis.scan_iter(match=prefix + "*", count=500):
                self._redis.delete(key)
        # Last: as long as entries may be left, whoever starts shall know what they relied on.
        self._redis.delete(_POSITIONS)

    def heal(self, error: Exception) -> None:  # noqa: ARG002 - the same for every error.
        """After a failure: drop idle connections. Those in use belong to other threads."""
        self._redis.connection_pool.disconnect(inuse_connections=False)

    def close(self) -> None:
        """Give back all connections. Nobody listens any more."""
        self._stop_hearing()
        self._redis.close()
        self._redis.connection_pool.disconnect()

    def announce(self, n: int) -> None:
        """Wake the listeners of other processes: the log has a line ``n``."""
        self._redis.publish(self._channel, n)

    def wait_for_news(self, timeout_s: float) -> None:
        """Return at the next announcement, at the latest after ``timeout_s``. For one listener only."""
        try:
            if self._heard is None:
                self._heard = self._redis.pubsub(ignore_subscribe_messages=True)
                self._heard.subscribe(self._channel)
            self._heard.get_message(timeout=timeout_s)
        except redis.RedisError:
            self._stop_hearing()
            raise

    def _stop_hearing(self) -> None:
        heard, self._heard = self._heard, None
        if heard is not None:
            heard.close()

    def _scan(self, pattern: str) -> Iterator[Entry]:
        for key in self._redis.scan_iter(match=_PREFIX + pattern, count=500):
            value = self._redis.get(key)
            if value is not None:
                yield _read(value)


def _position(epoch: bytes, place: bytes) -> Position:
    n, _, at = place.partition(b" ")
    return Position(epoch.decode(), int(n), float(at))


def _write(entry: Entry) -> bytes:
    row = list(entry.to_row())
    row[_VALUE_COLUMN] = cast("bytes", row[_VALUE_COLUMN]).decode()
    return orjson.dumps(row)


def _read(value: bytes) -> Entry:
    return Entry.from_row(orjson.loads(value.partition(b" ")[2]))
