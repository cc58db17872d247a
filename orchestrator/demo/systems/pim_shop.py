"""What one GraphQL request sees of the product catalogue.

Documents are read and run by :func:`connectors.sdk.testing.graphql.run`; here are the fields that it
finds: plain data, and functions where there are arguments.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from connectors.sdk.testing.graphql import InvalidError, RefusedError
from orchestrator.demo.systems.messages import Request
from orchestrator.demo.systems.pim_pictures import picture_row
from orchestrator.demo.systems.records import Record

__all__ = ["LIMITS", "Shop"]

LIMITS = {"shop-api": 100, "admin-api": 1000}
_CHANNEL, _CURRENCY, _LANGUAGES = "meridian-channel", "EUR", ("en", "de")
_TAX_PER_CENT = 19

Row = dict[str, Any]


class Shop:
    """Meridian's one channel, by one of the two APIs. ``is_known`` says that the key is right."""

    def __init__(self, records: Sequence[Record], request: Request, *, api: str, is_known: bool) -> None:
        self._limit = LIMITS[api]
        self._is_admin = api == "admin-api"
        self._is_known = is_known
        self._request = request
        self._site = f"{request.address}/pim"
        language = request.query.get("languageCode", "")
        self._language = language if language in _LANGUAGES else _LANGUAGES[0]
        self._records = records
        # A value's id is its place among all that there are, on whatever products.
        self._facets = _facets_of(records)

    def root(self) -> dict[str, Callable[..., Any]]:
        """The fields of a query."""
        fields = {"products": self._products, "search": self._search, "facets": self._list_facets}
        if self._is_admin:
            fields |= {"productVariants": self._list_variants, "assets": self._assets}
        fields["product"] = self._product
        return {name: self._guarded(field) for name, field in fields.items()}

    def _guarded(self, field: Callable[..., Any]) -> Callable[..., Any]:
        def resolve(**arguments: Any) -> Any:
            self._check_market()
            if self._is_admin and not self._is_known:
                raise RefusedError("FORBIDDEN", "You are not currently authorized to perform this action")
            return field(**arguments)

        return resolve

    def _check_market(self) -> None:
        token = self._request.headers.get("vendure-token", _CHANNEL)
        if token != _CHANNEL:
            raise RefusedError("CHANNEL_NOT_FOUND", f'No Channel with the token "{token}" could be found')
        currency = self._request.query.get("currencyCode", _CURRENCY)
        if currency != _CURRENCY:
            message = f'The currency "{currency}" is not available in the current Channel'
            raise RefusedError("USER_INPUT_ERROR", message)

    def _seen(self) -> list[Record]:
        """Visitors do not see what is not for sale."""
        return [
            record
            for record in self._records
            if not record.deleted and (self._is_admin or record.values["enabled"] == "yes")
        ]

    def _product(self, id: str | None = None) -> Row | None:
        return next((self._told(record) for record in self._seen() if record.id == str(id)), None)

    def _products(self, options: Mapping[str, Any] | None = None) -> Row:
        return self._window([self._told(record) for record in self._seen()], options)

    def _list_variants(self, options: Mapping[str, Any] | None = None) -> Row:
        return self._window([row for record in self._seen() for row in self._variants(record)], options)

    def _assets(self, options: Mapping[str, Any] | None = None) -> Row:
        # A picture that several products show is one of the library.
        firsts = {record.values["scene"]: record for record in reversed(self._records)}
        return self._window([self._asset(record) for record in reversed(firsts.values())], options)

    def _list_facets(self, options: Mapping[str, Any] | None = None) -> Row:
        codes = dict.fromkeys(facet for facet, _ in self._facets)
        rows = [
            {
                "id": str(number),
                "code": code,
                "name": code.capitalize(),
                "values": [self._facet_value(*one) for one in self._facets if one[0] == code],
            }
            for number, code in enumerate(codes, start=1)
        ]
        return self._window(rows, options)

    def _search(self, input: Mapping[str, Any]) -> Row:
        words = str(input.get("term") or "").lower().split()
        collection = input.get("collectionSlug")
        facets = {one.get("and") for one in input.get("facetValueFilters") or ()}
        rows = [
            self._told(record)
            for record in self._seen()
            if all(word in self._searchable(record) for word in words)
            and (not collection or collection in record.values["categories"])
            and facets <= {self._facets[one] for one in _facet_values(record)}
        ]
        for name, direction in (input.get("sort") or {}).items():
            rows.sort(key=_price if name == "price" else _name, reverse=direction == "DESC")
        skip, take = int(input.get("skip") or 0), int(input.get("take") or 10)
        return {"totalItems": len(rows), "items": [_hit(row) for row in rows[skip : skip + take]]}

    def _searchable(self, record: Record) -> str:
        values = record.values
        texts = (self._text(record, "name"), self._text(record, "description"), *values["categories"])
        return " ".join((*texts, *(variant["sku"] for variant in values["variants"]))).lower()

    def _window(self, rows: list[Row], options: Mapping[str, Any] | None) -> Row:
        options = options or {}
        take = int(options.get("take") or self._limit)
        if take > self._limit:
            message = f"Cannot take more than {self._limit} results from a list query"
            raise RefusedError("USER_INPUT_ERROR", message)
        found = [row for row in rows if _matches(row, options.get("filter") or {})]
        for name, direction in reversed((options.get("sort") or {"id": "ASC"}).items()):
            found.sort(key=lambda row, by=name: _sortable(_field(row, by)), reverse=direction == "DESC")
        skip = int(options.get("skip") or 0)
        return {"totalItems": len(found), "items": found[skip : skip + take]}

    # How things are told.

    def _told(self, record: Record) -> Row:
        values = record.values
        asset = self._asset(record)
        return {
            "__typename": "Product",
            "id": record.id,
            "name": self._text(record, "name"),
            "slug": values["variants"][0]["sku"].lower(),
            "languageCode": self._language,
            "description": f"<p>{self._text(record, 'description')}</p>",
            "enabled": values["enabled"] == "yes",
            "createdAt": _written(record.created_at),
            "updatedAt": _written(record.updated_at),
            "featuredAsset": asset,
            "assets": [asset],
            "facetValues": [
                self._facet_value(*one) | {"facet": {"code": one[0], "name": one[0].capitalize()}}
                for one in _facet_values(record)
            ],
            "collections": [{"name": slug.capitalize(), "slug": slug} for slug in values["categories"]],
            "variants": self._variants(record),
        }

    def _variants(self, record: Record) -> list[Row]:
        return [self._variant(record, number) for number in range(len(record.values["variants"]))]

    def _variant(self, record: Record, number: int) -> Row:
        values = record.values
        variant = values["variants"][number]
        gross = _cents(values["price"]) + _cents(variant.get("surcharge", "0"))
        option = variant.get("option")
        name = self._text(record, "name")
        return {
            "__typename": "ProductVariant",
            "id": str(100 * int(record.id) + number),
            "productId": record.id,
            "name": f"{name} {option}" if option else name,
            "sku": variant["sku"],
            "updatedAt": _written(record.updated_at),
            "stockLevel": "IN_STOCK",
            "currencyCode": _CURRENCY,
            "price": round(Decimal(gross * 100) / (100 + _TAX_PER_CENT)),
            "priceWithTax": gross,
            "options": [{"name": option, "group": {"name": values["group"]}}] if option else [],
            # The Admin API alone has this field of a variant.
            **({"enabled": True} if self._is_admin else {}),
        }

    def _asset(self, record: Record) -> Row:
        uploaded = _written(min(one.created_at for one in self._records))
        return picture_row(record.values["scene"], record.values["focal"], self._site, uploaded)

    def _facet_value(self, facet: str, value: str) -> Row:
        code = value.lower().replace(" ", "-")
        return {"id": self._facets[facet, value], "code": code, "name": value}

    def _text(self, record: Record, name: str) -> str:
        return record.values[f"{name}_de" if self._language == "de" else name]


_OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": lambda held, value: bool(held == value),
    "in": lambda held, value: held in value,
    "contains": lambda held, value: str(value).lower() in str(held).lower(),
    "after": lambda held, value: datetime.fromisoformat(held) > datetime.fromisoformat(value),
    "before": lambda held, value: datetime.fromisoformat(held) < datetime.fromisoformat(value),
}


def _matches(row: Row, wanted: Mapping[str, Any]) -> bool:
    return all(
        _OPERATORS[operator](_field(row, name), value)
        for name, conditions in wanted.items()
        for operator, value in conditions.items()
    )


def _field(row: Row, name: str) -> Any:
    if name not in row:
        raise InvalidError("BAD_USER_INPUT", f'Field "{name}" is not defined by the type of this input.')
    return row[name]


def _sortable(value: Any) -> Any:
    return int(value) if isinstance(value, str) and value.isdecimal() else value


def _hit(row: Row) -> Row:
    return {
        "productId": row["id"],
        "productName": row["name"],
        "slug": row["slug"],
        "sku": row["variants"][0]["sku"],
        "productAsset": {"preview": row["featuredAsset"]["preview"]},
    }


def _name(row: Row) -> str:
    return str(row["name"]).lower()


def _price(row: Row) -> int:
    return min(variant["priceWithTax"] for variant in row["variants"])


def _facets_of(records: Sequence[Record]) -> dict[tuple[str, str], str]:
    values = dict.fromkeys(one for record in records for one in _facet_values(record))
    return {one: str(number) for number, one in enumerate(values, start=1)}


def _facet_values(record: Record) -> list[tuple[str, str]]:
    """Facet and value: what it is, and how long it takes."""
    minutes = record.values["minutes"]
    duration = [("duration", f"{minutes} minutes")] if minutes else []
    return [("kind", record.values["kind"].capitalize()), *duration]


def _cents(amount: str) -> int:
    return int(Decimal(amount) * 100)


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
