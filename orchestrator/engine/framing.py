"""Which sizes of a picture a slot asks for, and the picture that an item then shows.

A slot says how large its pictures are shown at most; the channel says whether it takes several widths to
choose from and how wide a picture may be. What the source makes of it is asked elsewhere: here is only what
to ask, and how the answers become the item's ``picture``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from connectors.sdk.assets import Rendition
from orchestrator.engine.outcome import Reading
from orchestrator.engine.plan import Frame

__all__ = [
    "PHONE_PX",
    "PictureRules",
    "Show",
    "Shown",
    "Size",
    "Wanted",
    "as_read",
    "narrowed",
    "picture_of",
    "wanted",
]

PHONE_PX = 390
"""CSS pixels of a phone's width: nothing smaller is worth an address of its own."""
# Of the slot's size: screens with one pixel for each of CSS, and with more.
_STEPS = (1.0, 1.5, 2.0)
# On phones with one pixel for each of CSS and with two; where they are much less than the slot's own width.
_PHONES = (PHONE_PX, 2 * PHONE_PX)
_MUCH_LESS = 0.8
# Of a slot that does not say how large it shows: from a phone to a desktop with two pixels for each.
_ANY_SCREEN = tuple(PHONE_PX * factor for factor in (1, 2, 3, 4, 6))
# How far two shapes may be apart by rounding to whole pixels, and still be one.
_ROUNDING = 0.02


@dataclass(frozen=True, slots=True)
class PictureRules:
    """What a channel says of its pictures.

    ``srcset``: it shows them on web pages, where the browser chooses among several widths.
    ``widest_px``: none is asked for that is wider, in pixels of the file; ``None`` sets no limit.
    """

    srcset: bool = False
    widest_px: int | None = None


@dataclass(frozen=True, slots=True)
class Size:
    """A size in pixels; a side that is ``None`` follows from the other by the picture's shape."""

    width: int | None = None
    height: int | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to ask of a source for each picture of a slot.

    ``size`` is that of the one picture for clients that take one; ``None`` leaves it as the source has
    it. ``choices`` are the sizes for a ``srcset``, the smallest first. ``widest_px`` bounds sizes that say
    a height only, see :func:`narrowed`.
    """

    size: Size | None = None
    choices: tuple[Size, ...] = ()
    encoding_format: str | None = None
    widest_px: int | None = None

    @property
    def replaces(self) -> bool:
        """Whether the picture itself is asked for in another form than the source's own."""
        return self.size is not None or self.encoding_format is not None


@dataclass(frozen=True, slots=True)
class Shown:
    """An asset as a slot shows it: its fields, and its picture if it has one and the slot asks for it."""

    fields: Mapping[str, Any]
    picture: Mapping[str, Any] | None = None


Show = Callable[[Reading, Wanted | None], Shown]
"""How a reading becomes what a slot shows. Without I/O, and equal arguments give equal results."""


def as_read(reading: Reading, wanted: Wanted | None) -> Shown:  # noqa: ARG001 - the signature of ``Show``.
    """The asset as its source has it."""
    return Shown(reading.asset.fields)


def wanted(frame: Frame | None, rules: PictureRules) -> Wanted | None:
    """What a slot asks for on a channel; ``None`` if nothing is said of pictures anywhere."""
    frame = frame or Frame()
    size = _limited(Size(frame.width, frame.height), rules.widest_px)
    choices = (
        tuple(_distinct(_limited(one, rules.widest_px) for one in _choices(frame))) if rules.srcset else ()
    )
    by_height = size.height is not None and size.width is None
    asked = Wanted(
        size=size if size != Size() else None,
        choices=choices,
        encoding_format=frame.encoding_format,
        widest_px=rules.widest_px if by_height else None,
    )
    return asked if asked != Wanted() else None


def narrowed(size: Size, widest_px: int | None, *, whole: Size) -> Size:
    """What to ask for where a height alone would make the ``whole`` picture wider than allowed."""
    if widest_px is None or size.width or not (size.height and whole.width and whole.height):
        return size
    coming = whole.width * min(1.0, size.height / whole.height)
    return Size(widest_px) if coming > widest_px else size


def picture_of(
    one: Rendition, choices: Sequence[Rendition], *, whole: Size, focal_point: Mapping[str, Any] | None
) -> dict[str, Any]:
    """An item's ``picture``, from the renditions that its source gives and their addresses for the outside.

    ``whole`` is the size of the picture as its source has it: a point that must stay visible is given
    only where nothing was cut away, because it counts from the edges.
    """
    picture = {
        "contentUrl": one.url,
        "width": one.width,
        "height": one.height,
        "encodingFormat": one.encoding_format,
        "srcset": _srcset(choices),
        "focalPoint": dict(focal_point) if focal_point and _is_whole(one, whole) else None,
    }
    return {name: value for name, value in picture.items() if value is not None}


def _choices(frame: Frame) -> list[Size]:
    if frame.width:
        phones = [width / frame.width for width in _PHONES if width <= _MUCH_LESS * frame.width]
        return [_scaled(frame, step) for step in (*phones, *_STEPS)]
    if frame.height:
        return [_scaled(frame, step) for step in _STEPS]
    return [Size(width) for width in _ANY_SCREEN]


def _scaled(size: Frame | Size, factor: float) -> Size:
    return Size(*(max(1, round(side * factor)) if side else None for side in (size.width, size.height)))


def _limited(size: Size, widest_px: int | None) -> Size:
    """The size made narrower, in its own shape, if it is wider than allowed."""
    if widest_px is None or (size.height and not size.width):
        return size
    if size.width is None:
        return Size(widest_px)
    return _scaled(size, widest_px / size.width) if size.width > widest_px else size


def _distinct(sizes: Iterable[Size]) -> Iterator[Size]:
    yield from dict.fromkeys(sizes)


def _srcset(choices: Iterable[Rendition]) -> str | None:
    """What HTML's attribute takes: each address once, with its width; ``None`` where there is no choice."""
    by_width: dict[int, str] = {}
    for choice in choices:
        if choice.width and choice.url not in by_width.values():
            by_width.setdefault(choice.width, choice.url)
    if len(by_width) < 2:
        return None
    return ", ".join(f"{_candidate(by_width[width])} {width}w" for width in sorted(by_width))


def _candidate(url: str) -> str:
    """White space ends an address there, and a comma at an end of one is none of it."""
    kept = "".join(f"%{ord(sign):02X}" if sign.isspace() and sign.isascii() else sign for sign in url)
    return f"{kept[:-1]}%2C" if kept.endswith(",") else kept


def _is_whole(one: Rendition, whole: Size) -> bool:
    if not (one.width and one.height and whole.width and whole.height):
        return False
    shape, own = one.width / one.height, whole.width / whole.height
    # A side is rounded to whole pixels, which says much of a small picture.
    return abs(shape / own - 1) <= max(_ROUNDING, 1 / one.width, 1 / one.height)
