"""What takes place: when, where, and what it costs."""

# ruff: noqa: N815 - the names are schema.org's.

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, ConfigDict, Field

from connectors.sdk.types.places import GeoCoordinates, PostalAddress
from connectors.sdk.types.products import Offer
from connectors.sdk.types.shapes import Named, Shape
from connectors.sdk.types.values import Day, Term, as_named

__all__ = ["Event", "Location"]


class Location(Shape):
    """The place of an event."""

    name: str = Field(title="Location")
    address: PostalAddress | None = Field(None, title="Address")
    geo: GeoCoordinates | None = Field(None, title="Position")


class Event(Named):
    model_config = ConfigDict(title="Event")

    startDate: Day = Field(title="Starts")
    endDate: Day | None = Field(None, title="Ends")
    eventStatus: Term | None = Field(None, title="Status")
    location: Annotated[Location, BeforeValidator(as_named)] | None = Field(None, title="Location")
    offers: Offer | None = Field(None, title="Offer")
