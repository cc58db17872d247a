"""Which of the sizes that WordPress made of a picture is the closest to what is asked for.

WordPress scales when a picture is uploaded, not when it is asked for: there are a few sizes, some cut
to a shape of their own ("thumbnail"), and the original under the name "full".
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from connectors.sdk import Asset, Rendition

__all__ = ["closest"]

# How far the shape of a scaled size may be from its original's by rounding to whole pixels.
_ROUNDING = 0.02


class _Size(NamedTuple):
    url: str
    width: int
    height: int
    encoding_format: str | None

    @property
    def shape(self) -> float:
        return self.width / self.height


def closest(asset: Asset, *, width: int | None, height: int | None, encoding_format: str | None) -> Rendition:
    """The smallest size that is not smaller than asked, else the largest; never cut unless asked to be.

    With both width and height the shape counts first: a size that was cut to about that shape is better
    than one that the app has to cut itself.
    """
    sizes = _sizes(asset)
    own = sizes[-1] if sizes else None
    if own is None or not (width or height):
        return _original(asset)
    if encoding_format and any(size.encoding_format == encoding_format for size in sizes):
        sizes = [size for size in sizes if size.encoding_format == encoding_format]
    whole = [size for size in sizes if abs(size.shape / own.shape - 1) <= _ROUNDING]
    candidates = whole or sizes
    if width and height:
        fitting = [size for size in sizes if abs(size.shape / (width / height) - 1) <= _ROUNDING]
        candidates = _enough(fitting, width, height) or candidates
    enough = _enough(candidates, width, height)
    chosen = enough[0] if enough else candidates[-1]
    return Rendition(chosen.url, chosen.width, chosen.height, chosen.encoding_format)


def _enough(sizes: Sequence[_Size], width: int | None, height: int | None) -> list[_Size]:
    return [size for size in sizes if size.width >= (width or 0) and size.height >= (height or 0)]


def _sizes(asset: Asset) -> list[_Size]:
    """The sizes that travel with the asset, the original among them, the smallest first."""
    fields = asset.fields
    told: list[Any] = (fields.get("extra") or {}).get("sizes") or []
    original = {**fields, "url": fields.get("contentUrl")}
    found = {
        one["url"]: _Size(one["url"], one["width"], one["height"], one.get("encodingFormat"))
        for one in (*told, original)
        if one.get("url") and one.get("width") and one.get("height")
    }
    own = found.pop(original["url"], None)
    smaller = sorted(found.values(), key=lambda size: size.width * size.height)
    return [*smaller, own] if own else []


def _original(asset: Asset) -> Rendition:
    fields = asset.fields
    return Rendition(
        fields["contentUrl"], fields.get("width"), fields.get("height"), fields.get("encodingFormat")
    )
