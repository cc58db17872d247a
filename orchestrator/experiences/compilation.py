"""From what editors compose to what delivery reads: slots of blocks in, a :class:`Plan` out.

Nothing is refused here: a draft compiles too, so that it can be previewed. What may be published is
decided in :mod:`orchestrator.experiences.validation`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from orchestrator.engine.plan import (
    Bound,
    Collected,
    Failure,
    FragmentUse,
    Frame,
    Item,
    Linked,
    Plan,
    Policy,
    Slot,
)
from orchestrator.experiences.locales import locale_tag

if TYPE_CHECKING:
    from wagtail.blocks import StreamValue, StructValue

    from orchestrator.experiences.models import Composition

__all__ = ["FRAGMENT_SLOT", "compile_plan", "is_lost"]

FRAGMENT_SLOT = "items"


def compile_plan(composition: Composition, *, version: int) -> Plan:
    """The plan of an experience or fragment as it is in memory. A fragment is one slot, ``items``.

    Items whose row is gone are left out; slots without a name, or with another's, get one of their own.
    """
    return Plan(
        id=str(composition.uuid),
        slug=composition.slug,
        space=composition.space.slug,
        locale=locale_tag(composition.locale.language_code),
        version=version,
        title=composition.title,
        slots=tuple(_slots(composition)),
    )


def _slots(composition: Composition) -> Iterator[Slot]:
    if hasattr(composition, "slots"):
        names = _distinct(child.value.get("name") or "" for child in composition.slots)
        for name, child in zip(names, composition.slots, strict=True):
            yield _slot(name, child.value)
    else:
        yield Slot(name=FRAGMENT_SLOT, items=_items(composition.items))


def _slot(name: str, value: StructValue) -> Slot:
    return Slot(
        name=name,
        label=value.get("label") or "",
        accepts=tuple(value.get("accepts") or ()),
        items=_items(value["items"]),
        fallback=_items(value["fallback"]),
        policy=_policy(value),
        frame=_frame(value),
    )


def _policy(value: StructValue) -> Policy:
    minutes = value.get("last_known_good_minutes")
    return Policy(
        on_failure=Failure(value.get("on_failure") or Failure.LAST_KNOWN_GOOD),
        last_known_good_s=None if minutes is None else minutes * 60,
    )


def _frame(value: StructValue) -> Frame | None:
    name = value.get("picture_format")
    frame = Frame(
        width=value.get("picture_width"),
        height=value.get("picture_height"),
        encoding_format=f"image/{name}" if name else None,
    )
    return frame if frame != Frame() else None


def _items(stream: StreamValue) -> tuple[Item, ...]:
    return tuple(_ITEMS[child.block_type](child.value) for child in stream if not is_lost(child.value))


def is_lost(row: Any) -> bool:
    """Whether an item has no row, or one that stands in for a row that is gone."""
    return row is None or row._state.adding


def _linked(link: Any) -> Linked:
    return Linked(
        id=str(link.uuid),
        connection=str(link.connection.uuid),
        type=link.type,
        external_id=link.external_id,
        overrides={"description": link.alt} if link.alt else {},
    )


def _collected(collection: Any) -> Collected:
    return Collected(
        id=str(collection.uuid),
        connection=str(collection.connection.uuid),
        type=collection.type,
        query=collection.query,
        limit=collection.limit,
    )


def _bound(bound: Any) -> Bound:
    return Bound(
        id=str(bound.uuid),
        connection=str(bound.connection.uuid),
        type=bound.type,
        identifier_kind=bound.identifier_kind,
    )


def _fragment(fragment: Any) -> FragmentUse:
    # All translations of a fragment answer to one id; the best of them is taken at request time.
    return FragmentUse(id=str(fragment.translation_key))


_ITEMS: Mapping[str, Any] = {
    "link": _linked,
    "collection": _collected,
    "bound": _bound,
    "fragment": _fragment,
}


def _distinct(names: Iterable[str]) -> Iterator[str]:
    taken: set[str] = set()
    for place, name in enumerate(names, start=1):
        wanted = name or f"slot-{place}"
        free, count = wanted, 1
        while free in taken:
            count += 1
            free = f"{wanted}-{count}"
        taken.add(free)
        yield free
