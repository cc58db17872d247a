"""What happens around deleting: what is live goes at once, what others need stays."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from django.db.models import ProtectedError
from django.db.models.signals import post_delete, pre_delete
from django.urls import reverse
from django.utils.translation import gettext as _

from orchestrator.experiences import publishing, uses
from orchestrator.experiences.models import Composition, Experience, Fragment
from orchestrator.links import api as links

__all__ = ["experiences_that_need", "name_users", "withdraw_on_delete"]


def withdraw_on_delete() -> None:
    """Follow deletions from now on. Signals, since a queryset deletes without asking its model."""
    for model in (Experience, Fragment):
        post_delete.connect(_forget, sender=model, dispatch_uid=f"experiences.forget.{model.__name__}")
    pre_delete.connect(_refuse_while_placed, sender=Fragment, dispatch_uid="experiences.guard.Fragment")


def name_users() -> None:
    """Say how experiences and fragments are named where links list who uses them."""
    links.describe_users("experience", lambda uuids: _names(Experience, uuids))
    links.describe_users("fragment", lambda uuids: _names(Fragment, uuids))


def _forget(instance: Composition, **_signal: Any) -> None:
    publishing.forget(instance)


def experiences_that_need(instance: Any) -> list[str]:
    """Titles of experiences, drafts included, that would miss a fragment; none for anything else."""
    # Another language of it still stands for the same family.
    if not isinstance(instance, Fragment) or instance.get_translations().exists():
        return []
    return [placement.experience.title for placement in uses.placements_of(instance)]


def _refuse_while_placed(instance: Fragment, **_signal: Any) -> None:
    if experiences_that_need(instance):
        raise ProtectedError(
            _("Experiences still use it; take it out there first."), set(uses.placements_of(instance))
        )


def _names(model: type[Composition], uuids: Collection[UUID]) -> Mapping[UUID, links.Named]:
    edit = f"wagtailsnippets_experiences_{model._meta.model_name}:edit"
    return {
        row.uuid: links.Named(row.title, reverse(edit, args=[row.pk]))
        for row in model.objects.filter(uuid__in=uuids)
    }
