"""Settings of a Vendure connection."""

from __future__ import annotations

import re
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator

from connectors.sdk import ConnectorConfig
from connectors.sdk.mapping.hints import refuse_others, shown
from connectors.vendure.renditions import DEFAULT_PRESETS, read_presets

__all__ = ["VendureConfig"]

_LOCALE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_ONE_WORD = re.compile(r"[\x21-\x7e]+")
_MARKET = "Languages and prices"


class VendureConfig(ConnectorConfig):
    """Settings of a Vendure connection. Without a key it sees what visitors of the shop see."""

    base_url: str = Field(
        title="Address",
        description="Where Vendure's API runs, such as https://api.shop.example.com",
        json_schema_extra={**shown("Address"), "format": "uri"},
    )
    api_key: SecretStr = Field(
        default=SecretStr(""),
        title="API key",
        description="Of a role that may read the catalog, and nothing more. Empty asks the public Shop API, "
        "which does not tell a disabled product from a deleted one and has no asset library",
        json_schema_extra=shown("Address"),
    )
    api_key_header: str = Field(
        default="vendure-api-key",
        title="Header of the API key",
        description="As Vendure's apiKeyHeaderKey says",
        json_schema_extra=shown("Address"),
    )
    shop_path: str = Field(
        default="shop-api", title="Path of the Shop API", json_schema_extra=shown("Address")
    )
    admin_path: str = Field(
        default="admin-api", title="Path of the Admin API", json_schema_extra=shown("Address")
    )
    channel: str = Field(
        default="",
        title="Token of the channel",
        description="Empty for the default channel, which holds every product",
        json_schema_extra=shown(_MARKET),
    )
    channels: dict[str, str] = Field(
        default={},
        title="Channels of locales",
        description="A locale or language, and the token of the channel with its prices: de-CH to "
        "switzerland-token",
        json_schema_extra=shown(_MARKET, format="pairs"),
    )
    currencies: dict[str, str] = Field(
        default={},
        title="Currencies of locales",
        description="A locale or language, and the currency to ask its channel for: en-US to USD. Without "
        "one, prices come in the channel's own",
        json_schema_extra=shown(_MARKET, format="pairs"),
    )
    languages: dict[str, str] = Field(
        default={},
        title="Languages of locales",
        description="Only where Vendure's code is not the language of the locale: de-CH to de_CH",
        json_schema_extra=shown(_MARKET, format="pairs"),
    )
    prices_with_tax: bool = Field(default=True, title="Prices include tax", json_schema_extra=shown(_MARKET))
    price_decimals: Literal["currency", "0", "1", "2", "3", "4"] = Field(
        default="currency",
        title="Decimals of prices",
        description="As the shop's MoneyStrategy keeps them: its precision, if it is the same for all",
        json_schema_extra=shown(
            _MARKET,
            labels={
                "currency": "Those of the currency (ISO 4217): 2 for most, 0 for JPY, 3 for KWD",
                **{n: f"{n} for every currency" for n in "01234"},
            },
        ),
    )
    product_url: str = Field(
        default="",
        title="Page of a product in the shop",
        description="Such as https://shop.example.com/{lang}/products/{slug}; also {id} and {locale}",
        json_schema_extra=shown("Pages"),
    )
    dashboard_url: str = Field(
        default="",
        title="Where people edit",
        description="Vendure's dashboard; empty for /dashboard at the address above",
        json_schema_extra=shown("Pages"),
    )
    brand_facet: str = Field(
        default="brand",
        title="Facet that is the brand",
        description="Its code; empty if no facet is",
        json_schema_extra=shown("Pages"),
    )
    asset_library: bool = Field(
        default=True,
        title="Pictures of the asset library can be linked",
        description="Needs an API key",
        json_schema_extra=shown("Pictures"),
    )
    renditions: Literal["parameters", "presets", "none"] = Field(
        default="parameters",
        title="How pictures come in other sizes",
        json_schema_extra=shown(
            "Pictures",
            labels={
                "parameters": "Any size: ?w=300&h=200 (as the asset server does by itself)",
                "presets": "Named sizes only: ?preset=medium (PresetOnlyStrategy)",
                "none": "They do not: pictures are not at Vendure's asset server",
            },
        ),
    )
    presets: dict[str, str] = Field(
        default=DEFAULT_PRESETS,
        title="Named sizes",
        description="A preset and its box in pixels: medium to 500x500, with crop behind it if it cuts",
        json_schema_extra=shown("Pictures", format="pairs", renditions=["presets"]),
    )

    @property
    def key(self) -> str:
        """The API key; empty for a connection to the public Shop API."""
        return self.api_key.get_secret_value()

    @field_validator("base_url", "dashboard_url")
    @classmethod
    def _address(cls, value: str) -> str:
        value = value.strip()
        if not value:
            return value
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("give a whole address, such as https://api.shop.example.com")
        if parts.username or parts.password or parts.query or parts.fragment:
            raise ValueError("give the address alone, without a key, a ? or a #")
        return value.rstrip("/")

    @field_validator("base_url")
    @classmethod
    def _needed(cls, value: str) -> str:
        if not value:
            raise ValueError("give a whole address, such as https://api.shop.example.com")
        return value

    @field_validator("api_key")
    @classmethod
    def _one_word(cls, value: SecretStr) -> SecretStr:
        key = value.get_secret_value()
        if key and not _ONE_WORD.fullmatch(key):
            raise ValueError("one word, please")
        return value

    @field_validator("api_key_header")
    @classmethod
    def _header(cls, value: str) -> str:
        if not re.fullmatch(r"[A-Za-z0-9-]+", value):
            raise ValueError("letters, digits and - only")
        return value

    @field_validator("shop_path", "admin_path")
    @classmethod
    def _path(cls, value: str) -> str:
        if not re.fullmatch(r"/?[\w.-]+(/[\w.-]+)*", value, re.ASCII) or ".." in value:
            raise ValueError("the part after the address, such as shop-api")
        return value.strip("/")

    @field_validator("channel")
    @classmethod
    def _channel(cls, value: str) -> str:
        if value and not _ONE_WORD.fullmatch(value):
            raise ValueError("one word, please")
        return value

    @field_validator("channels", "currencies", "languages")
    @classmethod
    def _locales(cls, given: dict[str, str]) -> dict[str, str]:
        for locale, value in given.items():
            if not _LOCALE.fullmatch(locale):
                raise ValueError(f"“{locale}” is no locale; write it as de or de-CH")
            if not _ONE_WORD.fullmatch(value):
                raise ValueError(f"{locale}: one word, please")
        return given

    @field_validator("currencies")
    @classmethod
    def _codes(cls, given: dict[str, str]) -> dict[str, str]:
        for locale, code in given.items():
            if not re.fullmatch(r"[A-Z]{3}", code):
                raise ValueError(f"{locale}: three capital letters, such as CHF")
        return given

    @field_validator("languages")
    @classmethod
    def _language_codes(cls, given: dict[str, str]) -> dict[str, str]:
        for locale, code in given.items():
            if not re.fullmatch(r"[a-z]{2}(_[A-Za-z]{2,4})?", code):
                raise ValueError(f"{locale}: as Vendure writes it, such as de or de_CH")
        return given

    @field_validator("product_url")
    @classmethod
    def _product_url(cls, value: str) -> str:
        if value and urlsplit(value).scheme not in ("http", "https"):
            raise ValueError("a whole address, such as https://shop.example.com/products/{slug}")
        return refuse_others(value, {"slug", "id", "lang", "locale"})

    @field_validator("presets")
    @classmethod
    def _presets(cls, given: dict[str, str]) -> dict[str, str]:
        read_presets(given)
        return given
