"""When a schedule will next change what an address delivers: no cache may keep an answer beyond that."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.apps import apps
from django.db import transaction
from wagtail.models import Revision

from orchestrator.experiences.models.plans import Placement, PublishedPlan

if TYPE_CHECKING:
    from orchestrator.experiences.models import Composition

__all__ = ["note", "note_passed"]


def note(composition: Composition) -> None:
    """It was published, scheduled or withdrawn: tell the experiences that deliver it."""
    if composition._meta.model_name == "experience":
        _renew({composition.translation_key})
    else:
        placed = Placement.objects.filter(fragment_family=composition.translation_key, in_live=True)
        _renew(set(placed.values_list("experience__translation_key", flat=True)))


def note_passed(now: datetime) -> None:
    """Look for the next instant where one has passed, whatever came of it."""
    passed = _experiences().filter(changes_at__lte=now)
    _renew(set(passed.values_list("family", flat=True)))


def _renew(families: Collection[UUID]) -> None:
    if not families:
        return
    with transaction.atomic():
        # Whoever schedules another part at the same moment waits here, and then sees this one.
        rows = list(_experiences().filter(family__in=families).order_by("pk").select_for_update())
        instants = _instants(families)
        for row in rows:
            changes_at = min(instants[row.family], default=None)
            if row.changes_at != changes_at:
                PublishedPlan.objects.filter(pk=row.pk).update(changes_at=changes_at)


def _instants(families: Collection[UUID]) -> dict[UUID, list[datetime]]:
    """What is scheduled for each family of experiences, in any language, and for the fragments in it."""
    placed = Placement.objects.filter(experience__translation_key__in=families, in_live=True)
    shown_by = defaultdict(set)
    for fragment, family in placed.values_list("fragment_family", "experience__translation_key"):
        shown_by[fragment].add(family)
    found = defaultdict(list)
    for family, instant in _scheduled("Experience", families):
        found[family].append(instant)
    for fragment, instant in _scheduled("Fragment", list(shown_by)):
        for family in shown_by[fragment]:
            found[family].append(instant)
    return found


def _scheduled(name: str, families: Collection[UUID]) -> Iterator[tuple[UUID, datetime]]:
    model = apps.get_model("experiences", name)
    members = model.objects.filter(translation_key__in=families)
    yield from members.filter(live=True, expire_at__isnull=False).values_list("translation_key", "expire_at")
    family_of = {str(pk): family for pk, family in members.values_list("pk", "translation_key")}
    revisions = Revision.objects.filter(
        base_content_type=model.get_base_content_type(),
        object_id__in=list(family_of),
        approved_go_live_at__isnull=False,
    )
    for object_id, instant in revisions.values_list("object_id", "approved_go_live_at"):
        yield family_of[object_id], instant


def _experiences():
    return PublishedPlan.objects.filter(kind=PublishedPlan.Kind.EXPERIENCE)
