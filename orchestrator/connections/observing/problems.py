"""Assets that their systems no longer give: addresses and states for the list of broken links.

No two systems answer alike for a deleted id, and any of them may give one strange answer. So what is found
absent is a doubt, for which a second look is due after a pause, and counts only when that confirms it.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from connectors.sdk import Ref
from orchestrator.connections.models import AssetProblem, Connection
from orchestrator.connections.purges.rereads import leave_doubt

__all__ = ["clear_problem", "doubts", "known_problems", "open_problems", "problems", "write_problem"]


def problems() -> QuerySet[AssetProblem]:
    """All that are confirmed, newest first, with their connections."""
    return _all().filter(confirmed_at__isnull=False)


def doubts() -> QuerySet[AssetProblem]:
    """All that are not confirmed, newest first, with their connections."""
    return _all().filter(confirmed_at=None)


def known_problems() -> set[tuple[str, str, str]]:
    """The addresses of all, doubts included: (connection uuid, type, external id)."""
    rows = AssetProblem.objects.order_by().values_list("connection__uuid", "type", "external_id")
    return {(str(row[0]), row[1], row[2]) for row in rows}


def open_problems(connection: Connection, refs: Iterable[Ref]) -> set[Ref]:
    """Those of these assets that are known as problems or doubts. One query, or none."""
    asked = set(refs)
    if not asked:
        return set()
    rows = AssetProblem.objects.filter(connection=connection, external_id__in={r.external_id for r in asked})
    return asked & {Ref(*row) for row in rows.values_list("type", "external_id")}


def write_problem(connection: str, type: str, external_id: str, *, state: str) -> None:
    """Note that an asset was found absent. One that is absent in another way than it was is a new doubt."""
    owner = Connection.objects.filter(uuid=connection).only("pk", "uuid").first()
    if owner is None:
        return
    now = timezone.now()
    place = {"connection": owner, "type": type, "external_id": external_id}
    with transaction.atomic():
        if AssetProblem.objects.filter(**place, state=state).update(last_seen_at=now):
            return
        doubt = {"state": state, "first_seen_at": now, "last_seen_at": now}
        AssetProblem.objects.update_or_create(
            **place, defaults={**doubt, "confirmed_at": None, "with_all_others": False}
        )
        leave_doubt(owner)


def clear_problem(connection: str, type: str, external_id: str) -> None:
    """The asset is back."""
    AssetProblem.objects.filter(connection__uuid=connection, type=type, external_id=external_id).delete()


def _all() -> QuerySet[AssetProblem]:
    return AssetProblem.objects.select_related("connection").order_by("-first_seen_at", "pk")
