"""How large to ask for a picture, and what size will come. Pure: for connectors that render.

Nothing is enlarged: what is asked larger than the picture is made smaller in its own shape, so that pictures
that are asked for in one shape come in one shape.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["Size", "not_larger", "own_size", "scaled_into"]

Size = tuple[int | None, int | None]
"""Width and height in pixels; ``None`` is not known, or not asked for."""


def own_size(fields: Mapping[str, Any], type: str) -> Size:
    """The size of an asset's picture. Of anything but a picture itself none is known."""
    if type != "ImageObject":
        return None, None
    return fields.get("width"), fields.get("height")


def not_larger(wish: Size, own: Size) -> Size:
    """The wish, made smaller in its own shape until the original is large enough for it."""
    (width, height), (own_width, own_height) = wish, own
    if not own_width or not own_height:
        return wish
    scale = min(1.0, own_width / width if width else 1.0, own_height / height if height else 1.0)
    return _pixels(width, scale), _pixels(height, scale)


def scaled_into(box: Size, own: Size) -> Size:
    """The size of the whole picture in a box that is left open where it is ``None``."""
    (width, height), (own_width, own_height) = box, own
    if not own_width or not own_height:
        return box
    scales = [width / own_width if width else None, height / own_height if height else None]
    scale = min((scale for scale in scales if scale), default=1.0)
    return _pixels(own_width, scale), _pixels(own_height, scale)


def _pixels(length: int | None, scale: float) -> int | None:
    """Halves go up, as image libraries have it: 312.5 is 313."""
    return max(1, int(length * scale + 0.5)) if length else None
