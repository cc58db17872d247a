"""What changed between two versions of an experience or fragment, slot by slot, as people would tell it.

Wagtail knows a block by its id alone. A file makes ids anew each time it is applied, so here a slot is known
by its name, and an item by what was chosen.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from orchestrator.experiences.compilation import is_lost

__all__ = ["ItemChange", "Mark", "SettingChange", "SlotChange", "compare_items", "compare_slots"]

_LISTS = ("items", "fallback")


class Mark(StrEnum):
    """What became of a slot or an item."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class ItemChange:
    """One item. ``kind`` is its block's; ``row`` is ``None`` where nothing was chosen or it is lost."""

    mark: Mark
    kind: str
    row: Any


@dataclass(frozen=True, slots=True)
class SettingChange:
    """A setting of a slot, in words before and after; empty words are no value."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class SlotChange:
    """One slot, by its newer name. ``lists`` are its items and its fallback, where they changed."""

    mark: Mark
    name: str
    moved: bool
    settings: Sequence[SettingChange]
    lists: Sequence[tuple[str, Sequence[ItemChange]]]


def compare_slots(before: Iterable[Any], after: Iterable[Any]) -> list[SlotChange]:
    """Each slot of either version, in the order of the newer one; what was taken out stands where it was."""
    pairs = _pair(list(before), list(after), _slot_name, _block_id)
    return [_slot_change(old, new, moved) for old, new, moved in pairs]


def compare_items(before: Iterable[Any], after: Iterable[Any]) -> list[ItemChange]:
    """As :func:`compare_slots`, for items."""
    return [_item_change(old, new, moved) for old, new, moved in _pair(list(before), list(after), _choice)]


def _slot_name(child: Any) -> Hashable:
    # Slots that have no name yet are known by their ids.
    return child.value.get("name") or child.id


def _block_id(child: Any) -> Hashable:
    return child.id


def _choice(child: Any) -> Hashable:
    return child.block_type, child.value.pk if child.value is not None else None


def _slot_change(old: Any, new: Any, moved: bool) -> SlotChange:
    there = new or old
    settings = list(_setting_changes(old, new))
    lists = [
        (str(there.block.child_blocks[name].label), changes)
        for name in _LISTS
        if _says_something(changes := _list_changes(old, new, name))
    ]
    if old is None or new is None:
        mark = Mark.ADDED if old is None else Mark.REMOVED
    elif settings or lists:
        mark = Mark.CHANGED
    else:
        mark = Mark.MOVED if moved else Mark.SAME
    return SlotChange(mark, there.value.get("name") or "", moved, settings, lists)


def _list_changes(old: Any, new: Any, name: str) -> list[ItemChange]:
    return compare_items(old.value[name] if old else (), new.value[name] if new else ())


def _says_something(changes: Iterable[ItemChange]) -> bool:
    return any(change.mark is not Mark.SAME for change in changes)


def _setting_changes(old: Any, new: Any) -> Iterator[SettingChange]:
    """What differs; of a slot that came or went, what differs from a slot that nobody has touched."""
    for name, block in (new or old).block.child_blocks.items():
        if name in _LISTS or (name == "name" and not (old and new)):
            continue
        before, after = (
            _words(block, child.value.get(name) if child else block.get_default()) for child in (old, new)
        )
        if before != after:
            yield SettingChange(str(block.label), before, after)


def _words(block: Any, value: Any) -> str:
    return "" if value is None else str(block.render_basic(value))


def _item_change(old: Any, new: Any, moved: bool) -> ItemChange:
    child = new or old
    if old is None or new is None:
        mark = Mark.ADDED if old is None else Mark.REMOVED
    else:
        mark = Mark.MOVED if moved else Mark.SAME
    return ItemChange(mark, child.block_type, None if is_lost(child.value) else child.value)


def _pair(
    before: list[Any], after: list[Any], *keys: Callable[[Any], Hashable]
) -> Iterator[tuple[Any, Any, bool]]:
    """Old, new, and whether it was moved. The first key that finds an old partner for a new one counts."""
    partners = _partners(before, after, keys)
    kept = _in_order([place for place in partners if place is not None])
    removed = _removed(len(before), partners, kept)
    yield from ((before[place], None, False) for place in removed.get(None, ()))
    for place, new in zip(partners, after, strict=True):
        if place is None:
            yield None, new, False
            continue
        yield before[place], new, place not in kept
        yield from ((before[gone], None, False) for gone in removed.get(place, ()))


def _partners(
    before: list[Any], after: list[Any], keys: Sequence[Callable[[Any], Hashable]]
) -> list[int | None]:
    """For each new child the place of what it was."""
    free = dict(enumerate(before))
    partners: list[int | None] = [None] * len(after)
    for key in keys:
        for number, new in enumerate(after):
            if partners[number] is None:
                match = next((place for place, old in free.items() if key(old) == key(new)), None)
                partners[number] = match
                free.pop(match, None)
    return partners


def _removed(
    number: int, partners: Sequence[int | None], kept: Collection[int]
) -> dict[int | None, list[int]]:
    """The places of what was taken out, by the place behind which to tell it; ``None`` is the beginning."""
    removed: dict[int | None, list[int]] = {}
    behind: int | None = None
    for place in range(number):
        if place in kept:
            behind = place
        elif place not in partners:
            removed.setdefault(behind, []).append(place)
    return removed


def _in_order(places: Sequence[int]) -> set[int]:
    """The longest run of places that still stand in their order: the fewest moves explain the rest."""
    best: list[tuple[int, ...]] = []  # Of each length, the run with the smallest end.
    for place in places:
        length = bisect_left([run[-1] for run in best], place)
        longer = (*best[length - 1], place) if length else (place,)
        best[length : length + 1] = [longer]
    return set(best[-1]) if best else set()
