"""What only Vendure does."""

import json
import struct
from dataclasses import replace
from datetime import UTC, timedelta

import pytest
from pydantic import ValidationError

from connectors.sdk import (
    AccessDeniedError,
    Asset,
    BadResponseError,
    Call,
    Change,
    ConfigurationError,
    FocalPoint,
    Missing,
    MissingReason,
    Notice,
    Ref,
    TransientError,
)
from connectors.sdk.connector import Egress
from connectors.sdk.testing.graphql import RefusedError
from connectors.vendure.connector import VendureConnector
from connectors.vendure.renditions import DEFAULT_PRESETS
from connectors.vendure.settings import VendureConfig
from connectors.vendure.simulated_shop import SWISS
from connectors.vendure.simulator import API_KEY, VendureSimulator

LOOPBACK = Egress(allowed_hosts=frozenset({"127.0.0.1"}))
CHAIR, LAMP, SOFA = (Ref("Product", str(n)) for n in (1, 2, 3))
GONE, HIDDEN, UNKNOWN = (
    Missing(reason) for reason in (MissingReason.GONE, MissingReason.HIDDEN, MissingReason.UNKNOWN)
)


def call(locale: str = "en") -> Call:
    return Call.within(5, locale=locale)


@pytest.fixture
def vendure():
    with VendureSimulator() as simulator:
        yield simulator


@pytest.fixture
def connect(vendure):
    opened = []

    def make(**settings):
        given = {"base_url": vendure.url, "api_key": API_KEY, **settings}
        opened.append(VendureConnector(VendureConfig(**given), egress=LOOPBACK))
        return opened[-1]

    yield make
    for connector in opened:
        connector.close()


def fetch_one(connector, ref, locale="en"):
    return connector.fetch([ref], call(locale))[ref]


def offers(connector, ref, locale="en"):
    return fetch_one(connector, ref, locale).fields.get("offers")


# Products


def test_a_product_has_its_variants_inside(vendure, connect):
    asset = fetch_one(connect(product_url="https://shop.example.com/{lang}/{slug}"), CHAIR)
    assert asset.fields["name"] == "Red Chair"
    assert asset.fields["description"] == "<p>About: Red Chair</p>"
    assert asset.fields["url"] == "https://shop.example.com/en/red-chair"
    assert asset.fields["image"] == [f"{vendure.url}/assets/source/ed/red-chair.png"]
    assert asset.fields["brand"] == {"name": "Nordwald"}
    assert asset.fields["keywords"] == ["Oak"]
    assert asset.fields["category"] == "Oak things"
    assert "sku" not in asset.fields
    assert asset.fields["extra"]["facets"] == {"material": ["Oak"], "brand": ["Nordwald"]}
    assert asset.fields["extra"]["variants"][1] == {
        "id": "101",
        "name": "Red Chair M",
        "sku": "SKU-1-1",
        "options": {"Size": "M"},
        "price": "71.88",
        "priceCurrency": "USD",
        "availability": "InStock",
    }
    assert asset.updated_at.tzinfo is UTC or asset.updated_at.utcoffset().total_seconds() == 0
    assert asset.edit_url == f"{vendure.url}/dashboard/products/1"
    assert not asset.protected


def test_the_only_variant_s_number_is_the_product_s(connect):
    assert fetch_one(connect(), LAMP).fields["sku"] == "SKU-2-0"


def test_people_edit_where_the_dashboard_is(connect):
    asset = fetch_one(connect(dashboard_url="https://admin.example.com/shop/"), CHAIR)
    assert asset.edit_url == "https://admin.example.com/shop/products/1"


def test_a_disabled_product_is_hidden_with_a_key_and_gone_without(vendure, connect):
    vendure.shop.change("1", enabled=False)
    assert fetch_one(connect(), CHAIR) == HIDDEN
    assert fetch_one(connect(api_key=""), CHAIR) == GONE


def test_a_disabled_product_is_neither_found_nor_listed(vendure, connect):
    vendure.shop.change("2", enabled=False)
    connector = connect()
    assert connector.search("lamp", ("Product",), None, call()).assets == []
    page = connector.query("Product", {"sort": "name"}, 50, None, call())
    assert LAMP not in [asset.ref for asset in page.assets]


def test_a_disabled_variant_is_no_offer(vendure, connect):
    first, second = vendure.shop.products["1"].variants
    vendure.shop.change("1", variants=(type(first)(**{**_fields(first), "enabled": False}), second))
    connector = connect()
    assert offers(connector, CHAIR)["price"] == "71.88"
    assert offers(connector, CHAIR) == offers(connect(api_key=""), CHAIR)


def test_a_product_without_variants_has_no_offer(vendure, connect):
    vendure.shop.change("1", variants=())
    assert offers(connect(), CHAIR) is None


def test_a_channel_that_shows_nothing_drops_nothing(vendure, connect):
    vendure.shop.channels[SWISS].products.clear()
    vendure.key_channels.add(SWISS)
    assert fetch_one(connect(channel=SWISS), CHAIR) == UNKNOWN
    assert fetch_one(connect(channels={"en": SWISS}), CHAIR) == UNKNOWN


def test_what_is_not_in_the_channel_is_hidden_and_what_is_nowhere_is_gone(vendure, connect):
    vendure.shop.channels[SWISS].products.remove("1")
    connector = connect(channels={"de-CH": SWISS})
    answers = connector.fetch([CHAIR, LAMP, Ref("Product", "999")], call("de-CH"))
    assert answers[CHAIR] == HIDDEN
    assert isinstance(answers[LAMP], Asset)
    assert answers[Ref("Product", "999")] == GONE
    assert isinstance(fetch_one(connector, CHAIR), Asset)


def test_a_key_of_one_channel_only_cannot_tell_why_another_lacks_something(vendure, connect):
    vendure.shop.channels[SWISS].products.remove("1")
    vendure.key_channels = {SWISS}
    answers = connect(channel=SWISS).fetch([CHAIR, LAMP], call())
    assert answers[CHAIR] == UNKNOWN
    assert isinstance(answers[LAMP], Asset)


def test_a_channel_of_a_locale_is_read_as_visitors_see_it(vendure, connect):
    vendure.shop.change("2", enabled=False)
    connector = connect(channels={"de-CH": SWISS})
    answers = connector.fetch([CHAIR, LAMP], call("de-CH"))
    assert isinstance(answers[CHAIR], Asset)
    assert answers[LAMP] == HIDDEN
    asked = [(request.path, request.headers.get("vendure-token")) for request in vendure.requests]
    assert asked == [("/shop-api", SWISS), ("/admin-api", None)]
    assert "vendure-api-key" not in vendure.requests[0].headers


def test_a_key_that_was_made_elsewhere_is_told_so(connect):
    with pytest.raises(AccessDeniedError, match=r"FORBIDDEN \(a key is good in the channel"):
        connect(channel=SWISS).check(call())


def test_a_filter_that_is_not_read_proves_nothing(vendure, connect):
    class Deaf(VendureSimulator):
        def answer(self, request):
            body = json.loads(request.body)
            options = body["variables"].get("options") or {}
            options.pop("filter", None)
            changed = type(request)(
                request.method, request.path, request.query, request.headers, json.dumps(body).encode()
            )
            return super().answer(changed)

    with Deaf() as deaf:
        connector = connect(base_url=deaf.url)
        absent = Ref("Product", "999")
        assert connector.fetch([CHAIR, absent], call())[absent] == UNKNOWN


def test_one_unreadable_product_does_not_cost_the_others(vendure, connect):
    vendure.shop.change("1", names={"en": ""})
    answers = connect().fetch([CHAIR, LAMP], call())
    assert CHAIR not in answers
    assert isinstance(answers[LAMP], Asset)


def test_ids_that_vendure_cannot_have_are_gone_without_a_call(vendure, connect):
    refs = [Ref("Product", external_id) for external_id in ("..", "1,2", "", "1 OR 1=1")]
    assert connect().fetch(refs, call()) == dict.fromkeys(refs, GONE)
    assert not vendure.requests


# Prices and markets


def test_prices_come_in_major_units_with_a_range(connect):
    assert offers(connect(), CHAIR) == {
        "price": "59.88",
        "priceCurrency": "USD",
        "lowPrice": "59.88",
        "highPrice": "71.88",
        "offerCount": 2,
        "availability": "InStock",
    }
    assert offers(connect(), LAMP) == {
        "price": "35.88",
        "priceCurrency": "USD",
        "availability": "InStock",
    }


def test_prices_can_come_without_tax(connect):
    assert offers(connect(prices_with_tax=False), CHAIR)["price"] == "49.90"


@pytest.mark.parametrize(
    ("currency", "decimals", "price"),
    [
        ("JPY", "currency", "4990"),
        ("KWD", "currency", "49.900"),
        ("JPY", "2", "49.90"),
        ("USD", "3", "4.990"),
    ],
)
def test_decimals_are_those_of_the_currency_or_of_the_settings(connect, currency, decimals, price):
    connector = connect(currencies={"en": currency}, prices_with_tax=False, price_decimals=decimals)
    assert offers(connector, CHAIR)["price"] == price
    assert offers(connector, CHAIR)["priceCurrency"] == currency


def test_a_locale_has_its_channel_its_currency_and_its_language(vendure, connect):
    connector = connect(channels={"de-CH": SWISS}, currencies={"ja": "JPY"}, languages={"de-CH": "de"})
    swiss = fetch_one(connector, CHAIR, "de-CH")
    assert (swiss.fields["name"], swiss.lang) == ("Roter Stuhl", "de")
    assert swiss.fields["offers"]["priceCurrency"] == "CHF"
    german = fetch_one(connector, CHAIR, "de-AT")
    assert (german.fields["name"], german.fields["offers"]["priceCurrency"]) == ("Roter Stuhl", "USD")
    japanese = fetch_one(connector, CHAIR, "ja-JP")
    assert (japanese.lang, japanese.fields["offers"]["priceCurrency"]) == ("en", "JPY")


def test_one_product_without_a_price_in_the_currency_costs_only_its_own_offer(vendure, connect):
    vendure.shop.price("2", "JPY", None)
    connector = connect(currencies={"ja": "JPY"})
    refs = [Ref("Product", one) for one in vendure.shop.products]
    answers = connector.fetch(refs, call("ja"))
    assert all(isinstance(answers[ref], Asset) for ref in refs)
    assert [ref for ref in refs if "offers" not in answers[ref].fields] == [LAMP]
    assert len(vendure.requests) < 2 * len(refs)
    page = connector.search("lamp", ("Product",), None, call("ja"))
    assert [asset.ref for asset in page.assets] == [LAMP]


def test_another_internal_error_is_the_server_s(vendure, connect, monkeypatch):
    def broken(**_):
        raise RefusedError("INTERNAL_SERVER_ERROR", "No database.")

    monkeypatch.setattr("connectors.vendure.simulator._View._products", lambda *_, **__: broken())
    with pytest.raises(TransientError):
        connect().fetch([CHAIR, LAMP], call())
    assert len(vendure.requests) == 1


@pytest.mark.parametrize(
    ("level", "word"),
    [
        ("IN_STOCK", "InStock"),
        ("LOW_STOCK", "LimitedAvailability"),
        ("OUT_OF_STOCK", "OutOfStock"),
        ("7", "InStock"),
        ("0", "OutOfStock"),
        ("a few", None),
    ],
)
def test_stock_becomes_availability(vendure, connect, level, word):
    vendure.shop.stock("1", level)
    assert offers(connect(), CHAIR).get("availability") == word


# Checking


@pytest.mark.parametrize(
    ("settings", "kind", "told"),
    [
        ({"api_key": "wrong"}, AccessDeniedError, "FORBIDDEN"),
        ({"channel": "no-such"}, ConfigurationError, "CHANNEL_NOT_FOUND"),
        ({"channels": {"de-CH": "no-such"}}, ConfigurationError, r"CHANNEL_NOT_FOUND \(channels: de-CH\)"),
        ({"currencies": {"de": "EUR"}}, ConfigurationError, r"USER_INPUT_ERROR \(currencies: de\)"),
        ({"admin_path": "elsewhere"}, ConfigurationError, "HTTP 404"),
    ],
)
def test_the_check_says_what_is_wrong_and_where(connect, settings, kind, told):
    with pytest.raises(kind, match=told) as wrong:
        connect(**settings).check(call())
    assert "no-such" not in str(wrong.value)


def test_a_vendure_without_search_is_told_so(connect, monkeypatch):
    from connectors.vendure.simulator import _View

    root = _View.root
    monkeypatch.setattr(_View, "root", lambda self: {k: v for k, v in root(self).items() if k != "search"})
    with pytest.raises(ConfigurationError, match="DefaultSearchPlugin"):
        connect().check(call())


def test_without_a_key_there_are_no_pictures_to_link(connect):
    assert connect(api_key="").asset_types() == ("Product",)
    assert connect(asset_library=False).asset_types() == ("Product",)
    assert connect().asset_types() == ("Product", "ImageObject")
    ref = Ref("ImageObject", "1")
    assert ref not in connect(api_key="").fetch([ref], call())


# Finding


def test_a_search_can_be_for_one_type(connect):
    found = connect().search("lamp", ("ImageObject",), None, call()).assets
    assert [asset.ref for asset in found] == [Ref("ImageObject", "2")]
    assert [asset.ref for asset in connect().search("lamp", ("Product",), None, call()).assets] == [LAMP]


def test_words_are_looked_for_in_the_language_of_the_locale(connect):
    assert [asset.ref for asset in connect().search("lampe", (), None, call("de")).assets] == [LAMP]


def test_the_newest_of_a_collection_comes_first(vendure, connect):
    added = vendure.shop.add("Oak Table", facets=("1",))
    page = connect().query("Product", {"collection": "oak-things"}, 2, None, call())
    assert [asset.ref.external_id for asset in page.assets] == [added, "4"]
    assert page.next_cursor


def test_a_collection_of_nothing_is_empty_not_everything(connect):
    for query in ({"collection": "no-such"}, {"facet": "no-such"}, {"search": "zzz"}):
        for sort in ("newest", "name"):
            assert not connect().query("Product", {**query, "sort": sort}, 5, None, call()).assets


def test_a_facet_value_is_found_by_code_and_by_name(connect):
    for facet in ("oak", "Oak", "material:oak", "MATERIAL:oak".lower()):
        page = connect().query("Product", {"facet": facet}, 9, None, call())
        assert {asset.ref.external_id for asset in page.assets} == {"1", "3", "4"}
    assert not connect().query("Product", {"facet": "brand:oak"}, 9, None, call()).assets


def test_a_question_that_a_collection_cannot_ask_is_refused(connect):
    for query in ({"colour": "red"}, {"sort": "random"}):
        with pytest.raises(ConfigurationError):
            connect().query("Product", query, 5, None, call())


# Following


def a_second_later(vendure):
    """The second of the last change is over, by the clock of the shop."""
    vendure.clock = vendure.shop.now + timedelta(seconds=1)


def follow(connector, cursor):
    """Every change until the end of a pass, and where the next begins."""
    told, more = [], True
    while more:
        page = connector.changes_since(cursor, call())
        told += page.changes
        cursor, more = page.cursor, page.more
    return told, cursor


def test_a_poll_tells_a_price_although_the_product_s_time_stays(vendure, connect):
    connector = connect()
    cursor = connector.changes_since(None, call()).cursor
    vendure.shop.price("3", "USD", 1)
    a_second_later(vendure)
    told, cursor = follow(connector, cursor)
    assert told == [Change(SOFA)]
    vendure.shop.change_asset("2", focal={"x": 0.1, "y": 0.2})
    a_second_later(vendure)
    assert follow(connector, cursor)[0] == [Change(Ref("ImageObject", "2"))]


def test_two_edits_in_the_second_of_a_poll_are_both_told(vendure, connect):
    connector = connect()
    cursor = connector.changes_since(None, call()).cursor
    vendure.shop.rename("1", "Crimson Chair")
    vendure.clock = vendure.shop.now
    first, cursor = follow(connector, cursor)
    vendure.shop.products["1"] = replace(vendure.shop.products["1"], names={"en": "Scarlet Chair"})
    vendure.clock += timedelta(seconds=5)
    second, cursor = follow(connector, cursor)
    assert first == second == [Change(CHAIR)]
    assert follow(connector, cursor)[0] == []


def test_without_a_key_a_poll_tells_products_only(vendure, connect):
    connector = connect(api_key="")
    cursor = connector.changes_since(None, call()).cursor
    vendure.shop.price("3", "USD", 1)
    vendure.shop.rename("1", "Crimson Chair")
    a_second_later(vendure)
    told, cursor = follow(connector, cursor)
    assert told == [Change(CHAIR)]
    assert "Crimson" not in cursor


def test_a_pass_of_several_pages_tells_each_change_once(vendure, connect):
    connector = connect()
    cursor = connector.changes_since(None, call()).cursor
    for n in range(130):
        vendure.shop.add(f"More {n}")
    a_second_later(vendure)
    pages, told = 0, []
    while True:
        page = connector.changes_since(cursor, call())
        pages, cursor = pages + 1, page.cursor
        told += page.changes
        if not page.more:
            break
    assert pages == 2
    assert len(told) == len(set(told)) == 260


# Pictures


@pytest.mark.parametrize(
    ("wish", "size"),
    [
        ({}, (1200, 800)),
        ({"width": 300}, (300, 200)),
        ({"height": 400}, (600, 400)),
        ({"width": 200, "height": 200}, (200, 200)),
        ({"width": 5000}, (1200, 800)),
        ({"width": 2400, "height": 1200}, (1200, 600)),
    ],
)
@pytest.mark.parametrize("ref", [CHAIR, Ref("ImageObject", "1")])
def test_a_rendition_has_the_size_that_it_says(connect, ref, wish, size):
    connector = connect()
    rendition = connector.rendition(fetch_one(connector, ref), **wish)
    assert size_of(connector, rendition.url) == size == (rendition.width, rendition.height)


def test_the_focal_point_is_that_of_the_picture_unless_another_is_asked(vendure, connect):
    vendure.shop.change_asset("1", focal={"x": 0.25, "y": 0.5})
    connector = connect()
    for ref in (CHAIR, Ref("ImageObject", "1")):
        asset = fetch_one(connector, ref)
        url = connector.rendition(asset, width=200, height=100).url
        assert url.endswith("?w=200&h=100&mode=crop&fpx=0.25&fpy=0.5")
        url = connector.rendition(asset, width=200, height=100, focal_point=FocalPoint(0, 1)).url
        assert url.endswith("&fpx=0&fpy=1")
        assert "fpx" not in connector.rendition(asset, width=200).url


def test_a_rendition_says_the_format_that_comes(connect):
    connector = connect()
    asset = fetch_one(connector, Ref("ImageObject", "1"))
    webp = connector.rendition(asset, width=200, encoding_format="image/webp")
    assert webp.url.endswith("?w=200&format=webp")
    assert webp.encoding_format == "image/webp"
    assert connector.rendition(asset, width=200, encoding_format="image/heic").encoding_format == "image/png"


@pytest.mark.parametrize(
    ("wish", "preset", "size"),
    [
        ({"width": 100}, "small", (300, 200)),
        ({"width": 300}, "small", (300, 200)),
        ({"width": 301}, "medium", (500, 333)),
        ({"width": 3000}, "large", (800, 533)),
        ({"width": 120, "height": 120}, "thumb", (150, 150)),
    ],
)
def test_of_named_sizes_the_smallest_that_is_large_enough_is_taken(connect, wish, preset, size):
    connector = connect(renditions="presets")
    rendition = connector.rendition(fetch_one(connector, Ref("ImageObject", "1")), **wish)
    assert f"?preset={preset}" in rendition.url
    assert size_of(connector, rendition.url) == size == (rendition.width, rendition.height)


def test_pictures_that_are_elsewhere_come_as_they_are(connect):
    connector = connect(renditions="none")
    asset = fetch_one(connector, Ref("ImageObject", "1"))
    assert connector.rendition(asset, width=10).url == asset.fields["contentUrl"]


def test_what_cannot_be_scaled_is_shown_by_its_preview(vendure, connect):
    vendure.shop.change_asset("1", media="image/svg+xml")
    connector = connect()
    asset = fetch_one(connector, Ref("ImageObject", "1"))
    assert "/preview/" in asset.fields["contentUrl"]
    assert "width" not in asset.fields


def test_what_is_no_picture_is_not_offered(vendure, connect):
    vendure.shop.change_asset("1", media="application/pdf")
    assert fetch_one(connect(), Ref("ImageObject", "1")) == GONE
    assert not connect().search("red-chair", ("ImageObject",), None, call()).assets


def test_a_deleted_picture_is_gone(vendure, connect):
    del vendure.shop.assets["4"]
    assert fetch_one(connect(), Ref("ImageObject", "4")) == GONE


def test_a_product_without_a_picture_has_no_rendition(connect):
    asset = Asset(CHAIR, {"name": "Chair"})
    assert connect().rendition(asset, width=100) is None


# Settings


@pytest.mark.parametrize(
    ("field", "settings"),
    [
        ("base_url", {"base_url": "shop.example.com"}),
        ("base_url", {"base_url": ""}),
        ("base_url", {"base_url": "https://key@shop.example.com"}),
        ("api_key", {"api_key": "two words"}),
        ("api_key_header", {"api_key_header": "a: b"}),
        ("shop_path", {"shop_path": "../admin"}),
        ("channel", {"channel": "a\nb"}),
        ("channels", {"channels": {"German": "x y"}}),
        ("channels", {"channels": {"d": "token"}}),
        ("currencies", {"currencies": {"de-CH": "Franken"}}),
        ("languages", {"languages": {"de-CH": "de-CH"}}),
        ("product_url", {"product_url": "javascript:alert(1)"}),
        ("product_url", {"product_url": "https://shop.example.com/{colour}"}),
        ("dashboard_url", {"dashboard_url": "nowhere"}),
        ("presets", {"presets": {"thumb": "small"}}),
        ("price_decimals", {"price_decimals": "9"}),
        ("no_such_setting", {"no_such_setting": 1}),
    ],
)
def test_settings_that_cannot_work_are_refused_at_their_field(field, settings):
    with pytest.raises(ValidationError) as refused:
        VendureConfig(**{"base_url": "https://shop.example.com", **settings})
    assert [error["loc"] for error in refused.value.errors()] == [(field,)]


def test_the_readme_has_a_row_for_each_setting(request):
    readme = (request.config.rootpath / "connectors/vendure/README.md").read_text()
    assert [name for name in VendureConfig.model_fields if f"`{name}`" not in readme] == []
    assert all(hints["title"] and hints["group"] for hints in schema().values())
    assert VendureConfig(base_url="https://shop.example.com").presets == DEFAULT_PRESETS


@pytest.mark.parametrize("body", [b"", b" \n", b"{}", b'{"event": "ProductEvent"}'])
def test_a_hook_that_names_nothing_means_everything(connect, body):
    assert connect().parse_notice({}, body) == Notice(types=("Product", "ImageObject"))
    assert connect(api_key="").parse_notice({}, body) == Notice(types=("Product",))


def test_a_hook_names_products_and_pictures_once_each_and_only_what_can_be_linked(connect):
    body = b'{"products": [1, "1", "2"], "assets": ["3"]}'
    picture = Ref("ImageObject", "3")
    assert connect().parse_notice({}, body) == Notice(refs=[CHAIR, LAMP, picture])
    assert connect(asset_library=False).parse_notice({}, body) == Notice(refs=[CHAIR, LAMP])


@pytest.mark.parametrize("body", [b'{"products": "1"}', b'{"assets": [true]}', b'{"products": [{"id": 1}]}'])
def test_a_hook_whose_ids_are_none_is_refused(connect, body):
    with pytest.raises(BadResponseError, match="no list of ids"):
        connect().parse_notice({}, body)


def test_a_cursor_of_another_is_refused(connect):
    with pytest.raises(BadResponseError):
        connect().search("", (), "next", call())


def schema():
    return VendureConfig.model_json_schema()["properties"]


def size_of(connector, url) -> tuple[int, int]:
    data = b"".join(connector.stream(url, call()).chunks)
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", data[16:24])
    return width, height


def _fields(variant):
    return {name: getattr(variant, name) for name in variant.__slots__}
