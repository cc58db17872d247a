"""A file of WordPress's media library, and the picture or video that it is.

Source: https://developer.wordpress.org/rest-api/reference/media/
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, field_validator

from connectors.sdk import Asset, Missing, MissingReason, Ref
from connectors.sdk.types import canonical
from connectors.wordpress.posts import Rendered
from connectors.wordpress.settings import WordPressConfig
from connectors.wordpress.text import plain_text, read_gmt

__all__ = ["MEDIA_FIELDS", "TYPES_BY_MEDIA", "Media", "media_type", "to_media"]

TYPES_BY_MEDIA = {"image": "ImageObject", "video": "VideoObject"}
MEDIA_FIELDS = ",".join(
    (
        *("id", "status", "slug", "link", "date_gmt", "modified_gmt", "title", "caption", "alt_text"),
        *("mime_type", "source_url", "media_details"),
    )
)


class Size(BaseModel):
    """One of the sizes that WordPress made of a picture."""

    source_url: str
    width: int | None = None
    height: int | None = None
    mime_type: str | None = None


class Details(BaseModel):
    """What WordPress found out about a file. ``length`` is seconds, of videos."""

    width: int | None = None
    height: int | None = None
    filesize: int | None = None
    length: float | None = None
    sizes: dict[str, Size] = {}
    image_meta: dict[str, Any] = {}

    @field_validator("sizes", "image_meta", mode="before")
    @classmethod
    def _mapping(cls, value: Any) -> Any:
        # PHP writes a mapping that is empty as a list.
        return {} if value in ([], None) else value

    def told(self, name: str) -> str | None:
        """What the picture's own metadata says; "" and "0" say nothing."""
        value = self.image_meta.get(name)
        return value if isinstance(value, str) and value not in ("", "0") else None


class Media(BaseModel):
    """One file."""

    id: int
    status: str
    mime_type: str
    source_url: str
    slug: str = ""
    link: str | None = None
    date_gmt: str | None = None
    modified_gmt: str | None = None
    title: Rendered = Rendered()
    caption: Rendered = Rendered()
    alt_text: str = ""
    media_details: Details = Details()

    @field_validator("media_details", mode="before")
    @classmethod
    def _mapping(cls, value: Any) -> Any:
        return {} if value in ([], "", None) else value


def media_type(mime_type: Any) -> str | None:
    """The canonical type; ``None`` for what is neither picture nor video."""
    return TYPES_BY_MEDIA.get(mime_type.partition("/")[0]) if isinstance(mime_type, str) else None


def to_media(media: Media, ref: Ref, config: WordPressConfig) -> Asset | Missing:
    """What a file is to the one who asked for ``ref``.

    Raises:
        BadResponseError: It cannot be read.
    """
    kind = media_type(media.mime_type)
    if kind is None or media.status == "trash":
        return Missing(MissingReason.GONE)
    if media.status == "private":
        return Missing(MissingReason.HIDDEN)
    if kind != ref.type:
        return Missing(MissingReason.MOVED, Ref(kind, ref.external_id))
    return Asset(
        ref=ref,
        fields=canonical(kind, {**_fields(media), **_fields_of(kind, media)}),
        lang=config.language or None,
        updated_at=read_gmt(media.modified_gmt),
        edit_url=f"{config.base_url}/wp-admin/post.php?post={media.id}&action=edit",
    )


def _fields(media: Media) -> dict[str, Any]:
    details = media.media_details
    return {
        "name": plain_text(media.title.rendered) or media.slug,
        # What readers hear in place of it; WordPress's own description is a page about the file.
        "description": media.alt_text,
        "caption": plain_text(media.caption.rendered),
        "contentUrl": media.source_url,
        "encodingFormat": media.mime_type,
        "contentSize": None if details.filesize is None else str(details.filesize),
        "width": details.width or None,
        "height": details.height or None,
        "creditText": details.told("credit"),
        "copyrightNotice": details.told("copyright"),
        "dateModified": read_gmt(media.modified_gmt),
        "url": media.link,
    }


def _fields_of(kind: str, media: Media) -> dict[str, Any]:
    details = media.media_details
    if kind == "VideoObject":
        return {"duration": details.length, "uploadDate": read_gmt(media.date_gmt)}
    small = details.sizes.get("medium") or details.sizes.get("thumbnail")
    return {
        "thumbnailUrl": small.source_url if small else None,
        "extra": {"sizes": [_size(name, size) for name, size in details.sizes.items()]},
    }


def _size(name: str, size: Size) -> dict[str, Any]:
    """A size as it travels with the asset: what a rendition is chosen from, without another call."""
    return {
        "name": name,
        "url": size.source_url,
        "width": size.width,
        "height": size.height,
        "encodingFormat": size.mime_type,
    }
