"""What the contract cannot know: the manners of each dialect, and errors that name their setting."""

from dataclasses import replace
from datetime import timedelta

import pytest

from connectors.graphql.simulator import DIALECTS, SECRET, _opaque
from connectors.sdk import (
    AccessDeniedError,
    Asset,
    BadResponseError,
    Call,
    ConfigurationError,
    Missing,
    MissingReason,
    Notifies,
    Polls,
    Queryable,
    Ref,
    Renders,
    Samples,
    Searchable,
    ServesPictures,
    TransientError,
)
from connectors.sdk.mapping import PlaceError
from connectors.sdk.testing.simulator import json_answer
from tests.connectors.graphql.dialects import SETTINGS, connect

GONE, UNKNOWN, HIDDEN, FORBIDDEN = (
    Missing(reason)
    for reason in (MissingReason.GONE, MissingReason.UNKNOWN, MissingReason.HIDDEN, MissingReason.FORBIDDEN)
)


@pytest.fixture(params=DIALECTS)
def dialect(request):
    return request.param


@pytest.fixture
def shop(dialect):
    with DIALECTS[dialect]() as shop:
        yield shop


@pytest.fixture
def open_connector(shop, dialect):
    opened = []

    def connector(**changed):
        opened.append(connect(dialect, shop.url, **changed))
        return opened[-1]

    yield connector
    for connector in opened:
        connector.close()


def call(locale: str = "en") -> Call:
    return Call.within(5, locale=locale)


def follow(connector, cursor):
    """Ids of all changes until the end of a pass, and where the next begins."""
    told, more = [], True
    while more:
        page = connector.changes_since(cursor, call())
        told += [change.ref.external_id for change in page.changes]
        cursor, more = page.cursor, page.more
    return told, cursor


def everything(connector) -> list[Asset]:
    assets, cursor = [], None
    for _ in range(20):
        page = connector.search("", (), cursor, call())
        assets += page.assets
        cursor = page.next_cursor
        if cursor is None:
            return assets
    raise AssertionError("the list does not end")


def answering(shop, data, *, status=200):
    """The shop answers everything with this."""
    shop.answer = lambda request: json_answer(data, status=status)


def test_every_page_is_reached_once(open_connector, shop):
    refs = [asset.ref for asset in everything(open_connector())]
    assert len(refs) == len(set(refs)) == len(shop.items) == 7


def test_what_was_found_can_be_fetched(open_connector):
    connector = open_connector()
    assets = everything(connector)
    fetched = connector.fetch([asset.ref for asset in reversed(assets)], call())
    assert {ref: asset.fields for ref, asset in fetched.items()} == {a.ref: a.fields for a in assets}


def test_times_are_the_same_instant_in_every_dialect(open_connector, shop):
    asset = open_connector().search("massage", (), None, call()).assets[0]
    assert asset.updated_at.timestamp() == shop.items[101].changed.timestamp()


def test_capabilities_are_those_of_the_settings(open_connector, dialect):
    connector, settings = open_connector(), SETTINGS[dialect]
    assert isinstance(connector, Searchable)
    assert isinstance(connector, Samples)
    assert isinstance(connector, Queryable) == ("query_document" in settings)
    assert isinstance(connector, Polls) == ("changes_document" in settings)
    assert isinstance(connector, Notifies) == ("notice_ids" in settings)
    assert isinstance(connector, Renders) == ("rendition_params" in settings)
    assert not isinstance(connector, ServesPictures)
    assert connector.max_batch == (50 if "batch_document" in settings else 1)


def test_a_wrong_key_is_denied_and_is_in_no_message(open_connector):
    right = open_connector()
    refs = [asset.ref for asset in everything(right)]
    wrong = open_connector(**{"token" if right.config.auth == "bearer" else "key": "wrong-k3y"})
    for attempt in (
        lambda: wrong.check(call()),
        lambda: wrong.fetch(refs[:1], call()),
        lambda: wrong.search("", (), None, call()),
        lambda: wrong.search("massage", (), None, call()),
    ):
        with pytest.raises(AccessDeniedError) as denied:
            attempt()
        assert "wrong-k3y" not in str(denied.value)


@pytest.mark.parametrize("dialect", ["relay"], indirect=False)
class TestRelay:
    def test_fields_become_canonical(self, open_connector, shop):
        ref = Ref("Product", _opaque(101))
        asset = open_connector().fetch([ref], call())[ref]
        assert asset.fields == {
            "name": "Hot stone massage",
            "image": [f"{shop.url}/media/101.jpg?v=1"],
            "keywords": ["spa"],
            "offers": {"price": "129.00", "priceCurrency": "CHF"},
        }
        assert asset.edit_url == f"https://admin.example.com/products/{_opaque(101).replace('=', '%3D')}"

    def test_an_error_that_means_deleted_is_none(self, open_connector, shop):
        shop.delete(102)
        refs = [Ref("Product", _opaque(number)) for number in (101, 102, 103)]
        fetched = open_connector().fetch(refs, call())
        assert [fetched[ref] == GONE for ref in refs] == [False, True, False]
        alone = open_connector(batch_document="")
        assert alone.fetch([refs[1]], call()) == {refs[1]: GONE}

    def test_another_error_is_no_proof_that_something_is_gone(self, open_connector, shop):
        node = {"id": _opaque(101), "title": "Massage", "status": "ACTIVE"}
        error = {"message": "x", "path": ["nodes", 1], "extensions": {"code": "TIMEOUT"}}
        answering(shop, {"data": {"nodes": [node, None]}, "errors": [error]})
        one, two = (Ref("Product", _opaque(number)) for number in (101, 102))
        fetched = open_connector(hidden_when="").fetch([one, two], call())
        assert isinstance(fetched[one], Asset)
        assert fetched[two] == UNKNOWN

    def test_a_value_that_an_error_took_away_shows_no_draft(self, open_connector, shop):
        node = {"id": _opaque(101), "title": "Massage", "archived": None}
        error = {"message": "x", "path": ["nodes", 0, "archived"], "extensions": {"code": "TIMEOUT"}}
        answering(shop, {"data": {"nodes": [node]}, "errors": [error]})
        connector = open_connector(hidden_when="archived")
        with pytest.raises(BadResponseError, match=r"a part is missing: TIMEOUT \(batch_document\)"):
            connector.fetch([Ref("Product", _opaque(101))], call())

    def test_a_thing_of_another_type_is_not_there(self, open_connector, shop):
        ref, known = Ref("Product", _opaque(101)), Ref("Product", _opaque(102))
        node = {"id": known.external_id, "title": "Sauna", "status": "ACTIVE"}
        answering(shop, {"data": {"nodes": [{}, node]}})
        assert open_connector().fetch([ref, known], call())[ref] == GONE

    def test_the_limit_of_a_page_is_the_system_s(self, open_connector):
        connector = open_connector()
        page = connector.query("Product", {}, 5, None, call())
        assert len(page.assets) == 5
        following = connector.query("Product", {}, 5, page.next_cursor, call())
        assert len(following.assets) == 2
        assert following.next_cursor is None

    def test_a_collection_asks_its_own_variables(self, open_connector):
        connector = open_connector()
        assert connector.query_schema()["properties"] == {"tag": {"type": "string", "title": "Label"}}
        with pytest.raises(ConfigurationError, match="colour"):
            connector.query("Product", {"colour": "red"}, 5, None, call())

    def test_polling_tells_each_change_once(self, open_connector, shop):
        connector = open_connector()
        cursor = connector.changes_since(None, call()).cursor
        shop.change(103, title="Tandem for a day")
        added = shop.add("Wine tasting")
        shop.clock = shop.now + timedelta(seconds=1)
        told, cursor = follow(connector, cursor)
        assert sorted(told) == sorted([_opaque(103), _opaque(added)])
        assert follow(connector, cursor)[0] == []

    def test_two_edits_in_the_second_of_a_poll_are_both_told(self, open_connector, shop):
        connector = open_connector()
        cursor = connector.changes_since(None, call()).cursor
        shop.change(103, title="Tandem for a day")
        shop.clock = shop.now
        first, cursor = follow(connector, cursor)
        shop.items[103] = replace(shop.items[103], title="Triplet for a day")
        shop.clock += timedelta(seconds=5)
        second, cursor = follow(connector, cursor)
        assert first == second == [_opaque(103)]
        assert follow(connector, cursor)[0] == []

    def test_a_rendition_leaves_out_what_is_not_asked(self, open_connector, shop):
        connector = open_connector()
        ref = Ref("Product", _opaque(101))
        rendition = connector.rendition(
            connector.fetch([ref], call())[ref], width=320, encoding_format="image/webp"
        )
        assert rendition.url == f"{shop.url}/media/101.jpg?v=1&w=320&type=webp"

    def test_a_next_mark_that_repeats_ends_the_list(self, open_connector, shop):
        node = {"id": _opaque(101), "title": "Massage", "status": "ACTIVE"}
        info = {"endCursor": "same", "hasNextPage": True}
        answering(shop, {"data": {"products": {"edges": [{"node": node}], "pageInfo": info}}})
        connector = open_connector()
        assert connector.search("", (), None, call()).next_cursor == "same"
        assert connector.search("", (), "same", call()).next_cursor is None

    def test_a_list_without_page_info_is_told_at_its_setting(self, open_connector):
        document = "query ($cursor: String) { products(after: $cursor) { nodes { id title status } } }"
        with pytest.raises(BadResponseError, match=r"pageInfo.*\(page_info\)"):
            open_connector(list_document=document).search("", (), None, call())


@pytest.mark.parametrize("dialect", ["offset"], indirect=False)
class TestOffset:
    def test_an_id_becomes_what_its_variable_is(self, open_connector, shop):
        ref = Ref("Product", "101")
        assert isinstance(open_connector().fetch([ref], call())[ref], Asset)
        assert shop.requests[-1].json()["variables"] == {"ids": [101], "count": 1}

    def test_what_cannot_be_such_an_id_is_gone_without_a_call(self, open_connector, shop):
        strange, known = Ref("Product", "abc"), Ref("Product", "101")
        connector = open_connector()
        assert connector.fetch([strange], call()) == {strange: GONE}
        assert not shop.requests
        fetched = connector.fetch([strange, known], call())
        assert fetched[strange] == GONE
        assert isinstance(fetched[known], Asset)

    def test_an_absent_id_is_read_alone(self, open_connector, shop):
        shop.delete(102)
        refs = [Ref("Product", "101"), Ref("Product", "102")]
        fetched = open_connector().fetch(refs, call())
        assert isinstance(fetched[refs[0]], Asset)
        assert fetched[refs[1]] == GONE
        assert len(shop.requests) == 2

    def test_an_empty_batch_proves_nothing_where_nothing_is_shown(self, open_connector, shop):
        connector, ref = open_connector(absent_means="gone"), Ref("Product", "101")
        shop.items.clear()
        assert connector.fetch([ref], call()) == {ref: UNKNOWN}

    def test_a_batch_that_ignores_ids_proves_nothing(self, open_connector, shop):
        services = shop._services
        shop._services = lambda **asked: services(**{**asked, "ids": None, "limit": 25})
        connector = open_connector(absent_means="gone")
        known, absent = Ref("Product", "101"), Ref("Product", "999")
        fetched = connector.fetch([known, absent], call())
        assert isinstance(fetched[known], Asset)
        assert fetched[absent] == UNKNOWN

    def test_a_batch_that_is_cut_proves_nothing(self, open_connector):
        document = (
            "query ($ids: [Int!]) { services(ids: $ids, limit: 1) "
            "{ items { id name hidden cents changed } totalItems } }"
        )
        connector = open_connector(absent_means="gone", batch_document=document)
        refs = [Ref("Product", "101"), Ref("Product", "102")]
        fetched = connector.fetch(refs, call())
        assert UNKNOWN in fetched.values()
        assert GONE not in fetched.values()

    def test_times_are_asked_as_their_variable_wants_them(self, open_connector, shop):
        open_connector().changes_since(None, call())
        assert isinstance(shop.requests[-1].json()["variables"]["since"], int)

    def test_a_question_that_must_be_answered_is(self, open_connector):
        connector = open_connector()
        assert connector.query_schema()["required"] == ["tag"]
        with pytest.raises(ConfigurationError, match="tag"):
            connector.query("Product", {}, 5, None, call())

    def test_codes_of_the_settings_go_first(self, open_connector, shop):
        error = {"message": "x", "extensions": {"code": "shop-closed"}}
        answering(shop, {"errors": [error]})
        for changed, kind in (
            ({}, ConfigurationError),
            ({"denied_codes": ["shop-closed"]}, AccessDeniedError),
            ({"later_codes": ["SHOP_CLOSED"]}, TransientError),
        ):
            with pytest.raises(kind, match=r"SHOP_CLOSED \(list_document\)") as told:
                open_connector(**changed).check(call())
            assert type(told.value) is kind


@pytest.mark.parametrize("dialect", ["numbered"], indirect=False)
class TestNumbered:
    def test_the_language_of_the_locale_is_asked(self, open_connector):
        connector, ref = open_connector(), Ref("Article", "101")
        german = connector.fetch([ref], call("de-CH"))[ref]
        assert (german.fields["headline"], german.lang) == ("Massage mit heissen Steinen", "de")
        assert connector.fetch([ref], call())[ref].lang == "en"

    def test_parameters_of_the_address_know_the_locale(self, open_connector, shop):
        connector = open_connector(extra_params={"languageCode": "{lang}", "full": "{locale}"})
        connector.search("", (), None, call("de-CH"))
        assert shop.requests[-1].query == {"languageCode": ["DE"], "full": ["de-CH"], "key": [SECRET]}

    def test_one_that_may_not_be_seen_is_forbidden_and_one_that_is_not_there_is_gone(
        self, open_connector, shop
    ):
        shop.forbidden.add(101)
        refs = [Ref("Article", "101"), Ref("Article", "999"), Ref("Article", "102")]
        fetched = open_connector().fetch(refs, call())
        assert fetched[refs[0]] == FORBIDDEN
        assert fetched[refs[1]] == GONE
        assert isinstance(fetched[refs[2]], Asset)

    @pytest.mark.parametrize(("means", "answer"), [("gone", GONE), ("hidden", HIDDEN), ("unknown", UNKNOWN)])
    def test_null_means_what_the_settings_say(self, open_connector, means, answer):
        ref = Ref("Article", "999")
        assert open_connector(null_means=means).fetch([ref], call()) == {ref: answer}


class TestMending:
    """What somebody reads who fills in the form."""

    dialect = pytest.fixture(lambda self: "offset")

    @pytest.mark.parametrize(
        ("setting", "document"),
        [
            ("list_document", "query { services { items { id colour } } }"),
            ("list_document", "query { no_such { id } }"),
        ],
    )
    def test_a_query_that_the_system_refuses_is_named(self, open_connector, setting, document):
        connector = open_connector(**{setting: document}, paging="none")
        with pytest.raises(ConfigurationError, match=rf"GRAPHQL_VALIDATION_FAILED at line .*\({setting}\)"):
            connector.check(call())

    @pytest.mark.parametrize("setting", ["batch_document", "get_document"])
    def test_the_test_reads_the_first_record_by_its_id_as_well(self, open_connector, setting):
        documents = {
            "batch_document": "query ($ids: [Int!]) { no_such(ids: $ids) { id } }",
            "get_document": "query ($id: Int!) { no_such(id: $id) { id } }",
        }
        changed = {setting: documents[setting]}
        if setting == "get_document":
            changed["batch_document"] = ""
            changed["absent_means"] = "unknown"
        with pytest.raises(ConfigurationError, match=rf"\({setting}\)"):
            open_connector(**changed).check(call())

    def test_a_batch_that_leaves_out_what_the_list_showed_fails_the_test(self, open_connector):
        document = 'query ($ids: [Int!]) { services(tag: "none", ids: $ids) { items { id name } } }'
        connector = open_connector(batch_document=document, absent_means="gone")
        with pytest.raises(ConfigurationError, match=r"is gone when it is read by its id \(batch_document\)"):
            connector.check(call())

    def test_where_no_records_are_the_answer_is_kept_for_the_form(self, open_connector):
        connector = open_connector(items="services.rows")
        with pytest.raises(PlaceError, match=r"“services.rows” \(items\)") as lost:
            connector.sample(call())
        assert "items" in lost.value.answer["services"]

    def test_the_place_of_records_is_found_where_most_have_it(self, open_connector):
        assert len(everything(open_connector(items=""))) == 7

    def test_a_sample_and_what_the_mapping_makes_of_it(self, open_connector):
        connector = open_connector()
        sample = connector.sample(call())
        assert sample["name"] == "Airport shuttle"
        trial = connector.try_mapping(sample)
        assert trial.usable
        assert {field.name: field.value for field in trial.fields}["offers.price"] == "129.00"

    def test_an_unmapped_required_field_fails_the_test_by_name(self, open_connector):
        with pytest.raises(ConfigurationError, match="not mapped yet: name"):
            open_connector(mapping={"sku": "id"}).check(call())
