"""WordPress' connector against the real WordPress."""

import time
from datetime import timedelta

import pytest

from connectors.sdk import AccessDeniedError, Asset, Call, Missing, MissingReason, Ref
from connectors.wordpress.connector import WordPressConnector
from connectors.wordpress.settings import WordPressConfig
from tests.real.suite import LOOPBACK, Collection, NotApplicable, RealSuite
from tests.real.systems import Key
from tests.real.systems.programs import run

GONE, HIDDEN = Missing(MissingReason.GONE), Missing(MissingReason.HIDDEN)
NOBODY = Key("", "")


def call() -> Call:
    return Call.within(20)


class TestWordPress(RealSuite):
    system = "wordpress"
    unknown = Ref("Article", "99999")
    search_word = "harbour"
    search_hits = (
        "How to reach Meridian Bay",
        "What’s on at the harbour",
        "A walk along the harbour wall",
    )
    collections = (
        Collection(
            "Article",
            {"category": "Guides"},
            ["How to reach Meridian Bay", "What’s on at the harbour", "A walk along the harbour wall"],
        ),
        Collection(
            "Article", {"tag": "harbour"}, ["What’s on at the harbour", "A walk along the harbour wall"]
        ),
        Collection("Article", {"category": "spa", "search": "towels"}, ["Spa etiquette"]),
        Collection("ImageObject", {"sort": "title"}, ["Lighthouse", "Meridian Bay at dusk"]),
    )
    picture = "Meridian Bay at dusk"
    exact_sizes = NotApplicable("WordPress makes its sizes when a picture is uploaded: there are a few.")
    formats = NotApplicable("WordPress makes its sizes in the format of the original.")
    # A subscriber is not told what is private from what is a draft.
    forbidden_as = MissingReason.HIDDEN
    # Its lists never show what was deleted for good; the connector sees what is missing.
    deletions_told = "poll, as a change"

    def make_connector(self, url, key, egress):
        config = WordPressConfig(base_url=url, username=key.user, application_password=key.secret)
        return WordPressConnector(config, egress=egress)

    def ref_of(self, seeded):
        return Ref("ImageObject" if seeded.kind == "media" else "Article", seeded.id)

    def _seeded(self, running):
        """What everybody may see: the private post is hidden, also from whoever may read it."""
        return {
            ref: title
            for ref, title in super()._seeded(running).items()
            if ref.external_id != running.unreadable
        }

    @pytest.fixture
    def as_somebody(self, running):
        """Make connectors with other keys; ``NOBODY`` for none."""
        opened = []

        def make(key):
            opened.append(self.make_connector(running.base_url, key, LOOPBACK))
            return opened[-1]

        yield make
        for one in opened:
            one.close()

    def test_a_post_is_an_article(self, connector, running):
        one = next(one for one in running.seeded if one.title == "How to reach Meridian Bay")
        article = connector.fetch([self.ref_of(one)], call())[self.ref_of(one)]
        assert article.fields["headline"] == one.title
        assert "By boat from the old harbour" in article.fields["articleBody"]
        assert article.fields["articleSection"] == "Guides"
        assert article.fields["author"]["name"] == "admin"
        assert article.fields["image"][0].startswith(running.base_url)
        assert article.fields["datePublished"].endswith("Z")

    @pytest.mark.parametrize("as_who", ["key", "narrow_key", "nobody"])
    def test_hidden_and_gone_for_each_key(self, as_somebody, running, added, as_who):
        connector = as_somebody(NOBODY if as_who == "nobody" else getattr(running, as_who))
        ref, other = added, self.ref_of(running.seeded[0])
        for status in ("draft", "pending", "private"):
            running.set(ref.external_id, status=status)
            answers = connector.fetch([ref, other], call())
            assert answers[ref] == HIDDEN, status
            assert isinstance(answers[other], Asset)
        running.publish(ref.external_id)
        assert isinstance(connector.fetch([ref], call())[ref], Asset)
        running.trash(ref.external_id)
        assert connector.fetch([ref, other], call())[ref] == (GONE if as_who == "key" else HIDDEN)
        running.untrash(ref.external_id)
        assert isinstance(connector.fetch([ref], call())[ref], Asset)
        running.delete(ref.external_id)
        assert connector.fetch([ref, other], call())[ref] == GONE

    def test_a_wrong_key_refuses_and_never_calls_anything_gone(self, as_somebody, running, added):
        connector = as_somebody(running.wrong_key)
        running.trash(added.external_id)
        for refs in ([added], [added, self.ref_of(running.seeded[0])], [Ref("ImageObject", "99999")]):
            with pytest.raises(AccessDeniedError):
                connector.fetch(refs, call())
        for ask in (connector.check, lambda call: connector.changes_since(None, call)):
            with pytest.raises(AccessDeniedError):
                ask(call())

    def test_a_poll_tells_an_editor_what_became_a_draft_and_what_is_in_the_trash(
        self, connector, running, added
    ):
        cursor = connector.changes_since(None, call()).cursor
        for edit, deleted in ((running.hide, False), (running.publish, False), (running.trash, True)):
            edit(added.external_id)
            told, cursor = _follow(connector, cursor)
            assert (added, deleted) in told
        running.untrash(added.external_id)
        assert (added, False) in _follow(connector, cursor)[0]

    def test_two_edits_in_one_second_with_a_poll_between_are_both_told(self, connector, running, added):
        cursor = connector.changes_since(None, call()).cursor
        for number in range(6):
            running.edit(added.external_id, f"Title {number}")
            told, cursor = _follow(connector, cursor)
            assert (added, False) in told, number

    def test_a_planned_post_that_goes_live_is_told_although_it_does_not_change(
        self, connector, running, added, monkeypatch
    ):
        monkeypatch.setattr("connectors.wordpress.changes._LATENESS", timedelta(0))
        running.set(added.external_id, status="future", date_gmt="2099-01-01T00:00:00")
        assert connector.fetch([added], call())[added] == HIDDEN
        planned = self._modified(running, added)
        time.sleep(2)  # Its times have whole seconds: the poll begins in a later one.
        cursor = connector.changes_since(None, call()).cursor
        _let_the_time_come(running, added)
        assert self._modified(running, added) == planned
        assert (added, False) in _follow(connector, cursor)[0]
        assert isinstance(connector.fetch([added], call())[added], Asset)

    def test_a_date_in_the_future_does_not_end_polling(self, connector, running, added):
        cursor = connector.changes_since(None, call()).cursor
        _publish(running, added, date="2099-01-01 00:00:00")
        told, cursor = _follow(connector, cursor)
        assert (added, False) in told
        running.edit(added.external_id, "Keeper of the lighthouse")
        assert (added, False) in _follow(connector, cursor)[0]

    def _modified(self, running, ref):
        path = f"wp-json/wp/v2/posts/{ref.external_id}?_fields=modified_gmt"
        return running.ask("GET", path, auth=(running.key.user, running.key.secret)).json()["modified_gmt"]

    def test_each_size_is_what_it_says(self, connector, running):
        asset = self._pictured(connector, running)
        wishes = {
            "thumbnail": (100, 100),
            "medium": (250, None),
            "medium_large": (500, None),
            "full": (5000, None),
        }
        for name, (width, height) in wishes.items():
            told = next(size for size in asset.fields["extra"]["sizes"] if size["name"] == name)
            rendition = connector.rendition(asset, width=width, height=height)
            assert (rendition.url, rendition.width, rendition.height) == (
                *(told["url"], told["width"], told["height"]),
            )


def _let_the_time_come(running, ref):
    """What WordPress' cron does with a planned post whose time has come, without waiting a minute for it."""
    code = "$GLOBALS['wpdb']->update($GLOBALS['wpdb']->posts, ['post_date' => current_time('mysql'), "
    code += "'post_date_gmt' => current_time('mysql', true)], ['ID' => $id]); clean_post_cache($id);"
    _run_in(running, f"{code} check_and_publish_future_post($id);", ref)


def _publish(running, ref, *, date):
    """What plugins do that publish with a date in the future."""
    code = "$GLOBALS['wpdb']->update($GLOBALS['wpdb']->posts, ['post_status' => 'publish', "
    _run_in(running, f"{code} 'post_date' => '{date}', 'post_date_gmt' => '{date}'], ['ID' => $id]);", ref)


def _run_in(running, code, ref):
    command = ["php", "-r", f"require $argv[1] . '/wp-load.php'; $id = (int) $argv[2]; {code}"]
    run(
        [*command, str(running.data / "site"), ref.external_id],
        folder=running.data,
        log=running.data / "php.log",
        environment=running._environment(),
    )


def _follow(connector, cursor):
    """Every change until the end of a pass, and where the next begins."""
    told, more = [], True
    while more:
        page = connector.changes_since(cursor, call())
        told += [(change.ref, change.deleted) for change in page.changes]
        cursor, more = page.cursor, page.more
    return told, cursor
