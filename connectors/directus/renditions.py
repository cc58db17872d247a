"""What to ask of ``/assets/ID`` for a picture in another size, and what size will come.

Source: https://directus.io/docs/guides/files/transform
"""

from __future__ import annotations

from urllib.parse import urlencode

from connectors.sdk import Asset, FocalPoint

__all__ = ["FORMATS", "rendered_size", "rendition_query"]

FORMATS = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "image/avif": "avif"}


def rendition_query(
    asset: Asset,
    width: int | None,
    height: int | None,
    encoding_format: str | None,
    focal_point: FocalPoint | None,
) -> str:
    """The query, empty for the original. Never enlarges; crops only where both sizes are asked for."""
    asked = {
        "width": width,
        "height": height,
        "fit": "cover" if width and height else None,
        "withoutEnlargement": "true" if width or height else None,
        "format": FORMATS.get(encoding_format or ""),
        **_focal_pixels(asset, focal_point),
    }
    return urlencode({name: value for name, value in asked.items() if value is not None})


def rendered_size(asset: Asset, width: int | None, height: int | None) -> tuple[int | None, int | None]:
    """Width and height of what Directus makes, as far as the original's are known."""
    own_width, own_height = asset.fields.get("width"), asset.fields.get("height")
    if not own_width or not own_height:
        return width, height
    if width and height:
        return min(width, own_width), min(height, own_height)
    scale = min(1.0, width / own_width if width else 1.0, height / own_height if height else 1.0)
    return round(own_width * scale), round(own_height * scale)


def _focal_pixels(asset: Asset, focal_point: FocalPoint | None) -> dict[str, int]:
    """In pixels of the original. Without one Directus takes the point that the file has."""
    width, height = asset.fields.get("width"), asset.fields.get("height")
    if focal_point is None or not width or not height:
        return {}
    return {"focal_point_x": round(focal_point.x * width), "focal_point_y": round(focal_point.y * height)}
