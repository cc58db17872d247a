"""What a connection to a feed does beyond the contract: pages, marks, changes, absences."""

import json
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest

from connectors.rss.settings import FeedConfig
from connectors.rss.simulator import AtomFeed, FeedSimulator, RdfFeed, WordPressFeed
from connectors.sdk import Asset, Call, Change, ConfigurationError, Missing, MissingReason, Ref, Unchanged
from tests.connectors.rss import dialects

UNKNOWN, GONE = Missing(MissingReason.UNKNOWN), Missing(MissingReason.GONE)


def call():
    return Call.within(5)


def knowing(assets):
    return Call(Call.within(5).deadline, validators={ref: asset.validator for ref, asset in assets.items()})


def post(number):
    return Ref("Article", f"https://magazine.example/?p={number}")


@pytest.fixture
def magazine():
    with WordPressFeed() as simulator:
        yield simulator


@pytest.fixture
def connector(magazine):
    with closing(dialects.connect(dialects.WORDPRESS, magazine.url)) as connector:
        yield connector


def test_an_item_is_an_article(connector):
    article = connector.fetch([post(107)], call())[post(107)]
    assert article.fields == {
        "headline": "Opening night",
        "description": "About: Opening night […]",
        "articleBody": "<p>About: Opening night</p>",
        "articleSection": "House",
        "url": "https://magazine.example/107/",
        "author": {"name": "Ada Keeper"},
        "datePublished": article.fields["datePublished"],
        "image": ["https://magazine.example/107.jpg"],
        "keywords": ["House"],
        "inLanguage": "en-GB",
    }
    assert article.updated_at is not None
    assert article.lang == "en-GB"


def test_all_ids_of_the_first_page_are_one_request(connector, magazine):
    refs = [post(number) for number in (107, 106, 105)]
    assert len(connector.fetch(refs, call())) == 3
    assert len(magazine.requests) == 1


def test_older_ones_are_looked_for_on_as_many_pages_as_the_settings_say(connector, magazine):
    assert isinstance(connector.fetch([post(101)], call())[post(101)], Asset)
    assert [request.arg("paged") for request in magazine.requests] == ["", "2", "3"]
    with closing(dialects.connect(dialects.WORDPRESS, magazine.url, pages=2)) as short:
        assert short.fetch([post(101)], call())[post(101)] == UNKNOWN


def test_an_entry_that_fell_out_of_the_feed_is_not_gone_and_not_told_as_deleted():
    with RdfFeed() as magazine, closing(dialects.connect(dialects.RDF, magazine.url)) as connector:
        ref = Ref("Article", "https://magazine.example/101")
        cursor = connector.changes_since(None, call()).cursor
        del magazine.entries[101]
        assert connector.fetch([ref], call())[ref] == UNKNOWN
        assert connector.changes_since(cursor, call()).changes == []


def test_a_tombstone_says_that_an_entry_is_gone():
    with AtomFeed() as magazine, closing(dialects.connect(dialects.ATOM, magazine.url)) as connector:
        ref = Ref("SocialMediaPosting", "tag:magazine.example,2026:106")
        cursor = connector.changes_since(None, call()).cursor
        magazine.delete(106)
        assert connector.fetch([ref], call())[ref] == GONE
        page = connector.changes_since(cursor, call())
        assert Change(ref, deleted=True) in page.changes
        assert connector.changes_since(page.cursor, call()).changes == []


def test_a_feed_that_did_not_change_is_not_sent_again(connector):
    first = connector.fetch([post(107), post(106)], call())
    assert all(asset.validator.startswith("tag:") for asset in first.values())
    again = connector.fetch([post(107), post(106)], knowing(first))
    assert again == {post(107): Unchanged(), post(106): Unchanged()}


def test_an_edit_in_the_second_of_an_answer_does_not_hide_behind_its_mark(connector, magazine):
    """WordPress makes its tag of a time in whole seconds."""
    magazine.change(107, title="One")
    magazine.clock = magazine.entries[107].changed
    before = connector.fetch([post(107)], call())
    magazine.entries[107] = replace(magazine.entries[107], title="Two")
    after = connector.fetch([post(107)], knowing(before))[post(107)]
    assert after.fields["headline"] == "Two"


def test_a_mark_is_kept_once_the_second_is_over(connector, magazine):
    magazine.change(107, title="One")
    magazine.clock = magazine.entries[107].changed + timedelta(seconds=2)
    known = connector.fetch([post(107)], call())
    assert connector.fetch([post(107)], knowing(known))[post(107)] == Unchanged()


def test_entries_with_different_marks_are_read(connector, magazine):
    first = connector.fetch([post(107)], call())
    magazine.change(106, title="Warm stones")
    magazine.clock = magazine.entries[106].changed + timedelta(seconds=5)
    second = connector.fetch([post(106)], call())
    mixed = connector.fetch([post(107), post(106)], knowing({**first, **second}))
    assert all(isinstance(asset, Asset) for asset in mixed.values())


@pytest.mark.parametrize(
    ("simulator", "settings"),
    [(WordPressFeed, dialects.WORDPRESS), (AtomFeed, dialects.ATOM), (RdfFeed, dialects.RDF)],
)
def test_polling_names_what_is_new_or_edited_and_nothing_else(simulator, settings):
    with simulator() as magazine, closing(dialects.connect(settings, magazine.url)) as connector:
        cursor = connector.changes_since(None, call()).cursor
        assert connector.changes_since(cursor, call()).changes == []
        magazine.change(106, title="Warm stones")
        number = magazine.add("News")
        page = connector.changes_since(cursor, call())
        told = {change.ref.external_id for change in page.changes}
        assert {one for one in told if one.endswith(("106", str(number)))} == told
        assert len(told) == 2
        assert connector.changes_since(page.cursor, call()).changes == []


def test_polling_of_one_page_asks_only_whether_it_changed(magazine):
    settings = {**dialects.WORDPRESS, "paging": "none"}
    with closing(dialects.connect(settings, magazine.url)) as connector:
        cursor = connector.changes_since(None, call()).cursor
        assert connector.changes_since(cursor, call()).cursor == cursor
        assert "if-none-match" in magazine.requests[-1].headers
        magazine.change(107, title="Another night")
        assert [one.ref for one in connector.changes_since(cursor, call()).changes] == [post(107)]


def test_a_change_that_shows_nowhere_is_not_told():
    with RdfFeed() as magazine, closing(dialects.connect(dialects.RDF, magazine.url)) as connector:
        cursor = connector.changes_since(None, call()).cursor
        magazine.change(107)
        assert connector.changes_since(cursor, call()).changes == []


def test_the_cursor_of_polling_holds_no_id_and_no_text(connector):
    cursor = connector.changes_since(None, call()).cursor
    assert "magazine" not in cursor
    assert "Opening" not in cursor


def test_of_a_very_long_feed_all_is_read_again_after_a_change():
    with RdfFeed() as magazine, closing(dialects.connect(dialects.RDF, magazine.url)) as connector:
        for number in range(1001):
            magazine.add(f"Story {number}")
        cursor = connector.changes_since(None, call()).cursor
        assert len(cursor) < 200
        assert not connector.changes_since(cursor, call()).types
        magazine.change(106, title="Warm stones")
        page = connector.changes_since(cursor, call())
        assert (list(page.changes), page.types) == ([], ("Article",))


def test_a_feed_that_ignores_the_page_number_ends_after_its_first_page():
    settings = {**dialects.RDF, "paging": "page", "page_size": 5}
    with RdfFeed() as magazine, closing(dialects.connect(settings, magazine.url)) as connector:
        first = connector.search("", (), None, call())
        second = connector.search("", (), first.next_cursor, call())
        assert [len(first.assets), len(second.assets), second.next_cursor] == [5, 2, None]


class Elsewhere(FeedSimulator):
    content_type = "application/atom+xml"

    def answer(self, request):
        return self.written(
            "<feed xmlns='http://www.w3.org/2005/Atom'><link rel='next' href='/admin?all=1'/>"
            "<entry><id>1</id><title>One</title></entry></feed>"
        )


def test_a_next_page_at_another_path_is_refused_in_words():
    with Elsewhere() as magazine:
        settings = {"path": "/news.atom", "paging": "next"}
        with closing(dialects.connect(settings, magazine.url)) as connector:
            with pytest.raises(ConfigurationError, match="another path"):
                connector.check(call())
            assert [request.path for request in magazine.requests] == ["/news.atom"]


@pytest.mark.parametrize("cursor", ["0~../../admin", "0~2:zz", "0~-1:0123456789abcdef", "5~x"])
def test_a_cursor_that_was_not_given_out_leads_nowhere(connector, magazine, cursor):
    with pytest.raises(Exception, match="not a cursor"):
        connector.search("", (), cursor, call())
    assert not magazine.requests


def test_a_broken_entry_costs_no_other():
    class Untitled(RdfFeed):
        def newest(self):
            return [
                one if one.number != 106 else type(one)(106, "", "", one.written, one.changed)
                for one in super().newest()
            ]

    with Untitled() as magazine, closing(dialects.connect(dialects.RDF, magazine.url)) as connector:
        refs = [Ref("Article", f"https://magazine.example/{number}") for number in (107, 106)]
        answers = connector.fetch(refs, call())
        assert isinstance(answers[refs[0]], Asset)
        assert not isinstance(answers.get(refs[1]), Asset | Missing)


def test_a_search_needs_all_words_in_any_case(connector):
    def found(words):
        return [asset.fields["headline"] for asset in connector.search(words, (), None, call()).assets]

    assert found("HARBOUR walk") == ["A walk along the harbour wall"]
    assert found("harbour spa") == []
    assert found("café") == ["The keeper’s café"]


def test_a_collection_asks_for_nothing_but_a_category(connector):
    with pytest.raises(ConfigurationError, match="colour"):
        connector.query("Article", {"colour": "red"}, 5, None, call())


def test_the_sample_can_be_tried(connector):
    trial = connector.try_mapping(connector.sample(call()))
    assert trial.usable
    assert {field.name: field.value for field in trial.fields}["headline"] == "Opening night"
    assert json.dumps(connector.sample(call()))


def test_a_mapping_comes_on_top_of_the_usual_fields():
    config = FeedConfig(base_url="https://x.example/f", mapping={"extra.source": "source.title"})
    assert config.mapping["headline"] == "title"
    assert config.mapping["extra.source"] == "source.title"
    post = FeedConfig(base_url="https://x.example/f", type="SocialMediaPosting")
    assert "description" not in post.mapping


@pytest.mark.parametrize(
    ("field", "changed"),
    [
        ("base_url", {"base_url": "x.example/feed"}),
        ("base_url", {"base_url": "ftp://x.example/feed"}),
        ("base_url", {"base_url": "https://ada:pw@x.example/feed"}),
        ("base_url", {"base_url": "https://x.example/feed#top"}),
        ("type", {"type": "Sofa"}),
        ("mapping", {"mapping": {"nose": "title"}}),
        ("mapping", {"mapping": {"headline": "title["}}),
        ("page_parameter", {"paging": "page", "page_parameter": " "}),
        ("pages", {"pages": 11}),
        ("password", {"auth": "basic", "username": " "}),
    ],
)
def test_settings_that_cannot_work_are_refused(field, changed):
    with pytest.raises(ValueError, match=field if field != "password" else "username"):
        FeedConfig(**{"base_url": "https://x.example/feed/?cat=3", **changed})


def test_the_query_of_the_address_stays():
    with RdfFeed() as magazine:
        settings = {**dialects.RDF, "path": "/index.rdf?cat=3"}
        with closing(dialects.connect(settings, magazine.url)) as connector:
            connector.check(call())
        assert magazine.requests[-1].arg("cat") == "3"
