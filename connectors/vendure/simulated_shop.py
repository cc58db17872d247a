"""What the simulated Vendure sells, and what people do in its dashboard."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

__all__ = ["FACETS", "SWISS", "Channel", "Shop", "SimAsset", "SimProduct", "SimVariant", "slug_of"]

SWISS = "swiss-channel-token"

FACETS = {"1": ("material", "oak"), "2": ("material", "steel"), "3": ("brand", "nordwald")}


@dataclass(slots=True)
class Channel:
    """A channel: its first currency and language are those of who names none."""

    token: str
    currencies: tuple[str, ...]
    languages: tuple[str, ...]
    products: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class SimVariant:
    """A variant. ``prices`` are in minor units, by currency."""

    id: str
    sku: str
    size: str
    prices: Mapping[str, int]
    updated: datetime
    stock: str = "IN_STOCK"
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class SimAsset:
    """A picture of the library."""

    id: str
    name: str
    width: int
    height: int
    updated: datetime
    focal: Mapping[str, float] | None = None
    media: str = "image/png"


@dataclass(frozen=True, slots=True)
class SimProduct:
    """A product; ``names`` by language."""

    id: str
    names: Mapping[str, str]
    created: datetime
    updated: datetime
    variants: tuple[SimVariant, ...]
    asset: str
    facets: tuple[str, ...] = ()
    enabled: bool = True

    def name(self, language: str) -> str:
        """Its name in a language, or in English."""
        return self.names.get(language, self.names["en"])


class Shop:
    """Products, pictures, facets, one collection ("oak-things": all that is of oak), two channels."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=2)
        self.is_open = False
        self.products: dict[str, SimProduct] = {}
        self.assets: dict[str, SimAsset] = {}
        self.channels = {
            "": Channel("default-channel-token", ("USD", "JPY", "KWD"), ("en", "de")),
            SWISS: Channel(SWISS, ("CHF",), ("de", "en")),
        }
        for name, german, facets, cents in _STOCK:
            self.add(name, german=german, facets=facets, cents=cents)
        self.is_open = True

    # What a person does in the dashboard.

    def add(
        self,
        name: str,
        *,
        german: str = "",
        facets: Sequence[str] = (),
        cents: Sequence[int] = (4990,),
        size: tuple[int, int] = (1200, 800),
    ) -> str:
        """Sell one product more, in both channels, with a variant for each price; its id."""
        number = str(max(map(int, self.products), default=0) + 1)
        stamp = self._tick()
        picture = f"{slug_of(name)}.png"
        self.assets[number] = SimAsset(number, picture, *size, updated=stamp)
        variants = tuple(
            SimVariant(
                id=f"{number}0{n}",
                sku=f"SKU-{number}-{n}",
                size="SML"[n],
                prices={"USD": price, "JPY": price, "KWD": price * 10, "CHF": price + 100},
                updated=stamp,
            )
            for n, price in enumerate(cents)
        )
        names = {"en": name, **({"de": german} if german else {})}
        self.products[number] = SimProduct(
            number, names, stamp, stamp, variants, asset=number, facets=tuple(facets)
        )
        for channel in self.channels.values():
            channel.products.add(number)
        return number

    def change(self, id: str, **values: Any) -> None:
        """Edit a product."""
        self.products[id] = replace(self.products[id], updated=self._tick(), **values)

    def rename(self, id: str, name: str) -> None:
        """Give a product another name."""
        self.change(id, names={**self.products[id].names, "en": name})

    def price(self, id: str, currency: str, amount: int | None) -> None:
        """Set or take away the price of a product's first variant. The product's own time stays."""
        first, *others = self.products[id].variants
        prices = {name: value for name, value in first.prices.items() if name != currency}
        if amount is not None:
            prices[currency] = amount
        changed = replace(first, prices=prices, updated=self._tick())
        self.products[id] = replace(self.products[id], variants=(changed, *others))

    def stock(self, id: str, level: str) -> None:
        """Say how much there is of a product's variants."""
        stamp = self._tick()
        variants = tuple(replace(one, stock=level, updated=stamp) for one in self.products[id].variants)
        self.products[id] = replace(self.products[id], variants=variants)

    def delete(self, id: str) -> None:
        """Delete a product."""
        del self.products[id]
        self._tick()

    def change_asset(self, id: str, **values: Any) -> None:
        """Edit a picture."""
        self.assets[id] = replace(self.assets[id], updated=self._tick(), **values)

    def _tick(self) -> datetime:
        earliest = datetime.now(UTC).replace(microsecond=0) if self.is_open else self.now
        self.now = max(self.now + timedelta(seconds=1), earliest)
        return self.now


_STOCK: Sequence[tuple[str, str, tuple[str, ...], tuple[int, ...]]] = (
    ("Red Chair", "Roter Stuhl", ("1", "3"), (4990, 5990)),
    ("Blue Lamp", "Blaue Lampe", ("2",), (2990,)),
    ("Green Sofa", "Grünes Sofa", ("1",), (19900, 24900, 29900)),
    ("White Shelf", "", ("1",), (990,)),
    *((f"Voucher {n:02}", "", (), (1000 * n,)) for n in range(1, 27)),
)


def slug_of(name: str) -> str:
    """A name as it stands in an address."""
    return "-".join(name.lower().split())
