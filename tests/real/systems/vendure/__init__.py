"""Vendure with SQLite: products with variants, in euros and, in a channel of its own, in francs.

Source: https://docs.vendure.io/reference/graphql-api/admin/mutations/
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from tests.real.systems import npm
from tests.real.systems.pictures import jpeg
from tests.real.systems.programs import Program
from tests.real.systems.system import Key, Running, Seeded, System

__all__ = ["SWISS_CHANNEL", "RunningVendure", "Vendure"]

SWISS_CHANNEL = "meridian-ch"
"""The token of the second channel: francs, German first, and one product less."""

PRODUCTS: Sequence[tuple[str, str, str, Mapping[str, int]]] = (
    # Name, what it is called in German, category, and price in cents by variant.
    ("Sea-salt massage", "Meersalzmassage", "Spa", {"60 minutes": 9_500, "90 minutes": 14_500}),
    ("Hammam ritual", "Hamam-Ritual", "Spa", {"": 7_800}),
    ("Harbour breakfast", "Hafenfrühstück", "Dining", {"": 2_450}),
    ("Harbour cruise", "Hafenrundfahrt", "Tours", {"Adult": 3_900, "Child": 1_950}),
    ("Lighthouse tour", "Leuchtturmführung", "Tours", {"": 1_200}),
    ("Late check-out", "Später Check-out", "Rooms", {"": 4_000}),
    ("Captain’s table", "Kapitänstisch", "Dining", {"": 11_000}),
)
NOT_IN_SWITZERLAND = "Captain’s table"
FOCAL_POINT = {"x": 0.25, "y": 0.75}
VOUCHERS = tuple(f"Voucher {n:03}" for n in range(1, 114))
_READS = ["Authenticated", "ReadCatalog"]


class RunningVendure(Running):
    """Products of the default channel and, but for one, of the Swiss one.

    Attributes:
        key: Logs in as an administrator who only reads; ``api_key`` is an API key of the same.
        narrow_key: Logs in for the Swiss channel only.
    """

    cannot: ClassVar[Mapping[str, str]] = {
        "restore": "Vendure marks a product as deleted and has no way to take the mark away."
    }
    health = "health"
    added_kind = "product"
    key = Key("hub@example.test", "hub-may-read")
    wrong_key = Key("hub@example.test", "not-this-one")
    narrow_key = Key("swiss@example.test", "swiss-may-read-most")
    _admin = Key("admin", "admin-may-everything")

    def __init__(self, software: Path, data: Path, port: int) -> None:
        super().__init__(software, data, port)
        self._tokens: dict[Key, str] = {}
        server = Path(__file__).with_name("server.js")
        self._program = Program(
            [str(npm.node(software)), *npm.LOOPBACK_ONLY, str(server)],
            folder=data,
            log=data / "vendure.log",
            environment={
                "NODE_PATH": str(software / "node_modules"),
                "REAL_PORT": str(port),
                "REAL_DATA": str(data),
                "REAL_NEW": str(int(not (data / "vendure.sqlite3").exists())),
                "VENDURE_DISABLE_TELEMETRY": "true",
            },
        )

    @property
    def api_key(self) -> str:
        """What ``key`` reads with, without logging in: sent as ``vendure-api-key``."""
        return self.notes["api_key"]

    @property
    def unreadable(self) -> str:  # type: ignore[override]
        return next(one.id for one in self.seeded if one.title == NOT_IN_SWITZERLAND)

    def boot(self) -> None:
        self._tokens.clear()
        self._program.start(self.answers, within_s=self.start_within_s)

    def halt(self, *, gently: bool) -> None:
        if gently:
            self._program.stop()
        else:
            self._program.kill()

    @property
    def version(self) -> str:
        package = self.software / "node_modules" / "@vendure" / "core" / "package.json"
        return str(json.loads(package.read_text())["version"])

    def seed(self) -> Sequence[Seeded]:
        swiss = self._shop()
        facet_values = self._categories()
        tax = self.admin('mutation{createTaxCategory(input:{name:"Standard",isDefault:true}){id}}')
        self._tax_rate(tax["createTaxCategory"]["id"])
        picture = self._picture("massage.jpg", (1600, 1000))
        for name, german, category, prices in PRODUCTS:
            self._product(name, german, prices, facets=[facet_values[category]])
        products = self._everything()
        massage = next(one.id for one in products if one.title == PRODUCTS[0][0])
        self._update(massage, featuredAssetId=picture, assetIds=[picture])
        for name in VOUCHERS:
            self._product(name, "", {"": 5_000})
        seeded = self._everything()
        abroad = [one.id for one in seeded if one.title != NOT_IN_SWITZERLAND]
        self.admin(
            "mutation($i:AssignProductsToChannelInput!){assignProductsToChannel(input:$i){id}}",
            i={"productIds": abroad, "channelId": swiss, "priceFactor": 1.1},
        )
        self._people(swiss)
        self._settle()
        return seeded

    def read(self, id: str, key: Key | None = None) -> str | None:
        query = "query($id:ID!){product(id:$id){name}}"
        channel = SWISS_CHANNEL if key == self.narrow_key else None
        answer = self._ask(query, {"id": id}, token=self._log_in(key or self.key), channel=channel)
        product = (answer.get("data") or {}).get("product")
        return str(product["name"]) if product else None

    def refuses(self, key: Key) -> bool:
        return not self._log_in(key)

    def shows(self, id: str) -> bool:
        query = "query($id:ID!){product(id:$id){name}}"
        return self._ask(query, {"id": id}, api="shop-api")["data"]["product"] is not None

    def add(self, title: str) -> str:
        return self._product(title, "", {"": 1_000})

    def edit(self, id: str, title: str) -> None:
        self._update(id, translations=[_translation("en", title)])

    def hide(self, id: str) -> None:
        self._update(id, enabled=False)

    def publish(self, id: str) -> None:
        self._update(id, enabled=True)

    def delete(self, id: str) -> None:
        self.admin("mutation($id:ID!){deleteProduct(id:$id){result message}}", id=id)

    def set_price(self, id: str, cents: int) -> None:
        """Give the first variant of a product another price. The product's own time stays as it is."""
        product = self.admin("query($id:ID!){product(id:$id){variants{id}}}", id=id)["product"]
        self.admin(
            "mutation($i:[UpdateProductVariantInput!]!){updateProductVariants(input:$i){id}}",
            i=[{"id": product["variants"][0]["id"], "price": cents}],
        )

    def admin(self, query: str, channel: str | None = None, /, **variables: Any) -> Any:
        """Ask the admin API as the administrator; errors that come with status 200 are errors too."""
        answer = self._ask(query, variables, token=self._log_in(self._admin), channel=channel)
        if answer.get("errors"):
            raise RuntimeError(f"{query[:80]}: {answer['errors']}")
        return answer["data"]

    def _ask(
        self,
        query: str,
        variables: Mapping[str, Any],
        *,
        api: str = "admin-api",
        token: str = "",
        channel: str | None = None,
    ) -> Any:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        headers |= {"vendure-token": channel} if channel else {}
        body = {"query": query, "variables": variables}
        answer = self.ask(
            "POST", api, params={"languageCode": "en"}, json=body, headers=headers, accept=(200, 400)
        )
        return answer.json()

    def _log_in(self, key: Key) -> str:
        """A token; empty if the key is refused."""
        if key not in self._tokens:
            query = "mutation($u:String!,$p:String!){login(username:$u,password:$p){__typename}}"
            body = {"query": query, "variables": {"u": key.user, "p": key.secret}}
            answer = self.ask("POST", "admin-api", json=body)
            self._tokens[key] = answer.headers.get("vendure-auth-token", "")
        return self._tokens[key]

    # The seed.

    def _shop(self) -> str:
        """Languages, countries, taxes' zones and two channels; the id of the second."""
        self.admin("mutation{updateGlobalSettings(input:{availableLanguages:[en,de]}){__typename}}")
        country = self.admin(
            "mutation($t:[CountryTranslationInput!]!)"
            '{createCountry(input:{code:"CH",enabled:true,translations:$t}){id}}',
            t=[{"languageCode": "en", "name": "Switzerland"}],
        )
        zone = self.admin(
            'mutation($m:[ID!]){createZone(input:{name:"Home",memberIds:$m}){id}}',
            m=[country["createCountry"]["id"]],
        )["createZone"]["id"]
        self._zone = zone
        own = self.admin("{activeChannel{id}}")["activeChannel"]["id"]
        common = {"defaultTaxZoneId": zone, "defaultShippingZoneId": zone, "pricesIncludeTax": True}
        euros = {
            "defaultLanguageCode": "en",
            "defaultCurrencyCode": "EUR",
            "availableCurrencyCodes": ["EUR"],
            "availableLanguageCodes": ["en", "de"],
        }
        self.admin(
            "mutation($i:UpdateChannelInput!){updateChannel(input:$i){__typename}}",
            i={"id": own, **common, **euros},
        )
        francs = {
            "code": "switzerland",
            "token": SWISS_CHANNEL,
            "defaultLanguageCode": "de",
            "defaultCurrencyCode": "CHF",
            "availableCurrencyCodes": ["CHF"],
            "availableLanguageCodes": ["de", "en"],
        }
        made = self.admin(
            "mutation($i:CreateChannelInput!){createChannel(input:$i){...on Channel{id}}}",
            i={**common, **francs},
        )
        return str(made["createChannel"]["id"])

    def _tax_rate(self, category: str) -> None:
        self.admin(
            "mutation($i:CreateTaxRateInput!){createTaxRate(input:$i){id}}",
            i={
                "name": "VAT",
                "enabled": True,
                "value": 8.1,
                "categoryId": category,
                "zoneId": self._zone,
            },
        )

    def _categories(self) -> dict[str, str]:
        """A facet value for each category."""
        names = list(dict.fromkeys(category for _, _, category, _ in PRODUCTS))
        values = [
            {"code": name.lower(), "translations": [{"languageCode": "en", "name": name}]} for name in names
        ]
        made = self.admin(
            "mutation($i:CreateFacetInput!){createFacet(input:$i){values{id code}}}",
            i={
                "code": "category",
                "isPrivate": False,
                "values": values,
                "translations": [{"languageCode": "en", "name": "Category"}],
            },
        )
        ids = {one["code"]: one["id"] for one in made["createFacet"]["values"]}
        return {name: ids[name.lower()] for name in names}

    def _product(
        self, name: str, german: str, prices: Mapping[str, int], *, facets: Sequence[str] = ()
    ) -> str:
        translations = [_translation("en", name), *([_translation("de", german)] if german else [])]
        made = self.admin(
            "mutation($i:CreateProductInput!){createProduct(input:$i){id}}",
            i={"enabled": True, "facetValueIds": list(facets), "translations": translations},
        )
        product = str(made["createProduct"]["id"])
        options = self._options(product, name, [variant for variant in prices if variant])
        variants = [
            {
                "productId": product,
                "sku": f"SKU-{product}-{number}",
                "price": price,
                "optionIds": [options[variant]] if variant else [],
                "translations": [{"languageCode": "en", "name": f"{name} {variant}".strip()}],
            }
            for number, (variant, price) in enumerate(prices.items(), start=1)
        ]
        self.admin(
            "mutation($i:[CreateProductVariantInput!]!){createProductVariants(input:$i){id}}", i=variants
        )
        return product

    def _options(self, product: str, name: str, variants: Sequence[str]) -> dict[str, str]:
        """The ids of a product's options by name; it may have none."""
        if not variants:
            return {}
        made = self.admin(
            "mutation($i:CreateProductOptionGroupInput!)"
            "{createProductOptionGroup(input:$i){id options{id code}}}",
            i={
                "code": f"kind-{product}",
                "translations": [{"languageCode": "en", "name": f"Kind of {name}"}],
                "options": [
                    {"code": variant, "translations": [{"languageCode": "en", "name": variant}]}
                    for variant in variants
                ],
            },
        )["createProductOptionGroup"]
        self.admin(
            "mutation($p:ID!,$g:ID!){addOptionGroupToProduct(productId:$p,optionGroupId:$g){id}}",
            p=product,
            g=made["id"],
        )
        return {one["code"]: one["id"] for one in made["options"]}

    def _picture(self, name: str, size: tuple[int, int]) -> str:
        """Upload a picture, with a focal point; its id."""
        query = "mutation($i:[CreateAssetInput!]!){createAssets(input:$i){...on Asset{id}}}"
        made = self.ask(
            "POST",
            "admin-api",
            headers={
                "Authorization": f"Bearer {self._log_in(self._admin)}",
                "Apollo-Require-Preflight": "true",
            },
            files={
                "operations": (None, json.dumps({"query": query, "variables": {"i": [{"file": None}]}})),
                "map": (None, json.dumps({"0": ["variables.i.0.file"]})),
                "0": (name, jpeg(size), "image/jpeg"),
            },
        ).json()
        asset = str(made["data"]["createAssets"][0]["id"])
        self.admin(
            "mutation($i:UpdateAssetInput!){updateAsset(input:$i){id}}",
            i={"id": asset, "focalPoint": FOCAL_POINT},
        )
        return asset

    def _people(self, swiss: str) -> None:
        """Who only reads: in each channel, and in the Swiss one."""
        own = self.admin("{activeChannel{id}}")["activeChannel"]["id"]
        assert self.narrow_key
        for key, channels in ((self.key, [own, swiss]), (self.narrow_key, [swiss])):
            role = self.admin(
                "mutation($i:CreateRoleInput!){createRole(input:$i){id}}",
                i={"code": key.user, "description": "Reads", "permissions": _READS, "channelIds": channels},
            )
            self.admin(
                "mutation($i:CreateAdministratorInput!){createAdministrator(input:$i){id}}",
                i={
                    "firstName": "One",
                    "lastName": "Hub",
                    "emailAddress": key.user,
                    "password": key.secret,
                    "roleIds": [role["createRole"]["id"]],
                },
            )
            if key == self.key:
                self._make_api_key(role["createRole"]["id"])

    def _make_api_key(self, role: str) -> None:
        made = self._ask(
            "mutation($i:CreateApiKeyInput!){createApiKey(input:$i){apiKey}}",
            {"i": {"roleIds": [role], "translations": [{"languageCode": "en", "name": "Onevoice"}]}},
            token=self._log_in(self._admin),
        )
        self.notes["api_key"] = made["data"]["createApiKey"]["apiKey"]

    def _update(self, id: str, **fields: Any) -> None:
        self.admin("mutation($i:UpdateProductInput!){updateProduct(input:$i){id}}", i={"id": id, **fields})

    def _everything(self) -> list[Seeded]:
        return [Seeded(one["id"], "product", one["name"]) for one in self._all_products()]

    def _all_products(self) -> Iterator[Any]:
        query = "query($o:ProductListOptions){products(options:$o){totalItems items{id name}}}"
        skip, total = 0, 1
        while skip < total:
            page = self.admin(query, o={"take": 100, "skip": skip, "sort": {"id": "ASC"}})["products"]
            yield from page["items"]
            skip, total = skip + 100, page["totalItems"]

    def _settle(self) -> None:
        """Make the search index, and wait until that is done."""
        self.admin("mutation{reindex{id}}")
        query = "{jobs(options:{filter:{isSettled:{eq:false}}}){totalItems}}"
        end = time.monotonic() + 2 * self.start_within_s
        while self.admin(query)["jobs"]["totalItems"]:
            if time.monotonic() > end:
                raise RuntimeError("Vendure's search index does not fill")
            time.sleep(0.2)


class Vendure(System):
    """Vendure from npm."""

    name = "vendure"
    title = "Vendure"
    version = "3.7.3"
    locks = npm.LOCKS
    running_class = RunningVendure

    def ensure_machine(self) -> None:
        npm.ensure_npm()

    def build_software(self, place: Path) -> None:
        npm.install(place, self.folder, native=("better-sqlite3",))


def _translation(language: str, name: str) -> dict[str, str]:
    slug = "-".join("".join(c if c.isalnum() else " " for c in name.lower()).split())
    about = {"en": f"About: {name}", "de": f"Über: {name}"}[language]
    return {"languageCode": language, "name": name, "slug": slug, "description": about}
