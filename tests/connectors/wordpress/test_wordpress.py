"""What only WordPress does."""

import json
import time
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from connectors.sdk import (
    AccessDeniedError,
    Asset,
    BadResponseError,
    Call,
    ConfigurationError,
    Missing,
    MissingReason,
    Ref,
)
from connectors.sdk.connector import Egress
from connectors.sdk.testing.simulator import SimAnswer
from connectors.wordpress import changes
from connectors.wordpress.connector import WordPressConnector
from connectors.wordpress.inventory import Inventory
from connectors.wordpress.settings import WordPressConfig
from connectors.wordpress.simulator import EDITOR, PASSWORD, SUBSCRIBER, WordPressSimulator
from connectors.wordpress.text import read_gmt

LOOPBACK = Egress(allowed_hosts=frozenset({"127.0.0.1"}))
GONE, HIDDEN = Missing(MissingReason.GONE), Missing(MissingReason.HIDDEN)
AS_EDITOR = {"username": EDITOR, "application_password": PASSWORD}
AS_SUBSCRIBER = {"username": SUBSCRIBER, "application_password": PASSWORD}
WITH_A_WRONG_KEY = {"username": EDITOR, "application_password": "not this one"}
NOT_PUBLIC = ("draft", "pending", "private", "future")


def call() -> Call:
    return Call.within(5)


@pytest.fixture
def wordpress():
    with WordPressSimulator() as simulator:
        yield simulator


@pytest.fixture
def connect(wordpress):
    opened = []

    def make(**settings):
        config = WordPressConfig(**{"base_url": wordpress.url, "post_types": ["posts", "pages"], **settings})
        opened.append(WordPressConnector(config, egress=LOOPBACK))
        return opened[-1]

    yield make
    for connector in opened:
        connector.close()


def article(number: int) -> Ref:
    return Ref("Article", str(number))


def ref_of(wordpress, title: str, type: str = "Article") -> Ref:
    return Ref(type, str(next(n for n, row in wordpress.rows.items() if row["title"] == title)))


def fetch_one(connector, ref: Ref):
    return connector.fetch([ref], call()).get(ref)


# Reading


def test_a_post_becomes_an_article(wordpress, connect):
    ref = ref_of(wordpress, "Don’t touch the lamp")
    asset = fetch_one(connect(language="en-GB"), ref)
    row = wordpress.rows[int(ref.external_id)]
    assert asset.fields["headline"] == "Don’t touch the lamp"
    assert asset.fields["articleBody"] == "<p>It is <b>hot</b>.</p>"
    assert asset.fields["description"] == "About it …"
    assert asset.fields["author"]["name"] == "Ada Lindqvist"
    assert asset.fields["articleSection"] == "House"
    assert asset.fields["keywords"] == ["House"]
    assert asset.fields["image"] == [f"{wordpress.url}/wp-content/uploads/2026/11/blue-lamp.png"]
    assert asset.fields["extra"] == {
        "slug": "dont-touch-the-lamp",
        "postType": "post",
        "imageAlt": "Alt for blue-lamp",
    }
    assert (asset.lang, asset.fields["inLanguage"]) == ("en-GB", "en-GB")
    assert asset.edit_url == f"{wordpress.url}/wp-admin/post.php?post={ref.external_id}&action=edit"
    # The site is thirteen hours ahead of UTC.
    assert asset.updated_at == row["modified"]
    assert asset.fields["datePublished"] == row["date"].strftime("%Y-%m-%dT%H:%M:%SZ")


def test_a_time_without_a_zone_is_utc_whatever_zone_the_hub_is_in(monkeypatch):
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        assert read_gmt("2026-11-21T17:32:36") == datetime(2026, 11, 21, 17, 32, 36, tzinfo=UTC)
    finally:
        monkeypatch.undo()
        time.tzset()


def test_entities_in_a_title_are_letters(wordpress, connect):
    number = wordpress.post("Spa & <em>bar</em>", categories=[2], tags=[5])
    asset = fetch_one(connect(), article(number))
    assert asset.fields["headline"] == "Spa & bar"
    assert asset.fields["keywords"] == ["Spa & wellness", "hot stone"]


def test_a_post_without_a_title_is_called_by_its_slug(wordpress, connect):
    number = wordpress.post("", slug="2026-11-21-note")
    assert fetch_one(connect(), article(number)).fields["headline"] == "2026-11-21-note"


def test_a_file_becomes_a_picture_with_its_sizes(wordpress, connect):
    asset = fetch_one(connect(), ref_of(wordpress, "red-chair", "ImageObject"))
    uploads = f"{wordpress.url}/wp-content/uploads/2026/11"
    assert asset.fields["contentUrl"] == f"{uploads}/red-chair.png"
    assert asset.fields["thumbnailUrl"] == f"{uploads}/red-chair-300x200.png"
    assert asset.fields["description"] == "Alt for red-chair"
    assert (asset.fields["width"], asset.fields["height"]) == (1200, 800)
    assert [size["name"] for size in asset.fields["extra"]["sizes"]] == [
        *("thumbnail", "medium", "medium_large", "large", "full")
    ]
    assert not asset.protected


def test_a_video_is_a_video_also_when_it_was_linked_as_a_picture(wordpress, connect):
    number = wordpress.upload("tour", mime="video/mp4", length=61, width=1920, height=1080)
    asset = fetch_one(connect(), Ref("VideoObject", str(number)))
    assert (asset.fields["duration"], asset.fields["height"]) == ("PT1M1S", 1080)
    moved = fetch_one(connect(), Ref("ImageObject", str(number)))
    assert moved == Missing(MissingReason.MOVED, Ref("VideoObject", str(number)))
    assert connect().rendition(asset, width=100) is None


def test_what_is_neither_picture_nor_video_is_not_offered(wordpress, connect):
    number = wordpress.upload("contract", mime="application/pdf")
    assert not connect().search("contract", (), None, call()).assets
    assert fetch_one(connect(), Ref("ImageObject", str(number))) == GONE


def test_a_picture_that_wordpress_did_not_measure_is_linked_as_it_is(wordpress, connect):
    number = wordpress.upload("logo", mime="image/svg+xml", size=(0, 0))
    connector = connect()
    asset = fetch_one(connector, Ref("ImageObject", str(number)))
    assert "width" not in asset.fields
    assert connector.rendition(asset, width=100).url == asset.fields["contentUrl"]


def test_what_the_settings_leave_out_is_not_there(wordpress, connect):
    connector = connect(post_types=["posts"], media=False)
    assert connector.asset_types() == ("Article",)
    assert fetch_one(connector, ref_of(wordpress, "red-chair", "ImageObject")) == GONE
    assert fetch_one(connector, ref_of(wordpress, "About us")) == GONE
    assert connect(post_types=[]).asset_types() == ("ImageObject", "VideoObject")


def test_a_batch_of_one_kind_is_one_call(wordpress, connect):
    refs = [ref_of(wordpress, f"How to assemble chair {n}") for n in range(1, 21)]
    assert len(connect().fetch(refs, call())) == 20
    assert len(wordpress.requests) == 1


@pytest.mark.parametrize("id", ["05", "-5", "5,6", "0", "abc", "٥"])
def test_an_id_that_wordpress_would_read_otherwise_is_gone_without_a_call(wordpress, connect, id):
    assert fetch_one(connect(), Ref("ImageObject", id)) == GONE
    assert not wordpress.requests


# Drafts, trash, refused keys


@pytest.mark.parametrize("status", NOT_PUBLIC)
@pytest.mark.parametrize(
    "settings", [{}, AS_SUBSCRIBER, AS_EDITOR], ids=["everybody", "subscriber", "editor"]
)
def test_what_is_not_public_is_hidden_from_whoever_asks(wordpress, connect, status, settings):
    number = wordpress.post("Autumn plans", status=status)
    connector = connect(**settings)
    assert fetch_one(connector, article(number)) == HIDDEN
    assert not connector.search("autumn plans", (), None, call()).assets


def test_the_trash_is_gone_for_an_editor_and_hidden_from_others(wordpress, connect):
    number = wordpress.post("Autumn plans", status="trash")
    assert fetch_one(connect(**AS_EDITOR), article(number)) == GONE
    assert fetch_one(connect(**AS_SUBSCRIBER), article(number)) == HIDDEN
    assert fetch_one(connect(), article(number)) == HIDDEN


def test_a_status_of_a_plugin_is_hidden(wordpress, connect):
    number = wordpress.post("Autumn plans", status="pitch")
    assert fetch_one(connect(**AS_EDITOR), article(number)) == HIDDEN


def test_a_post_behind_a_password_is_hidden(wordpress, connect):
    number = wordpress.post("Autumn plans", password="abc")
    assert fetch_one(connect(**AS_EDITOR), article(number)) == HIDDEN
    assert not connect().search("autumn plans", (), None, call()).assets


@pytest.mark.parametrize("answers_401", [False, True])
def test_a_wrong_key_is_refused_for_everything_and_nothing_is_called_gone(wordpress, connect, answers_401):
    # WordPress 6.1 answers it as nobody's: what is public by 200, and what is not as if it were hidden.
    wordpress.answers_401 = answers_401
    connector = connect(**WITH_A_WRONG_KEY)
    public, deleted = ref_of(wordpress, "How to assemble chair 1"), article(9999)
    draft = article(wordpress.post("Autumn plans", status="draft"))
    for operation in (
        lambda: connector.check(call()),
        lambda: connector.fetch([public, deleted, draft], call()),
        lambda: connector.fetch([public], call()),
        lambda: connector.fetch([ref_of(wordpress, "red-chair", "ImageObject")], call()),
        lambda: connector.changes_since(None, call()),
    ):
        with pytest.raises(AccessDeniedError):
            operation()


def test_a_key_that_is_revoked_between_two_calls_calls_nothing_gone(wordpress, connect, monkeypatch):
    connector, listed = connect(**AS_SUBSCRIBER), wordpress._list
    monkeypatch.setattr(
        wordpress, "_user", lambda request: "" if request.path.endswith("/9999") else SUBSCRIBER
    )
    monkeypatch.setattr(wordpress, "_list", listed)
    wordpress.rows[9999] = {**wordpress.rows[7], "id": 9999, "status": "draft"}
    with pytest.raises(AccessDeniedError):
        connector.fetch([article(9999)], call())


def test_what_a_list_leaves_out_is_asked_for_alone_before_it_is_gone(wordpress, connect, monkeypatch):
    # A plugin for several languages lists those of one only.
    ref, listed = ref_of(wordpress, "How to assemble chair 1"), wordpress._of
    monkeypatch.setattr(
        wordpress, "_of", lambda *of: [row for row in listed(*of) if str(row["id"]) != ref.external_id]
    )
    assert isinstance(fetch_one(connect(**AS_EDITOR), ref), Asset)


def test_of_many_that_are_not_there_only_some_are_asked_for_alone(wordpress, connect):
    refs = [article(number) for number in range(9000, 9020)]
    answers = connect(post_types=["posts"]).fetch(refs, call())
    assert list(answers.values()) == [GONE] * 10
    assert len(wordpress.requests) == 11


def test_a_firewall_that_refuses_one_address_says_nothing_of_the_article(wordpress, connect, monkeypatch):
    answered = wordpress.answer

    def guarded(request):
        if request.path.endswith("/9999"):
            return SimAnswer(403, {"Content-Type": "application/json"}, b'{"code": "blocked"}')
        return answered(request)

    monkeypatch.setattr(wordpress, "answer", guarded)
    assert connect().fetch([article(9999), article(9998)], call()) == {article(9998): GONE}


def test_a_list_that_is_not_there_calls_nothing_gone(wordpress, connect):
    connector = connect(post_types=["recipes"])
    for operation in (lambda: connector.check(call()), lambda: connector.fetch([article(5)], call())):
        with pytest.raises(ConfigurationError, match="recipes"):
            operation()


def test_one_unreadable_post_does_not_cost_the_others(wordpress, connect, monkeypatch):
    bad, good = ref_of(wordpress, "How to assemble chair 1"), ref_of(wordpress, "How to assemble chair 2")
    viewed = wordpress._view

    def broken(row, request):
        view = viewed(row, request)
        return {**view, "modified_gmt": "soon"} if str(row["id"]) == bad.external_id else view

    monkeypatch.setattr(wordpress, "_view", broken)
    answers = connect().fetch([bad, good], call())
    assert bad not in answers
    assert isinstance(answers[good], Asset)
    with pytest.raises(BadResponseError):
        connect().fetch([bad], call())


# Finding


def test_a_search_asks_only_the_lists_of_its_types(wordpress, connect):
    wordpress.upload("lamp tour", mime="video/mp4")
    connector = connect()
    for types, found in (
        (("VideoObject",), ["VideoObject"]),
        (("ImageObject",), ["ImageObject"]),
        (("Article",), ["Article"]),
        (("ImageObject", "VideoObject"), ["VideoObject", "ImageObject"]),
    ):
        assets = connector.search("lamp", types, None, call()).assets
        assert [asset.ref.type for asset in assets] == found
    assert [request.path.rpartition("/")[2] for request in wordpress.requests] == [
        *("media", "media", "posts", "pages", "media"),
    ]


def test_a_search_goes_on_only_where_there_is_more(wordpress, connect):
    connector = connect()
    first = connector.search("", (), None, call())
    assert first.next_cursor == "2 posts"
    wordpress.requests.clear()
    assert connector.search("", (), first.next_cursor, call()).next_cursor is None
    assert len(wordpress.requests) == 1


@pytest.mark.parametrize("cursor", ["2", "x posts", "2 posts;DROP", "2 ../users", "0 posts", "2 users"])
def test_a_cursor_of_something_else_is_refused(wordpress, connect, cursor):
    with pytest.raises(BadResponseError):
        connect().search("", (), cursor, call())
    with pytest.raises(BadResponseError):
        connect().query("Article", {}, 5, f"{cursor} ", call())
    assert not wordpress.requests


@pytest.mark.parametrize("name", ["Spa & wellness", "spa & WELLNESS", "spa-wellness"])
def test_a_category_is_found_by_name_and_by_slug(connect, name):
    page = connect().query("Article", {"category": name}, 3, None, call())
    assert [asset.fields["articleSection"] for asset in page.assets] == ["Spa & wellness"] * 3


def test_a_category_that_is_not_there_brings_nothing(wordpress, connect):
    for name in ("Spa", "&", "wellness"):
        assert not connect().query("Article", {"category": name}, 3, None, call()).assets
    assert {request.path.rpartition("/")[2] for request in wordpress.requests} == {"categories"}


def test_a_list_that_ignores_a_category_is_not_believed(connect):
    with pytest.raises(ConfigurationError, match="not filtered by “categories”"):
        connect().query("Article", {"articles": "pages", "category": "House"}, 3, None, call())


def test_a_collection_can_ask_for_words_author_and_tag_together(wordpress, connect):
    wordpress.post("Chair of Bo", author=2, tags=[4])
    page = connect().query(
        "Article", {"search": "chair", "author": "Bo Harbour", "tag": "harbour"}, 9, None, call()
    )
    assert [asset.fields["headline"] for asset in page.assets] == ["Chair of Bo"]


def test_a_question_that_a_collection_cannot_ask_is_refused(connect):
    for kind, query in (
        ("Article", {"colour": "red"}),
        ("Article", {"sort": "random"}),
        ("Article", {"articles": "users"}),
        ("ImageObject", {"category": "House"}),
    ):
        with pytest.raises(ConfigurationError):
            connect().query(kind, query, 5, None, call())


def test_only_who_reads_several_lists_is_asked_which(connect):
    assert "articles" in connect().query_schema()["properties"]
    assert "articles" not in connect(post_types=["posts"]).query_schema()["properties"]


# Renditions


@pytest.mark.parametrize(
    ("title", "wish", "size"),
    [
        ("red-chair", {}, (1200, 800)),
        ("red-chair", {"width": 300}, (300, 200)),
        ("red-chair", {"width": 301}, (768, 512)),
        ("red-chair", {"height": 600}, (1024, 683)),
        ("red-chair", {"width": 5000}, (1200, 800)),
        # Cut by WordPress to just this shape.
        ("red-chair", {"width": 100, "height": 100}, (150, 150)),
        # No size of this shape is large enough, so the app cuts a whole one.
        ("red-chair", {"width": 400, "height": 400}, (768, 512)),
        ("red-chair", {"width": 320, "height": 200}, (768, 512)),
        # Never the square one for a width alone, although it is the smallest.
        ("red-chair", {"width": 100}, (300, 200)),
        ("blue-lamp", {"width": 150}, (200, 300)),
        ("green-sofa", {"width": 150}, (150, 150)),
        ("red-chair", {"width": 200, "encoding_format": "image/webp"}, (300, 200)),
    ],
)
def test_the_closest_size_is_chosen(wordpress, connect, title, wish, size):
    connector = connect()
    asset = fetch_one(connector, ref_of(wordpress, title, "ImageObject"))
    rendition = connector.rendition(asset, **wish)
    assert (rendition.width, rendition.height) == size
    assert rendition.encoding_format == "image/png"
    if size not in ((1200, 800), (640, 640)):
        assert rendition.url.endswith(f"-{size[0]}x{size[1]}.png")


def test_sizes_of_another_format_are_taken_where_there_are_some(wordpress, connect):
    connector = connect()
    asset = fetch_one(connector, ref_of(wordpress, "red-chair", "ImageObject"))
    webp = {"url": "https://x.test/a.webp", "width": 600, "height": 400, "encodingFormat": "image/webp"}
    asset.fields["extra"]["sizes"].append(webp)
    wish = {"width": 200, "encoding_format": "image/webp"}
    assert connector.rendition(asset, **wish).url == "https://x.test/a.webp"


# Changes


def follow(connector, cursor):
    """Every change until the end of a pass, and where the next begins."""
    told, more = [], True
    while more:
        page = connector.changes_since(cursor, call())
        told += [(change.ref, change.deleted) for change in page.changes]
        cursor, more = page.cursor, page.more
    return told, cursor


@pytest.fixture
def past(monkeypatch):
    """The clock of the simulator stands a minute back, so that no second of a change is the present one."""

    def begin(wordpress):
        wordpress.is_open = False
        wordpress.now = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=1)
        return wordpress.now

    return begin


def started_at(moment: datetime) -> str:
    return changes.PollPosition.at(moment).to_text()


def test_a_poll_tells_each_change_once(wordpress, connect, past):
    connector, cursor = connect(), started_at(past(wordpress))
    post, page = ref_of(wordpress, "How to assemble chair 1"), ref_of(wordpress, "About us")
    file = ref_of(wordpress, "red-chair", "ImageObject")
    for ref in (post, page, file):
        wordpress.change(int(ref.external_id), title="changed")
    told, cursor = follow(connector, cursor)
    assert told == [(post, False), (page, False), (file, False)]
    assert follow(connector, cursor)[0] == []
    assert "changed" not in cursor


def test_a_change_in_the_second_of_the_poll_is_told_again(wordpress, connect):
    connector = connect(media=False)
    cursor = connector.changes_since(None, call()).cursor
    ref = ref_of(wordpress, "How to assemble chair 1")
    wordpress.now = datetime.now(UTC) + timedelta(seconds=5)
    wordpress.change(int(ref.external_id), title="changed")
    told, cursor = follow(connector, cursor)
    assert told == follow(connector, cursor)[0] == [(ref, False)]


def test_times_are_asked_with_a_zone(wordpress, connect, past):
    # The site is thirteen hours ahead: taken for its own time, this instant is tomorrow.
    connector, cursor = connect(), started_at(past(wordpress))
    follow(connector, cursor)
    asked = [r.arg("modified_after") or r.arg("after") for r in wordpress.requests if "after" in str(r.query)]
    assert len(asked) == 5
    assert all(time.endswith("Z") for time in asked)


def test_an_editors_poll_tells_drafts_and_the_trash(wordpress, connect, past):
    cursor = started_at(past(wordpress))
    drafted, trashed = (
        ref_of(wordpress, "How to assemble chair 1"),
        ref_of(wordpress, "How to assemble chair 2"),
    )
    wordpress.change(int(drafted.external_id), status="draft")
    wordpress.change(int(trashed.external_id), status="trash")
    assert follow(connect(**AS_EDITOR), cursor)[0] == [(drafted, False), (trashed, True)]
    assert follow(connect(**AS_SUBSCRIBER), cursor)[0] == []
    assert follow(connect(), cursor)[0] == []


def test_a_planned_post_that_goes_live_is_told_although_it_did_not_change(wordpress, connect, past):
    past(wordpress)
    number = wordpress.post("Autumn plans", status="future")
    wordpress.rows[number]["modified"] -= timedelta(days=30)
    _, cursor = follow(connect(), started_at(wordpress.now))
    wordpress.go_live(number)
    assert set(follow(connect(), cursor)[0]) == {(article(number), False)}


def test_a_post_that_cron_brings_late_is_told(wordpress, connect, past):
    connector, began = connect(), past(wordpress)
    number = wordpress.post("Autumn plans", status="future")
    wordpress.rows[number]["modified"] -= timedelta(days=30)
    other = ref_of(wordpress, "How to assemble chair 1")
    wordpress.change(int(other.external_id), title="changed")
    told, cursor = follow(connector, started_at(began))
    assert told == [(other, False)]
    # Its time was before what was told already.
    wordpress.rows[number] |= {"status": "publish", "date": began - timedelta(minutes=30)}
    assert set(follow(connector, cursor)[0]) == {(article(number), False)}


def test_a_poll_goes_on_by_time_and_loses_nothing_to_what_moves(wordpress, connect, past, monkeypatch):
    monkeypatch.setattr(changes, "POLL_SIZE", 5)
    connector, cursor = connect(post_types=["posts"], media=False), started_at(past(wordpress))
    numbers = [n for n, row in wordpress.rows.items() if row["type"] == "post"][:14]
    for number in numbers:
        wordpress.change(number, title="changed")
    first = connector.changes_since(cursor, call())
    # Meanwhile one that was told is edited again, which moves all others by one place.
    wordpress.change(numbers[0], title="again")
    told, _ = follow(connector, first.cursor)
    assert {int(ref.external_id) for ref, _ in told} >= set(numbers[5:])
    assert (article(numbers[0]), False) in told


def test_more_changes_in_one_second_than_a_page_holds_are_all_told(wordpress, connect, past, monkeypatch):
    monkeypatch.setattr(changes, "POLL_SIZE", 5)
    connector, cursor = connect(post_types=["posts"], media=False), started_at(past(wordpress))
    numbers = [n for n, row in wordpress.rows.items() if row["type"] == "post"][:12]
    stamp = wordpress._tick()
    for number in numbers:
        wordpress.rows[number]["modified"] = stamp
    told, _ = follow(connector, cursor)
    assert {int(ref.external_id) for ref, _ in told} == set(numbers)


def whole_pass(connector, cursor):
    """Refs that are told until the end of a pass, the types named beside them, and where the next begins."""
    told, types, more = [], [], True
    while more:
        page = connector.changes_since(cursor, call())
        told += [change.ref for change in page.changes if not change.deleted]
        types += page.types
        cursor, more = page.cursor, page.more
    return told, types, cursor


@pytest.mark.parametrize("key", [AS_EDITOR, {}])
def test_a_poll_tells_once_what_was_deleted_for_good(wordpress, connect, key):
    connector = connect(**key)
    cursor = connector.changes_since(None, call()).cursor
    post, page = ref_of(wordpress, "How to assemble chair 1"), ref_of(wordpress, "About us")
    file = ref_of(wordpress, "red-chair", "ImageObject")
    for ref in (post, page, file):
        wordpress.delete(int(ref.external_id))
    told, types, cursor = whole_pass(connector, cursor)
    # WordPress does not say what kind of file it was.
    assert told == [post, page, file, Ref("VideoObject", file.external_id)]
    assert types == []
    assert whole_pass(connector, cursor)[:2] == ([], [])


def test_everybody_is_told_what_is_shown_no_more(wordpress, connect, past):
    connector = connect()
    cursor = connector.changes_since(None, call()).cursor
    past(wordpress)
    drafted, trashed = (ref_of(wordpress, f"How to assemble chair {n}") for n in (1, 2))
    wordpress.change(int(drafted.external_id), status="draft")
    wordpress.change(int(trashed.external_id), status="trash")
    assert set(whole_pass(connector, cursor)[0]) == {drafted, trashed}


def oldest(wordpress, kind="post"):
    return min(number for number, row in wordpress.rows.items() if row["type"] == kind)


@pytest.mark.parametrize("key", [AS_EDITOR, {}])
@pytest.mark.parametrize("arrivals", [0, 1, 4])
def test_of_older_posts_a_poll_tells_that_some_are_gone_also_when_others_came(
    wordpress, connect, past, monkeypatch, key, arrivals
):
    monkeypatch.setattr(changes, "WINDOW", 5)
    connector = connect(media=False, **key)
    past(wordpress)
    cursor = connector.changes_since(None, call()).cursor
    came = [article(wordpress.post(f"New {n}")) for n in range(arrivals)]
    wordpress.delete(oldest(wordpress))
    told, types, cursor = whole_pass(connector, cursor)
    assert set(told) == set(came)
    assert types == ["Article"]
    assert whole_pass(connector, cursor)[:2] == ([], [])


def test_of_older_files_a_poll_tells_both_kinds(wordpress, connect, monkeypatch):
    monkeypatch.setattr(changes, "WINDOW", 2)
    connector = connect(post_types=[])
    cursor = connector.changes_since(None, call()).cursor
    wordpress.delete(oldest(wordpress, "attachment"))
    assert whole_pass(connector, cursor)[:2] == ([], ["ImageObject", "VideoObject"])


def test_new_posts_alone_are_no_deletions(wordpress, connect, past, monkeypatch):
    monkeypatch.setattr(changes, "WINDOW", 5)
    connector = connect(media=False)
    past(wordpress)
    cursor = connector.changes_since(None, call()).cursor
    came = {article(wordpress.post(f"New {n}")) for n in range(9)}
    told, types, cursor = whole_pass(connector, cursor)
    assert (set(told), types) == (came, [])
    # The newest goes, and the window reaches back to one that it did not show before.
    newest = max(wordpress.rows)
    wordpress.delete(newest)
    assert whole_pass(connector, cursor)[:2] == ([article(newest)], [])


def test_a_cursor_of_before_what_lists_hold_was_compared_goes_on(wordpress, connect, past):
    connector = connect()
    cursor = whole_pass(connector, started_at(past(wordpress)))[2]
    post = ref_of(wordpress, "How to assemble chair 1")
    wordpress.delete(int(post.external_id))
    assert whole_pass(connector, cursor)[:2] == ([post], [])


def test_without_the_number_of_a_list_its_newest_are_compared():
    before, now = Inventory(None, False, (9, 8, 7)), Inventory(None, False, (9, 7, 6))
    assert before.lost_by(now) == (8,)
    assert not before.lost_others_by(now)


@pytest.mark.parametrize("held", ["[1,2]", '{"posts":1}', '{"posts":[1,true,["x"]]}'])
def test_a_cursor_with_another_inventory_is_refused(connect, held):
    position = json.dumps(started_at(datetime(2026, 11, 21, tzinfo=UTC)))
    with pytest.raises(BadResponseError):
        connect().changes_since(f'{{"position":{position},"held":{held}}}', call())


@pytest.mark.parametrize("page", ["x", "9 1 2026-11-21T10:00:00+00:00", "0 1 soon"])
def test_a_mark_of_another_list_is_refused(connect, page):
    moment = datetime(2026, 11, 21, tzinfo=UTC)
    cursor = changes.PollPosition(moment, moment, page=page).to_text()
    with pytest.raises(BadResponseError):
        connect().changes_since(cursor, call())


# Settings


@pytest.mark.parametrize(
    ("field", "settings"),
    [
        ("base_url", {"base_url": "blog.example.com"}),
        ("base_url", {"base_url": "https://ed:pw@blog.example.com"}),
        ("base_url", {"base_url": "https://blog.example.com/wp-json"}),
        ("username", {"username": "ed:itor"}),
        ("application_password", {"username": "ed"}),
        ("application_password", {"username": "ed", "application_password": "a\nb"}),
        ("post_types", {"post_types": ["Posts"]}),
        ("post_types", {"post_types": ["../users"]}),
        ("post_types", {"post_types": ["media"]}),
        ("media", {"post_types": [], "media": False}),
        ("language", {"language": "german!"}),
    ],
)
def test_settings_that_cannot_work_are_refused_at_their_field(field, settings):
    with pytest.raises(ValidationError) as refused:
        WordPressConfig(**{"base_url": "https://blog.example.com", **settings})
    assert [error["loc"] for error in refused.value.errors()] == [(field,)]
