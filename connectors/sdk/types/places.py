"""Places: what there is to see, where somebody does business, where one stays the night."""

# ruff: noqa: N815 - the names are schema.org's.

from __future__ import annotations

from pydantic import ConfigDict, Field

from connectors.sdk.types.products import AggregateRating
from connectors.sdk.types.shapes import Named, Shape
from connectors.sdk.types.values import Texts

__all__ = ["GeoCoordinates", "Hotel", "LocalBusiness", "Place", "PostalAddress", "TouristAttraction"]


class GeoCoordinates(Shape):
    latitude: float = Field(title="Latitude", ge=-90, le=90)
    longitude: float = Field(title="Longitude", ge=-180, le=180)


class PostalAddress(Shape):
    streetAddress: str | None = Field(None, title="Street")
    postalCode: str | None = Field(None, title="Postal code")
    addressLocality: str | None = Field(None, title="Town")
    addressRegion: str | None = Field(None, title="Region")
    addressCountry: str | None = Field(None, title="Country")


class Place(Named):
    model_config = ConfigDict(title="Place")

    address: PostalAddress | None = Field(None, title="Address")
    geo: GeoCoordinates | None = Field(None, title="Position")
    telephone: str | None = Field(None, title="Telephone")
    openingHours: Texts | None = Field(None, title="Opening hours")
    aggregateRating: AggregateRating | None = Field(None, title="Rating")


class TouristAttraction(Place):
    model_config = ConfigDict(title="Sight")


class LocalBusiness(Place):
    model_config = ConfigDict(title="Local business")

    email: str | None = Field(None, title="E-mail")
    priceRange: str | None = Field(None, title="Price range")


class Hotel(LocalBusiness):
    model_config = ConfigDict(title="Hotel")

    checkinTime: str | None = Field(None, title="Check-in from")
    checkoutTime: str | None = Field(None, title="Check-out until")
    starRating: float | None = Field(None, title="Stars", ge=0, le=7)
    amenityFeature: Texts | None = Field(None, title="Amenities")
