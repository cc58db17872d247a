"""What the purges of a connection are about, between two numbers of the log."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import Min, Q

from connectors.sdk import Ref
from orchestrator.connections.cache.entry import item_scope
from orchestrator.connections.models import Connection, Purge

__all__ = ["Concern", "is_wide", "load_concern"]

# More single assets than this are treated as all of their types.
_MOST_ITEMS = 500
_HASHED = "sha256~"


@dataclass(frozen=True, slots=True)
class Concern:
    """Assets and stored queries of one connection that may have changed. ``connection`` is its uuid.

    ``types`` are changed as a whole, ``None`` stands for all. ``items`` are single assets: for each
    type the ids, as scopes write them.
    """

    connection: str
    types: frozenset[str] | None = frozenset()
    items: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, connection: str, scopes: Iterable[str]) -> Concern:
        """What these scopes of the connection are about, together."""
        types: set[str] = set()
        items: dict[str, set[str]] = {}
        for scope in scopes:
            match scope.split(":", 4)[2:]:
                case []:
                    return cls(connection, None)
                case ["t", name]:
                    types.add(name)
                case ["i", name, external_id]:
                    items.setdefault(name, set()).add(external_id)
        if sum(map(len, items.values())) > _MOST_ITEMS:
            types, items = types | items.keys(), {}
        return cls(connection, frozenset(types), {name: frozenset(ids) for name, ids in items.items()})

    @property
    def query_types(self) -> frozenset[str] | None:
        """The types whose stored queries may bring something else now; ``None`` for all."""
        return None if self.types is None else self.types | self.items.keys()

    @property
    def refs(self) -> list[Ref]:
        """The single assets of which scopes have the whole id."""
        written = [
            Ref(name, text) for name, ids in self.items.items() for text in ids if not _is_hashed(text)
        ]
        return sorted(written, key=lambda ref: (ref.type, ref.external_id))

    def covers(self, ref: Ref) -> bool:
        """Whether it is about this asset."""
        if self.types is None or ref.type in self.types:
            return True
        written = item_scope(self.connection, ref).split(":", 4)[4]
        return written in self.items.get(ref.type, ())

    def assets(self) -> Q:
        """Of rows with ``type`` and ``external_id``: all that it covers, and perhaps a few more."""
        if self.types is None:
            return Q()
        found = Q(type__in=self.types)
        for name, ids in self.items.items():
            # A long id stands as its digest in a scope: all of the type are looked through.
            found |= Q(type=name) if any(map(_is_hashed, ids)) else Q(type=name, external_id__in=ids)
        return found

    def queries(self) -> Q:
        """Of rows with ``type``: the stored queries that it is about."""
        types = self.query_types
        return Q() if types is None else Q(type__in=types)


def is_wide(scope: str) -> bool:
    """Whether a purge of this scope is about more than one asset."""
    return scope.split(":", 3)[2:3] != ["i"]


def load_concern(connection: Connection, *, after: int, upto: int, wide: bool) -> Concern:
    """What the purges above ``after`` up to ``upto`` are about: the wide ones or the others. Two queries.

    Where the log has forgotten some of them, it is everything.
    """
    base = f"c:{connection.uuid}"
    oldest = Purge.objects.aggregate(oldest=Min("n"))["oldest"]
    if oldest is None or oldest > after + 1:
        return Concern(str(connection.uuid), None)
    lines = Purge.objects.filter(n__gt=after, n__lte=upto, scope__startswith=base)
    scopes = lines.values_list("scope", flat=True)
    return Concern.of(str(connection.uuid), (scope for scope in scopes if is_wide(scope) == wide))


def _is_hashed(text: str) -> bool:
    return text.startswith(_HASHED)
