"""The cache in this process's memory, bounded in number and bytes; the least recently used go first."""

from __future__ import annotations

import threading
from collections import OrderedDict

from orchestrator.connections.cache.entry import Entry, Purges

__all__ = ["LocalCache"]

# An entry's objects take several times its JSON; 16 MB of JSON is about 100 MB at the very most.
_MOST_ENTRIES = 20_000
_MOST_BYTES = 16_000_000


class LocalCache:
    """Safe to use from several threads."""

    def __init__(self, *, most_entries: int = _MOST_ENTRIES, most_bytes: int = _MOST_BYTES) -> None:
        self.most_entries = most_entries
        self.most_bytes = most_bytes
        self._entries: OrderedDict[str, Entry] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def get(self, key: str) -> Entry | None:
        """The entry, if it is held."""
        with self._lock:
            entry = self._entries.get(key)
            if entry is not None:
                self._entries.move_to_end(key)
            return entry

    def put(self, entry: Entry) -> None:
        """Hold an entry, unless a newer reading of the same is held."""
        with self._lock:
            held = self._entries.get(entry.key)
            if held is not None and held.newer_than(entry):
                return
            self._remove(entry.key)
            self._entries[entry.key] = entry
            self._bytes += entry.size_bytes
            while len(self._entries) > self.most_entries or self._bytes > self.most_bytes:
                self._remove(next(iter(self._entries)))

    def drop(self, purges: Purges) -> None:
        """Delete what these purges cover, in one pass."""
        with self._lock:
            entries = self._entries.values()
            for key in [e.key for e in entries if e.address.is_before(purges, e.generation)]:
                self._remove(key)

    def entries(self) -> list[Entry]:
        """All that is held, now."""
        with self._lock:
            return list(self._entries.values())

    def clear(self) -> None:
        """Hold nothing."""
        with self._lock:
            self._entries.clear()
            self._bytes = 0

    def _remove(self, key: str) -> None:
        entry = self._entries.pop(key, None)
        if entry is not None:
            self._bytes -= entry.size_bytes
