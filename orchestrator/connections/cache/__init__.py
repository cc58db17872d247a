"""The hub's cache of origin values: the only place that holds any, each with a source, an age and an end.

Two tiers: this process's memory (:mod:`.local`), then one shared by all processes, a SQLite file
(:mod:`.sqlite`) or Redis (:mod:`.redis`) by ``CACHE_URL``. Personal items enter neither.
"""

from orchestrator.connections.cache.entry import Address, Entry, Position, fingerprint_of
from orchestrator.connections.cache.local import LocalCache
from orchestrator.connections.cache.shared import SharedCache
from orchestrator.connections.cache.tiers import Cache

__all__ = ["Address", "Cache", "Entry", "LocalCache", "Position", "SharedCache", "fingerprint_of"]
