"""The product catalogue's pictures, as Vendure's asset server gives them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from orchestrator.demo.systems import pictures
from orchestrator.demo.systems.messages import Request, Response

__all__ = ["picture_file", "picture_row"]

# Box, and whether the picture is cut to it: those that the asset server has when it is not told otherwise.
_PRESETS = {
    "tiny": (50, 50, "crop"),
    "thumb": (150, 150, "crop"),
    "small": (300, 300, "resize"),
    "medium": (500, 500, "resize"),
    "large": (800, 800, "resize"),
}


def picture_row(scene: str, focal: Sequence[float], site: str, uploaded: str) -> dict[str, Any]:
    """An ``Asset``. ``focal`` is what must stay visible; ``uploaded`` is a time as Vendure writes it."""
    return {
        "__typename": "Asset",
        "id": str(1 + list(pictures.SCENES).index(scene)),
        "name": f"{scene}.jpg",
        "type": "IMAGE",
        "mimeType": "image/jpeg",
        # Not known before the picture is painted, and a list must not wait for that.
        "fileSize": 0,
        "width": pictures.WIDTH_PX,
        "height": pictures.HEIGHT_PX,
        "source": f"{site}/assets/source/{scene}.jpg",
        "preview": f"{site}/assets/preview/{scene}__preview.jpg",
        "focalPoint": {"x": focal[0], "y": focal[1]},
        "tags": [],
        "createdAt": uploaded,
        "updatedAt": uploaded,
    }


def picture_file(request: Request) -> Response:
    """A picture for everybody, by ``w``, ``h``, ``mode``, ``format``, ``fpx``, ``fpy`` or a ``preset``."""
    scene = request.path.rpartition("/")[2].removesuffix(".jpg").removesuffix("__preview")
    if scene not in pictures.SCENES:
        return Response(404, b"Asset not found", {"Content-Type": "text/html; charset=utf-8"})
    width, height, mode = _PRESETS.get(request.query.get("preset", ""), (0, 0, "crop"))
    encoding = request.query.get("format", "jpg")
    if encoding not in pictures.FORMATS:
        encoding = "jpg"
    picture = pictures.rendition(
        scene,
        width=_pixels(request, "w") or width,
        height=_pixels(request, "h") or height,
        fit="cover" if request.query.get("mode", mode) == "crop" else "contain",
        encoding=encoding,
        focus=(_fraction(request, "fpx"), _fraction(request, "fpy")),
    )
    kind = pictures.FORMATS[encoding].lower()
    return Response(200, picture, {"Content-Type": f"image/{kind}", "Cache-Control": "public, max-age=86400"})


def _pixels(request: Request, name: str) -> int | None:
    return request.number(name, 1, most=4000) if request.query.get(name, "").isdigit() else None


def _fraction(request: Request, name: str) -> float:
    try:
        place = float(request.query.get(name, ""))
    except ValueError:
        return 0.5
    return place if 0 <= place <= 1 else 0.5
