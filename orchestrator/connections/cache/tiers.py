"""Both tiers as one: memory first, then the shared cache for what memory cannot answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from orchestrator.connections.cache.entry import Address, Entry
from orchestrator.connections.cache.local import LocalCache
from orchestrator.connections.cache.shared import SharedCache

__all__ = ["Cache"]


class Cache:
    """Holds entries in memory and in the shared cache."""

    def __init__(self, local: LocalCache, shared: SharedCache) -> None:
        self.local = local
        self.shared = shared

    def look_up(
        self, addresses: Iterable[Address], *, suffices: Callable[[Entry], bool]
    ) -> dict[str, Entry | None]:
        """The newest entry of each address, by key. The shared cache is asked once, for those whose
        entry in memory does not suffice: another process may have read them since."""
        found = {address.key: self.local.get(address.key) for address in addresses}
        open_keys = [key for key, entry in found.items() if entry is None or not suffices(entry)]
        for entry in self.shared.get_many(open_keys):
            if entry.newer_than(found.get(entry.key)):
                found[entry.key] = entry
                self.local.put(entry)
        return found

    def keep(self, entries: Sequence[Entry]) -> None:
        """Hold entries in memory, at once; :meth:`share` them afterwards, off the request's path."""
        for entry in entries:
            self.local.put(entry)

    def share(self, entries: Sequence[Entry]) -> None:
        """Hold entries in the shared cache. Where another process was the first to see a value, this one
        adopts when: the same value must not be of two instants, or each process has its own answer."""
        held = {entry.key: entry for entry in self.shared.get_many([entry.key for entry in entries])}
        known = [entry.known_since(held.get(entry.key)) for entry in entries]
        self.keep([now for now, before in zip(known, entries, strict=True) if now != before])
        self.shared.put_many(known)

    def close(self) -> None:
        """Forget what memory holds and give back connections."""
        self.local.clear()
        self.shared.close()
