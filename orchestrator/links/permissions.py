"""Who may see and change rows that hang on a connection."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from orchestrator.connections import api as connections

__all__ = ["usable", "visible"]


def visible(rows: QuerySet[Any], user: Any) -> QuerySet[Any]:
    """Rows at connections that ``user`` may see."""
    return _within(rows, user, connections.GrantLevel.VIEW)


def usable(rows: QuerySet[Any], user: Any) -> QuerySet[Any]:
    """Rows at connections that ``user`` may use."""
    return _within(rows, user, connections.GrantLevel.USE)


def _within(rows: QuerySet[Any], user: Any, level: Any) -> QuerySet[Any]:
    allowed = connections.connections_for(user, level)
    return rows.filter(connection__in=allowed.values("pk")).select_related("connection")
