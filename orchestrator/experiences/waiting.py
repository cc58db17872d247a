"""Drafts that wait: what is composed and not published, for the home page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from wagtail.models import WorkflowState
from wagtail.permissions import policy_registry

from orchestrator.experiences.models import Experience, Fragment

__all__ = ["Draft", "find_drafts"]


@dataclass(frozen=True, slots=True)
class Draft:
    """A composition with unpublished work.

    ``live``: an older version of it is delivered. ``published_before``: it was live once. ``decided``: it
    waits for a moderator or for its time, and nobody else has to do anything.
    """

    title: str
    kind: str
    url: str
    live: bool
    changed_at: datetime | None
    is_experience: bool = True
    published_before: bool = False
    decided: bool = False


def find_drafts(user: Any, *, limit: int) -> Sequence[Draft]:
    """What ``user`` may change and has unpublished work, newest first. Two queries."""
    found = [draft for model in (Experience, Fragment) for draft in _drafts_of(model, user, limit)]
    return sorted(found, key=_newest_first)[:limit]


def _drafts_of(model: type[Any], user: Any, limit: int) -> list[Draft]:
    if not policy_registry.get_by_type(model).user_has_permission(user, "change"):
        return []
    waiting = model.objects.filter(Q(live=False) | Q(has_unpublished_changes=True))
    newest = (
        waiting.select_related("latest_revision")
        .annotate(decided=_is_decided(model))
        .order_by("-latest_revision__created_at", "-pk")
    )
    return [
        Draft(
            title=composition.latest_revision.object_str if composition.latest_revision else str(composition),
            kind=str(model._meta.verbose_name),
            url=reverse(model.snippet_viewset.get_url_name("edit"), args=(composition.pk,)),
            live=composition.live,
            changed_at=composition.latest_revision.created_at if composition.latest_revision else None,
            is_experience=model is Experience,
            published_before=composition.first_published_at is not None,
            decided=composition.decided,
        )
        for composition in newest[:limit]
    ]


def _is_decided(model: type[Any]) -> Exists:
    moderated = Q(workflow_states__status=WorkflowState.STATUS_IN_PROGRESS)
    scheduled = Q(_revisions__approved_go_live_at__isnull=False)
    return Exists(model.objects.filter(moderated | scheduled, pk=OuterRef("pk")))


def _newest_first(draft: Draft) -> float:
    return -draft.changed_at.timestamp() if draft.changed_at else 0.0
