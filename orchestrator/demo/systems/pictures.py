"""Meridian's photographs: painted once, when first asked for, and kept in memory.

A rendition is cut from the finished picture.
"""

from __future__ import annotations

import io
import threading
from functools import lru_cache
from typing import NamedTuple

from PIL import Image, ImageOps

from orchestrator.demo.systems.scenes import SCENES

WIDTH_PX, HEIGHT_PX = 1600, 1000
FORMATS = {"jpg": "JPEG", "jpeg": "JPEG", "png": "PNG", "webp": "WEBP"}

_painting = threading.Lock()


def rendition(
    scene: str,
    *,
    width: int | None = None,
    height: int | None = None,
    fit: str = "cover",
    encoding: str = "jpg",
    quality: int = 85,
    focus: tuple[float, float] = (0.5, 0.5),
) -> bytes:
    """Bytes of a scene in about the size asked, never larger than the original.

    ``fit`` is ``cover`` (fill the box, cut what is over) or ``contain``/``inside`` (fit into it). ``focus``
    is what a cut keeps in its middle, as far as it can: fractions from the left and the top.
    """
    cut = _Cut(width or 0, height or 0, fit, focus)
    return _encoded(scene, cut, FORMATS[encoding], quality)


class _Cut(NamedTuple):
    """What of a picture is shown in which size; 0 for as wide or high as it gets."""

    width: int
    height: int
    fit: str
    focus: tuple[float, float]


@lru_cache(maxsize=256)
def _encoded(scene: str, cut: _Cut, pil_format: str, quality: int) -> bytes:
    picture = _sized(_painted(scene), cut)
    buffer = io.BytesIO()
    picture.save(buffer, pil_format, quality=quality)
    return buffer.getvalue()


def _sized(picture: Image.Image, cut: _Cut) -> Image.Image:
    if not cut.width and not cut.height:
        return picture
    box = (min(cut.width or WIDTH_PX, WIDTH_PX), min(cut.height or HEIGHT_PX, HEIGHT_PX))
    if cut.width and cut.height and cut.fit == "cover":
        return ImageOps.fit(picture, box, Image.Resampling.LANCZOS, centering=_centering(box, cut.focus))
    scale = min(box[0] / WIDTH_PX, box[1] / HEIGHT_PX)
    # Halves go up, as the image library of most vendors has it: 312.5 is 313.
    inside = (int(WIDTH_PX * scale + 0.5), int(HEIGHT_PX * scale + 0.5))
    return picture.resize(inside, Image.Resampling.LANCZOS)


def _centering(box: tuple[int, int], focus: tuple[float, float]) -> tuple[float, float]:
    """How much of what is cut off goes on the left and on the top, each from 0 to 1."""
    scale = max(box[0] / WIDTH_PX, box[1] / HEIGHT_PX)
    across, down = (
        (place - kept / 2) / (1 - kept) if kept < 1 else 0.5
        for place, kept in zip(focus, (box[0] / scale / WIDTH_PX, box[1] / scale / HEIGHT_PX), strict=True)
    )
    return min(max(across, 0.0), 1.0), min(max(down, 0.0), 1.0)


def _painted(scene: str) -> Image.Image:
    with _painting:  # Two requests for the same scene paint it once.
        return _paint(scene)


@lru_cache(maxsize=32)
def _paint(scene: str) -> Image.Image:
    return SCENES[scene]().finished()
