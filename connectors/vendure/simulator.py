"""A Vendure that answers as version 3.7.3 was recorded to: both APIs, errors with status 200, pictures.

The shop lives in memory. Documents are really read (:mod:`connectors.sdk.testing.graphql`), so that a
field which Vendure does not have is refused here as well. Two channels: the default one in dollars,
which can be asked for yen and dinars, and a Swiss one.

Run one by hand: ``python -m connectors.vendure.simulator``.
"""

from __future__ import annotations

import base64
import hashlib
import sys
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, NoReturn

from connectors.sdk.testing.graphql import InvalidError, RefusedError, graphql_answer
from connectors.sdk.testing.pictures import picture
from connectors.sdk.testing.simulator import SimAnswer, SimRequest, SimulatorServer
from connectors.vendure.simulated_shop import FACETS, Shop, SimAsset, SimProduct, SimVariant, slug_of

__all__ = ["API_KEY", "VendureSimulator"]

API_KEY = "lookup-id:api-key-s3cret"
TAX = 20  # Per cent.
LIMITS = {"shop-api": 100, "admin-api": 1000}


class VendureSimulator(SimulatorServer):
    """A shop, by both APIs, and its asset server."""

    def __init__(self) -> None:
        super().__init__()
        self.shop = Shop()
        self.api_key = API_KEY
        # A key is good in the default channel, and in the one in which it was made.
        self.key_channels = {""}

    def answer(self, request: SimRequest) -> SimAnswer:
        """Routes: ``/shop-api``, ``/admin-api``, ``/assets/...``."""
        if request.path.startswith("/assets/"):
            return self._picture(request)
        api = request.path.strip("/")
        if api not in LIMITS or request.method != "POST":
            return SimAnswer(404, {"Content-Type": "text/html"}, b"<pre>Cannot POST</pre>")
        answer = graphql_answer(request, _View(self, request, api).root(), headers=_HEADERS)
        digest = base64.b64encode(hashlib.sha1(answer.body, usedforsecurity=False).digest()).decode()
        tag = f'W/"{len(answer.body):x}-{digest.rstrip("=")}"'
        return SimAnswer(answer.status, {**answer.headers, "ETag": tag}, answer.body)

    def _picture(self, request: SimRequest) -> SimAnswer:
        name = request.path.rpartition("/")[2].replace("__preview.", ".")
        asset = next((one for one in self.shop.assets.values() if one.name == name), None)
        if asset is None:
            return SimAnswer(404, {"Content-Type": "text/html"}, b"Asset not found")
        width, height = _made_size(asset, request)
        red, green, blue = hashlib.sha256(asset.name.encode()).digest()[:3]
        wanted = f"image/{request.arg('format')}"
        media, data = picture(width, height, (red, green, blue), media_type=wanted)
        headers = {"Content-Type": media, "Cache-Control": "public, max-age=15552000"}
        return SimAnswer(200, headers, data)


class _View:
    """What one request sees: an API, a channel, a language, a currency."""

    def __init__(self, simulator: VendureSimulator, request: SimRequest, api: str) -> None:
        self.simulator, self.shop, self.request, self.api = simulator, simulator.shop, request, api
        self.is_admin = api == "admin-api"

    def root(self) -> dict[str, Callable[..., Any]]:
        """The query's fields."""
        shared = {
            "product": self._guarded(self._product),
            "products": self._guarded(self._products),
            "search": self._guarded(self._search),
            "facets": self._guarded(self._facets),
        }
        own = {"assets": self._guarded(self._assets), "productVariants": self._guarded(self._variants)}
        return {**shared, **(own if self.is_admin else {})}

    def _guarded(self, resolver: Callable[..., Any]) -> Callable[..., Any]:
        def resolve(**arguments: Any) -> Any:
            self._check_market()
            if self.is_admin and not self._is_known():
                raise RefusedError("FORBIDDEN", "You are not currently authorized to perform this action")
            return resolver(**arguments)

        return resolve

    def _is_known(self) -> bool:
        own = {name for name, channel in self.shop.channels.items() if channel is self.channel}
        key = self.request.headers.get("vendure-api-key")
        return key == self.simulator.api_key and bool(own & self.simulator.key_channels)

    def _check_market(self) -> None:
        token = self.request.headers.get("vendure-token", "")
        known = {channel.token: name for name, channel in self.shop.channels.items()}
        if token and token not in known:
            raise RefusedError("CHANNEL_NOT_FOUND", f'No Channel with the token "{token}" could be found')
        self.channel = self.shop.channels[known.get(token, "")]
        self.currency = self.request.arg("currencyCode") or self.channel.currencies[0]
        if self.currency not in self.channel.currencies:
            message = f'The currency "{self.currency}" is not available in the current Channel'
            raise RefusedError("USER_INPUT_ERROR", message)
        self.language = self.request.arg("languageCode") or self.channel.languages[0]

    def _seen(self) -> list[SimProduct]:
        everything = self.shop.products.values()
        return [
            one for one in everything if one.id in self.channel.products and (self.is_admin or one.enabled)
        ]

    def _product(self, id: str | None = None) -> Any:
        return next((self._tell(one) for one in self._seen() if one.id == id), None)

    def _products(self, options: Mapping[str, Any] | None = None) -> Any:
        return self._list([self._tell(one) for one in self._seen()], options)

    def _variants(self, options: Mapping[str, Any] | None = None) -> Any:
        told = [self._tell_variant(variant, one) for one in self._seen() for variant in one.variants]
        return self._list(told, options)

    def _assets(self, options: Mapping[str, Any] | None = None) -> Any:
        return self._list([self._tell_asset(one) for one in self.shop.assets.values()], options)

    def _facets(self, options: Mapping[str, Any] | None = None) -> Any:
        codes = dict.fromkeys(facet for facet, _ in FACETS.values())
        told = [
            {"id": str(n), "code": code, "name": code.capitalize(), "values": _values_of(code)}
            for n, code in enumerate(codes, start=1)
        ]
        return self._list(told, options)

    def _search(self, input: Mapping[str, Any]) -> Any:
        words, collection = str(input.get("term") or "").lower(), input.get("collectionSlug")
        wanted = {one.get("and") for one in input.get("facetValueFilters") or ()}
        if collection:
            wanted.add("1" if collection == "oak-things" else "none")
        found = [
            one
            for one in self._seen()
            if words in f"{one.name(self.language)} {one.variants[0].sku}".lower()
            and wanted <= set(one.facets)
        ]
        for name, direction in (input.get("sort") or {}).items():
            found.sort(key=lambda one, by=name: self._rank(one, by), reverse=direction == "DESC")  # type: ignore[misc]
        skip, take = int(input.get("skip") or 0), int(input.get("take") or 10)
        items = [self._tell_hit(one) for one in found[skip : skip + take]]
        return {"totalItems": len(found), "items": items}

    def _rank(self, product: SimProduct, by: str) -> Any:
        lowest = min(variant.prices.get(self.currency, 0) for variant in product.variants)
        return product.name(self.language) if by == "name" else lowest

    def _list(self, rows: Iterable[Mapping[str, Any]], options: Mapping[str, Any] | None) -> Any:
        options = options or {}
        for name in options.keys() - _OPTIONS:
            _refuse_field(name)
        take, limit = int(options.get("take") or LIMITS[self.api]), LIMITS[self.api]
        if take > limit:
            message = f"Cannot take more than {limit} results from a list query"
            raise RefusedError("USER_INPUT_ERROR", message)
        found = [row for row in rows if _matches(row, options.get("filter") or {})]
        # In the order of the schema, whatever order is asked for: "id" comes first.
        order = sorted((options.get("sort") or {"id": "ASC"}).items(), key=lambda one: one[0] != "id")
        for name, direction in reversed(order):
            found.sort(key=lambda row, by=name: _sortable(row[by]), reverse=direction == "DESC")  # type: ignore[misc]
        skip = int(options.get("skip") or 0)
        return {"totalItems": len(found), "items": found[skip : skip + take]}

    # How things are told.

    def _tell(self, product: SimProduct) -> dict[str, Any]:
        asset = self._tell_asset(self.shop.assets[product.asset])
        language = self.language if self.language in product.names else self.channel.languages[0]
        language = language if language in product.names else "en"
        shown = [one for one in product.variants if self.is_admin or one.enabled]
        oak = {"id": "2", "name": "Oak things", "slug": "oak-things"}
        return {
            "__typename": "Product",
            "id": product.id,
            "name": product.name(language),
            "slug": slug_of(product.name(language)),
            "languageCode": language,
            "description": f"<p>About: {product.name(language)}</p>",
            "enabled": product.enabled,
            "createdAt": _written(product.created),
            "updatedAt": _written(product.updated),
            "featuredAsset": asset,
            "assets": [asset],
            "facetValues": [_value(value) | {"facet": _facet(value)} for value in product.facets],
            "collections": [oak] if "1" in product.facets else [],
            "variants": [self._tell_variant(one, product) for one in shown],
        }

    def _tell_variant(self, variant: SimVariant, product: SimProduct) -> dict[str, Any]:
        option = {"code": variant.size.lower(), "name": variant.size, "group": {"name": "Size"}}
        return {
            "__typename": "ProductVariant",
            "id": variant.id,
            "productId": product.id,
            "name": f"{product.name(self.language)} {variant.size}",
            "sku": variant.sku,
            "updatedAt": _written(variant.updated),
            "stockLevel": variant.stock,
            "currencyCode": lambda: self._amount(variant) is not None and self.currency,
            "price": lambda: self._amount(variant),
            "priceWithTax": lambda: self._amount(variant) * (100 + TAX) // 100,
            "options": [option] if len(product.variants) > 1 else [],
            # The Admin API alone has this field of a variant.
            **({"enabled": variant.enabled} if self.is_admin else {}),
        }

    def _amount(self, variant: SimVariant) -> int:
        if self.currency not in variant.prices:
            message = f'No price information was found for ProductVariant ID "{variant.id}" in the Channel.'
            raise RefusedError("INTERNAL_SERVER_ERROR", message)
        return variant.prices[self.currency]

    def _tell_asset(self, asset: SimAsset) -> dict[str, Any]:
        host = f"http://{self.request.headers.get('host', '127.0.0.1')}/assets"
        stem, _, ending = asset.name.rpartition(".")
        return {
            "__typename": "Asset",
            "id": asset.id,
            "name": asset.name,
            "type": "IMAGE" if asset.media.startswith("image/") else "BINARY",
            "mimeType": asset.media,
            "fileSize": asset.width * asset.height // 2,
            "width": asset.width,
            "height": asset.height,
            "preview": f"{host}/preview/c2/{stem}__preview.{ending}",
            "source": f"{host}/source/ed/{asset.name}",
            "focalPoint": asset.focal,
            "tags": [{"value": "seed"}],
            "createdAt": _written(asset.updated),
            "updatedAt": _written(asset.updated),
        }

    def _tell_hit(self, product: SimProduct) -> dict[str, Any]:
        asset = self._tell_asset(self.shop.assets[product.asset])
        return {
            "productId": product.id,
            "productName": product.name(self.language),
            "slug": slug_of(product.name(self.language)),
            "sku": product.variants[0].sku,
            "productAsset": {"preview": asset["preview"]},
            **({"enabled": product.enabled} if self.is_admin else {}),
        }


_HEADERS = {
    "Vary": "Origin",
    "Access-Control-Expose-Headers": "vendure-auth-token",
    "cache-control": "no-store",
}
_OPTIONS = frozenset({"skip", "take", "sort", "filter", "filterOperator"})
_PRESETS = {"tiny": 50, "thumb": 150, "small": 300, "medium": 500, "large": 800}
_OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": lambda held, value: bool(held == value),
    "in": lambda held, value: held in value,
    "contains": lambda held, value: str(value).lower() in str(held).lower(),
    "after": lambda held, value: datetime.fromisoformat(held) > datetime.fromisoformat(value),
}


def _matches(row: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    for name, conditions in wanted.items():
        if name not in row:
            _refuse_field(name)
        if not all(_OPERATORS[operator](row[name], value) for operator, value in conditions.items()):
            return False
    return True


def _refuse_field(name: str) -> NoReturn:
    raise InvalidError("BAD_USER_INPUT", f'Field "{name}" is not defined by the type of this input.')


def _sortable(value: Any) -> Any:
    return int(value) if isinstance(value, str) and value.isdecimal() else value


def _written(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _value(id: str) -> dict[str, Any]:
    _, code = FACETS[id]
    return {"id": id, "code": code, "name": code.capitalize()}


def _facet(value: str) -> dict[str, str]:
    code, _ = FACETS[value]
    return {"code": code, "name": code.capitalize()}


def _values_of(facet: str) -> list[dict[str, Any]]:
    return [_value(one) for one, (code, _) in FACETS.items() if code == facet]


def _made_size(asset: SimAsset, request: SimRequest) -> tuple[int, int]:
    """What the asset server makes. It enlarges, too."""
    side = _PRESETS.get(request.arg("preset"), 0)
    width, height = int(request.arg("w") or side), int(request.arg("h") or side)
    crops = request.arg("mode") == "crop" or request.arg("preset") in ("tiny", "thumb")
    if width and height and crops:
        return width, height
    scale = min(width / asset.width if width else 1e9, height / asset.height if height else 1e9)
    return (
        (round(asset.width * scale), round(asset.height * scale))
        if scale < 1e9
        else (asset.width, asset.height)
    )


if __name__ == "__main__":
    sys.stdout.write(f"{VendureSimulator().start().url}\n")
