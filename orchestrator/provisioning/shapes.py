"""The shape of a file, as pydantic models. Unknown keys are refused; ``docs/apply.md`` explains each."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from orchestrator.engine.plan import FRAME_PX

__all__ = [
    "BoundLink",
    "Channel",
    "Client",
    "Collection",
    "Connection",
    "Experience",
    "File",
    "Fragment",
    "Hooks",
    "Item",
    "Pictures",
    "Slot",
    "Space",
]

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
Slug = Annotated[str, StringConstraints(pattern=r"^[-a-zA-Z0-9_]{1,50}$")]
State = Literal["published", "draft"]


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Hooks(_Shape):
    """How a source's hooks prove who sends them."""

    scheme: Literal["standard", "header"]
    secret: Annotated[str, StringConstraints(min_length=1)]
    header: str = ""

    @model_validator(mode="after")
    def _has_header(self) -> Hooks:
        if (self.scheme == "header") != bool(self.header):
            raise ValueError("“header” is needed with the scheme header, and only there")
        return self


class Connection(_Shape):
    """A configured connector."""

    slug: Slug
    name: Name
    connector: Name
    config: dict[str, Any] = {}
    enabled: bool = True
    personal: bool = False
    timeout_ms: int = Field(default=1000, ge=1, le=60_000)
    freshness: dict[str, dict[str, int | float]] = {}
    poll_interval_s: int = Field(default=0, ge=0)
    hooks: Hooks | None = None


class Collection(_Shape):
    """A stored query at one connection."""

    name: Name
    connection: Slug
    type: Name
    query: dict[str, Any] = {}
    limit: int = Field(default=5, ge=1, le=100)


class BoundLink(_Shape):
    """A link whose id comes with the request."""

    name: Name
    connection: Slug
    identifier: Slug
    type: Name = "Person"
    sample: str = ""


class Client(_Shape):
    """A program that fetches. ``keys`` are made elsewhere and given by the environment."""

    name: Name
    rights: list[str] = []
    keys: list[Annotated[str, StringConstraints(min_length=1)]] = []


class Channel(_Shape):
    """A place of delivery; ``clients`` are all that may use it."""

    slug: Slug
    name: Name
    default_locale: Name = "en"
    shared_cache: bool = True
    srcset: bool = False
    widest_picture_px: int | None = Field(default=None, ge=16, le=10_000)
    clients: list[Name] = []


class Item(_Shape):
    """One item of a slot: a link (``link`` is its connection), a collection, a bound link or a fragment."""

    link: Slug | None = None
    type: Name | None = None
    id: Annotated[str, StringConstraints(min_length=1, max_length=400)] | None = Field(
        default=None, coerce_numbers_to_str=True
    )
    collection: Name | None = None
    bound: Name | None = None
    fragment: Slug | None = None

    @model_validator(mode="after")
    def _is_one_kind(self) -> Item:
        kinds = [kind for kind in ("link", "collection", "bound", "fragment") if getattr(self, kind)]
        if len(kinds) != 1:
            raise ValueError("an item is one of link, collection, bound or fragment")
        with_address = self.type is not None and self.id is not None
        if (kinds == ["link"]) != with_address or (self.type is None) != (self.id is None):
            raise ValueError("a link needs “type” and “id”, and the other kinds have none")
        return self


class Pictures(_Shape):
    """How large a slot shows pictures, in CSS pixels, and what they are asked for as."""

    width: int | None = Field(default=None, ge=FRAME_PX.start, lt=FRAME_PX.stop)
    height: int | None = Field(default=None, ge=FRAME_PX.start, lt=FRAME_PX.stop)
    format: Literal["webp", "jpeg", "avif"] | None = None


class Slot(_Shape):
    """A named place, what fills it, and what to do if that cannot be read."""

    name: Slug
    label: str = ""
    accepts: list[Name] = []
    items: list[Item] = []
    fallback: list[Item] = []
    on_failure: Literal["omit", "substitute", "last_known_good"] = "last_known_good"
    last_known_good_s: int | None = Field(default=None, ge=0)
    pictures: Pictures = Pictures()


class Fragment(_Shape):
    """Content shared by several experiences."""

    slug: Slug
    title: Name
    locale: Name = "en"
    state: State = "published"
    items: list[Item]


class Experience(_Shape):
    """A composition."""

    slug: Slug
    title: Name
    locale: Name = "en"
    state: State = "published"
    slots: list[Slot]


class Space(_Shape):
    """A brand, and what it owns. Applied in the order of these fields."""

    slug: Slug
    name: Name
    connections: list[Connection] = []
    collections: list[Collection] = []
    bound_links: list[BoundLink] = []
    api_clients: list[Client] = []
    channels: list[Channel] = []
    fragments: list[Fragment] = []
    experiences: list[Experience] = []


class File(_Shape):
    """A whole file."""

    spaces: Annotated[list[Space], Field(min_length=1)]
