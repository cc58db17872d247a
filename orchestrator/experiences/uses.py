"""Where links and fragments are used: told after each change of a draft or of what is live."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from orchestrator.engine.plan import Bound, Collected, Linked, Plan
from orchestrator.experiences.compilation import compile_plan
from orchestrator.experiences.models.plans import Placement, PublishedPlan
from orchestrator.links import api as links

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from orchestrator.experiences.models import Composition

__all__ = ["forget", "placements_of", "refused_additions", "report", "report_draft"]

_TARGETS = {Linked: "link", Collected: "collection", Bound: "bound"}


def report_draft(draft: Composition) -> None:
    """Tell what the draft in hand uses, beside what is live."""
    row = PublishedPlan.objects.filter(object_uuid=draft.uuid, live=True).first()
    _tell(draft, draft=compile_plan(draft, version=0), live=row.plan if row else None)


def report(composition: Composition, *, live: Plan | None) -> None:
    """Tell what is live now, beside what the newest draft uses."""
    draft = composition.get_latest_revision_as_object()
    _tell(composition, draft=compile_plan(draft, version=0), live=live)


def forget(composition: Composition) -> None:
    """It is deleted and uses nothing."""
    links.forget_uses(used_by=composition._meta.model_name, used_by_uuid=composition.uuid)


def refused_additions(user: Any, draft: Composition) -> frozenset[tuple[str, UUID]]:
    """What the draft in hand has more than what is stored, and ``user`` may not use: kind and uuid."""
    targets = _targets(compile_plan(draft, version=0))
    return links.refused_additions(user, targets, used_by_uuid=draft.uuid, space_id=draft.space_id)


def placements_of(fragment: Composition) -> QuerySet[Placement]:
    """Where a fragment, in any of its languages, is placed."""
    return Placement.objects.filter(fragment_family=fragment.translation_key).select_related("experience")


def _tell(composition: Composition, *, draft: Plan, live: Plan | None) -> None:
    links.report_uses(
        used_by=composition._meta.model_name,
        used_by_uuid=composition.uuid,
        draft=_targets(draft),
        live=_targets(live),
    )
    if composition._meta.model_name == "experience":
        _place(composition, draft=draft.fragment_ids(), live=live.fragment_ids() if live else ())


def _targets(plan: Plan | None) -> list[tuple[str, str]]:
    items = plan.items() if plan else ()
    return [(_TARGETS[type(item)], item.id) for item in items if type(item) in _TARGETS]


def _place(experience: Composition, *, draft: tuple[str, ...], live: tuple[str, ...]) -> None:
    used = {*draft, *live}
    Placement.objects.filter(experience=experience.pk).exclude(fragment_family__in=used).delete()
    for family in sorted(used):
        Placement.objects.update_or_create(
            fragment_family=family,
            experience_id=experience.pk,
            defaults={"in_draft": family in draft, "in_live": family in live},
        )
