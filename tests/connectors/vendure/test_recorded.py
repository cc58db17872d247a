"""The simulator against what Vendure 3.7.3 really answered: same status, shape, headers and error codes."""

import json
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from connectors.sdk import Ref
from connectors.sdk.testing.simulator import SimAnswer, SimRequest
from connectors.vendure.pictures import Picture, to_picture
from connectors.vendure.products import Product, to_product
from connectors.vendure.settings import VendureConfig
from connectors.vendure.simulator import API_KEY, VendureSimulator

RECORDED = Path(__file__).parent / "recorded"
NAMES = sorted(path.stem for path in RECORDED.glob("*.json"))
SECRETS = ("authorization", "vendure-api-key")


def recorded(name: str):
    return json.loads((RECORDED / f"{name}.json").read_text())


def shape(data):
    """Names and nesting, without values; the first of a list stands for all."""
    if isinstance(data, dict):
        return {name: shape(value) for name, value in sorted(data.items())}
    if isinstance(data, list):
        return [shape(data[0])] if data and isinstance(data[0], dict) else []
    return None


def replay(simulator: VendureSimulator, request, *, key: str) -> SimAnswer:
    parts = urlsplit(request["url"])
    headers = {name.lower(): value for name, value in request["headers"].items()}
    known = [name for name in SECRETS if name in headers]
    sent = {name: value for name, value in headers.items() if name not in SECRETS}
    if known:
        sent["vendure-api-key"] = key
    body = json.dumps(request["body"]).encode()
    return simulator.answer(SimRequest("POST", parts.path, parse_qs(parts.query), sent, body))


@pytest.mark.parametrize("name", NAMES)
def test_the_simulator_answers_as_vendure_did(name):
    sample = recorded(name)
    simulator = VendureSimulator()
    simulator.shop.change_asset("1", focal={"x": 0.3, "y": 0.5})
    if name == "product-deleted-get":
        simulator.shop.delete("3")
    if name == "no-price-in-the-currency":
        simulator.shop.price("2", "JPY", None)
    key = "wrong" if name == "wrong-api-key" else API_KEY
    answer = replay(simulator, sample["request"], key=key)
    expected, body = sample["response"], json.loads(answer.body)
    assert answer.status == expected["status"]
    for header in ("Content-Type", "cache-control"):
        assert answer.headers[header] == expected["headers"][header]
    assert answer.headers["ETag"][:3] == 'W/"'
    assert [error_of(one) for one in body.get("errors", ())] == [
        error_of(one) for one in expected["body"].get("errors", ())
    ]
    assert ("data" in body) == ("data" in expected["body"])
    assert shape(without_empty(body.get("data"))) == shape(without_empty(expected["body"].get("data")))


def error_of(error):
    return error["extensions"]["code"], error.get("path")


def without_empty(data):
    """What differs by what is sold, not by how it is told."""
    if isinstance(data, dict):
        return {name: without_empty(value) for name, value in data.items() if name != "focalPoint"}
    if isinstance(data, list):
        return [without_empty(one) for one in data]
    return data


def only_row(name: str, listing: str):
    (row,) = recorded(name)["response"]["body"]["data"][listing]["items"]
    return row


def test_a_recorded_product_becomes_an_asset():
    config = VendureConfig(base_url="https://shop.example.com", brand_facet="material")
    asset = to_product(
        Product.model_validate(only_row("shop-product-whole", "products")), config, locale="en"
    )
    assert asset.fields["name"] == "Red Chair!"
    assert asset.fields["brand"] == {"name": "Oak"}
    assert asset.fields["offers"] == {
        "price": "71.88",
        "priceCurrency": "USD",
        "availability": "InStock",
    }
    assert asset.lang == "en"


def test_a_variant_that_is_disabled_is_in_the_admin_api_only():
    shop, admin = (only_row(f"{api}-product-whole", "products") for api in ("shop", "admin"))
    assert len(shop["variants"]) == 1
    assert [one["enabled"] for one in admin["variants"]] == [False, True]
    config = VendureConfig(base_url="https://shop.example.com")
    seen = [to_product(Product.model_validate(row), config, locale="en") for row in (shop, admin)]
    assert seen[0].fields["offers"] == seen[1].fields["offers"]


def test_recorded_yen_have_no_decimals():
    config = VendureConfig(base_url="https://shop.example.com", prices_with_tax=False)
    asset = to_product(Product.model_validate(only_row("yen", "products")), config, locale="ja")
    assert asset.fields["offers"]["price"] == "6000"


def test_a_recorded_picture_becomes_an_asset():
    config = VendureConfig(base_url="https://shop.example.com")
    picture = Picture.model_validate(only_row("admin-pictures", "assets"))
    asset = to_picture(picture, Ref("ImageObject", "1"), config)
    assert asset.fields["extra"]["focalPoint"] == {"x": 0.3, "y": 0.5}
    assert asset.fields["contentUrl"].endswith("/assets/source/ed/red-chair.png")
    assert (asset.fields["width"], asset.fields["height"]) == (1200, 800)
