"""What one person may see of what links bring: by connection, and of people only with a right of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from orchestrator.connections import api as connections
from orchestrator.links.models import BoundLink, Collection, Link

__all__ = ["Seen", "seen_by"]


@dataclass(frozen=True, slots=True)
class Seen:
    """Uuids of connections as text: those that may be seen, those that may be used; and samples of people."""

    connections: frozenset[str]
    used: frozenset[str]
    samples: bool

    def shows(self, row: Link | Collection | BoundLink) -> bool:
        """Whether what ``row`` brings may be shown."""
        return self.shows_at(str(row.connection.uuid), person=isinstance(row, BoundLink))

    def shows_at(self, connection: str, *, person: bool) -> bool:
        """Whether what comes from there may be shown. A person's record needs more than an asset does."""
        return self.samples and connection in self.used if person else connection in self.connections


def seen_by(user: Any) -> Seen:
    """Two queries."""
    levels = connections.GrantLevel
    view, use = (
        frozenset(map(str, connections.connections_for(user, level).values_list("uuid", flat=True)))
        for level in (levels.VIEW, levels.USE)
    )
    return Seen(view, use, user.has_perm("links.sample_boundlink"))
