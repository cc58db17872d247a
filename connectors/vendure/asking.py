"""How Vendure is asked: which API, which market, and what its errors mean.

With an API key the Admin API is asked, which says what is disabled; without one the Shop API, which
needs none. A key is good in the channel in which it was made, and in the default one; other channels
are asked as visitors see them. There is no login: it would keep a person's password, cost a hash of it
for each reading (a connector keeps nothing between calls) and fill Vendure with sessions. API keys are
there since 3.6, where ``tokenMethod`` names them.

Source: https://docs.vendure.io/current/core/developer-guide/api-keys and
https://docs.vendure.io/current/core/reference/typescript-api/errors/error-types
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, ClassVar, NamedTuple

from pydantic import BaseModel, ValidationError

from connectors.sdk import (
    AccessDeniedError,
    BadResponseError,
    Call,
    ConfigurationError,
    ConnectorError,
    TransientError,
)
from connectors.sdk.graphql import CODES, Data, FieldError, GraphQLConnector
from connectors.vendure import documents
from connectors.vendure.markets import Market, market_of, markets_of
from connectors.vendure.rows import Row
from connectors.vendure.settings import VendureConfig

__all__ = ["VendureAsking", "Window"]

_PRICES = frozenset({"price", "priceWithTax", "currencyCode"})


class NoPriceError(TransientError):
    """A variant has no price in the currency asked for; Vendure then answers nothing at all."""


class Window(NamedTuple):
    """Rows of one page of a list, and how many the list has."""

    rows: Sequence[Row]
    total: int


class _List(BaseModel):
    items: list[dict[str, Any]]
    totalItems: int | None = None  # noqa: N815 - the API's name.


class VendureAsking(GraphQLConnector[VendureConfig]):
    """Asks one Vendure."""

    codes: ClassVar[Mapping[str, type[ConnectorError]]] = MappingProxyType(
        {
            **CODES,
            "CHANNEL_NOT_FOUND": ConfigurationError,
            "ILLEGAL_OPERATION": ConfigurationError,
            "ENTITY_NOT_FOUND": BadResponseError,
        }
    )

    def base_url(self) -> str:
        """The address from the settings."""
        return self.config.base_url

    @property
    def has_library(self) -> bool:
        """Whether pictures can be linked: only the Admin API lists them."""
        return bool(self.config.key) and self.config.asset_library

    def home(self, call: Call) -> Market:
        """The connection's own channel, in which its key is good."""
        return Market(market_of(self.config, call.locale).language, self.config.channel)

    def uses_key(self, market: Market) -> bool:
        """Whether the Admin API is asked, with the key."""
        return bool(self.config.key) and market.channel in ("", self.config.channel)

    def meaning(self, error: FieldError, *, executed: bool) -> type[ConnectorError]:
        """An internal error at a price is one variant's, not the server's."""
        known = super().meaning(error, executed=executed)
        at_price = known is TransientError and bool(error.path) and error.path[-1] in _PRICES
        return NoPriceError if at_price else known

    def question(self, document: str, call: Call, *, market: Market | None = None, **variables: Any) -> Data:
        """Ask a document in a market; that of the call's locale, unless another is given."""
        config = self.config
        market = market_of(config, call.locale) if market is None else market
        keyed = self.uses_key(market)
        return self.ask(
            document,
            call,
            variables=variables,
            path=config.admin_path if keyed else config.shop_path,
            params=market.params(),
            headers={**market.headers(), **({config.api_key_header: config.key} if keyed else {})},
        )

    def window(self, data: Data, name: str) -> Window:
        """A list of an answer, each row still raw: one that cannot be read must not cost the rest."""
        try:
            found = _List.model_validate(data.fields.get(name))
        except ValidationError:
            raise BadResponseError(f"{data.where}: no list of {name}") from None
        return Window(found.items, len(found.items) if found.totalItems is None else found.totalItems)

    def read_products(self, ids: Sequence[str], call: Call) -> list[Row]:
        """Products by id, raw. One without a price in the market's currency comes without prices."""
        if not ids:
            return []
        try:
            return self._products(ids, call, prices=True)
        except NoPriceError:
            if len(ids) == 1:
                return self._products(ids, call, prices=False)
        # The answer tells the place of the variant, but not the ids of the places: so halve.
        half = len(ids) // 2
        return [row for part in (ids[:half], ids[half:]) for row in self.read_products(part, call)]

    def read_pictures(self, call: Call, **options: Any) -> Window:
        """A list of pictures, raw."""
        data = self.question(documents.ADMIN_PICTURES, call, market=self.home(call), options=options)
        return self.window(data, "assets")

    def shows_products(self, call: Call, *, market: Market | None = None) -> bool:
        """Whether there are any: a channel that lost its products answers empty, not refused."""
        return self._counts(self.question(documents.ANY_PRODUCT, call, market=market), "products")

    def shows_pictures(self, call: Call) -> bool:
        """Whether there are any."""
        return self._counts(self.question(documents.ANY_PICTURE, call, market=self.home(call)), "assets")

    def _counts(self, data: Data, name: str) -> bool:
        held = data.fields.get(name)
        total = held.get("totalItems") if isinstance(held, Mapping) else None
        if not isinstance(total, int):
            raise BadResponseError(f"{data.where}: no count of {name}")
        return total > 0

    def check_markets(self, call: Call) -> None:
        """See that each channel and currency of the settings is there; the message names the setting."""
        for locale, market in markets_of(self.config).items():
            setting = "channels" if market.channel != self.config.channel else "currencies"
            try:
                self.shows_products(call, market=market)
            except AccessDeniedError as error:
                raise AccessDeniedError(f"{error} ({setting}: {locale})") from None
            except ConfigurationError as error:
                raise ConfigurationError(f"{error} ({setting}: {locale})") from None

    def _products(self, ids: Sequence[str], call: Call, *, prices: bool) -> list[Row]:
        keyed = self.uses_key(market_of(self.config, call.locale))
        document = documents.products_document(admin=keyed)
        data = self.question(document, call, options=by_ids(ids), prices=prices)
        return list(self.window(data, "products").rows)


def by_ids(ids: Sequence[str]) -> dict[str, Any]:
    """List options for these ids. ``take`` has to be said: without it a list ends where the server likes."""
    return {"take": len(ids), "filter": {"id": {"in": list(ids)}}}
