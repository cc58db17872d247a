"""Brands. An installation has one until somebody makes a second."""

from __future__ import annotations

from django.db.models import QuerySet

from orchestrator.access.models import Space

__all__ = ["default_space", "save_space", "space_by_slug", "spaces"]


def spaces() -> QuerySet[Space]:
    """All spaces, by slug."""
    return Space.objects.all()


def space_by_slug(slug: str) -> Space | None:
    """The space with this slug, if there is one."""
    return Space.objects.filter(slug=slug).first()


def default_space() -> Space:
    """The oldest space; made when there is none, so that a new installation can begin."""
    return Space.objects.default()


def save_space(*, slug: str, name: str) -> Space:
    """Make the space with this slug, or rename it."""
    space, _made = Space.objects.update_or_create(slug=slug, defaults={"name": name})
    return space
