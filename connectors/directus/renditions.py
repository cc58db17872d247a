"""What to ask of ``/assets/ID`` for a picture in another size, and what size will come.

Source: https://directus.io/docs/guides/files/transform
"""

from __future__ import annotations

from urllib.parse import urlencode

from connectors.sdk import Asset, FocalPoint
from connectors.sdk.renditions import Size, not_larger, own_size, scaled_into

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
    # Directus itself would keep a picture that is smaller than a crop in a shape that nobody asked for.
    width, height = not_larger((width, height), own_size(asset.fields, asset.ref.type))
    asked = {
        "width": width,
        "height": height,
        "fit": "cover" if width and height else None,
        "withoutEnlargement": "true" if width or height else None,
        "format": FORMATS.get(encoding_format or ""),
        **_focal_pixels(asset, focal_point),
    }
    return urlencode({name: value for name, value in asked.items() if value is not None})


def rendered_size(asset: Asset, width: int | None, height: int | None) -> Size:
    """Width and height of what Directus makes of such a wish, as far as the original's are known."""
    own = own_size(asset.fields, asset.ref.type)
    wish = not_larger((width, height), own)
    return wish if width and height else scaled_into(wish, own)


def _focal_pixels(asset: Asset, focal_point: FocalPoint | None) -> dict[str, int]:
    """In pixels of the original. Without one Directus takes the point that the file has."""
    width, height = asset.fields.get("width"), asset.fields.get("height")
    if focal_point is None or not width or not height:
        return {}
    return {"focal_point_x": round(focal_point.x * width), "focal_point_y": round(focal_point.y * height)}
