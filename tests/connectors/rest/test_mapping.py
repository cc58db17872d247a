"""From a raw record to canonical fields, and what the form shows of it."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from connectors.rest.connector import RestApiConnector
from connectors.rest.settings import RestApiConfig
from connectors.rest.simulator import NumberedShop
from connectors.sdk import (
    Asset,
    BadResponseError,
    Call,
    ConfigurationError,
    MapsFields,
    Missing,
    MissingReason,
)
from connectors.sdk.mapping.times import read_time, write_time
from tests.connectors.rest.dialects import NUMBERED, connect

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def connector(**changed) -> RestApiConnector:
    settings = {
        "base_url": "https://pim.example.com/api/v2",
        "type": "Product",
        "get_path": "/items/{id}",
        "list_path": "/items",
        "mapping": {"name": "title"},
    }
    return RestApiConnector(RestApiConfig(**{**settings, **changed}))


def fields_of(record, **mapping):
    asset = connector(mapping={"name": "title", **mapping}).judged({"id": 1, "title": "Chair", **record})
    return asset.fields


def test_numbers_become_texts_and_prices():
    fields = fields_of({"no": 12, "price": 12.5}, sku="no", **_offer("price"))
    assert fields["sku"] == "12"
    assert fields["offers"] == {"price": "12.50", "priceCurrency": "CHF"}


def test_minor_units_are_exact():
    assert fields_of({"cents": 12900}, **_offer("minor_units(cents, `2`)"))["offers"]["price"] == "129.00"
    assert fields_of({"rappen": 5}, **_offer("minor_units(rappen, `2`)"))["offers"]["price"] == "0.05"
    assert "offers" not in fields_of({}, **_offer("minor_units(cents, `2`)"))


@pytest.mark.parametrize(
    ("given", "whole"),
    [
        ("/media/a.jpg", "https://pim.example.com/media/a.jpg"),
        ("//cdn.example.com/a.jpg", "https://cdn.example.com/a.jpg"),
        ("http://cdn.example.com/a.jpg", "http://cdn.example.com/a.jpg"),
        ("media/a.jpg", "https://pim.example.com/api/v2/media/a.jpg"),
    ],
)
def test_relative_addresses_are_completed(given, whole):
    assert fields_of({"media": [{"url": given}]}, image="media[].url")["image"] == [whole]


def test_a_picture_at_another_host_needs_no_key_of_ours():
    pictured = connector(mapping={"name": "title", "image": "picture"}, pictures_need_key=True)
    record = {"id": 1, "title": "Chair"}
    assert pictured.judged({**record, "picture": "/a.jpg"}).protected
    assert not pictured.judged({**record, "picture": "https://cdn.example.com/a.jpg"}).protected
    assert not pictured.judged(record).protected


def test_what_the_type_does_not_have_is_kept_under_extra():
    assert fields_of({"room": {"no": 7}}, **{"extra.room": "room"})["extra"] == {"room": {"no": 7}}


def test_an_optional_field_that_cannot_be_read_costs_only_itself():
    fields = fields_of({"link": "javascript:alert(1)", "price": "on request"}, url="link", **_offer("price"))
    assert fields == {"name": "Chair"}


def test_a_required_field_that_is_not_there_is_named():
    with pytest.raises(BadResponseError, match=r"Product\.name: "):
        connector().judged({"id": 1, "title": None})
    with pytest.raises(BadResponseError, match=r"Product\.name: ") as error:
        connector(mapping={"name": "length(title)"}).judged({"id": 1, "title": 33})
    assert "33" not in str(error.value)


def test_a_hard_end_that_cannot_be_read_is_not_taken_for_none():
    lasting = connector(valid_until="until")
    assert lasting.judged({"id": 1, "title": "Chair"}).valid_until is None
    assert lasting.judged({"id": 1, "title": "Chair", "until": "2026-11-21T12:00:00Z"}).valid_until == NOON
    with pytest.raises(BadResponseError, match="valid_until"):
        lasting.judged({"id": 1, "title": "Chair", "until": "soon"})


def test_a_condition_that_cannot_be_worked_out_shows_no_draft():
    drafts = connector(hidden_when="contains(labels, 'draft')")
    assert drafts.judged({"id": 1, "title": "Chair", "labels": ["draft"]}) == Missing(MissingReason.HIDDEN)
    assert isinstance(drafts.judged({"id": 1, "title": "Chair", "labels": []}), Asset)
    with pytest.raises(BadResponseError):
        drafts.judged({"id": 1, "title": "Chair", "labels": None})


def test_a_trial_shows_the_value_or_the_problem_of_each_field():
    trying = connector(
        mapping={"name": "title", "url": "link", "sku": "no", "color": "join(',', colours)"},
        updated_at="changed",
    )
    assert isinstance(trying, MapsFields)
    record = {"id": 5, "title": "Chair", "link": "nowhere", "colours": None, "changed": "?"}
    trial = trying.try_mapping(record)
    shown = {field.name: field for field in trial.fields}
    assert trial.usable
    assert shown["id"].value == "5"
    assert shown["name"].value == "Chair"
    assert shown["url"].value == "https://pim.example.com/api/v2/nowhere"
    assert shown["sku"].value is None
    assert shown["sku"].problem is None
    assert "does not work here" in shown["color"].problem
    assert "is not a time" in shown["updated_at"].problem


def test_a_trial_without_a_required_field_is_not_usable():
    trial = connector(mapping={"sku": "no"}).try_mapping({"id": 5, "no": "a"})
    assert not trial.usable
    assert {field.name: field.problem for field in trial.fields}["name"] == "is needed, and not given"


def test_a_trial_of_anything_says_something():
    for record in ({}, {"id": None}, {"id": [1]}, {"title": {"a": 1}}):
        assert not connector().try_mapping(record).usable


def test_an_unmapped_required_field_fails_the_check_by_name():
    with NumberedShop() as shop:
        unfinished = connect(NUMBERED, shop.url, base_path="/v2", mapping={"sku": "product_id"})
        with pytest.raises(ConfigurationError, match="not mapped yet: name"):
            unfinished.check(Call.within(5))
        unfinished.close()


@pytest.mark.parametrize(
    ("value", "time_format", "zone"),
    [
        ("2026-11-21T12:00:00Z", "iso", "UTC"),
        ("2026-11-21T13:00:00+01:00", "iso", "UTC"),
        ("2026-11-21T13:00:00", "iso_local", "Europe/Zurich"),
        ("2026-11-21 12:00:00.000", "iso_local", "UTC"),
        ("Sat, 21 Nov 2026 12:00:00 GMT", "http", "UTC"),
        (1795262400, "epoch_s", "UTC"),
        ("1795262400000", "epoch_ms", "UTC"),
    ],
)
def test_one_instant_in_each_format(value, time_format, zone):
    assert read_time(value, time_format=time_format, time_zone=zone) == NOON
    written = write_time(NOON, time_format=time_format, time_zone=zone)
    assert read_time(written, time_format=time_format, time_zone=zone) == NOON


def test_a_date_is_the_start_of_its_day():
    zurich = read_time("2026-11-21", time_format="iso_local", time_zone="Europe/Zurich")
    assert zurich == datetime(2026, 11, 21, tzinfo=ZoneInfo("Europe/Zurich"))


@pytest.mark.parametrize(
    ("value", "time_format"), [("2026-11-21T12:00:00", "iso"), ("x", "http"), ({}, "epoch_s")]
)
def test_no_time_is_guessed(value, time_format):
    with pytest.raises(ValueError, match="is "):
        read_time(value, time_format=time_format, time_zone="UTC")


def _offer(price: str) -> dict[str, str]:
    return {"offers.price": price, "offers.priceCurrency": '`"CHF"`'}
