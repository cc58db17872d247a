"""The connections that a person may pick from, bind to or query, with the types that each gives."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from orchestrator.connections import api as connections

__all__ = ["Source", "bindable", "pickable", "queryable"]


@dataclass(frozen=True, slots=True)
class Source:
    """A connection, ``id`` being its uuid as text, and the types that it gives and the caller wants."""

    connection: Any
    types: tuple[str, ...]

    @property
    def id(self) -> str:
        """What pages call it."""
        return str(self.connection.uuid)


def pickable(user: Any, *, space: int | None = None, accepts: Sequence[str] = ()) -> list[Source]:
    """Connections whose assets ``user`` may pick. Those that hold people's data are never among them.

    ``accepts`` leaves out sources that give none of these types; empty accepts all.
    """
    return [
        source
        for source in _sources(user, "search", space=space, accepts=accepts)
        if not source.connection.personal
    ]


def queryable(user: Any) -> list[Source]:
    """Connections over which ``user`` may make collections."""
    return [source for source in _sources(user, "collections") if not source.connection.personal]


def bindable(user: Any) -> list[Source]:
    """Connections that find people by an identifier."""
    return [source for source in _sources(user, "identify") if source.connection.personal]


def _sources(
    user: Any, capability: str, *, space: int | None = None, accepts: Sequence[str] = ()
) -> Iterable[Source]:
    rows = connections.connections_for(user, connections.GrantLevel.USE).filter(enabled=True)
    if space is not None:
        rows = rows.filter(space_id=space)
    for connection in rows.select_related("space"):
        abilities = connections.abilities(connection)
        if abilities is None or capability not in abilities.capabilities:
            continue
        types = tuple(name for name in abilities.types if not accepts or name in accepts)
        if types:
            yield Source(connection, types)
