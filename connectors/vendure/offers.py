"""Prices of a product's variants as one offer with a range.

Prices come in minor units. Source: https://docs.vendure.io/current/core/core-concepts/money
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pydantic import BaseModel

from connectors.sdk.money import major_units
from connectors.vendure.settings import VendureConfig

__all__ = ["Variant", "offer_of", "tell_variant"]

# What DefaultStockDisplayStrategy answers, best first; other strategies answer what they like.
_STOCK = {"IN_STOCK": "InStock", "LOW_STOCK": "LimitedAvailability", "OUT_OF_STOCK": "OutOfStock"}


class Named(BaseModel):
    """Something with a name."""

    name: str


class Option(BaseModel):
    """A choice that makes a variant: "S" of "Size"."""

    name: str
    group: Named


class Variant(BaseModel):
    """A variant that can be bought. Prices are left out where the shop has none in the currency asked."""

    id: str
    name: str
    sku: str
    updatedAt: datetime  # noqa: N815 - the API's name.
    stockLevel: str = ""  # noqa: N815
    enabled: bool = True
    currencyCode: str | None = None  # noqa: N815
    price: int | None = None
    priceWithTax: int | None = None  # noqa: N815
    options: list[Option] = []

    def amount(self, config: VendureConfig) -> int | None:
        """Its price in minor units, as the settings want it."""
        return self.priceWithTax if config.prices_with_tax else self.price

    def availability(self) -> str | None:
        """schema.org's word for its stock; ``None`` for what a strategy of the shop's own says."""
        if self.stockLevel.isdecimal():
            return "InStock" if int(self.stockLevel) else "OutOfStock"
        return _STOCK.get(self.stockLevel)


def offer_of(variants: Sequence[Variant], config: VendureConfig, *, url: str | None) -> dict[str, Any] | None:
    """The offer of a product: what the cheapest variant costs, and the range where they differ."""
    priced = [(amount, one) for one in variants if (amount := one.amount(config)) is not None]
    if not priced:
        return None
    amounts = [amount for amount, _ in priced]
    currency = priced[0][1].currencyCode or ""
    low, high = (_written(amount, currency, config) for amount in (min(amounts), max(amounts)))
    several = {"lowPrice": low, "highPrice": high, "offerCount": len(priced)} if len(priced) > 1 else {}
    held = {one.availability() for one in variants}
    best = next((word for word in _STOCK.values() if word in held), None)
    return {"price": low, "priceCurrency": currency, "availability": best, "url": url, **several}


def tell_variant(variant: Variant, config: VendureConfig) -> dict[str, Any]:
    """A variant under ``extra``, for templates that list them."""
    amount, currency = variant.amount(config), variant.currencyCode
    told = {
        "id": variant.id,
        "name": variant.name,
        "sku": variant.sku,
        "options": {option.group.name: option.name for option in variant.options},
        "price": _written(amount, currency, config) if amount is not None and currency else None,
        "priceCurrency": currency,
        "availability": variant.availability(),
    }
    return {name: value for name, value in told.items() if value}


def _written(amount: int, currency: str, config: VendureConfig) -> str:
    fixed = None if config.price_decimals == "currency" else int(config.price_decimals)
    return major_units(amount, currency, decimals=fixed)
