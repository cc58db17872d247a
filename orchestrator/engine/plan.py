"""A published experience, compiled and immutable, and its JSON form.

``Plan.from_json(plan.to_json()) == plan`` for every plan. The stored form carries
:data:`FORMAT_VERSION`; a reader that finds one that it cannot read asks for ``manage.py recompile``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

__all__ = [
    "FORMAT_VERSION",
    "FRAME_PX",
    "Bound",
    "Bundle",
    "Collected",
    "Failure",
    "FragmentUse",
    "Frame",
    "Item",
    "Linked",
    "Plan",
    "PlanFormatError",
    "Policy",
    "Slot",
]

FORMAT_VERSION = 2
# A plan of the first format is one whose slots say nothing of their pictures.
_READABLE = (1, FORMAT_VERSION)

FRAME_PX = range(16, 5_001)
"""Sides that a frame may have, in CSS pixels: an icon, and more than any screen shows."""


class PlanFormatError(ValueError):
    """A stored plan is of another format version than this code reads."""


class Failure(StrEnum):
    """What a slot does when an item cannot be read."""

    OMIT = "omit"
    SUBSTITUTE = "substitute"
    LAST_KNOWN_GOOD = "last_known_good"


@dataclass(frozen=True, slots=True)
class Policy:
    """A slot's failure policy.

    ``last_known_good_s`` bounds how old, in seconds past the end of freshness, a good copy may be
    when its source does not answer: 0 serves none; ``None`` leaves it to the connection's window.
    """

    on_failure: Failure = Failure.LAST_KNOWN_GOOD
    last_known_good_s: int | None = None


@dataclass(frozen=True, slots=True)
class Frame:
    """How a slot shows pictures: CSS pixels of the largest showing, and the media type to ask for.

    With both sides a picture is to fill that shape; a side that is ``None`` follows from the other. Without
    a media type it stays what it is.
    """

    width: int | None = None
    height: int | None = None
    encoding_format: str | None = None


@dataclass(frozen=True, slots=True)
class Linked:
    """One asset by its address. ``overrides`` are editors' own words that replace fields ("description")."""

    id: str
    connection: str
    type: str
    external_id: str
    overrides: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Bound:
    """The asset of whoever the request is about, found by an identifier of ``identifier_kind``."""

    id: str
    connection: str
    type: str
    identifier_kind: str


@dataclass(frozen=True, slots=True)
class Collected:
    """A stored query; the source decides which assets it brings, at most ``limit``."""

    id: str
    connection: str
    type: str
    query: Mapping[str, Any]
    limit: int


@dataclass(frozen=True, slots=True)
class FragmentUse:
    """Content shared by several experiences, taken at its current version."""

    id: str


Item = Linked | Bound | Collected | FragmentUse


@dataclass(frozen=True, slots=True)
class Slot:
    """A named place. ``fallback`` is used where the policy says ``substitute``, in its order.

    ``accepts`` are canonical type names; empty means all. ``frame`` is ``None`` where nothing is said of
    pictures.
    """

    name: str
    items: tuple[Item, ...]
    fallback: tuple[Item, ...] = ()
    policy: Policy = Policy()
    accepts: tuple[str, ...] = ()
    label: str = ""
    frame: Frame | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What delivery reads. One plan serves all channels.

    ``id`` is the experience's (or fragment's) uuid; ``version`` rises by one with each publication.
    """

    id: str
    slug: str
    space: str
    locale: str
    version: int
    title: str
    slots: tuple[Slot, ...]

    def items(self) -> Iterator[Item]:
        """All items and fallbacks, in order."""
        for slot in self.slots:
            yield from slot.items
            yield from slot.fallback

    def fragment_ids(self) -> tuple[str, ...]:
        """Fragments it uses, each once, in order of first use."""
        return tuple(dict.fromkeys(i.id for i in self.items() if isinstance(i, FragmentUse)))

    def to_json(self) -> dict[str, Any]:
        """Plain JSON data; see :meth:`from_json`."""
        return {
            "format": FORMAT_VERSION,
            "id": self.id,
            "slug": self.slug,
            "space": self.space,
            "locale": self.locale,
            "version": self.version,
            "title": self.title,
            "slots": [_slot_to_json(slot) for slot in self.slots],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Plan:
        """Read the stored form.

        Raises:
            PlanFormatError: It is of a format version that this code does not read.
        """
        if data.get("format") not in _READABLE:
            raise PlanFormatError(
                f"plan format {data.get('format')!r} is not {FORMAT_VERSION}: run manage.py recompile"
            )
        return cls(
            id=data["id"],
            slug=data["slug"],
            space=data["space"],
            locale=data["locale"],
            version=data["version"],
            title=data["title"],
            slots=tuple(_slot_from_json(slot) for slot in data["slots"]),
        )


@dataclass(frozen=True, slots=True)
class Bundle:
    """A plan and the fragments it uses, each at its current version, by id.

    ``changes_at`` is when a schedule puts something else in the place of any of them, as far as is known.
    """

    plan: Plan
    fragments: Mapping[str, Plan] = field(default_factory=dict)
    changes_at: datetime | None = None


_KINDS: Mapping[str, type[Item]] = {
    "link": Linked,
    "bound": Bound,
    "collection": Collected,
    "fragment": FragmentUse,
}
_KIND_OF = {cls: kind for kind, cls in _KINDS.items()}


def _item_to_json(item: Item) -> dict[str, Any]:
    values = {name: getattr(item, name) for name in item.__dataclass_fields__}
    return {"kind": _KIND_OF[type(item)], **values}


def _item_from_json(data: Mapping[str, Any]) -> Item:
    values = {name: value for name, value in data.items() if name != "kind"}
    return _KINDS[data["kind"]](**values)


def _slot_to_json(slot: Slot) -> dict[str, Any]:
    return {
        "name": slot.name,
        "label": slot.label,
        "accepts": list(slot.accepts),
        "items": [_item_to_json(item) for item in slot.items],
        "fallback": [_item_to_json(item) for item in slot.fallback],
        "policy": {
            "on_failure": slot.policy.on_failure.value,
            "last_known_good_s": slot.policy.last_known_good_s,
        },
        "frame": slot.frame and _frame_to_json(slot.frame),
    }


def _slot_from_json(data: Mapping[str, Any]) -> Slot:
    return Slot(
        name=data["name"],
        label=data["label"],
        accepts=tuple(data["accepts"]),
        items=tuple(_item_from_json(item) for item in data["items"]),
        fallback=tuple(_item_from_json(item) for item in data["fallback"]),
        policy=Policy(
            on_failure=Failure(data["policy"]["on_failure"]),
            last_known_good_s=data["policy"]["last_known_good_s"],
        ),
        frame=Frame(**data["frame"]) if data.get("frame") else None,
    )


def _frame_to_json(frame: Frame) -> dict[str, Any]:
    return {"width": frame.width, "height": frame.height, "encoding_format": frame.encoding_format}
