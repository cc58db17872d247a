"""The connector of feeds against WordPress' own feed: what any site on it gives, without key or plugin."""

import time

import pytest

from connectors.rss.connector import FeedConnector
from connectors.rss.settings import FeedConfig
from connectors.sdk import Asset, Call, Missing, MissingReason, Ref, Unchanged
from tests.real.suite import LOOPBACK

# WordPress' own number of entries on a page of its feed.
ON_A_PAGE = 10


def call(**more) -> Call:
    return Call(deadline=Call.within(20).deadline, **more)


def title(asset):
    return asset.fields["headline"]


class TestFeed:
    system = "wordpress"

    @pytest.fixture
    def feed(self, running):
        """Make connectors for the feed, with further settings."""
        opened = []

        def make(query="feed=rss2", **settings):
            config = FeedConfig(base_url=f"{running.base_url}/?{query}", **settings)
            opened.append(FeedConnector(config, egress=LOOPBACK))
            return opened[-1]

        yield make
        for one in opened:
            one.close()

    @pytest.fixture
    def story(self, running, feed):
        """A post of its own, gone after the test: its number, and how the feed calls it."""
        number = running.add("The keeper’s tale")
        found = feed().search("keeper", (), None, call()).assets
        yield number, found[0].ref
        if running.read(number, running.key) is not None:
            running.delete(number)

    def test_it_is_a_feed_of_the_newest(self, feed):
        connector = feed()
        connector.check(call())
        page = connector.search("", (), None, call())
        assert len(page.assets) == ON_A_PAGE
        assert page.next_cursor is None

    def test_an_entry_is_an_article(self, running, feed, story):
        _number, ref = story
        article = feed().fetch([ref], call())[ref]
        assert title(article) == "The keeper’s tale"
        assert article.fields["author"]["name"] == "admin"
        assert article.fields["url"].startswith("http")
        assert "About: The keeper’s tale" in article.fields["articleBody"]
        assert article.fields["datePublished"].endswith(("Z", "+00:00"))

    @pytest.mark.parametrize("query", ["feed=rss2", "feed=atom", "feed=rdf"])
    def test_its_three_formats_hold_the_same(self, feed, query):
        assert sorted(map(title, feed(query).search("", (), None, call()).assets)) == sorted(
            map(title, feed().search("", (), None, call()).assets)
        )

    def test_all_its_pages_are_all_posts(self, running, feed):
        connector = feed(paging="page", pages=10)
        seen, cursor = [], None
        while True:
            page = connector.search("", (), cursor, call())
            seen += map(title, page.assets)
            cursor = page.next_cursor
            if cursor is None:
                break
        public = [one.title for one in running.seeded if one.kind == "posts" and one.id != running.unreadable]
        assert sorted(seen) == sorted(public)

    def test_a_category_is_a_collection(self, feed):
        connector = feed(paging="page", pages=10)
        page = connector.query("Article", {"category": "guides"}, 10, None, call())
        assert sorted(map(title, page.assets)) == [
            "A walk along the harbour wall",
            "How to reach Meridian Bay",
            "What’s on at the harbour",
        ]

    def test_what_has_not_changed_is_not_sent_again(self, running, feed, story):
        """Only after two seconds: WordPress' mark has whole seconds, and an edit could hide in this one."""
        _number, ref = story
        connector = feed()
        first = _settled(connector, ref)
        again = connector.fetch([ref], call(validators={ref: first.validator}))
        assert again == {ref: Unchanged()}

    def test_an_edit_is_told_and_read(self, running, feed, story):
        number, ref = story
        connector = feed()
        cursor = connector.changes_since(None, call()).cursor
        running.edit(number, "The keeper’s second tale")
        told = connector.changes_since(cursor, call())
        assert ref in [change.ref for change in told.changes]
        assert title(connector.fetch([ref], call())[ref]) == "The keeper’s second tale"

    @pytest.mark.parametrize("take_away", ["hide", "trash", "delete"])
    def test_what_is_not_in_it_any_more_may_only_be_older(self, running, feed, story, take_away):
        number, ref = story
        getattr(running, take_away)(number)
        answer = feed().fetch([ref], call())[ref]
        assert answer == Missing(MissingReason.UNKNOWN)

    def test_an_unknown_id_does_not_cost_the_others(self, feed, story):
        _number, ref = story
        other = Ref("Article", "http://nowhere.example/?p=1")
        answers = feed().fetch([ref, other], call())
        assert isinstance(answers[ref], Asset)
        assert answers[other] == Missing(MissingReason.UNKNOWN)


def _settled(connector, ref):
    """The entry, once it has a mark that can be relied upon."""
    for _ in range(40):
        asset = connector.fetch([ref], call())[ref]
        if asset.validator:
            return asset
        time.sleep(0.25)
    raise AssertionError("it never had a mark")
