"""A row's address in words: what is known of it without asking its source."""

from __future__ import annotations

from orchestrator.links.models import BoundLink, Collection, Link
from orchestrator.links.words import type_label

__all__ = ["address_of"]


def address_of(row: Link | Collection | BoundLink) -> str:
    """What stands for the row until its source answers: "DAM · Picture a-1", or its own name."""
    if isinstance(row, Link):
        return f"{row.connection.name} · {type_label(row.type)} {row.external_id}"
    return row.name
