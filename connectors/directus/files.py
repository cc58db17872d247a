"""A file of Directus, as it answers, and the asset that it is.

Source: https://directus.io/docs/api/files
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from connectors.directus.settings import DirectusConfig
from connectors.sdk import Asset, BadResponseError, Missing, MissingReason, Ref
from connectors.sdk.types import canonical

__all__ = ["FIELDS", "TYPES_BY_MEDIA", "File", "Listing", "asset_type", "read_moment", "to_verdict"]

# Never "*": it would bring whatever an installation added.
FIELDS = (
    *("id", "title", "description", "type", "filename_download", "filesize", "width", "height", "duration"),
    *("tags", "folder", "focal_point_x", "focal_point_y", "created_on", "uploaded_on", "modified_on"),
)
TYPES_BY_MEDIA = {"image": "ImageObject", "video": "VideoObject"}


class File(BaseModel):
    """A row of ``directus_files``; the fields that an installation added are kept beside its own."""

    model_config = ConfigDict(extra="allow")

    id: str
    type: str | None
    title: str | None = None
    description: str | None = None
    filename_download: str | None = None
    filesize: int | None = None
    width: int | None = None
    height: int | None = None
    duration: float | None = None  # Milliseconds.
    tags: list[str] | None = None
    folder: str | None = None
    focal_point_x: float | None = None  # Pixels of the original.
    focal_point_y: float | None = None
    created_on: str | None = None
    uploaded_on: str | None = None
    modified_on: str | None = None

    def own(self, key: str) -> Any:
        """A field that the installation added."""
        return (self.model_extra or {}).get(key) if key else None


class Listing(BaseModel):
    """A list of files, each still raw: one that cannot be read must not cost the rest."""

    class Meta(BaseModel):
        """What was asked for with ``meta``."""

        filter_count: int

    data: list[dict[str, Any]]
    meta: Meta | None = None


def asset_type(file: File) -> str | None:
    """The canonical type of a file; ``None`` for what is neither picture nor video."""
    return TYPES_BY_MEDIA.get((file.type or "").partition("/")[0])


def to_verdict(file: File, ref: Ref, config: DirectusConfig, *, content_url: str) -> Asset | Missing:
    """What a file is to the one who asked for ``ref``.

    Raises:
        BadResponseError: One of its times, or its licence's end, cannot be read.
    """
    kind = asset_type(file)
    if kind is None:
        return Missing(MissingReason.GONE)
    if kind != ref.type:
        return Missing(MissingReason.MOVED, Ref(kind, ref.external_id))
    if config.status_field and file.own(config.status_field) != config.published_status:
        return Missing(MissingReason.HIDDEN)
    licence_end = read_moment(file.own(config.licence_end_field))
    return Asset(
        ref=ref,
        fields=canonical(kind, _fields(file, config, content_url=content_url, licence_end=licence_end)),
        updated_at=read_moment(file.modified_on),
        valid_until=licence_end,
        edit_url=f"{config.base_url}/admin/files/{file.id}",
        protected=not config.public_pictures,
    )


def read_moment(value: Any) -> datetime | None:
    """A time of Directus: without a zone it is UTC; a date alone is the start of that day.

    Raises:
        BadResponseError: It is no time. A licence's end that cannot be read must not pass for none.
    """
    if value is None or value == "":
        return None
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise BadResponseError("a time is not ISO 8601") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _fields(
    file: File, config: DirectusConfig, *, content_url: str, licence_end: datetime | None
) -> dict[str, Any]:
    return {
        "name": file.title or file.filename_download,
        "description": file.description,
        "contentUrl": content_url,
        "encodingFormat": file.type,
        "contentSize": None if file.filesize is None else str(file.filesize),
        "width": file.width,
        "height": file.height,
        "keywords": file.tags,
        "license": file.own(config.licence_field),
        "creditText": file.own(config.credit_field),
        "expires": licence_end,
        "dateModified": read_moment(file.modified_on),
        "extra": {"folder": file.folder, "focalPoint": _focal_point(file)},
        **_video_fields(file),
    }


def _video_fields(file: File) -> dict[str, Any]:
    if asset_type(file) != "VideoObject":
        return {}
    seconds = None if file.duration is None else file.duration / 1000
    return {"duration": seconds, "uploadDate": read_moment(file.uploaded_on)}


def _focal_point(file: File) -> dict[str, float] | None:
    """Fractions from the left and the top."""
    if file.focal_point_x is None or file.focal_point_y is None or not file.width or not file.height:
        return None
    return {"x": round(file.focal_point_x / file.width, 4), "y": round(file.focal_point_y / file.height, 4)}
