"""What somebody may add to a composition: what a form sends is checked, not only what a picker shows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from orchestrator.links.models import BoundLink, Collection, Link, Use
from orchestrator.links.permissions import usable
from orchestrator.links.uses import Target

__all__ = ["refused_additions"]

_ROWS = {"link": Link, "collection": Collection, "bound": BoundLink}


def refused_additions(
    user: Any, targets: Iterable[Target], *, used_by_uuid: UUID, space_id: int
) -> frozenset[tuple[str, UUID]]:
    """Those of ``targets`` that the composition does not use already and ``user`` may not use in its space.

    What is there stays there: an editor may work on what others composed from systems closed to her.
    """
    known = set(Use.objects.filter(used_by_uuid=used_by_uuid).values_list("target", "target_uuid"))
    added = {(kind, UUID(str(uuid))) for kind, uuid in targets} - known
    allowed = {
        (kind, uuid)
        for kind in _ROWS
        if (uuids := {uuid for other, uuid in added if other == kind})
        for uuid in _usable_uuids(kind, uuids, user, space_id)
    }
    return frozenset(added - allowed)


def _usable_uuids(kind: str, uuids: set[UUID], user: Any, space_id: int) -> Iterable[UUID]:
    rows = _ROWS[kind].objects.filter(uuid__in=uuids, connection__space_id=space_id)
    return usable(rows, user).values_list("uuid", flat=True)
