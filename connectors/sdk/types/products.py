"""What is sold: products, their offers and ratings."""

# ruff: noqa: N815 - the names are schema.org's.

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, ConfigDict, Field

from connectors.sdk.types.shapes import Named, Shape
from connectors.sdk.types.values import Count, Day, Price, Term, Url, as_named

__all__ = ["AggregateRating", "Brand", "Offer", "Product"]


class Brand(Shape):
    name: str = Field(title="Brand")
    url: Url | None = Field(None, title="Address of the brand")


class Offer(Shape):
    """One offer, or several of one product: then ``price`` is what the cheapest costs, as is ``lowPrice``."""

    price: Price = Field(title="Price")
    priceCurrency: str = Field(title="Currency", pattern=r"^[A-Z]{3}$")
    lowPrice: Price | None = Field(None, title="Lowest price, of several")
    highPrice: Price | None = Field(None, title="Highest price, of several")
    offerCount: Count | None = Field(None, title="Number of offers")
    availability: Term | None = Field(None, title="Availability")
    priceValidUntil: Day | None = Field(None, title="Price valid until")
    validFrom: Day | None = Field(None, title="Valid from")
    url: Url | None = Field(None, title="Where to buy")


class AggregateRating(Shape):
    ratingValue: float = Field(title="Rating")
    reviewCount: Count | None = Field(None, title="Number of reviews")
    bestRating: float | None = Field(None, title="Best possible rating")


class Product(Named):
    model_config = ConfigDict(title="Product")

    sku: str | None = Field(None, title="Article number")
    gtin: str | None = Field(None, title="GTIN")
    brand: Annotated[Brand, BeforeValidator(as_named)] | None = Field(None, title="Brand")
    category: str | None = Field(None, title="Category")
    color: str | None = Field(None, title="Colour")
    size: str | None = Field(None, title="Size")
    offers: Offer | None = Field(None, title="Offer")
    aggregateRating: AggregateRating | None = Field(None, title="Rating")
