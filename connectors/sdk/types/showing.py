"""What cards show of an asset: a title, a line about it, a picture."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html.parser import HTMLParser
from textwrap import shorten
from typing import Any, TypeGuard

__all__ = ["focal_point_of", "map_pictures", "picture_of", "summary_of", "title_of"]

_TITLES = ("name", "headline", "caption", "articleBody", "description")
_SUMMARIES = ("description", "caption", "articleBody", "text")
_ONE_PICTURE = ("contentUrl", "thumbnailUrl")


def title_of(fields: Mapping[str, Any], type: str) -> str:
    """What to call an asset, at most 120 characters of plain text; empty when it has no name at all."""
    if type == "Person" and not fields.get("name"):
        return " ".join(filter(None, (fields.get("givenName"), fields.get("familyName"))))
    return next((_plain(fields[name], 120) for name in _TITLES if fields.get(name)), "")


def picture_of(fields: Mapping[str, Any], type: str) -> str | None:
    """The address of its best picture."""
    if type == "ImageObject":
        return fields.get("contentUrl")
    images = fields.get("image")
    first = images[0] if isinstance(images, list | tuple) and images else None
    return first or fields.get("thumbnailUrl")


def focal_point_of(fields: Mapping[str, Any]) -> dict[str, float] | None:
    """The point of a picture that must stay visible, where its system knows one: ``extra.focalPoint``.

    ``x`` and ``y`` are fractions from the left and the top, 0 to 1. What is no such point is none.
    """
    extra = fields.get("extra")
    point = extra.get("focalPoint") if isinstance(extra, Mapping) else None
    if not isinstance(point, Mapping):
        return None
    x, y = point.get("x"), point.get("y")
    return {"x": x, "y": y} if _is_fraction(x) and _is_fraction(y) else None


def _is_fraction(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1


def summary_of(fields: Mapping[str, Any], type: str) -> str:
    """A line about it, at most 200 characters of plain text; a product's begins with its price."""
    offer = fields.get("offers") or {}
    price = f"{_price_range(offer)} {offer['priceCurrency']}" if offer else ""
    answer = (fields.get("acceptedAnswer") or {}).get("text", "") if type == "Question" else ""
    text = answer or next((fields[name] for name in _SUMMARIES if fields.get(name)), "")
    return _plain(" · ".join(filter(None, (price, text))), 200)


def _price_range(offer: Mapping[str, Any]) -> str:
    low, high = str(offer["price"]), offer.get("highPrice")
    return low if high in (None, low) else f"{low}–{high}"


def map_pictures(fields: Mapping[str, Any], type: str, change: Callable[[str], str]) -> dict[str, Any]:
    """The fields with every address of a picture of its own replaced by ``change(address)``.

    A video's ``contentUrl`` is no picture; the picture of an author is not the asset's own.
    """
    changed = dict(fields)
    for name in _ONE_PICTURE if type == "ImageObject" else ("thumbnailUrl",):
        if changed.get(name):
            changed[name] = change(changed[name])
    if changed.get("image"):
        changed["image"] = [change(address) for address in changed["image"]]
    return changed


class _PlainText(HTMLParser):
    """Collects the text between tags."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []

    def handle_data(self, data: str) -> None:
        self.pieces.append(data)


def _plain(text: str, length: int) -> str:
    if "<" in text or "&" in text:
        parser = _PlainText()
        parser.feed(text)
        parser.close()
        text = " ".join(parser.pieces)
    return shorten(text, length, placeholder="…")
