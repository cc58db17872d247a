"""What somebody may add to a composition: what a form sends is checked, not only what a picker shows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from orchestrator.links.models import BoundLink, Collection, Link, Use
from orchestrator.links.permissions import usable
from orchestrator.links.uses import Target

__all__ = ["may_add"]

_ROWS = {"link": Link, "collection": Collection, "bound": BoundLink}


def may_add(user: Any, targets: Iterable[Target], *, used_by_uuid: UUID, space_id: int) -> bool:
    """Whether ``user`` may use all of these that the composition does not use already, in its space.

    What is there stays there: an editor may work on what others composed from systems closed to her.
    """
    known = set(Use.objects.filter(used_by_uuid=used_by_uuid).values_list("target", "target_uuid"))
    added = {(kind, UUID(str(uuid))) for kind, uuid in targets} - known
    return all(
        _count_usable(kind, uuids, user, space_id) == len(uuids)
        for kind in _ROWS
        if (uuids := {uuid for other, uuid in added if other == kind})
    )


def _count_usable(kind: str, uuids: set[UUID], user: Any, space_id: int) -> int:
    rows = _ROWS[kind].objects.filter(uuid__in=uuids, connection__space_id=space_id)
    return usable(rows, user).count()
