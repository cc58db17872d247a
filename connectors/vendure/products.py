"""A product of Vendure, and the asset that it is.

What an editor picks is the product: variants have neither a page nor a picture of their own in most
shops, and Vendure's own search groups by product. Its variants are its offers, and each is under
``extra.variants``.

Source: https://docs.vendure.io/current/core/core-concepts/products
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from pydantic import BaseModel

from connectors.sdk import Asset, Missing, MissingReason, Ref
from connectors.sdk.mapping import paths
from connectors.sdk.types import canonical
from connectors.vendure.offers import Variant, offer_of, tell_variant
from connectors.vendure.pictures import Picture, dashboard_page
from connectors.vendure.settings import VendureConfig

__all__ = ["Product", "to_product"]


class Facet(BaseModel):
    """What facet values belong to: "material"."""

    code: str
    name: str


class FacetValue(BaseModel):
    """A label of a product: "oak" of "material"."""

    code: str
    name: str
    facet: Facet


class Collection(BaseModel):
    """A collection that holds the product."""

    name: str
    slug: str


class Product(BaseModel):
    """A product as both APIs answer it."""

    id: str
    name: str
    slug: str
    languageCode: str  # noqa: N815 - the API's name.
    description: str = ""  # HTML.
    enabled: bool
    updatedAt: datetime  # noqa: N815
    featuredAsset: Picture | None = None  # noqa: N815
    assets: list[Picture] = []
    facetValues: list[FacetValue] = []  # noqa: N815
    collections: list[Collection] = []
    variants: list[Variant]

    def pictures(self) -> list[Picture]:
        """Its pictures, the featured one first."""
        return [*([self.featuredAsset] if self.featuredAsset else []), *self.assets]

    def changed(self) -> datetime:
        """When it or one of its variants last changed: a price does not touch the product's own time."""
        return max([self.updatedAt, *(variant.updatedAt for variant in self.variants)])


def to_product(product: Product, config: VendureConfig, *, locale: str) -> Asset | Missing:
    """What a product is to a locale."""
    if not product.enabled:
        return Missing(MissingReason.HIDDEN)
    variants = [variant for variant in product.variants if variant.enabled]
    url = _page(product, config, locale=locale)
    fields = {
        "name": product.name,
        "description": product.description,
        "url": url,
        "image": list(dict.fromkeys(one.address(config.base_url) for one in product.pictures())),
        "sku": variants[0].sku if len(variants) == 1 else None,
        "brand": next(iter(_names(product, config.brand_facet)), None),
        "category": product.collections[0].name if product.collections else None,
        "keywords": [value.name for value in product.facetValues if value.facet.code != config.brand_facet],
        "offers": offer_of(variants, config, url=url),
        "dateModified": product.changed(),
        "inLanguage": _language(product),
        "extra": _further(product, variants, config),
    }
    return Asset(
        ref=Ref("Product", product.id),
        fields=canonical("Product", fields),
        lang=_language(product),
        updated_at=product.changed(),
        edit_url=dashboard_page(config, f"products/{product.id}"),
    )


def _further(product: Product, variants: Iterable[Variant], config: VendureConfig) -> dict[str, Any]:
    first = next(iter(product.pictures()), None)
    return {
        "slug": product.slug,
        "picture": first.told() if first else None,
        "collections": [collection.slug for collection in product.collections],
        "facets": {value.facet.code: _names(product, value.facet.code) for value in product.facetValues},
        "variants": [tell_variant(variant, config) for variant in variants],
    }


def _names(product: Product, facet: str) -> list[str]:
    return [value.name for value in product.facetValues if value.facet.code == facet]


def _language(product: Product) -> str:
    """As BCP 47 writes it: Vendure has de_CH."""
    return product.languageCode.replace("_", "-")


def _page(product: Product, config: VendureConfig, *, locale: str) -> str | None:
    if not config.product_url:
        return None
    language = locale.partition("-")[0]
    values = {"slug": product.slug, "id": product.id, "lang": language, "locale": locale}
    return paths.fill(config.product_url, values)
