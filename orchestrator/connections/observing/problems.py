"""Assets that their systems no longer give: addresses and states for the list of broken links."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from connectors.sdk import Ref
from orchestrator.connections.models import AssetProblem, Connection
from orchestrator.connections.purges.purging import purge

__all__ = ["clear_problem", "known_problems", "open_problems", "problems", "write_problem"]


def problems() -> QuerySet[AssetProblem]:
    """All that are open, newest first, with their connections."""
    return AssetProblem.objects.select_related("connection").order_by("-first_seen_at", "pk")


def known_problems() -> set[tuple[str, str, str]]:
    """The addresses of all that are open: (connection uuid, type, external id)."""
    rows = AssetProblem.objects.order_by().values_list("connection__uuid", "type", "external_id")
    return {(str(row[0]), row[1], row[2]) for row in rows}


def open_problems(connection: Connection, refs: Iterable[Ref]) -> set[Ref]:
    """Those of these assets that are known as problems. One query, or none."""
    asked = set(refs)
    if not asked:
        return set()
    rows = AssetProblem.objects.filter(connection=connection, external_id__in={r.external_id for r in asked})
    return asked & {Ref(*row) for row in rows.values_list("type", "external_id")}


def write_problem(connection: str, type: str, external_id: str, *, state: str, drop: bool) -> None:
    """Note a problem. ``drop`` deletes the asset's bytes everywhere, once, when it is first found gone."""
    owner = Connection.objects.filter(uuid=connection).only("pk", "uuid").first()
    if owner is None:
        return
    now = timezone.now()
    with transaction.atomic():
        _, new = AssetProblem.objects.update_or_create(
            connection=owner,
            type=type,
            external_id=external_id,
            defaults={"state": state, "last_seen_at": now},
            create_defaults={"state": state, "first_seen_at": now, "last_seen_at": now},
        )
        if drop and new:
            # It was just read: there is nothing to read again.
            purge(connection=owner, refs=[Ref(type, external_id)], drop=True, read_again=False)


def clear_problem(connection: str, type: str, external_id: str) -> None:
    """The asset is back."""
    AssetProblem.objects.filter(connection__uuid=connection, type=type, external_id=external_id).delete()
