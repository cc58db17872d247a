"""Where the system is, how it knows us, and how it is told a language."""

from __future__ import annotations

import re

from pydantic import Field, field_validator

from connectors.sdk.mapping import AddressSettings, shown
from connectors.sdk.mapping.hints import LOCALE_NAMES, refuse_others

__all__ = ["GraphqlAddress"]


class GraphqlAddress(AddressSettings):
    """The address that answers GraphQL, credentials, and languages."""

    base_url: str = Field(
        title="Address",
        description="Where GraphQL is answered, such as https://shop.example.com/graphql",
        json_schema_extra={**shown("Address"), "format": "uri"},
    )
    languages: dict[str, str] = Field(
        default={},
        title="Languages of locales",
        description="What lang is for a locale, where it is not its language: de-CH to DE_CH",
        json_schema_extra=shown("Languages", format="pairs"),
    )
    extra_params: dict[str, str] = Field(
        default={},
        title="Further parameters of the address",
        description="Such as languageCode to {lang}. {locale} and {lang} are the request's: de-CH and de; in "
        "a query they are $locale and $lang",
        json_schema_extra=shown("Languages", format="pairs"),
    )

    @field_validator("languages")
    @classmethod
    def _languages(cls, given: dict[str, str]) -> dict[str, str]:
        for locale, value in given.items():
            if not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", locale):
                raise ValueError(f"“{locale}” is no locale; write it as de or de-CH")
            if not re.fullmatch(r"[\w-]{1,20}", value, re.ASCII):
                raise ValueError(f"{locale}: letters, digits, _ and - only")
        return given

    @field_validator("extra_params")
    @classmethod
    def _params(cls, given: dict[str, str]) -> dict[str, str]:
        for name, value in given.items():
            if not re.fullmatch(r"[\w.\[\]-]{1,60}", name, re.ASCII):
                raise ValueError(f"“{name}” is not the name of a parameter")
            refuse_others(value, LOCALE_NAMES)
        return given

    def language_of(self, locale: str) -> str:
        """What ``lang`` is for a locale: that of de-CH, else that of de, else de."""
        known = {name.lower(): value for name, value in self.languages.items()}
        language = locale.partition("-")[0]
        return known.get(locale.lower()) or known.get(language.lower()) or language
