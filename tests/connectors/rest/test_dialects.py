"""What the contract cannot know: the manners of each dialect, one by one."""

from dataclasses import replace
from datetime import timedelta

import pytest

from connectors.rest.simulator import DIALECTS
from connectors.sdk import (
    AccessDeniedError,
    Asset,
    BadResponseError,
    Call,
    Identifier,
    Identifies,
    Missing,
    MissingReason,
    Notice,
    Notifies,
    Polls,
    Queryable,
    Ref,
    Renders,
    Searchable,
    Unchanged,
    capabilities,
)
from tests.connectors.rest.dialects import BASE_PATHS, COUNTED, GUESTS, SETTINGS, connect

GONE, UNKNOWN = Missing(MissingReason.GONE), Missing(MissingReason.UNKNOWN)


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
        opened.append(connect(SETTINGS[dialect], shop.url, base_path=BASE_PATHS.get(dialect, ""), **changed))
        return opened[-1]

    yield connector
    for connector in opened:
        connector.close()


def call() -> Call:
    return Call.within(5)


def follow(connector, cursor):
    """Ids of all changes until the end of a pass, and where the next begins."""
    told, more = [], True
    while more:
        page = connector.changes_since(cursor, call())
        told += [change.ref.external_id for change in page.changes]
        cursor, more = page.cursor, page.more
    return told, cursor


def everything(connector) -> list[Asset]:
    """All that a search for nothing brings, page after page."""
    assets, cursor, pages = [], None, 0
    while pages < 20:
        page = connector.search("", (), cursor, call())
        assets += page.assets
        pages += 1
        cursor = page.next_cursor
        if cursor is None:
            return assets
    raise AssertionError("the list does not end")


def test_every_page_is_reached_once(open_connector, shop):
    titles = [asset.ref for asset in everything(open_connector())]
    assert len(titles) == len(set(titles)) == len(shop.items) == 7


def test_a_search_filters(open_connector, shop):
    connector = open_connector()
    found = connector.search("massage", (), None, call()).assets
    assert len(found) == 1
    assert "massage" in str(found[0].fields)
    assert connector.search("nothing like it", (), None, call()).assets in ([], ())


def test_what_was_found_can_be_fetched(open_connector):
    connector = open_connector()
    assets = everything(connector)
    fetched = connector.fetch([asset.ref for asset in reversed(assets)], call())
    assert {ref: asset.fields for ref, asset in fetched.items()} == {a.ref: a.fields for a in assets}


def test_a_deleted_record_is_gone_and_costs_no_other(open_connector, shop):
    connector = open_connector()
    kept, dropped = (asset.ref for asset in everything(connector)[:2])
    shop.delete(dropped.external_id.rpartition("-")[2])
    fetched = connector.fetch([dropped, kept], call())
    assert isinstance(fetched[kept], Asset)
    assert fetched[dropped] == GONE
    assert connector.fetch([dropped], call()) == {dropped: GONE}


def test_a_wrong_key_is_denied_and_drops_nothing(open_connector, shop, dialect):
    right = open_connector()
    refs = [asset.ref for asset in everything(right)]
    secret = {"basic": "password", "bearer": "token"}.get(right.config.auth, "key")
    wrong = open_connector(**{secret: "wrong-k3y"})
    for attempt in (
        lambda: wrong.check(call()),
        lambda: wrong.fetch(refs[:1], call()),
        lambda: wrong.fetch(refs[:3], call()),
        lambda: wrong.search("", (), None, call()),
    ):
        with pytest.raises(AccessDeniedError) as denied:
            attempt()
        assert "wrong-k3y" not in str(denied.value)


def test_the_connection_tests_itself(open_connector):
    open_connector().check(call())


def test_a_next_address_never_shows_the_key(open_connector, dialect):
    connector = open_connector()
    cursor = connector.search("", (), None, call()).next_cursor
    assert "s3cret" not in (cursor or "")


def test_times_have_a_zone_and_are_the_same_instant_in_every_dialect(open_connector, shop):
    asset = open_connector().search("massage", (), None, call()).assets[0]
    assert asset.updated_at is not None
    assert asset.updated_at.timestamp() == shop.items[101].changed.timestamp()


def test_capabilities_are_those_of_the_settings(open_connector, dialect):
    connector = open_connector()
    config = connector.config
    assert isinstance(connector, Searchable)
    assert isinstance(connector, Queryable) == bool(config.query_path)
    assert isinstance(connector, Polls) == bool(config.changes_path)
    assert isinstance(connector, Notifies) == bool(config.notice_ids)
    assert isinstance(connector, Renders) == bool(config.rendition_path)
    assert not isinstance(connector, Identifies)
    assert "search" in capabilities(connector)
    assert "identify" not in capabilities(connector)


@pytest.mark.parametrize("dialect", ["paged"], indirect=False)
class TestPaged:
    def test_an_unchanged_record_is_not_sent_again(self, open_connector):
        connector = open_connector()
        ref = Ref("Article", "101")
        asset = connector.fetch([ref], call())[ref]
        again = Call(deadline=call().deadline, validators={ref: asset.validator})
        assert connector.fetch([ref], again) == {ref: Unchanged()}

    def test_a_draft_is_hidden(self, open_connector, shop):
        connector = open_connector()
        shop.change("101", draft=True)
        ref = Ref("Article", "101")
        assert connector.fetch([ref], call()) == {ref: Missing(MissingReason.HIDDEN)}

    def test_without_a_batch_it_is_asked_one_by_one(self, open_connector):
        assert open_connector().max_batch == 1

    def test_a_next_address_at_another_host_is_followed_at_this_one(self, open_connector, shop):
        connector = open_connector()
        cursor = connector.search("", (), None, call()).next_cursor
        assert cursor == "page=2"
        assert connector.search("", (), cursor, call()).assets


@pytest.mark.parametrize("dialect", ["numbered"], indirect=False)
class TestNumbered:
    def test_a_batch_that_is_cut_by_a_page_size_is_read_on(self, open_connector, shop):
        connector = open_connector()
        refs = [Ref("Product", str(number)) for number in shop.items]
        fetched = connector.fetch([*refs, Ref("Product", "999")], call())
        assert [ref for ref in refs if isinstance(fetched[ref], Asset)] == refs
        assert fetched[Ref("Product", "999")] == GONE

    def test_fields_become_canonical(self, open_connector, shop):
        ref = Ref("Product", "101")
        asset = open_connector().fetch([ref], call())[ref]
        assert asset.fields == {
            "name": "Hot stone massage",
            "sku": "101",
            "image": [f"{shop.url}/media/101.jpg"],
            "offers": {"price": "129.00", "priceCurrency": "CHF"},
            "extra": {"labels": ["spa"]},
        }
        assert asset.edit_url == "https://pim.example.com/app/products/101"
        assert asset.valid_until.year == 2036

    def test_a_collection_is_a_filter(self, open_connector):
        connector = open_connector()
        assert connector.query_schema()["properties"] == {"tag": {"type": "string", "title": "Label"}}
        page = connector.query("Product", {"tag": "spa"}, 5, None, call())
        assert [asset.ref.external_id for asset in page.assets] == ["102", "101"]
        assert page.next_cursor is None

    def test_a_collection_goes_on_where_its_limit_cut_a_page(self, open_connector):
        connector = open_connector()
        ids, cursor = [], None
        for _ in range(4):
            page = connector.query("Product", {}, 2, cursor, call())
            ids += [asset.ref.external_id for asset in page.assets]
            cursor = page.next_cursor
        assert ids == ["107", "106", "105", "104", "103", "102", "101"]
        assert cursor is None

    def test_polling_tells_each_change_once(self, open_connector, shop):
        connector = open_connector()
        start = connector.changes_since(None, call())
        assert start.changes == ()
        shop.change("103", title="Tandem for a day")
        added = shop.add("Wine tasting")
        shop.clock = shop.now + timedelta(seconds=1)
        told, cursor = follow(connector, start.cursor)
        assert sorted(told) == sorted(["103", added])
        assert follow(connector, cursor)[0] == []

    @pytest.mark.parametrize("overlap_s", [0, 30])
    def test_two_edits_in_the_second_of_a_poll_are_both_told(self, open_connector, shop, overlap_s):
        connector = open_connector(changes_overlap_s=overlap_s)
        cursor = connector.changes_since(None, call()).cursor
        shop.change("103", title="Tandem for a day")
        shop.clock = shop.now
        first, cursor = follow(connector, cursor)
        shop.items[103] = replace(shop.items[103], title="Triplet for a day")
        shop.clock += timedelta(seconds=5)
        second, cursor = follow(connector, cursor)
        assert first == second == ["103"]
        assert follow(connector, cursor)[0] == []

    def test_a_hook_names_ids_or_concerns_nothing(self, open_connector):
        connector = open_connector()
        body = b'{"kind": "product", "items": [{"id": 101}, {"id": 102}]}'
        assert connector.parse_notice({}, body).refs == (Ref("Product", "101"), Ref("Product", "102"))
        assert connector.parse_notice({}, b'{"kind": "order", "items": [{"id": 1}]}') == Notice()
        assert connector.parse_notice({}, b'{"kind": "product"}') == Notice(types=("Product",))


@pytest.mark.parametrize("dialect", ["cursor"], indirect=False)
class TestCursor:
    def test_polling_by_mark_tells_deletions(self, open_connector, shop):
        connector = open_connector()
        start = connector.changes_since(None, call())
        shop.delete("104")
        added = shop.add("New post")
        page = connector.changes_since(start.cursor, call())
        assert [(c.ref.external_id, c.deleted) for c in page.changes] == [
            ("at-104", True),
            (f"at-{added}", False),
        ]
        assert connector.changes_since(page.cursor, call()).changes == []


@pytest.mark.parametrize("dialect", ["linked"], indirect=False)
class TestLinked:
    def test_a_rendition_leaves_out_what_is_not_asked(self, open_connector, shop):
        connector = open_connector()
        asset = everything(connector)[0]
        rendition = connector.rendition(asset, width=320, encoding_format="image/webp")
        assert rendition.url == f"{shop.url}/wp-json/wp/v2/renditions/{asset.ref.external_id}?w=320&type=webp"


class TestPeople:
    dialect = pytest.fixture(lambda self: "counted")

    @pytest.fixture
    def guests(self, shop):
        connector = connect(GUESTS, shop.url)
        yield connector
        connector.close()

    def test_each_identifier_gets_its_own_record(self, guests):
        ada, ben, nobody = (Identifier("loyalty_id", value) for value in ("M-1001", "M-1002", "M-9"))
        found = guests.find([ada, ben, nobody], call())
        assert found[ada].fields["name"] == "Ada Keller"
        assert found[ben].fields["memberOf"]["tier"] == {"name": "Silver"}
        assert found[nobody] == GONE

    def test_a_filter_that_is_ignored_gives_out_nobody(self, shop):
        ignoring = connect(
            {**GUESTS, "find_path": "/items/guests?filter[card][_in]=M-1001&x={value}"}, shop.url
        )
        asked = Identifier("loyalty_id", "M-1002")
        assert ignoring.find([asked], call()) == {asked: GONE}
        ignoring.close()

    def test_a_message_never_holds_the_identifier(self, shop):
        broken = connect({**GUESTS, "find_path": "/nowhere/{value}?x=1", "gone_statuses": [410]}, shop.url)
        asked = Identifier("loyalty_id", "M-1002")
        with pytest.raises(AccessDeniedError) as error:
            broken.find([asked], call())
        assert "M-1002" not in str(error.value)
        assert "nowhere/{value}" in str(error.value)
        broken.close()

    def test_what_polling_remembers_of_people_names_none(self, shop):
        polling = {
            "changes_path": "/items/guests?filter[updated][_gte]={since}",
            "updated_at": "updated",
            "time_format": "epoch_s",
            "id_field": "card",
        }
        connector = connect({**GUESTS, **polling}, shop.url)
        cursor = connector.changes_since(None, call()).cursor
        shop.edit_guest("8", tier="Gold")
        shop.clock = shop.now + timedelta(seconds=1)
        told, cursor = follow(connector, cursor)
        assert told == ["M-1002"]
        assert "M-1002" not in cursor
        assert follow(connector, cursor)[0] == []
        connector.close()

    def test_it_is_not_offered_for_search(self, guests):
        assert isinstance(guests, Identifies)
        assert guests.identifier_kinds == ("loyalty_id",)
        assert not isinstance(guests, Searchable)


class TestAbsence:
    dialect = pytest.fixture(lambda self: "counted")

    def test_a_null_in_the_place_of_the_record_is_gone(self, shop):
        connector = connect(COUNTED, shop.url, batch_path="", record="data.part")
        ref = Ref("Product", "sku-101")
        shop._service = lambda item: {"part": None}
        assert connector.fetch([ref], call()) == {ref: GONE}
        shop._service = lambda item: {"id": "sku-101", "part": {"id": "sku-101", "name": "Sauna"}}
        assert isinstance(connector.fetch([ref], call())[ref], Asset)
        connector.close()

    def test_a_record_that_is_not_in_its_place_is_a_bad_answer_not_a_deleted_record(self, shop):
        connector = connect(COUNTED, shop.url, batch_path="", record="item")
        with pytest.raises(BadResponseError, match="record"):
            connector.fetch([Ref("Product", "sku-101")], call())
        connector.close()

    def test_a_record_under_another_id_has_moved(self, shop):
        connector = connect(COUNTED, shop.url, batch_path="", get_path="/items/services/sku-102?was={id}")
        ref = Ref("Product", "sku-101")
        assert connector.fetch([ref], call()) == {
            ref: Missing(MissingReason.MOVED, Ref("Product", "sku-102"))
        }
        connector.close()

    def test_an_empty_batch_proves_nothing_where_nothing_is_shown(self, shop):
        connector = connect(COUNTED, shop.url)
        ref = Ref("Product", "sku-101")
        shop.items.clear()
        assert connector.fetch([ref], call()) == {ref: UNKNOWN}
        connector.close()

    def test_a_batch_that_ignores_ids_proves_nothing(self, shop):
        connector = connect(COUNTED, shop.url, batch_path="/items/services?ignored={ids}")
        known, absent = Ref("Product", "sku-101"), Ref("Product", "sku-999")
        fetched = connector.fetch([known, absent], call())
        assert isinstance(fetched[known], Asset)
        assert fetched[absent] == UNKNOWN
        connector.close()

    def test_an_id_cannot_reach_another_path(self, shop):
        connector = connect(COUNTED, shop.url, batch_path="")
        for external_id in ("..", ".", ""):
            ref = Ref("Product", external_id)
            assert connector.fetch([ref], call()) == {ref: GONE}
        odd = Ref("Product", "../guests?x=1#y")
        assert connector.fetch([odd], call()) == {odd: GONE}
        connector.close()
