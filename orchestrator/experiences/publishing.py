"""Publishing compiles; unpublishing and deleting withdraw. Each in the transaction of its cause."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from django.db import transaction
from django.utils import timezone

from orchestrator.engine.plan import FORMAT_VERSION, Plan, PlanFormatError
from orchestrator.experiences import upcoming, uses, validation
from orchestrator.experiences.compilation import compile_plan
from orchestrator.experiences.errors import DeletedMeanwhileError, PublishRefusedError
from orchestrator.experiences.models.plans import PublishedPlan

if TYPE_CHECKING:
    from orchestrator.experiences.models import Composition

C = TypeVar("C", bound="Composition")

__all__ = ["claim", "follow", "forget", "refuse_unless_fitting", "refuse_unless_ready", "store", "withdraw"]


def claim(composition: C) -> C:
    """The row as it is stored, kept from everybody else until the transaction ends.

    Whoever saves, publishes, withdraws or deletes claims first: Wagtail's save would otherwise bring back
    what somebody has just deleted, and a compilation could overtake a later one.

    Raises:
        DeletedMeanwhileError: There is no such row any more.
    """
    row = type(composition)._default_manager.select_for_update().filter(pk=composition.pk).first()
    if row is None:
        raise DeletedMeanwhileError
    return row


def refuse_unless_ready(draft: Composition) -> None:
    """Return if ``draft`` may be published, those who use it apart.

    Raises:
        PublishRefusedError: It may not; its messages say why.
    """
    _refuse(validation.problems(draft))


def refuse_unless_fitting(draft: Composition) -> None:
    """Return if live experiences may show what ``draft`` holds; anything but a fragment always fits.

    Raises:
        PublishRefusedError: A slot does not accept it; the messages name experience and slot.
    """
    _refuse(validation.fit_problems(draft))


def _refuse(found: Sequence[validation.Problem]) -> None:
    if found:
        raise PublishRefusedError([problem.sentence() for problem in found])


def follow(composition: Composition) -> None:
    """Make the plan what the stored row says: compiled if it is live, withdrawn if it is not."""
    with transaction.atomic():
        stored = claim(composition)
        if stored.live:
            store(stored)
        else:
            withdraw(stored)


def store(composition: Composition) -> PublishedPlan:
    """Compile the live row, which the caller has claimed.

    Content that is already delivered keeps its version, and so its ETags.
    """
    row = PublishedPlan.objects.filter(object_uuid=composition.uuid).first()
    plan = compile_plan(composition, version=row.version + 1 if row else 1)
    if row is None or not (row.live and _says_the_same(row, plan)):
        row, _made = PublishedPlan.objects.update_or_create(
            object_uuid=composition.uuid, defaults=_columns(composition, plan)
        )
    elif row.body["format"] != FORMAT_VERSION:
        row.body = row.plan.to_json()
        row.save(update_fields=["body"])
    uses.report(composition, live=row.plan)
    upcoming.note(composition)
    return row


def withdraw(composition: Composition) -> None:
    """Deliver it no longer. Its row stays, so that its next version has a number of its own."""
    PublishedPlan.objects.filter(object_uuid=composition.uuid).update(live=False)
    uses.report(composition, live=None)
    upcoming.note(composition)


def forget(composition: Composition) -> None:
    """Remove what publishing wrote, when the draft itself is deleted."""
    PublishedPlan.objects.filter(object_uuid=composition.uuid).delete()
    uses.forget(composition)


def _says_the_same(row: PublishedPlan, plan: Plan) -> bool:
    try:
        return row.plan == replace(plan, version=row.version)
    except PlanFormatError:
        return False


def _columns(composition: Composition, plan: Plan) -> dict[str, object]:
    return {
        "kind": composition._meta.model_name,
        "family": composition.translation_key,
        "space_id": composition.space_id,
        "slug": plan.slug,
        "locale": plan.locale,
        "version": plan.version,
        "title": plan.title,
        "body": plan.to_json(),
        "live": True,
        "published_at": timezone.now(),
    }
