"""Asking what changed, and the tasks that do."""

from asyncio import CancelledError
from datetime import timedelta

import pytest
from django.db import connection as database
from django.utils import timezone

from connectors.sdk import Change, ChangePage, RateLimitedError, Ref, TransientError
from connectors.wordpress import changes as wordpress
from connectors.wordpress.simulator import WordPressSimulator
from orchestrator.connections.cache.sqlite import SqliteStore
from orchestrator.connections.configuring.saving import save_connection
from orchestrator.connections.listening.polling import _claim
from orchestrator.connections.models import Connection, ConnectionHealth, PollState, Purge
from orchestrator.connections.process import this_process
from orchestrator.connections.tasks import poll_due, tidy
from orchestrator.engine.outcome import LinkState, WantAsset
from tests.connections.conftest import settle

LOBBY = Ref("ImageObject", "a-1")


@pytest.fixture
def dam(connect):
    system = connect(poll_interval_s=10, freshness={"*": {"fresh_for_s": 3600}})
    system.script.put("ImageObject", "a-1", name="old")
    return system


def make_due():
    PollState.objects.update(due_at=timezone.now() - timedelta(seconds=1))


def test_a_change_is_served_after_the_next_poll(dam, name_of):
    poll_due()
    name_of(dam.want(LOBBY))
    dam.script.edit(LOBBY, name="new")
    make_due()
    assert poll_due() == 1
    assert name_of(dam.want(LOBBY))[1] == ["new"]
    assert dam.script.count("fetch") == 2


def test_what_was_read_before_the_first_poll_is_read_again(dam, name_of):
    name_of(dam.want(LOBBY))
    dam.script.edit(LOBBY, name="changed unseen")
    poll_due()
    assert name_of(dam.want(LOBBY))[1] == ["changed unseen"]


def test_a_deletion_is_a_hint_to_read_and_drops_nothing(dam, read):
    poll_due()
    read(dam.want(LOBBY))
    dam.script.delete(LOBBY)
    make_due()
    poll_due()
    dam.script.error = TransientError("down")
    assert read(dam.want(LOBBY)).state is LinkState.STALE
    dam.script.error = None
    assert read(dam.want(LOBBY)).state is LinkState.GONE


def test_nothing_new_purges_nothing_and_comes_again_after_the_interval(dam):
    poll_due()
    Purge.objects.all().delete()
    make_due()
    poll_due()
    assert not Purge.objects.exists()
    left_s = (PollState.objects.get().due_at - timezone.now()).total_seconds()
    assert 8 < left_s <= 10
    assert poll_due() == 0


def test_an_interval_of_a_second_is_one_by_a_scheduler_that_looks_each_second(dam, monkeypatch):
    Connection.objects.update(poll_interval_s=1)
    begun = timezone.now()
    for seconds, asked in ((0, 1), (0.4, 0), (0.9, 1), (1.9, 1)):
        monkeypatch.setattr(timezone, "now", lambda at=begun + timedelta(seconds=seconds): at)
        assert poll_due() == asked


def test_a_failed_poll_keeps_its_place(dam, name_of):
    poll_due()
    cursor = PollState.objects.get().cursor
    name_of(dam.want(LOBBY))
    dam.script.edit(LOBBY, name="new")
    dam.script.errors["changes_since"] = TransientError("down")
    make_due()
    poll_due()
    assert PollState.objects.get().cursor == cursor
    dam.script.errors.clear()
    make_due()
    poll_due()
    assert name_of(dam.want(LOBBY))[1] == ["new"]


def test_a_system_that_asks_to_wait_is_left_alone(dam):
    dam.script.errors["changes_since"] = RateLimitedError("429", retry_after_s=120)
    poll_due()
    assert (PollState.objects.get().due_at - timezone.now()).total_seconds() > 100


def test_a_system_that_answers_and_asks_to_be_left_alone_is(dam):
    dam.script.wait_s = 120
    poll_due()
    state = PollState.objects.get()
    assert state.cursor
    assert (state.due_at - timezone.now()).total_seconds() > 100


def test_what_changed_about_people_leaves_no_id_behind(dam):
    Connection.objects.update(personal=True)
    poll_due()
    Purge.objects.all().delete()
    dam.script.put("Person", "p-ada", name="Ada")
    dam.script.delete(dam.script.put("Person", "p-bo", name="Bo"))
    make_due()
    poll_due()
    assert set(Purge.objects.values_list("scope", flat=True)) == {f"c:{dam.uuid}:t:Person"}


def test_where_a_system_does_not_tell_what_is_gone_its_type_is_read_again(space, read, monkeypatch):
    monkeypatch.setattr(wordpress, "WINDOW", 5)
    with WordPressSimulator() as site:
        blog = save_connection(
            space=space,
            slug="blog",
            name="Blog",
            connector="wordpress",
            config={"base_url": site.url, "media": False},
            timeout_ms=10_000,
            poll_interval_s=10,
            freshness={"*": {"fresh_for_s": 3600}},
        )
        oldest = min(number for number, row in site.rows.items() if row["type"] == "post")
        want = WantAsset(str(blog.uuid), Ref("Article", str(oldest)))
        poll_due()
        assert read(want).state is LinkState.FRESH
        Purge.objects.all().delete()
        site.delete(oldest)
        make_due()
        poll_due()
        assert set(Purge.objects.values_list("scope", flat=True)) == {f"c:{blog.uuid}:t:Article"}
        assert read(want).state is LinkState.GONE


def test_a_row_is_claimed_once(dam):
    from orchestrator.connections.listening.polling import _claim

    PollState.objects.create(connection=dam.connection, due_at=timezone.now())
    now = timezone.now()
    assert [len(_claim(now)), len(_claim(now))] == [1, 0]


def test_a_cursor_of_other_settings_is_not_used(dam, space, scripted):
    poll_due()
    scripted["other"] = dam.script
    save_connection(
        space=space,
        slug="dam",
        name="DAM",
        connector="scripted",
        config={"script": "other"},
        poll_interval_s=10,
    )
    poll_due()
    assert PollState.objects.get().settings_version == 2
    assert Purge.objects.filter(scope=f"c:{dam.uuid}").count() == 2


def test_connections_that_are_off_or_not_polled_are_left_alone(connect):
    connect("a")
    connect("b", poll_interval_s=10, enabled=False)
    assert poll_due() == 0


def test_one_poll_that_hangs_or_crashes_does_not_stop_the_others(dam, connect):
    other = connect("other", poll_interval_s=10)
    dam.script.errors["changes_since"] = ZeroDivisionError()
    assert poll_due() == 2
    states = dict(ConnectionHealth.objects.values_list("connection__slug", "state"))
    assert states == {"dam": "failing", "other": "ok"}
    assert other.script.count("changes_since") == 1


@pytest.mark.parametrize(
    "page",
    [
        None,
        ChangePage(["noise"], "7"),
        ChangePage([Change("noise")], "7"),
        ChangePage([Change(Ref("Product", 7))], "7"),
        ChangePage([Change(Ref(None, "7"))], "7"),
        ChangePage([], "7", types=[7]),
        ChangePage([], 7),
    ],
)
def test_one_that_gives_nonsense_does_not_stop_the_others(dam, connect, page):
    other = connect("other", poll_interval_s=10)
    poll_due()
    cursors = dict(PollState.objects.values_list("connection__slug", "cursor"))
    this_process().lanes.connector_of(dam.uuid).changes_since = lambda *_: page
    other.script.put("Product", "p-1")
    make_due()
    poll_due()
    assert PollState.objects.get(connection=dam.connection).cursor == cursors["dam"]
    assert ConnectionHealth.objects.get(connection=dam.connection).reason == "crashed"
    assert PollState.objects.get(connection=other.connection).cursor != cursors["other"]


def test_a_poll_that_is_cancelled_keeps_its_place(dam):
    poll_due()
    cursor = PollState.objects.get().cursor
    dam.script.put("ImageObject", "a-2", name="new")
    dam.script.errors["changes_since"] = CancelledError()
    make_due()
    poll_due()
    assert PollState.objects.get().cursor == cursor
    dam.script.errors.clear()
    make_due()
    poll_due()
    assert PollState.objects.get().cursor != cursor


def test_the_sweep_tidies(dam, read, clock):
    clock.now -= 10**6
    read(dam.want(LOBBY))
    settle()
    # Redis would not even take an entry that has ended.
    ended = isinstance(this_process().cache.shared.store, SqliteStore)
    assert len(this_process().cache.shared.entries()) == ended
    tidy()
    assert this_process().cache.shared.entries() == []


def test_a_poll_that_another_process_claimed_meanwhile_is_not_claimed_again(dam):
    poll_due()
    make_due()
    now, claimed = timezone.now(), []

    def claim_between(execute, sql, params, many, context):
        """Between the look at what is due and the first claim, another process claims."""
        if sql.startswith("UPDATE") and not claimed:
            claimed.append(None)
            claimed[:] = _claim(now)
        return execute(sql, params, many, context)

    with database.execute_wrapper(claim_between):
        assert _claim(now) == []
    assert [state.connection_id for state in claimed] == [dam.connection.pk]
