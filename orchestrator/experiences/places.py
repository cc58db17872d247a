"""Every place of a composition that holds an item, in the author's order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from orchestrator.experiences.models import Composition

__all__ = ["Place", "places"]


@dataclass(frozen=True, slots=True)
class Place:
    """One item and where it stands. A fragment has no slots: there, ``slot`` and ``field`` are ``None``.

    ``kind`` is ``link``, ``collection``, ``bound`` or ``fragment``; ``value`` its row, ``None`` where nothing
    is chosen yet.
    """

    kind: str
    value: Any
    item: int
    slot: int | None = None
    slot_name: str = ""
    field: str | None = None


def places(composition: Composition) -> Iterator[Place]:
    """Items and fallbacks of each slot, or the items of a fragment."""
    if not hasattr(composition, "slots"):
        for number, child in enumerate(composition.items):
            yield Place(child.block_type, child.value, number)
        return
    for slot, block in enumerate(composition.slots):
        name = block.value.get("name") or ""
        for field in ("items", "fallback"):
            for number, child in enumerate(block.value[field]):
                yield Place(child.block_type, child.value, number, slot, name, field)
