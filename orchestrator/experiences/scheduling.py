"""Publishing and expiry at the time that an editor set.

Takes the place of Wagtail's loop: there, one refused publication would hold up all that come after it.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log
from wagtail.models import Revision

from orchestrator.experiences import publishing, upcoming
from orchestrator.experiences.errors import DeletedMeanwhileError, PublishRefusedError
from orchestrator.experiences.models import Composition, Experience, Fragment

__all__ = ["REFUSED_ACTION", "ScheduleRun", "publish_due"]

REFUSED_ACTION = "experiences.publish_refused"

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class ScheduleRun:
    """What one run did, as titles. ``refused`` maps a title to the reasons."""

    published: list[str] = field(default_factory=list)
    expired: list[str] = field(default_factory=list)
    refused: dict[str, tuple[str, ...]] = field(default_factory=dict)


def publish_due() -> ScheduleRun:
    """Unpublish what has expired, then publish what is due: fragments first, as experiences need them.

    Safe to run in several processes at once: each revision and each expiry is claimed by its row.
    """
    now, run = timezone.now(), ScheduleRun()
    for model in (Experience, Fragment):
        _expire(model, now, run)
    for model in (Fragment, Experience):
        for revision_id, pk in _due(model, now):
            _publish(model(pk=pk), revision_id, now, run)
    upcoming.note_passed(now)
    return run


def _expire(model: type[Composition], now: datetime, run: ScheduleRun) -> None:
    due = model.objects.filter(live=True, expire_at__lte=now)
    for pk in list(due.order_by("expire_at", "pk").values_list("pk", flat=True)):
        with transaction.atomic():
            composition = due.select_for_update().filter(pk=pk).first()
            if composition is not None:
                composition.unpublish(set_expired=True, log_action="wagtail.unpublish.scheduled")
                run.expired.append(str(composition))


def _due(model: type[Composition], now: datetime) -> list[tuple[int, str]]:
    """Ids of revisions, each with its row's."""
    revisions = Revision.objects.filter(
        base_content_type=model.get_base_content_type(), approved_go_live_at__lte=now
    )
    return list(revisions.order_by("approved_go_live_at", "pk").values_list("pk", "object_id"))


def _publish(composition: Composition, revision_id: int, now: datetime, run: ScheduleRun) -> None:
    with transaction.atomic():
        # The row before its revision: who deletes takes them in that order, too.
        try:
            publishing.claim(composition)
        except DeletedMeanwhileError:
            return
        revision = (
            Revision.objects.select_for_update().filter(pk=revision_id, approved_go_live_at__lte=now).first()
        )
        if revision is None:
            return
        try:
            with transaction.atomic():
                revision.publish(log_action="wagtail.publish.scheduled")
        except PublishRefusedError as refusal:
            _refuse(revision, refusal)
            run.refused[revision.object_str] = refusal.messages
        else:
            run.published.append(revision.object_str)


def _refuse(revision: Revision, refusal: PublishRefusedError) -> None:
    """Take it off the schedule, which unlocks the editor, and leave the reasons in its history."""
    Revision.objects.filter(pk=revision.pk).update(approved_go_live_at=None)
    composition = revision.content_object
    log(
        instance=composition,
        action=REFUSED_ACTION,
        revision=revision,
        data={"reasons": list(refusal.messages)},
    )
    logger.warning(
        "experiences: scheduled publication of %s %s refused: %d problems",
        composition._meta.model_name,
        composition.uuid,
        len(refusal.messages),
    )
