"""Vendure's own connector, and the generic GraphQL connector set up for it, against the real Vendure."""

import io
import time
from contextlib import closing

import pytest
import requests
from PIL import Image

from connectors.graphql.connector import GraphqlConnector
from connectors.graphql.settings import GraphqlConfig
from connectors.sdk import (
    AccessDeniedError,
    Asset,
    Call,
    Change,
    ConfigurationError,
    Missing,
    MissingReason,
    Ref,
)
from connectors.vendure.connector import VendureConnector
from connectors.vendure.settings import VendureConfig
from tests.real.suite import LOOPBACK, Collection, NotApplicable, RealSuite
from tests.real.systems import Key
from tests.real.systems.vendure import FOCAL_POINT, SWISS_CHANNEL

HIDDEN, GONE, UNKNOWN = (
    Missing(reason) for reason in (MissingReason.HIDDEN, MissingReason.GONE, MissingReason.UNKNOWN)
)
MASSAGE, CRUISE, TABLE = "Sea-salt massage", "Harbour cruise", "Captain’s table"


def call(locale: str = "en") -> Call:
    return Call.within(20, locale=locale)


def the(running, title) -> Ref:
    return Ref("Product", next(one.id for one in running.seeded if one.title == title))


class OfVendure:
    """What both connectors see of it."""

    system = "vendure"
    unknown = Ref("Product", "99999")
    search_word = "harbour"
    search_hits = ("Harbour breakfast", "Harbour cruise")
    deletions_told = NotApplicable("Vendure has no hooks, and its lists do not show what was deleted.")

    def key_of(self, running):
        return Key("", running.api_key)

    def ref_of(self, seeded):
        return Ref("Product", seeded.id)


class TestVendure(OfVendure, RealSuite):
    hooks_sent = NotApplicable("Vendure's core sends no hooks; a plugin does, which is not installed here.")
    collections = (
        Collection("Product", {"facet": "Spa"}, ["Sea-salt massage", "Hammam ritual"]),
        Collection("Product", {"facet": "category:tours", "sort": "cheapest"}, ["Lighthouse tour", CRUISE]),
        Collection("Product", {"search": "harbour"}, ["Harbour breakfast", "Harbour cruise"]),
        Collection("Product", {"search": "voucher"}, [f"Voucher {n:03}" for n in range(1, 114)]),
    )
    picture = MASSAGE
    formats = ("image/webp", "image/png", "image/jpeg", "image/avif")
    # What is not sold in a channel is told from what is gone: the default channel holds everything.
    forbidden_as = MissingReason.HIDDEN

    def make_connector(self, url, key, egress, **settings):
        given = {"base_url": url, "api_key": key.secret, "asset_library": False, **settings}
        return VendureConnector(VendureConfig(**given), egress=egress)

    def make_narrow(self, running):
        """The same key, in the channel of a locale."""
        return self.open(running, channels={"en": SWISS_CHANNEL})

    def open(self, running, **settings):
        return self.make_connector(running.base_url, self.key_of(running), LOOPBACK, **settings)

    @pytest.fixture
    def connect(self, running):
        opened = []

        def make(**settings):
            opened.append(self.open(running, **settings))
            return opened[-1]

        yield make
        for one in opened:
            one.close()

    def test_a_product_has_its_variants_prices_and_picture(self, connect, running):
        ref = the(running, MASSAGE)
        asset = connect().fetch([ref], call())[ref]
        assert asset.fields["offers"] == {
            "price": "95.00",
            "priceCurrency": "EUR",
            "lowPrice": "95.00",
            "highPrice": "145.00",
            "offerCount": 2,
            "availability": asset.fields["offers"]["availability"],
        }
        variants = asset.fields["extra"]["variants"]
        assert sorted(one["price"] for one in variants) == ["145.00", "95.00"]
        assert asset.fields["extra"]["picture"] == {"width": 1600, "height": 1000, "focalPoint": FOCAL_POINT}
        assert asset.fields["keywords"] == ["Spa"]
        without = connect(prices_with_tax=False).fetch([ref], call())[ref]
        assert without.fields["offers"]["lowPrice"] == "87.88"

    def test_a_locale_has_its_channel_its_francs_and_its_language(self, connect, running):
        connector = connect(channels={"de-CH": SWISS_CHANNEL})
        ref, table = the(running, MASSAGE), the(running, TABLE)
        answers = connector.fetch([ref, table], call("de-CH"))
        assert answers[ref].fields["name"] == "Meersalzmassage"
        assert answers[ref].fields["offers"]["priceCurrency"] == "CHF"
        assert answers[ref].fields["offers"]["price"] == "104.50"
        assert answers[table] == HIDDEN
        german = connector.fetch([ref, table], call("de"))
        assert german[ref].fields["name"] == "Meersalzmassage"
        assert german[ref].fields["offers"]["priceCurrency"] == "EUR"
        assert isinstance(german[table], Asset)
        found = connector.search("hafen", (), None, call("de-CH")).assets
        assert {asset.fields["name"] for asset in found} == {"Hafenfrühstück", "Hafenrundfahrt"}

    def test_a_key_for_one_channel_cannot_tell_and_drops_nothing(self, running):
        code = running.narrow_key.user
        roles = running.admin(
            "query($o:RoleListOptions){roles(options:$o){items{id}}}", o={"filter": {"code": {"eq": code}}}
        )["roles"]["items"]
        made = running.admin(
            "mutation($i:CreateApiKeyInput!){createApiKey(input:$i){apiKey}}",
            SWISS_CHANNEL,
            i={"roleIds": [roles[0]["id"]], "translations": [{"languageCode": "en", "name": "Swiss"}]},
        )["createApiKey"]
        key, massage, table = Key("", made["apiKey"]), the(running, MASSAGE), the(running, TABLE)
        with closing(self.make_connector(running.base_url, key, LOOPBACK, channel=SWISS_CHANNEL)) as swiss:
            swiss.check(call())
            answers = swiss.fetch([massage, table], call())
            assert isinstance(answers[massage], Asset)
            assert answers[table] == UNKNOWN
        with (
            closing(self.make_connector(running.base_url, key, LOOPBACK)) as elsewhere,
            pytest.raises(AccessDeniedError),
        ):
            elsewhere.fetch([massage], call())

    def test_a_new_price_is_told_by_a_poll(self, connect, running, added):
        connector = connect()
        cursor = connector.changes_since(None, call()).cursor
        running.set_price(added.external_id, 4_321)
        told, end = [], time.monotonic() + 30
        while Change(added) not in told and time.monotonic() < end:
            page = connector.changes_since(cursor, call())
            told += page.changes
            cursor = page.cursor
        assert Change(added) in told
        assert connector.fetch([added], call())[added].fields["offers"]["price"] == "43.21"

    def test_a_currency_without_a_price_costs_only_the_offer(self, connect, running, added):
        def currencies(*codes):
            own = running.admin("{activeChannel{id}}")["activeChannel"]["id"]
            running.admin(
                "mutation($i:UpdateChannelInput!){updateChannel(input:$i){__typename}}",
                i={"id": own, "availableCurrencyCodes": ["EUR", *codes]},
            )

        def price_in_yen(id, amount):
            product = running.admin("query($id:ID!){product(id:$id){variants{id}}}", id=id)["product"]
            running.admin(
                "mutation($i:[UpdateProductVariantInput!]!){updateProductVariants(input:$i){id}}",
                i=[
                    {"id": one["id"], "prices": [{"currencyCode": "JPY", "price": amount}]}
                    for one in product["variants"]
                ],
            )

        currencies("JPY")
        try:
            price_in_yen(added.external_id, 5_000)
            connector = connect(currencies={"ja": "JPY"})
            connector.check(call())
            others = [the(running, MASSAGE), the(running, CRUISE)]
            answers = connector.fetch([*others, added], call("ja"))
            assert answers[added].fields["offers"] == {
                "price": "5000",
                "priceCurrency": "JPY",
                "availability": answers[added].fields["offers"]["availability"],
            }
            assert ["offers" in answers[ref].fields for ref in others] == [False, False]
        finally:
            currencies()
        with pytest.raises(ConfigurationError, match=r"\(currencies: ja\)"):
            connector.check(call())

    def test_pictures_of_the_library_can_be_linked(self, connect):
        connector = connect(asset_library=True)
        connector.check(call())
        (picture,) = connector.search("massage", ("ImageObject",), None, call()).assets
        assert (picture.fields["width"], picture.fields["height"]) == (1600, 1000)
        assert picture.fields["extra"]["focalPoint"] == FOCAL_POINT
        assert connector.fetch([picture.ref], call())[picture.ref] == picture
        strange = Ref("ImageObject", "99999")
        assert connector.fetch([picture.ref, strange], call())[strange] == GONE
        rendition = connector.rendition(picture, width=400, height=400, encoding_format="image/webp")
        data = requests.get(rendition.url, timeout=20).content
        with Image.open(io.BytesIO(data)) as image:
            assert (image.size, image.format) == ((400, 400), "WEBP")
        assert f"fpx={FOCAL_POINT['x']}&fpy={FOCAL_POINT['y']}" in rendition.url

    def test_named_sizes_are_those_that_the_asset_server_makes(self, connect, running):
        connector = connect(renditions="presets")
        asset = connector.fetch([the(running, MASSAGE)], call())[the(running, MASSAGE)]
        for width in (100, 400, 700, 3000):
            rendition = connector.rendition(asset, width=width)
            with Image.open(io.BytesIO(requests.get(rendition.url, timeout=20).content)) as image:
                assert image.size == (rendition.width, rendition.height)

    def test_without_a_key_the_shop_api_answers_what_visitors_see(self, connect, running, added):
        shop = connect(api_key="")
        shop.check(call())
        keyed = connect()
        for ref in (the(running, MASSAGE), the(running, CRUISE)):
            public, full = (one.fetch([ref], call())[ref].fields for one in (shop, keyed))
            assert public["offers"] == full["offers"]
            assert public["name"] == full["name"]
        running.hide(added.external_id)
        assert shop.fetch([added], call())[added] == GONE
        assert keyed.fetch([added], call())[added] == HIDDEN
        assert not [one for one in shop.search("", (), None, call()).assets if one.ref == added]
        assert not [one for one in keyed.search("", (), None, call()).assets if one.ref == added]


PRODUCT = """
fragment product on Product {
  id name slug description enabled updatedAt languageCode
  featuredAsset { preview }
  variants { sku priceWithTax currencyCode }
}
"""
LISTED = "{ totalItems items { ...product } } } " + PRODUCT
GRAPHQL = {
    "auth": "header",
    "key_name": "vendure-api-key",
    "type": "Product",
    "mapping": {
        "name": "name",
        "description": "description",
        "image": "featuredAsset.preview",
        "sku": "variants[0].sku",
        "offers.price": "minor_units(min(variants[].priceWithTax), `2`)",
        "offers.priceCurrency": "variants[0].currencyCode",
    },
    "lang": "languageCode",
    "updated_at": "updatedAt",
    "get_document": "query ($id: ID!) { product(id: $id) { ...product } }" + PRODUCT,
    "batch_document": "query ($ids: [String!], $count: Int) "
    "{ products(options: {take: $count, filter: {id: {in: $ids}}}) " + LISTED,
    "absent_means": "gone",
    "hidden_when": "enabled == `false`",
    "list_document": "query ($count: Int, $offset: Int) { products(options: "
    "{take: $count, skip: $offset, sort: {createdAt: DESC}}) " + LISTED,
    "search_document": "query ($query: String, $count: Int, $offset: Int) { products(options: "
    "{take: $count, skip: $offset, filter: {name: {contains: $query}}}) " + LISTED,
    "paging": "offset",
    "query_document": "query ($words: String!, $count: Int, $offset: Int) { products(options: "
    "{take: $count, skip: $offset, filter: {name: {contains: $words}}, sort: {name: ASC}}) " + LISTED,
    "changes_document": "query ($since: DateTime!, $count: Int, $offset: Int) { products(options: "
    "{take: $count, skip: $offset, filter: {updatedAt: {after: $since}}, sort: {id: ASC}}) "
    "{ totalItems items { id updatedAt } } }",
    "extra_params": {"languageCode": "{lang}"},
}


class TestGraphql(OfVendure, RealSuite):
    """The generic connector, with nothing but settings."""

    collections = (
        Collection("Product", {"words": "harbour"}, ["Harbour breakfast", "Harbour cruise"]),
        Collection("Product", {"words": "Voucher 0"}, [f"Voucher {n:03}" for n in range(1, 100)]),
    )
    # It has no second channel to look into, so that what is not in this one is gone from it.
    forbidden_as = MissingReason.GONE

    def make_connector(self, url, key, egress, **settings):
        given = {**GRAPHQL, "base_url": f"{url}/admin-api", "key": key.secret, **settings}
        return GraphqlConnector(GraphqlConfig(**given), egress=egress)

    def make_narrow(self, running):
        """The Shop API of the channel."""
        address, headers = f"{running.base_url}/shop-api", {"vendure-token": SWISS_CHANNEL}
        return self.open(running, base_url=address, auth="none", extra_headers=headers)

    def open(self, running, **settings):
        return self.make_connector(running.base_url, self.key_of(running), LOOPBACK, **settings)

    def test_fields_are_mapped_and_the_language_is_that_of_the_locale(self, connector, running):
        ref = the(running, MASSAGE)
        asset = connector.fetch([ref], call("de-CH"))[ref]
        assert asset.fields["name"] == "Meersalzmassage"
        assert asset.fields["offers"] == {"price": "95.00", "priceCurrency": "EUR"}
        assert asset.lang == "de"
        assert asset.fields["image"][0].startswith(f"{running.base_url}/assets/preview/")

    def test_one_by_one_a_null_is_gone(self, running, added):
        with closing(self.open(running, batch_document="", absent_means="unknown")) as single:
            assert isinstance(single.fetch([added], call())[added], Asset)
            running.delete(added.external_id)
            answers = single.fetch([added, the(running, CRUISE)], call())
            assert answers[added] == GONE
            assert isinstance(answers[the(running, CRUISE)], Asset)

    def test_a_query_that_vendure_refuses_is_named(self, running):
        document = GRAPHQL["list_document"].replace("slug", "slug\n  colour")
        with (
            closing(self.open(running, list_document=document)) as wrong,
            pytest.raises(
                ConfigurationError, match=r"GRAPHQL_VALIDATION_FAILED at line .* \(list_document\)"
            ),
        ):
            wrong.check(call())

    def test_a_size_that_is_too_large_is_named(self, running):
        document = GRAPHQL["list_document"].replace("take: $count", "take: 5000").replace("$count: Int, ", "")
        with (
            closing(self.open(running, list_document=document)) as wrong,
            pytest.raises(ConfigurationError, match=r"USER_INPUT_ERROR \(list_document\)"),
        ):
            wrong.check(call())
