"""Whether what a fragment holds fits into the slots that show it now.

Experiences take a fragment at its current version: publishing it changes what they deliver, and the types
that their slots accept were checked against an earlier version of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.engine.plan import FragmentUse, Slot
from orchestrator.experiences import uses
from orchestrator.experiences.compilation import is_lost
from orchestrator.experiences.models.plans import PublishedPlan
from orchestrator.experiences.places import places

if TYPE_CHECKING:
    from orchestrator.experiences.models import Composition

__all__ = ["Misfit", "misfits"]


@dataclass(frozen=True, slots=True)
class Misfit:
    """An item of a fragment whose type a slot of a live experience does not accept."""

    item: int
    type: str
    experience: str
    slot: str


def misfits(fragment: Composition) -> Iterator[Misfit]:
    """Two queries, none of them for each item. A slot that only a draft has is checked with that draft."""
    limited = list(_limited_slots(fragment))
    for place in places(fragment):
        if is_lost(place.value):
            continue
        for experience, slot in limited:
            if place.value.type not in slot.accepts:
                yield Misfit(place.item, place.value.type, experience, slot.name)


def _limited_slots(fragment: Composition) -> Iterator[tuple[str, Slot]]:
    """Slots that show the fragment, in any language, and do not accept everything; with their experience."""
    showing = uses.placements_of(fragment).filter(in_live=True).values("experience__uuid")
    use = FragmentUse(id=str(fragment.translation_key))
    for row in PublishedPlan.objects.filter(live=True, object_uuid__in=showing).order_by("title", "pk"):
        for slot in row.plan.slots:
            if slot.accepts and use in (*slot.items, *slot.fallback):
                yield row.title, slot
