"""How Vendure is asked: which API, which market, and what its errors mean.

With an API key everything goes to the Admin API, which says what is disabled; without one to the Shop
API, which needs none. There is no login: it would keep a person's password, cost a hash of it for each
reading (a connector keeps nothing between calls) and fill Vendure with sessions. API keys are there
since 3.6, where ``tokenMethod`` names them.

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

    def headers(self) -> Mapping[str, str]:
        """The API key, if there is one."""
        return {self.config.api_key_header: self.config.key} if self.config.key else {}

    @property
    def is_admin(self) -> bool:
        """Whether the Admin API is asked."""
        return bool(self.config.key)

    @property
    def has_library(self) -> bool:
        """Whether pictures can be linked: only the Admin API lists them."""
        return self.is_admin and self.config.asset_library

    def meaning(self, error: FieldError, *, executed: bool) -> type[ConnectorError]:
        """An internal error at a price is one variant's, not the server's."""
        known = super().meaning(error, executed=executed)
        at_price = known is TransientError and bool(error.path) and error.path[-1] in _PRICES
        return NoPriceError if at_price else known

    def question(self, document: str, call: Call, *, market: Market | None = None, **variables: Any) -> Data:
        """Ask a document in a market; that of the call's locale, unless another is given."""
        market = market_of(self.config, call.locale) if market is None else market
        return self.ask(
            document,
            call,
            variables=variables,
            path=self.config.admin_path if self.is_admin else self.config.shop_path,
            params=market.params(),
            headers=market.headers(),
        )

    def window(self, data: Data, name: str) -> Window:
        """A list of an answer, each row still raw: one that cannot be read must not cost the rest."""
        try:
            found = _List.model_validate(data.fields.get(name))
        except ValidationError:
            raise BadResponseError(f"{data.where}: no list of {name}") from None
        return Window(found.items, len(found.items) if found.totalItems is None else found.totalItems)

    def read_products(self, ids: Sequence[str], call: Call, *, market: Market | None = None) -> list[Row]:
        """Products by id, raw. One without a price in the market's currency comes without prices."""
        if not ids:
            return []
        try:
            return self._products(ids, call, market=market, prices=True)
        except NoPriceError:
            if len(ids) == 1:
                return self._products(ids, call, market=market, prices=False)
        # The answer tells the place of the variant, but not the ids of the places: so halve.
        half = len(ids) // 2
        parts = (ids[:half], ids[half:])
        return [row for part in parts for row in self.read_products(part, call, market=market)]

    def read_pictures(self, ids: Sequence[str], call: Call) -> list[Row]:
        """Pictures by id, raw."""
        if not ids:
            return []
        data = self.question(documents.ADMIN_PICTURES, call, options=by_ids(ids))
        return list(self.window(data, "assets").rows)

    def shows_any(self, document: str, name: str, call: Call) -> bool:
        """Whether there is anything: a channel that lost its products answers empty, not refused."""
        data = self.question(document, call)
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
                self.question(documents.ANY_PRODUCT, call, market=market)
            except AccessDeniedError as error:
                raise AccessDeniedError(f"{error} ({setting}: {locale})") from None
            except ConfigurationError as error:
                raise ConfigurationError(f"{error} ({setting}: {locale})") from None

    def _products(self, ids: Sequence[str], call: Call, *, market: Market | None, prices: bool) -> list[Row]:
        document = documents.products_document(admin=self.is_admin)
        data = self.question(document, call, market=market, options=by_ids(ids), prices=prices)
        return list(self.window(data, "products").rows)


def by_ids(ids: Sequence[str]) -> dict[str, Any]:
    """List options for these ids. ``take`` has to be said: without it a list ends where the server likes."""
    return {"take": len(ids), "filter": {"id": {"in": list(ids)}}}
