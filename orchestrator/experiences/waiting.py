"""Drafts that wait: what is composed and not published, for the home page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.urls import reverse
from wagtail.permissions import policy_registry

from orchestrator.experiences.models import Experience, Fragment

__all__ = ["Draft", "find_drafts"]


@dataclass(frozen=True, slots=True)
class Draft:
    """A composition with unpublished work. ``live``: an older version of it is delivered."""

    title: str
    kind: str
    url: str
    live: bool
    changed_at: datetime | None


def find_drafts(user: Any, *, limit: int) -> Sequence[Draft]:
    """What ``user`` may change and has unpublished work, newest first. Two queries."""
    found = [draft for model in (Experience, Fragment) for draft in _drafts_of(model, user, limit)]
    return sorted(found, key=_newest_first)[:limit]


def _drafts_of(model: type[Any], user: Any, limit: int) -> list[Draft]:
    if not policy_registry.get_by_type(model).user_has_permission(user, "change"):
        return []
    waiting = model.objects.filter(Q(live=False) | Q(has_unpublished_changes=True))
    newest = waiting.select_related("latest_revision").order_by("-latest_revision__created_at", "-pk")
    return [
        Draft(
            title=composition.latest_revision.object_str if composition.latest_revision else str(composition),
            kind=str(model._meta.verbose_name),
            url=reverse(model.snippet_viewset.get_url_name("edit"), args=(composition.pk,)),
            live=composition.live,
            changed_at=composition.latest_revision.created_at if composition.latest_revision else None,
        )
        for composition in newest[:limit]
    ]


def _newest_first(draft: Draft) -> float:
    return -draft.changed_at.timestamp() if draft.changed_at else 0.0
