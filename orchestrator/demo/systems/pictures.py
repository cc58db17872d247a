"""Meridian's photographs: painted once, when first asked for, and kept in memory.

A rendition is cut from the finished picture.
"""

from __future__ import annotations

import io
import threading
from functools import lru_cache

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
) -> bytes:
    """Bytes of a scene in about the size asked, never larger than the original.

    ``fit`` is ``cover`` (fill the box, cut what is over) or ``contain``/``inside`` (fit into it).
    """
    return _encoded(scene, (width or 0, height or 0), fit, FORMATS[encoding], quality)


@lru_cache(maxsize=256)
def _encoded(scene: str, size: tuple[int, int], fit: str, pil_format: str, quality: int) -> bytes:
    picture = _sized(_painted(scene), *size, fit)
    buffer = io.BytesIO()
    picture.save(buffer, pil_format, quality=quality)
    return buffer.getvalue()


def _sized(picture: Image.Image, width: int, height: int, fit: str) -> Image.Image:
    if not width and not height:
        return picture
    box = (min(width or WIDTH_PX, WIDTH_PX), min(height or HEIGHT_PX, HEIGHT_PX))
    if width and height and fit == "cover":
        return ImageOps.fit(picture, box, Image.Resampling.LANCZOS)
    return ImageOps.contain(picture, box, Image.Resampling.LANCZOS)


def _painted(scene: str) -> Image.Image:
    with _painting:  # Two requests for the same scene paint it once.
        return _paint(scene)


@lru_cache(maxsize=32)
def _paint(scene: str) -> Image.Image:
    return SCENES[scene]().finished()
