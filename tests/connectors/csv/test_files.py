"""What a connection to a table does beyond the contract: values, absences, changes, remarks."""

import json
from contextlib import closing
from datetime import timedelta

import pytest

from connectors.csv.settings import TableConfig
from connectors.csv.simulator import ExportFile, SheetFile, TabFile
from connectors.sdk import Asset, BadResponseError, Call, Change, Missing, MissingReason, Ref, Unchanged
from orchestrator.connections.admin.settings_schema import Kind, read_settings
from tests.connectors.csv import dialects

UNKNOWN, GONE = Missing(MissingReason.UNKNOWN), Missing(MissingReason.GONE)


def call():
    return Call.within(5)


def product(number):
    return Ref("Product", f"p-{number}")


@pytest.fixture
def shop():
    with ExportFile() as simulator:
        yield simulator


@pytest.fixture
def connector(shop):
    with closing(dialects.connect(dialects.EXPORT, shop.url)) as connector:
        yield connector


@pytest.fixture
def sheet():
    with SheetFile() as simulator, closing(dialects.connect(dialects.SHEET, simulator.url)) as connector:
        yield simulator, connector


def test_a_row_of_a_spreadsheet_is_a_product(sheet):
    shop, connector = sheet
    found = connector.fetch([product(104), product(105)], call())
    assert found[product(104)].fields == {
        "name": "Hot stones",
        "category": "spa",
        "image": [f"{shop.url}/i/104.jpg"],
        "offers": {"price": "1299.50", "priceCurrency": "CHF"},
    }
    assert found[product(105)].fields["name"] == "Café crème set"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("12,50", "12.50"),
        ("1.299,50", "1299.50"),
        ("1’299,50", "1299.50"),
        ("-3", "-3"),
        ("on request", "on request"),
    ],
)
def test_numbers_with_a_comma(connector, written, meant):
    config = connector.config.model_copy(update={"comma_columns": ["price"]})
    row = type("Row", (), {"cells": {"price": written}})
    assert type(connector)(config).record_of(row)["price"] == meant


def test_columns_with_several_values(shop):
    shop.change(101, category="spa | house")
    settings = {
        **dialects.EXPORT,
        "type": "Article",
        "mapping": {"headline": "title", "keywords": "category"},
        "list_columns": {"category": "|"},
    }
    with closing(dialects.connect(settings, shop.url)) as connector:
        ref = Ref("Article", "p-101")
        assert connector.fetch([ref], call())[ref].fields["keywords"] == ["spa", "house"]
        found = connector.query("Article", {"category": "house"}, 1, None, call()).assets
        assert [asset.ref for asset in found] == [ref]


def test_all_ids_are_one_request(connector, shop):
    connector.fetch([product(number) for number in range(101, 108)], call())
    assert len(shop.requests) == 1


def test_a_file_that_did_not_change_is_not_sent_again(connector, shop):
    first = connector.fetch([product(101)], call())
    known = Call(call().deadline, validators={ref: asset.validator for ref, asset in first.items()})
    assert connector.fetch([product(101)], known) == {product(101): Unchanged()}
    shop.change(101, title="Another")
    assert isinstance(connector.fetch([product(101)], known)[product(101)], Asset)


def test_a_time_is_a_mark_only_once_its_second_is_over(sheet):
    shop, connector = sheet
    shop.change(101, title="One")
    shop.clock = shop.changed
    assert connector.fetch([product(101)], call())[product(101)].validator is None
    shop.clock = shop.changed + timedelta(seconds=2)
    assert connector.fetch([product(101)], call())[product(101)].validator.startswith("time:")


@pytest.mark.parametrize(
    ("extra", "answer"),
    [
        ("", GONE),
        ('"p-107","Foghorn"\r\n', UNKNOWN),
        ('"p-108","x"\r\n', GONE),
        ('"x","x","x","1","x"', UNKNOWN),
    ],
)
def test_a_row_that_is_not_there_is_gone_if_that_is_sure(connector, shop, extra, answer):
    shop.delete(107)
    shop.extra = extra
    assert connector.fetch([product(107)], call())[product(107)] == answer


def test_an_empty_table_drops_no_link(connector, shop):
    cursor = connector.changes_since(None, call()).cursor
    shop.items.clear()
    assert connector.fetch([product(101)], call())[product(101)] == UNKNOWN
    page = connector.changes_since(cursor, call())
    assert page.changes == []
    shop.add("Back again")
    told = connector.changes_since(page.cursor, call()).changes
    assert {change.ref for change in told if change.deleted} == {product(n) for n in range(102, 108)}


def test_polling_names_what_is_new_changed_and_gone_and_nothing_else(connector, shop):
    cursor = connector.changes_since(None, call()).cursor
    assert connector.changes_since(cursor, call()).cursor == cursor
    shop.change(103, price=1)
    shop.delete(102)
    number = shop.add("Bell")
    page = connector.changes_since(cursor, call())
    assert sorted((change.ref.external_id, change.deleted) for change in page.changes) == [
        ("p-102", True),
        ("p-103", False),
        (f"p-{number}", False),
    ]
    assert not connector.changes_since(page.cursor, call()).changes


def test_another_order_is_no_change(connector, shop):
    cursor = connector.changes_since(None, call()).cursor
    shop.items = dict(reversed(shop.items.items()))
    assert connector.changes_since(cursor, call()).changes == []


def test_a_row_on_a_broken_line_is_told_as_gone_once_it_is(connector, shop):
    cursor = connector.changes_since(None, call()).cursor
    shop.delete(107)
    shop.extra = '"p-107","Foghorn"\r\n'
    page = connector.changes_since(cursor, call())
    assert page.changes == []
    shop.extra = ""
    assert connector.changes_since(page.cursor, call()).changes == [Change(product(107), deleted=True)]


def test_a_cursor_of_people_names_nobody(shop):
    settings = {**dialects.EXPORT, "type": "Person", "mapping": {"name": "title"}}
    with closing(dialects.connect(settings, shop.url)) as connector:
        cursor = connector.changes_since(None, call()).cursor
        assert "p-1" not in cursor
        shop.change(103, title="Ada")
        page = connector.changes_since(cursor, call())
        assert (page.changes, page.types) == ([Change(Ref("Person", "p-103"))], ())
        shop.delete(102)
        page = connector.changes_since(page.cursor, call())
        assert (page.changes, page.types) == ([], ("Person",))


def test_of_a_very_long_table_all_is_read_again_after_a_change(connector, shop):
    for number in range(5001):
        shop.add(f"Thing {number}")
    cursor = connector.changes_since(None, call()).cursor
    assert len(cursor) < 200
    assert not connector.changes_since(cursor, call()).types
    shop.change(103, price=1)
    page = connector.changes_since(cursor, call())
    assert (list(page.changes), page.types) == ([], ("Product",))


def test_remarks_name_lines_and_no_value(connector, shop):
    assert connector.remarks(call()) == []
    shop.extra = '"p-secret"\r\n"p-101","x","y","1","z"\r\n"p-9","","x","cheap","z"\r\n'
    told = connector.remarks(call())
    assert told[0] == "Line 9: 1 columns in place of 5"
    assert told[1] == "Line 10: the same “id” as line 2"
    assert [line.partition(":")[0] for line in told[2:]] == ["Line 11"] * len(told[2:])
    assert any("offers.price" in line for line in told)
    assert "secret" not in " ".join(told)
    assert "cheap" not in " ".join(told)
    connector.check(call())


def test_a_table_of_which_no_row_can_be_mapped_fails_its_check(shop):
    settings = {**dialects.EXPORT, "mapping": {"name": "titel"}}
    with (
        closing(dialects.connect(settings, shop.url)) as connector,
        pytest.raises(BadResponseError, match=r"Product\.name"),
    ):
        connector.check(call())


@pytest.mark.parametrize("cursor", ["-1", "x", "1e3", "1" * 9, "²"])
def test_a_cursor_that_was_not_given_out_is_refused(connector, shop, cursor):
    with pytest.raises(BadResponseError, match="not a cursor"):
        connector.search("", (), cursor, call())
    assert not shop.requests


def test_a_search_looks_in_all_columns_and_needs_all_words(connector):
    def found(words):
        return [asset.ref.external_id for asset in connector.search(words, (), None, call()).assets]

    assert found("SPA stones") == ["p-104"]
    assert found("harbour stones") == []


@pytest.mark.parametrize(
    ("simulator", "settings"),
    [(SheetFile, dialects.SHEET), (ExportFile, dialects.EXPORT), (TabFile, dialects.TAB)],
)
def test_the_sample_can_be_tried(simulator, settings):
    with simulator() as shop, closing(dialects.connect(settings, shop.url)) as connector:
        sample = connector.sample(call())
        assert json.dumps(sample)
        assert connector.try_mapping(sample).usable


@pytest.mark.parametrize(
    ("given", "expression", "column"),
    [
        ("id", "id", "id"),
        ("Artikel-Nr.", '"Artikel-Nr."', "Artikel-Nr."),
        ('"Artikel-Nr."', '"Artikel-Nr."', "Artikel-Nr."),
        (" Größe  in cm ", '"Größe in cm"', "Größe in cm"),
    ],
)
def test_the_column_with_the_id_is_called_by_its_name(given, expression, column):
    config = TableConfig(base_url="https://x.example/a.csv", type="Product", id_field=given)
    assert (config.id_field, config.id_column) == (expression, column)
    assert TableConfig.model_validate(config.model_dump(exclude_unset=True)) == config


@pytest.mark.parametrize(
    ("field", "changed"),
    [
        ("base_url", {"base_url": "/etc/passwd"}),
        ("base_url", {"base_url": "file:///srv/stock.csv"}),
        ("base_url", {"base_url": "https://ada:pw@x.example/a.csv"}),
        ("type", {"type": "Sofa"}),
        ("id_field", {"id_field": " "}),
        ("id_field", {"id_field": '"open'}),
        ("list_columns", {"list_columns": {"tags": ""}}),
        ("delimiter", {"delimiter": "#"}),
        ("mapping", {"mapping": {"nose": "title"}}),
        ("token", {"auth": "bearer"}),
    ],
)
def test_settings_that_cannot_work_are_refused(field, changed):
    with pytest.raises(ValueError, match=field):
        TableConfig(**{"base_url": "https://x.example/a.csv?d=1", "type": "Product", **changed})


def test_the_form_asks_each_setting_in_its_own_way():
    kinds = {setting.path[0]: setting.kind for setting in read_settings(TableConfig.model_json_schema())}
    assert Kind.JSON not in kinds.values()
    assert kinds["comma_columns"] == Kind.LINES
    assert kinds["filters"] == Kind.PAIRS
