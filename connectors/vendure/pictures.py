"""A picture of Vendure's asset library, and the asset that it is.

Source: https://docs.vendure.io/current/core/core-concepts/images-assets
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urljoin

from pydantic import BaseModel

from connectors.sdk import Asset, BadResponseError, FocalPoint, Missing, MissingReason, Ref
from connectors.sdk.types import canonical
from connectors.vendure.renditions import RASTERS, Shot
from connectors.vendure.settings import VendureConfig

__all__ = ["Picture", "dashboard_page", "shot_of", "to_picture"]


class Point(BaseModel):
    """Fractions from the left and the top."""

    x: float
    y: float


class Tag(BaseModel):
    """A tag of an asset."""

    value: str


class Picture(BaseModel):
    """An ``Asset`` of Vendure. ``source`` is the original, ``preview`` a picture of at most 1600 pixels."""

    id: str
    name: str = ""
    mimeType: str = ""  # noqa: N815 - the API's name.
    width: int = 0  # 0 where Vendure could not read it.
    height: int = 0
    source: str
    preview: str
    focalPoint: Point | None = None  # noqa: N815
    # Only of the library itself, not of a product's pictures.
    type: str = "IMAGE"
    fileSize: int | None = None  # noqa: N815
    updatedAt: datetime | None = None  # noqa: N815
    tags: list[Tag] = []

    def focal_point(self) -> FocalPoint | None:
        """The point that must stay visible."""
        return FocalPoint(self.focalPoint.x, self.focalPoint.y) if self.focalPoint else None

    def address(self, base_url: str) -> str:
        """What browsers show and the asset server scales: the original, or its preview."""
        # An asset server without an assetUrlPrefix may write addresses without a host.
        try:
            return urljoin(f"{base_url}/", self.source if self.mimeType in RASTERS else self.preview)
        except ValueError:
            raise BadResponseError("Vendure: a picture has what is no address") from None

    def told(self) -> dict[str, Any]:
        """What a rendition needs to know of it, under ``extra``."""
        point = self.focalPoint
        if self.mimeType not in RASTERS:
            return {"focalPoint": point and point.model_dump()}
        return {
            "width": self.width or None,
            "height": self.height or None,
            "focalPoint": point and point.model_dump(),
        }


def to_picture(picture: Picture, ref: Ref, config: VendureConfig) -> Asset | Missing:
    """What a picture is to the one who asked for ``ref``."""
    if picture.type != "IMAGE":
        return Missing(MissingReason.GONE)
    address = picture.address(config.base_url)
    fields = {
        "name": picture.name,
        "contentUrl": address,
        "encodingFormat": picture.mimeType,
        "contentSize": None if picture.fileSize is None else str(picture.fileSize),
        "width": picture.width or None,
        "height": picture.height or None,
        "keywords": [tag.value for tag in picture.tags],
        "dateModified": picture.updatedAt,
        "extra": {"focalPoint": picture.focalPoint and picture.focalPoint.model_dump()},
    }
    if picture.mimeType not in RASTERS:
        fields |= {"encodingFormat": None, "width": None, "height": None}
    return Asset(
        ref=ref,
        fields=canonical("ImageObject", fields),
        updated_at=picture.updatedAt,
        edit_url=dashboard_page(config, f"assets/{picture.id}"),
    )


def shot_of(asset: Asset) -> Shot | None:
    """The picture of an asset, to be rendered: a picture itself, or the first of a product."""
    fields, extra = asset.fields, asset.fields.get("extra") or {}
    if asset.ref.type == "ImageObject":
        point = _point(extra.get("focalPoint"))
        return Shot(
            fields["contentUrl"],
            fields.get("width"),
            fields.get("height"),
            point,
            fields.get("encodingFormat"),
        )
    url = next(iter(fields.get("image") or ()), None)
    if url is None:
        return None
    told = extra.get("picture") or {}
    return Shot(url, told.get("width"), told.get("height"), _point(told.get("focalPoint")))


def dashboard_page(config: VendureConfig, page: str) -> str:
    """Where a person edits it. Source: packages/dashboard/src/app/routes of vendurehq/vendure, 3.7."""
    return f"{config.dashboard_url or f'{config.base_url}/dashboard'}/{page}"


def _point(held: Any) -> FocalPoint | None:
    return FocalPoint(held["x"], held["y"]) if held else None
