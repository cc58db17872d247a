"""Which language, channel and currency a request's locale asks for.

Vendure takes the language and the currency as parameters of the address, the channel as a header. A
language that a product is not translated to gives the channel's own; a channel or a currency that is
not there is an error.

Source: https://docs.vendure.io/current/core/core-concepts/channels
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from connectors.vendure.settings import VendureConfig

__all__ = ["Market", "market_of", "markets_of"]


@dataclass(frozen=True, slots=True)
class Market:
    """What of a shop is asked. ``channel`` and ``currency`` are empty for the shop's own."""

    language: str
    channel: str = ""
    currency: str = ""

    def params(self) -> dict[str, str]:
        """Parameters of the address."""
        currency = {"currencyCode": self.currency} if self.currency else {}
        return {"languageCode": self.language, **currency}

    def headers(self) -> dict[str, str]:
        """The channel's header."""
        return {"vendure-token": self.channel} if self.channel else {}


def market_of(config: VendureConfig, locale: str) -> Market:
    """The market of a locale: its own, else its language's, else the shop's."""
    return Market(
        language=_of(config.languages, locale) or locale.partition("-")[0].lower(),
        channel=_of(config.channels, locale) or config.channel,
        currency=_of(config.currencies, locale),
    )


def markets_of(config: VendureConfig) -> dict[str, Market]:
    """The markets of the settings that differ in channel or currency, each by a locale that asks for it."""
    found: dict[tuple[str, str], str] = {}
    for locale in (*config.channels, *config.currencies):
        market = market_of(config, locale)
        found.setdefault((market.channel, market.currency), locale)
    return {locale: market_of(config, locale) for locale in found.values()}


def _of(by_locale: Mapping[str, str], locale: str) -> str:
    """The value for de-CH, else for de; case does not matter."""
    known = {name.lower(): value for name, value in by_locale.items()}
    parts = locale.lower().split("-")
    names = ["-".join(parts[:length]) for length in range(len(parts), 0, -1)]
    return next((known[name] for name in names if name in known), "")
