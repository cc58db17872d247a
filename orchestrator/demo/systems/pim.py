"""The product catalogue: an Akeneo-like dialect.

Envelope ``_embedded.items`` with ``_links``, article numbers as ids, the next page as an address with
``search_after``, a key in a header, prices as texts, local times with their offset, and a plain 404.
"""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta, timezone
from typing import Any
from urllib.parse import quote, urlencode

from orchestrator.demo.systems import pictures
from orchestrator.demo.systems.messages import Request, Response, json_response
from orchestrator.demo.systems.records import Column, Hook, Manual, Record, System

_ZONE = timezone(timedelta(hours=1))
_PREFIX = "/api/rest/v1"


class ProductCatalogue(System):
    """Meridian's PIM."""

    slug = "pim"
    name = "Product catalogue"
    style = "A PIM's dialect: key in a header, prices as text, pages by “search after”."
    columns = (
        Column("name", "Name"),
        Column("name_de", "Name (German)"),
        Column("price", "Price", "price"),
        Column("description", "Description", "long"),
        Column("description_de", "Description (German)", "long"),
    )
    sends_hooks = True

    def __init__(self, *, key: str, **options: Any) -> None:
        super().__init__(**options)
        self._key = key

    def answer(self, request: Request) -> Response:
        if request.path.startswith("/media/"):
            return self._media(request)
        if not hmac.compare_digest(request.headers.get("x-api-key", "").encode(), self._key.encode()):
            return _error(401, "Authentication is required")
        path = request.path.removeprefix(_PREFIX)
        if path == "/products":
            return self._list(request)
        collection, _, identifier = path.strip("/").partition("/")
        record = self.find(identifier) if collection == "products" else None
        if record is None or record.deleted:
            return _error(
                404, f'Product "{identifier}" does not exist or you do not have permission to access it.'
            )
        return json_response(self._product(record, request))

    def manual(self) -> Manual:
        entries = (
            ("Address", "{address}/pim/api/rest/v1"),
            ("How it knows us", "A key in a header of its own"),
            ("Name of the header or parameter", "X-Api-Key"),
            ("Key", self._key),
            ("Path of a list, newest first", "/products?locales={lang}"),
            ("Path of a search", "/products?q={query}&locales={lang}"),
            ("Place of the records in a list", "_embedded.items"),
            ("Path of one record", "/products/{id}?locales={lang}"),
            ("Place of the record in that answer", "@"),
            ("What it gives", "Product"),
            ("Id of a record", "identifier"),
        )
        credentials = f"-H 'X-Api-Key: {self._key}'"
        return Manual("REST", entries, credentials=credentials, example="/products/SPA-DAY?locales=en")

    def hook_for(self, record: Record, change: str) -> Hook:
        event = f"product.{change}"
        body = {"type": event, "timestamp": record.updated_at.isoformat(), "data": {"identifier": record.id}}
        return Hook(event, record.id, body)

    def _list(self, request: Request) -> Response:
        records = list(self._matching(request.query))
        after = request.query.get("search_after")
        if after:
            places = [place for place, record in enumerate(records) if record.id == after]
            if not places:
                return _error(422, 'The "search_after" parameter is not valid.')
            records = records[places[0] + 1 :]
        limit = request.number("limit", 10, most=100)
        page = records[:limit]
        links = {"self": {"href": self._page_address(request, {})}}
        if len(records) > limit:
            links["next"] = {"href": self._page_address(request, {"search_after": page[-1].id})}
        items = [self._product(record, request) for record in page]
        return json_response({"_links": links, "_embedded": {"items": items}})

    def _matching(self, query: dict[str, str]) -> list[Record]:
        records = list(self.records())
        if query.get("identifiers"):
            wanted = query["identifiers"].split(",")
            records = [record for record in records if record.id in wanted]
        if query.get("category"):
            records = [record for record in records if query["category"] in record.values["categories"]]
        if query.get("updated_since"):
            since = _read_time(query["updated_since"])
            records = [record for record in records if since is None or record.updated_at >= since]
        words = query.get("q", "").lower().split()
        return [record for record in records if all(word in _searchable(record) for word in words)]

    def _page_address(self, request: Request, changes: dict[str, str]) -> str:
        parameters = {**{name: value for name, value in request.query.items() if value}, **changes}
        return f"{request.address}/{self.slug}{_PREFIX}/products?{urlencode(parameters)}"

    def _product(self, record: Record, request: Request) -> dict[str, Any]:
        values = record.values
        media = f"{request.address}/{self.slug}/media/{quote(values['scene'])}.jpg"
        return {
            "identifier": record.id,
            "family": values["family"],
            "categories": values["categories"],
            "enabled": True,
            "values": {
                "name": _localised(values, "name", request),
                "description": _localised(values, "description", request),
                "price": [{"data": [{"amount": values["price"], "currency": values["currency"]}]}],
                "duration": [{"data": {"amount": values["minutes"], "unit": "MINUTE"}}]
                if values["minutes"]
                else [],
                "image": [{"data": f"{values['scene']}.jpg", "_links": {"download": {"href": media}}}],
            },
            "created": record.created_at.astimezone(_ZONE).isoformat(timespec="seconds"),
            "updated": record.updated_at.astimezone(_ZONE).isoformat(timespec="milliseconds"),
        }

    def _media(self, request: Request) -> Response:
        scene, _, ending = request.path.removeprefix("/media/").partition(".")
        if scene not in pictures.SCENES or ending not in pictures.FORMATS:
            return _error(404, "This media file does not exist.")
        width = request.number("width", 1200, most=1600)
        picture = pictures.rendition(scene, width=width, encoding=ending)
        kind = pictures.FORMATS[ending].lower()
        return Response(
            200, picture, {"Content-Type": f"image/{kind}", "Cache-Control": "public, max-age=86400"}
        )


def _localised(values: Any, name: str, request: Request) -> list[dict[str, Any]]:
    """Texts in the languages asked for with ``locales``, or in English if there is none in them."""
    texts = {"en": values[name], "de": values[f"{name}_de"]}
    wanted = request.query.get("locales", ",".join(texts)).split(",")
    languages = [language for language in texts if language in wanted] or ["en"]
    return [{"locale": language, "scope": None, "data": texts[language]} for language in languages]


def _searchable(record: Record) -> str:
    values = record.values
    texts = (record.id, values["name"], values["name_de"], values["description"], *values["categories"])
    return " ".join(texts).lower()


def _read_time(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=_ZONE)


def _error(status: int, message: str) -> Response:
    return json_response({"code": status, "message": message}, status=status)
