"""Pictures and videos, with whose they are and how long they may be used."""

# ruff: noqa: N815 - the names are schema.org's.

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from connectors.sdk.types.people import Author
from connectors.sdk.types.shapes import Thing
from connectors.sdk.types.values import Day, Duration, Pixels, Url, as_named, misfit

__all__ = ["ImageObject", "Media", "VideoObject"]


class Media(Thing):
    """A file, whose it is, and until when it may be used."""

    name: str | None = Field(None, title="Name")
    description: str | None = Field(None, title="Description (alternative text)")
    caption: str | None = Field(None, title="Caption")
    width: Pixels | None = Field(None, title="Width in pixels")
    height: Pixels | None = Field(None, title="Height in pixels")
    encodingFormat: str | None = Field(None, title="Media type")
    contentSize: str | None = Field(None, title="Size of the file")
    thumbnailUrl: Url | None = Field(None, title="Address of a small picture")
    license: str | None = Field(None, title="Licence")
    acquireLicensePage: Url | None = Field(None, title="Where to get a licence")
    creditText: str | None = Field(None, title="Credit")
    copyrightNotice: str | None = Field(None, title="Copyright notice")
    creator: Annotated[Author, BeforeValidator(as_named)] | None = Field(None, title="Made by")
    dateCreated: Day | None = Field(None, title="Made")
    expires: Day | None = Field(None, title="May be used until")


class ImageObject(Media):
    model_config = ConfigDict(title="Picture")

    contentUrl: Url = Field(title="Address of the picture")


class VideoObject(Media):
    model_config = ConfigDict(title="Video")

    contentUrl: Url | None = Field(None, title="Address of the video")
    embedUrl: Url | None = Field(None, title="Address of a player")
    duration: Duration | None = Field(None, title="Duration")
    uploadDate: Day | None = Field(None, title="Published")
    transcript: str | None = Field(None, title="Transcript")

    @model_validator(mode="after")
    def _has_an_address(self) -> VideoObject:
        if self.contentUrl is None and self.embedUrl is None:
            raise misfit("neither contentUrl nor embedUrl is given")
        return self
