"""Renditions of systems that somebody configures: what to put into a template, and what will come."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from connectors.sdk.assets import Asset, FocalPoint
from connectors.sdk.mapping import paths
from connectors.sdk.renditions import Size, not_larger, own_size, scaled_into
from connectors.sdk.types import focal_point_of

__all__ = ["NAMES", "Wish", "wish_for"]

NAMES = frozenset({"width", "height", "format", "x", "y"})
"""What a template may name."""


@dataclass(frozen=True, slots=True)
class Wish:
    """``values`` fill the template. ``size`` and ``encoding_format`` will come, as far as that is known."""

    values: dict[str, paths.Value]
    size: Size
    encoding_format: str | None


def wish_for(
    asset: Asset,
    names: Collection[str],
    *,
    width: int | None,
    height: int | None,
    encoding_format: str | None,
    focal_point: FocalPoint | None,
) -> Wish:
    """What to ask with a template that has these names. What it has no place for is not asked for."""
    own = own_size(asset.fields, asset.ref.type)
    size = not_larger((width if "width" in names else None, height if "height" in names else None), own)
    point = focal_point or _own_point(asset)
    given = encoding_format if "format" in names else None
    values: dict[str, paths.Value] = {
        "width": str(size[0]) if size[0] else None,
        "height": str(size[1]) if size[1] else None,
        "format": given.rpartition("/")[2] if given else None,
        "x": f"{point.x:g}" if point else None,
        "y": f"{point.y:g}" if point else None,
    }
    return Wish(values, _coming(size, own), given or asset.fields.get("encodingFormat"))


def _coming(size: Size, own: Size) -> Size:
    """What will come. Where the original's size is not known, only the system knows what it enlarges."""
    if not all(own):
        return None, None
    return size if all(size) else scaled_into(size, own)


def _own_point(asset: Asset) -> FocalPoint | None:
    point = focal_point_of(asset.fields)
    return FocalPoint(**point) if point else None
