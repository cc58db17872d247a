"""Canonical types: what is taken, what is refused, and what is said about it."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from connectors.sdk import BadResponseError, ConfigurationError
from connectors.sdk.types import (
    TYPES,
    FieldName,
    canonical,
    field_names,
    map_pictures,
    nest,
    picture_of,
    summary_of,
    title_of,
    type_title,
)

LEAST: dict[str, dict[str, Any]] = {
    "ImageObject": {"contentUrl": "https://dam.example/a.jpg"},
    "VideoObject": {"embedUrl": "https://dam.example/player/1"},
    "Product": {"name": "Spa day"},
    "SocialMediaPosting": {"articleBody": "Hello"},
    "Question": {"name": "When can I check in?"},
    "Article": {"headline": "News"},
    "Person": {},
    "Event": {"name": "Jazz", "startDate": "2026-12-01"},
    "Place": {"name": "Harbour"},
    "TouristAttraction": {"name": "Lighthouse"},
    "LocalBusiness": {"name": "Bakery"},
    "Hotel": {"name": "Meridian"},
}


def test_every_type_is_tried_here() -> None:
    assert set(LEAST) == set(TYPES)


@pytest.mark.parametrize("type", sorted(TYPES))
def test_the_least_that_a_type_needs_is_enough_and_stays_as_it_is(type: str) -> None:
    assert canonical(type, LEAST[type]) == LEAST[type]


@pytest.mark.parametrize("type", sorted(TYPES))
def test_what_a_form_calls_required_is_refused_when_missing(type: str) -> None:
    required = {field.name for field in field_names(type) if field.required}
    assert required <= set(LEAST[type])
    for name in required:
        with pytest.raises(BadResponseError, match=f"^{type}: {name}: Field required"):
            canonical(type, {k: v for k, v in LEAST[type].items() if k != name})


@pytest.mark.parametrize("type", sorted(TYPES))
def test_every_field_of_a_form_has_a_title(type: str) -> None:
    names = [field.name for field in field_names(type)]
    assert len(names) == len(set(names))
    assert all(field.title and field.title != field.name for field in field_names(type))
    assert type_title(type)


def test_fields_that_must_be_given_come_first_and_common_ones_last() -> None:
    fields = field_names("Product")
    assert fields[0] == FieldName("name", "Name", required=True)
    assert "offers.price" in [field.name for field in fields]
    assert [field.name for field in fields[-4:]] == ["url", "keywords", "inLanguage", "dateModified"]
    assert "extra" not in [field.name for field in fields]


@pytest.mark.parametrize("type", sorted(TYPES))
def test_canonical_data_is_canonical_and_plain_json(type: str) -> None:
    once = canonical(type, {**LEAST[type], "keywords": "a", "extra": {"raw": [1, None, {"x": 1.5}]}})
    assert canonical(type, once) == once
    assert json.loads(json.dumps(once)) == once


def test_what_is_not_given_is_left_out() -> None:
    offers = {"price": None, "priceCurrency": ""}
    data = {"name": "Spa", "description": "", "keywords": [None, ""], "offers": offers, "extra": {}}
    assert canonical("Product", data) == {"name": "Spa"}


def test_zero_is_given() -> None:
    data = {"name": "Spa", "offers": {"price": 0, "priceCurrency": "EUR"}}
    assert canonical("Product", data)["offers"]["price"] == "0"


@pytest.mark.parametrize(
    ("price", "text"),
    [
        ("129.00", "129.00"),
        (" 7 ", "7"),
        (129, "129"),
        (129.0, "129.00"),
        (129.5, "129.50"),
        (0.1 + 0.2, "0.30"),
        (0.125, "0.125"),
        (Decimal("19.90"), "19.90"),
        (Decimal("1E+3"), "1000.00"),
        ("-5", "-5"),
        ("1,299.00", None),
        ("12 EUR", None),
        ("1e3", None),
        ("", None),
        (True, None),
        (float("nan"), None),
        ("٣", None),
    ],
)
def test_a_price_is_a_decimal_string(price: Any, text: str | None) -> None:
    data = {"name": "x", "offers": {"price": price, "priceCurrency": "EUR"}}
    if text is None:
        with pytest.raises(BadResponseError, match=r"^Product: offers\.price: "):
            canonical("Product", data)
    else:
        assert canonical("Product", data)["offers"]["price"] == text


@given(some.decimals(min_value=0, max_value=10**9, places=2))
def test_a_price_in_decimals_keeps_its_value(price: Decimal) -> None:
    data = {"name": "x", "offers": {"price": price, "priceCurrency": "EUR"}}
    assert Decimal(canonical("Product", data)["offers"]["price"]) == price


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        " JaVaScRiPt:alert(1)",
        "data:text/html,x",
        "//dam.example/a.jpg",
        "/a.jpg",
        "ftp://dam.example/a.jpg",
        "https://",
        "https://user:pw@dam.example/a.jpg",
        "https://dam.example/\na",
        'https://dam.example/"onerror="x',
        "https://dam.example\\@evil",
        "http://[::1",
        7,
    ],
)
def test_only_plain_web_addresses_are_taken(url: Any) -> None:
    with pytest.raises(BadResponseError, match=r"^ImageObject: contentUrl: "):
        canonical("ImageObject", {"contentUrl": url})


def test_a_blank_in_an_address_is_quoted() -> None:
    fields = canonical("ImageObject", {"contentUrl": " https://dam.example/my cat.jpg "})
    assert fields["contentUrl"] == "https://dam.example/my%20cat.jpg"


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ("2026-11-21", "2026-11-21"),
        (date(2026, 11, 21), "2026-11-21"),
        ("2026-11-21T10:00:00Z", "2026-11-21T10:00:00Z"),
        ("2026-11-21T10:00:00+00:00", "2026-11-21T10:00:00Z"),
        (datetime(2026, 11, 21, 10, tzinfo=UTC), "2026-11-21T10:00:00Z"),
        (datetime(2026, 11, 21, 10, tzinfo=timezone(timedelta(hours=1))), "2026-11-21T10:00:00+01:00"),
        ("2026-11-21T10:00:00", None),
        (datetime(2026, 11, 21, 10), None),  # noqa: DTZ001 - that is what is refused.
        ("21.11.2026", None),
        ("2026-13-01", None),
        (1_790_000_000, None),
    ],
)
def test_a_time_has_a_zone_or_is_a_day(given: Any, text: str | None) -> None:
    data = {"headline": "x", "datePublished": given}
    if text is None:
        with pytest.raises(BadResponseError, match=r"^Article: datePublished: "):
            canonical("Article", data)
    else:
        assert canonical("Article", data)["datePublished"] == text


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ("PT1M30S", "PT1M30S"),
        (90, "PT1M30S"),
        (3600.4, "PT1H"),
        (0, "PT0S"),
        ("1:30", None),
        ("P", None),
        (-1, None),
    ],
)
def test_a_duration_is_iso_or_seconds(given: Any, text: str | None) -> None:
    data = {"contentUrl": "https://dam.example/a.mp4", "duration": given}
    if text is None:
        with pytest.raises(BadResponseError, match=r"^VideoObject: duration: "):
            canonical("VideoObject", data)
    else:
        assert canonical("VideoObject", data)["duration"] == text


def test_plain_words_stand_for_parts_with_a_name() -> None:
    post = canonical(
        "SocialMediaPosting", {"articleBody": "x", "author": "Ada", "image": "https://a.example/1"}
    )
    assert post["author"] == {"name": "Ada"}
    assert post["image"] == ["https://a.example/1"]
    member = canonical("Person", nest({"memberOf.programName": "Circle", "memberOf.tier": "Gold"}))
    assert member["memberOf"] == {"programName": "Circle", "tier": {"name": "Gold"}}
    offer = {"price": "1", "priceCurrency": "EUR", "availability": "https://schema.org/InStock"}
    assert canonical("Product", {"name": "x", "offers": offer})["offers"]["availability"] == "InStock"


def test_numbers_stand_for_text() -> None:
    assert canonical("Product", {"name": "x", "sku": 4711})["sku"] == "4711"


@pytest.mark.parametrize(
    ("type", "data", "told"),
    [
        ("Product", {"name": "x", "colour": "s3cret"}, "Product: colour: "),
        ("Product", {"name": {"x": "s3cret"}}, "Product: name: "),
        ("Product", {"name": "x", "offers": {"price": "s3cret", "priceCurrency": "EUR"}}, "offers.price"),
        (
            "Product",
            {"name": "x", "offers": {"price": "1", "priceCurrency": "s3cret"}},
            "offers.priceCurrency",
        ),
        ("ImageObject", {"contentUrl": "s3cret"}, "ImageObject: contentUrl: "),
        ("ImageObject", {"contentUrl": "http://[s3cret"}, "ImageObject: contentUrl: "),
        ("ImageObject", {"contentUrl": "https://a.example", "width": "s3cret"}, "ImageObject: width: "),
        ("Article", {"headline": "x", "datePublished": "s3cret"}, "Article: datePublished: "),
        ("Article", {"headline": "x", "datePublished": "2026-s3cret"}, "Article: datePublished: "),
        ("Place", {"name": "x", "geo": {"latitude": "s3cret", "longitude": 0}}, "Place: geo.latitude: "),
        ("VideoObject", {"name": "s3cret"}, "neither contentUrl nor embedUrl"),
        ("SocialMediaPosting", {"author": "s3cret"}, "none of headline, articleBody and image"),
        ("Article", ["s3cret"], "Article: the asset: "),
    ],
)
def test_a_complaint_names_type_and_field_and_never_the_value(type: str, data: Any, told: str) -> None:
    with pytest.raises(BadResponseError) as error:
        canonical(type, data)
    assert told in str(error.value)
    assert "s3cret" not in str(error.value)


def test_a_type_that_is_none_is_a_setting_to_change() -> None:
    for ask in (lambda: canonical("Sofa", {}), lambda: field_names("Sofa"), lambda: type_title("Sofa")):
        with pytest.raises(ConfigurationError, match="Sofa"):
            ask()


def test_dotted_names_become_objects() -> None:
    assert nest({"a.b.c": 1, "a.b.d": 2, "e": 3}) == {"a": {"b": {"c": 1, "d": 2}}, "e": 3}


@pytest.mark.parametrize(
    ("type", "fields", "title"),
    [
        ("Product", {"name": "Spa day", "description": "long"}, "Spa day"),
        ("Article", {"headline": "News &amp; more"}, "News & more"),
        ("SocialMediaPosting", {"articleBody": "<p>Hello <b>there</b></p>"}, "Hello there"),
        ("SocialMediaPosting", {"articleBody": "word " * 100}, "word " * 23 + "word…"),
        ("Person", {"givenName": "Ada", "familyName": "Lovelace"}, "Ada Lovelace"),
        ("Person", {"name": "Countess"}, "Countess"),
        ("ImageObject", {"contentUrl": "https://a.example/1"}, ""),
    ],
)
def test_a_card_has_a_title(type: str, fields: dict[str, Any], title: str) -> None:
    assert title_of(fields, type) == title


@pytest.mark.parametrize(
    ("type", "fields", "summary"),
    [
        (
            "Product",
            {
                "name": "x",
                "offers": {"price": "129.00", "priceCurrency": "EUR"},
                "description": "<i>Nice</i>",
            },
            "129.00 EUR · Nice",
        ),
        ("Product", {"name": "x", "offers": {"price": "1", "priceCurrency": "EUR"}}, "1 EUR"),
        ("Question", {"name": "When?", "acceptedAnswer": {"text": "At three."}}, "At three."),
        ("Article", {"headline": "x", "articleBody": "long " * 100}, "long " * 39 + "long…"),
        ("Place", {"name": "x"}, ""),
    ],
)
def test_a_card_has_a_line_of_text(type: str, fields: dict[str, Any], summary: str) -> None:
    assert summary_of(fields, type) == summary
    assert len(summary_of(fields, type)) <= 200


@pytest.mark.parametrize(
    ("type", "fields", "picture"),
    [
        (
            "ImageObject",
            {"contentUrl": "https://a.example/1", "thumbnailUrl": "https://a.example/t"},
            "https://a.example/1",
        ),
        (
            "VideoObject",
            {"contentUrl": "https://a.example/v", "thumbnailUrl": "https://a.example/t"},
            "https://a.example/t",
        ),
        ("Product", {"image": ["https://a.example/1", "https://a.example/2"]}, "https://a.example/1"),
        ("Article", {}, None),
    ],
)
def test_a_card_has_a_picture(type: str, fields: dict[str, Any], picture: str | None) -> None:
    assert picture_of(fields, type) == picture


def test_addresses_of_pictures_can_be_replaced_and_nothing_else_is() -> None:
    fields = {"name": "x", "image": ["https://a/1", "https://a/2"], "url": "https://a/page"}
    changed = map_pictures(fields, "Product", str.upper)
    assert changed == {"name": "x", "image": ["HTTPS://A/1", "HTTPS://A/2"], "url": "https://a/page"}
    assert fields["image"] == ["https://a/1", "https://a/2"]
    image = {"contentUrl": "https://a/1", "thumbnailUrl": "https://a/t"}
    assert map_pictures(image, "ImageObject", str.upper) == {
        "contentUrl": "HTTPS://A/1",
        "thumbnailUrl": "HTTPS://A/T",
    }
    video = {"contentUrl": "https://a/v.mp4", "thumbnailUrl": "https://a/t"}
    assert map_pictures(video, "VideoObject", str.upper)["contentUrl"] == "https://a/v.mp4"


def test_several_offers_are_one_with_a_range() -> None:
    offers = {
        "price": "49.90",
        "priceCurrency": "CHF",
        "lowPrice": 49.9,
        "highPrice": "59.90",
        "offerCount": 2,
    }
    fields = canonical("Product", {"name": "Chair", "offers": offers})
    assert fields["offers"] == {**offers, "lowPrice": "49.90"}
    assert summary_of(fields, "Product") == "49.90–59.90 CHF"
    offers["highPrice"] = "49.90"
    assert summary_of(canonical("Product", {"name": "Chair", "offers": offers}), "Product") == "49.90 CHF"
