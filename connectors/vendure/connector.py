"""Vendure: products with the prices of the request's market, and pictures of the asset library.

Source: https://docs.vendure.io/current/core/reference/graphql-api/shop/queries
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from connectors.sdk import (
    AccessDeniedError,
    Asset,
    Call,
    ChangePage,
    ConfigurationError,
    FocalPoint,
    Notice,
    Rendition,
)
from connectors.vendure import documents
from connectors.vendure.changes import read_changes
from connectors.vendure.finding import VendureFinding
from connectors.vendure.notices import read_notice
from connectors.vendure.pictures import shot_of
from connectors.vendure.renditions import read_presets, render
from connectors.vendure.settings import VendureConfig

__all__ = ["VendureConnector"]


class VendureConnector(VendureFinding):
    """Products and pictures of one Vendure."""

    name: ClassVar[str] = "Vendure"
    description: ClassVar[str] = "Products with prices, and pictures, of a Vendure shop."
    config_class = VendureConfig
    types: ClassVar[tuple[str, ...]] = ("Product", "ImageObject")
    # A product comes with all its variants.
    max_batch: ClassVar[int] = 50

    def asset_types(self) -> tuple[str, ...]:
        """Pictures only where there is a key to the library."""
        return self.types if self.has_library else self.types[:1]

    def check(self, call: Call) -> None:
        """Read a product, a picture and a search, then a product of each market of the settings."""
        try:
            self.shows_products(call, market=self.home(call))
        except AccessDeniedError as error:
            hint = " (a key is good in the channel in which it was made)" if self.config.channel else ""
            raise AccessDeniedError(f"{error}{hint}") from None
        if self.has_library:
            self.shows_pictures(call)
        try:
            self.question(documents.SEARCH, call, input={"take": 1, "groupByProduct": True})
        except AccessDeniedError:
            raise
        except ConfigurationError as error:
            raise ConfigurationError(f"{error} (search needs the DefaultSearchPlugin or another)") from None
        self.check_markets(call)

    def changes_since(self, cursor: str | None, call: Call) -> ChangePage:
        """Changed products, their variants, and pictures, by ``updatedAt``. Deletions do not show."""
        return read_changes(self, cursor, call)

    def parse_notice(self, headers: Mapping[str, str], body: bytes) -> Notice:  # noqa: ARG002 - the protocol's.
        """What a webhook plugin of the shop says has changed; deletions, too."""
        return read_notice(body, self.asset_types())

    def rendition(
        self,
        asset: Asset,
        *,
        width: int | None = None,
        height: int | None = None,
        encoding_format: str | None = None,
        focal_point: FocalPoint | None = None,
    ) -> Rendition | None:
        """Of a picture, or of the first picture of a product."""
        shot = shot_of(asset)
        if shot is None:
            return None
        return render(
            shot,
            style=self.config.renditions,
            presets=read_presets(self.config.presets),
            width=width,
            height=height,
            encoding_format=encoding_format,
            focal_point=focal_point,
        )
