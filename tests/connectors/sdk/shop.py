"""A small made-up system with every capability, and its connector: what the SDK is tested with."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from pydantic import BaseModel, Field, SecretStr

from connectors.sdk import (
    Asset,
    AssetPage,
    BadResponseError,
    Call,
    Change,
    ChangePage,
    ConnectorConfig,
    FocalPoint,
    Identifier,
    Missing,
    MissingReason,
    Notice,
    Picture,
    Ref,
    Rendition,
    Unchanged,
)
from connectors.sdk.renditions import not_larger, scaled_into
from connectors.sdk.rest import RestConnector
from connectors.sdk.testing.pictures import made_size, picture
from connectors.sdk.testing.simulator import SimAnswer, SimRequest, SimulatorServer, json_answer
from connectors.sdk.types import canonical

TOKEN = "t0ken-in-a-header"
KEY = "k3y-in-the-query"
SIZE = (640, 480)  # Of each picture.
PAGE = 4


class ShopConfig(ConnectorConfig):
    base_url: str = Field(title="Address")
    token: SecretStr = Field(title="Token")
    key: SecretStr = Field(title="Key")


class Item(BaseModel):
    id: str
    title: str
    price: float
    picture: str
    state: str
    version: int
    changed: datetime


class Listing(BaseModel):
    items: list[Item]
    next: str | None = None


class Shop(RestConnector[ShopConfig]):
    name = "Shop"
    description = "Sells nothing."
    config_class = ShopConfig
    types = ("Product",)
    identifier_kinds = ("loyalty_id",)

    def base_url(self) -> str:
        return self.config.base_url

    def headers(self) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {self.config.token.get_secret_value()}"}

    def auth_params(self) -> Mapping[str, str]:
        return {"key": self.config.key.get_secret_value()}

    def check(self, call: Call) -> None:
        self.get("products", Listing, call)

    def fetch(self, refs: Sequence[Ref], call: Call) -> Mapping[Ref, Asset | Missing | Unchanged]:
        wanted = [ref for ref in refs if ref.type == "Product" and ref.external_id.replace("-", "").isalnum()]
        if not wanted:
            return {ref: Missing(MissingReason.GONE) for ref in refs}
        listing = self.get("products", Listing, call, params={"id": [ref.external_id for ref in wanted]})
        found = {Ref("Product", item.id): item for item in listing.items}
        return {ref: self._judge(found.get(ref), ref, call) for ref in refs}

    def _judge(self, item: Item | None, ref: Ref, call: Call) -> Asset | Missing | Unchanged:
        if item is None:
            return Missing(MissingReason.GONE)
        if item.state != "live":
            return Missing(MissingReason(item.state))
        if call.validators.get(ref) == str(item.version):
            return Unchanged()
        return self._asset(item)

    def _asset(self, item: Item) -> Asset:
        fields = {
            "name": item.title,
            "image": item.picture,
            "offers": {"price": item.price, "priceCurrency": "EUR"},
        }
        return Asset(
            ref=Ref("Product", item.id),
            fields=canonical("Product", fields),
            updated_at=item.changed,
            validator=str(item.version),
            protected=True,
        )

    def search(self, query: str, types: Sequence[str], cursor: str | None, call: Call) -> AssetPage:
        if types and "Product" not in types:
            return AssetPage(())
        return self._page({"q": query, "after": cursor}, call)

    def query_schema(self) -> Mapping[str, Any]:
        return {"type": "object", "properties": {"q": {"type": "string", "title": "Words"}}}

    def query(
        self, type: str, query: Mapping[str, Any], limit: int, cursor: str | None, call: Call
    ) -> AssetPage:
        return self._page({"q": query.get("q"), "after": cursor, "limit": limit}, call)

    def _page(self, params: Mapping[str, Any], call: Call) -> AssetPage:
        listing = self.get("products", Listing, call, params=params)
        return AssetPage([self._asset(item) for item in listing.items], listing.next)

    def find(self, identifiers: Sequence[Identifier], call: Call) -> Mapping[Identifier, Asset | Missing]:
        if not identifiers:
            return {}
        found = self.post_json("people", [one.value for one in identifiers], call)
        if not isinstance(found, dict):
            raise BadResponseError(f"{self.name}: POST people: not an object")
        return {
            one: Asset(Ref("Person", one.value), canonical("Person", {"name": str(found[one.value])}))
            if found.get(one.value)
            else Missing(MissingReason.GONE)
            for one in identifiers
        }

    def erase(self, identifier: Identifier, call: Call) -> Mapping[str, Any]:
        answer = self.request("DELETE", "people", call, json=[identifier.value])
        return self.parse(Erased, answer.json()).model_dump()

    def parse_notice(self, headers: Mapping[str, str], body: bytes) -> Notice:
        try:
            ids = json.loads(body)["ids"]
            return Notice(refs=tuple(Ref("Product", str(one)) for one in ids))
        except (ValueError, KeyError, TypeError, RecursionError):
            raise BadResponseError(f"{self.name}: the notice is not readable") from None

    def changes_since(self, cursor: str | None, call: Call) -> ChangePage:
        found = self.get("changes", Changes, call, params={"since": cursor})
        return ChangePage([Change(Ref("Product", one)) for one in found.ids], found.now)

    def rendition(
        self,
        asset: Asset,
        *,
        width: int | None = None,
        height: int | None = None,
        encoding_format: str | None = None,
        focal_point: FocalPoint | None = None,
    ) -> Rendition | None:
        size = not_larger((width, height), SIZE)
        asked = {"w": size[0], "h": size[1], "type": (encoding_format or "").rpartition("/")[2] or None}
        query = urlencode({name: value for name, value in asked.items() if value})
        address = asset.fields["image"][0]
        made = size if width and height else scaled_into(size, SIZE)
        return Rendition(
            f"{address}?{query}" if query else address, *made, encoding_format or "image/png", protected=True
        )

    def open_picture(self, url: str, call: Call) -> Picture:
        return self.stream(url, call)

    def sample(self, call: Call) -> Mapping[str, Any]:
        items = self.get("products", Listing, call).items
        return items[0].model_dump(mode="json") if items else {}


class Erased(BaseModel):
    erased: int


class Changes(BaseModel):
    ids: list[str]
    now: str


class ShopSimulator(SimulatorServer):
    """Holds ten products, two of them with "spa" in their titles."""

    def __init__(self) -> None:
        super().__init__()
        self.items = {f"p-{n}": self.item(f"p-{n}", "Spa day" if n in (2, 5) else "Towel") for n in range(10)}
        self.people = {"M-1": "Ada"}
        self.log: list[str] = []
        self.refused: set[str] = set()

    def item(self, id: str, title: str) -> dict[str, Any]:
        return {
            "id": id,
            "title": f"{title} {id}",
            "price": 12.5,
            "state": "live",
            "version": 1,
            "changed": "2026-11-21T10:00:00Z",
        }

    def change(self, id: str, **values: Any) -> None:
        with self.lock:
            self.items[id] |= {**values, "version": self.items[id]["version"] + 1}
            self.log.append(id)

    def answer(self, request: SimRequest) -> SimAnswer:
        if request.headers.get("authorization") != f"Bearer {TOKEN}" or request.arg("key") != KEY:
            return json_answer({"error": "who are you?"}, status=401)
        if request.path == "/products":
            return self.products(request)
        if request.path == "/people":
            return self.persons(request)
        if request.path == "/changes":
            since = int(request.arg("since") or len(self.log))
            return json_answer({"ids": self.log[since:], "now": str(len(self.log))})
        if request.path.startswith("/pictures/"):
            size = made_size(SIZE, int(request.arg("w") or 0), int(request.arg("h") or 0))
            media, data = picture(*size, (9, 9, 9), media_type=f"image/{request.arg('type')}")
            return SimAnswer(200, {"Content-Type": media}, data)
        return json_answer({"error": "no such thing"}, status=404)

    def persons(self, request: SimRequest) -> SimAnswer:
        if request.method == "DELETE":
            return json_answer({"erased": sum(bool(self.people.pop(one, None)) for one in request.json())})
        return json_answer({one: self.people.get(one) for one in request.json()})

    def products(self, request: SimRequest) -> SimAnswer:
        pictured = [
            {**one, "picture": f"http://{request.headers['host']}/pictures/{one['id']}.png"}
            for one in self.items.values()
        ]
        if "id" in request.query:
            return json_answer({"items": [one for one in pictured if one["id"] in request.query["id"]]})
        word = request.arg("q").lower()
        found = [one for one in pictured if word in one["title"].lower() and one["state"] == "live"]
        start, size = int(request.arg("after") or 0), int(request.arg("limit") or PAGE)
        end = start + size
        return json_answer({"items": found[start:end], "next": str(end) if end < len(found) else None})
