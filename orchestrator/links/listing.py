"""What a space has linked, for lists outside the admin."""

from __future__ import annotations

from django.db.models import QuerySet

from orchestrator.links.models import BoundLink, Link

__all__ = ["identifier_kinds", "links_in"]


def links_in(space_id: int) -> QuerySet[Link]:
    """The links of a space with their connections, newest first."""
    links = Link.objects.filter(connection__space=space_id).select_related("connection")
    return links.order_by("-created_at", "-pk")


def identifier_kinds(space_id: int) -> set[str]:
    """By which identifiers the bound links of a space find people ("loyalty_id")."""
    kinds = BoundLink.objects.filter(connection__space=space_id).values_list("identifier_kind", flat=True)
    return set(kinds.order_by().distinct())
