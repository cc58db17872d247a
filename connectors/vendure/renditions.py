"""A picture of Vendure's asset server in another size: what to ask for, and what size will come.

The server enlarges what is asked larger than it is, so nothing larger is asked for. It knows of no
focal point by itself: the asset's is given along.

Source: https://docs.vendure.io/current/core/reference/core-plugins/asset-server-plugin
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlencode

from connectors.sdk import FocalPoint, Rendition
from connectors.sdk.renditions import Size, not_larger, scaled_into

__all__ = ["DEFAULT_PRESETS", "RASTERS", "Preset", "Shot", "read_presets", "render"]

RASTERS = frozenset({"image/jpeg", "image/png", "image/webp", "image/avif"})
"""Originals that the server scales well. Others have a preview, of at most 1600 pixels a side."""

# Those that the plugin has when it is not told otherwise.
DEFAULT_PRESETS = {
    "tiny": "50x50 crop",
    "thumb": "150x150 crop",
    "small": "300x300",
    "medium": "500x500",
    "large": "800x800",
}
_FORMATS = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "image/avif": "avif"}
_BOX = re.compile(r"(\d{1,5})x(\d{1,5})( crop)?")


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture to be rendered: its address, and what is known of it."""

    url: str
    width: int | None = None
    height: int | None = None
    focal_point: FocalPoint | None = None
    encoding_format: str | None = None

    @property
    def size(self) -> Size:
        """Its width and height."""
        return self.width, self.height


@dataclass(frozen=True, slots=True)
class Preset:
    """A named size of the asset server."""

    name: str
    width: int
    height: int
    crops: bool


def read_presets(given: Mapping[str, str]) -> list[Preset]:
    """Presets of the settings. ``ValueError`` names one that cannot be read."""
    presets = []
    for name, box in given.items():
        found = _BOX.fullmatch(box.strip())
        if not found or not re.fullmatch(r"[\w-]+", name):
            raise ValueError(f"{name}: a box such as 500x500, or 150x150 crop")
        presets.append(Preset(name, int(found[1]), int(found[2]), crops=bool(found[3])))
    return presets


def render(
    shot: Shot,
    *,
    style: Literal["parameters", "presets", "none"],
    presets: Iterable[Preset],
    width: int | None,
    height: int | None,
    encoding_format: str | None,
    focal_point: FocalPoint | None,
) -> Rendition:
    """The closest rendition that the server makes."""
    if style == "none":
        return Rendition(shot.url, shot.width, shot.height, shot.encoding_format)
    wish = _Wish(width, height, encoding_format, focal_point or shot.focal_point)
    parameters, size = (
        _as_parameters(shot, wish) if style == "parameters" else _as_preset(shot, wish, presets)
    )
    query = urlencode(parameters)
    made = encoding_format if "format" in parameters else shot.encoding_format
    return Rendition(f"{shot.url}?{query}" if query else shot.url, *size, made)


@dataclass(frozen=True, slots=True)
class _Wish:
    width: int | None
    height: int | None
    encoding_format: str | None
    focal_point: FocalPoint | None


def _as_parameters(shot: Shot, wish: _Wish) -> tuple[dict[str, str], Size]:
    width, height = not_larger((wish.width, wish.height), shot.size)
    crops = bool(width and height)
    parameters = {
        "w": str(width) if width else "",
        "h": str(height) if height else "",
        "mode": "crop" if crops else "",
        **_format(wish),
        **(_focal(wish) if crops else {}),
    }
    size = (width, height) if crops else scaled_into((width, height), shot.size)
    return {name: value for name, value in parameters.items() if value}, size


def _as_preset(shot: Shot, wish: _Wish, presets: Iterable[Preset]) -> tuple[dict[str, str], Size]:
    """The smallest preset that is large enough, else the largest; one that cuts only where a cut is asked."""
    if not wish.width and not wish.height:
        return _format(wish), (shot.width, shot.height)
    cuts = bool(wish.width and wish.height)
    sized = [(preset, _preset_size(shot, preset)) for preset in presets if cuts or not preset.crops]
    sized.sort(key=lambda one: (one[1][0] or 0) * (one[1][1] or 0))
    if not sized:
        return _format(wish), (shot.width, shot.height)
    enough = [one for one in sized if _covers(one[1], wish)]
    preset, size = enough[0] if enough else sized[-1]
    focal = _focal(wish) if preset.crops else {}
    return {"preset": preset.name, **_format(wish), **focal}, size


def _covers(size: Size, wish: _Wish) -> bool:
    return (size[0] or 0) >= (wish.width or 0) and (size[1] or 0) >= (wish.height or 0)


def _preset_size(shot: Shot, preset: Preset) -> Size:
    if preset.crops or not shot.width or not shot.height:
        return preset.width, preset.height
    return scaled_into((preset.width, preset.height), shot.size)


def _format(wish: _Wish) -> dict[str, str]:
    ending = _FORMATS.get(wish.encoding_format or "")
    return {"format": ending} if ending else {}


def _focal(wish: _Wish) -> dict[str, str]:
    point = wish.focal_point
    return {"fpx": f"{point.x:g}", "fpy": f"{point.y:g}"} if point else {}
