"""The product catalogue: Vendure's dialect.

GraphQL by two APIs, one for everybody and one by a key in a header; errors with status 200; ids that are
numbers; prices in cents; what is disabled beside what is deleted; pictures in any size with the point that
must stay visible. Vendure sends no hooks by itself: here a plugin does, as many shops have one.

Other than in Vendure a new price changes the time of the product, too, not only that of its variants.

Source: https://docs.vendure.io/current/core/reference/graphql-api/ and recorded answers.
"""

from __future__ import annotations

import hmac
import json
from typing import Any

from connectors.sdk.testing.graphql import run
from orchestrator.demo.systems.messages import Request, Response, json_response
from orchestrator.demo.systems.pim_pictures import picture_file
from orchestrator.demo.systems.pim_shop import LIMITS, Shop
from orchestrator.demo.systems.records import Column, Hook, Manual, Record, System

KEY_HEADER = "vendure-api-key"


class ProductCatalogue(System):
    """Meridian's shop: what guests can book and buy."""

    slug = "pim"
    name = "Product catalogue"
    style = (
        "Vendure's dialect: GraphQL, also for errors, which come with status 200; prices in cents. Vendure "
        "has no hooks of its own: a plugin of Meridian's sends these."
    )
    columns = (
        Column("name", "Name"),
        Column("name_de", "Name (German)"),
        Column("price", "Price", "price"),
        Column("enabled", "For sale", "choice", choices=("yes", "no")),
        Column("description", "Description", "long"),
        Column("description_de", "Description (German)", "long"),
    )
    sends_hooks = True

    def __init__(self, *, key: str, **options: Any) -> None:
        super().__init__(**options)
        self._key = key

    def answer(self, request: Request) -> Response:
        if request.path.startswith("/assets/"):
            return picture_file(request)
        if request.path.startswith("/dashboard/products/"):
            return Response(302, b"", {"Location": f"/edit/pim/{request.path.rpartition('/')[2]}"})
        api = request.path.strip("/")
        if api not in LIMITS or request.method != "POST":
            page = f"<pre>Cannot {request.method} {api}</pre>".encode()
            return Response(404, page, {"Content-Type": "text/html; charset=utf-8"})
        return self._run(api, request)

    def manual(self) -> Manual:
        entries = (("Address", "{address}/pim"), ("API key", self._key))
        body = '{"query": "{ product(id: 12) { name variants { id sku priceWithTax currencyCode } } }"}'
        credentials = f"-H '{KEY_HEADER}: {self._key}'"
        return Manual("Vendure", entries, credentials=credentials, example="/admin-api", body=body)

    def hook_for(self, record: Record, change: str) -> Hook:
        event = "ProductEvent"
        return Hook(event, record.id, {"event": event, "type": change, "products": [record.id]})

    def also_called(self, record: Record) -> str:
        """The article numbers of its variants."""
        return ", ".join(variant["sku"] for variant in record.values["variants"])

    def _run(self, api: str, request: Request) -> Response:
        try:
            asked = json.loads(request.body)
            document, variables = asked["query"], asked.get("variables") or {}
        except (ValueError, KeyError, TypeError):
            return json_response({"errors": [{"message": "No query."}]}, status=400)
        shop = Shop(self.all_records(), request, api=api, is_known=self._is_known(request))
        answer, valid = run(document, variables, shop.root())
        return json_response(
            answer,
            status=200 if valid else 400,
            content_type="application/json; charset=utf-8",
            Cache_Control="no-store",
        )

    def _is_known(self, request: Request) -> bool:
        return hmac.compare_digest(request.headers.get(KEY_HEADER, "").encode(), self._key.encode())
