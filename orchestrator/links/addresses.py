"""A row's address in words: what is known of it without asking its source."""

from __future__ import annotations

from orchestrator.links.models import BoundLink, Collection, Link
from orchestrator.links.words import type_label

__all__ = ["address_of", "outline_of"]

Row = Link | Collection | BoundLink


def address_of(row: Row) -> str:
    """For people who may see its connection: "DAM · Picture a-1", or its own name."""
    return f"{outline_of(row)} {row.external_id}" if isinstance(row, Link) else row.name


def outline_of(row: Row) -> str:
    """For everybody: "DAM · Picture", or its own name. An id can say as much as a title does."""
    return f"{row.connection.name} · {type_label(row.type)}" if isinstance(row, Link) else row.name
