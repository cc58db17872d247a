"""A connector's constructor is a plugin's code: one that hangs or fails costs its own connection only."""

import json
import threading
from asyncio import CancelledError
from datetime import timedelta
from queue import SimpleQueue

import pytest
from django.utils import timezone

from connectors.sdk import TransientError
from connectors.sdk.testing.scripted import Script, ScriptedConnector, scripts
from orchestrator.connections.api import abilities, check, search
from orchestrator.connections.configuring import abilities as describing
from orchestrator.connections.configuring.patience import ExitedError, within
from orchestrator.connections.configuring.saving import save_connection
from orchestrator.connections.configuring.sources import Source
from orchestrator.connections.gateway import opening
from orchestrator.connections.gateway.lanes import Lane
from orchestrator.connections.gateway.opening import NOT_READY
from orchestrator.connections.models import Connection, ConnectionHealth, PollState, Purge
from orchestrator.connections.process import this_process
from orchestrator.connections.purges.purging import purge
from orchestrator.connections.tasks import poll_due
from orchestrator.engine.outcome import LinkState
from tests.connections.conftest import settle
from tests.connections.test_hooks import send, signed

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@pytest.fixture
def hung(connect):
    """A connection whose connector is not built before the test says so."""
    system = connect("hung", timeout_ms=150, poll_interval_s=10, hook_scheme="standard", hook_secret=SECRET)
    building = system.script.building = threading.Event()
    system.script.put("ImageObject", "a-1", name="late")
    yield system
    building.set()


@pytest.fixture
def fine(connect):
    system = connect("fine", poll_interval_s=10)
    system.script.put("ImageObject", "a-1", name="there")
    return system


def resolve(wants, **how):
    return this_process().gateway.resolve(wants, locale="en", **{"budget_s": 10.0, **how})


def join(name):
    """Wait for the threads of this name."""
    for thread in [t for t in threading.enumerate() if t.name == name]:
        thread.join(20)


def first_of(system):
    return system.want(next(iter(system.script.assets)))


def test_an_answer_does_not_wait_for_a_constructor_longer_than_for_a_call(hung, fine):
    resolution = resolve([first_of(hung), first_of(fine)], budget_s=20)
    assert resolution.outcomes[first_of(hung)].state is LinkState.TIMEOUT
    assert resolution.outcomes[first_of(fine)].state is LinkState.FRESH
    assert hung.script.count() == 0, "it answered only because the constructor had ended"


def test_others_are_called_while_one_is_made(hung, fine):
    """In one process, in this order: a gate opens the constructor only after the other was called."""
    hung.connection = save_connection(
        space=hung.connection.space,
        slug="hung",
        name="HUNG",
        connector="scripted",
        config={"script": "hung"},
        timeout_ms=20_000,
    )

    def called():
        while not fine.script.count("fetch"):
            threading.Event().wait(0.005)
        hung.script.building.set()

    thread = threading.Thread(target=called, daemon=True)
    thread.start()
    outcomes = resolve([first_of(hung), first_of(fine)], budget_s=20).outcomes
    assert {outcome.state for outcome in outcomes.values()} == {LinkState.FRESH}


def test_it_is_used_when_it_is_there_and_made_only_once(hung, read):
    for _ in range(3):
        assert read(first_of(hung)).state is LinkState.TIMEOUT
    hung.script.building.set()
    lane = this_process().lanes.of(Source.of(hung.connection), within_s=20)
    assert isinstance(lane, Lane)
    assert read(first_of(hung)).state is LinkState.FRESH
    assert hung.script.built == 1


def test_asking_again_while_it_is_made_costs_no_query(hung, django_assert_num_queries):
    lanes, source = this_process().lanes, Source.of(hung.connection)
    opening = lanes.enter(source)
    with django_assert_num_queries(0):
        assert lanes.enter(source) is opening


def test_what_was_given_up_is_not_asked_for_when_it_is_there_after_all(hung, fine):
    """The same request still waits for another system."""
    fine.script.gate = threading.Event()

    def go_on_after_giving_up(outcomes):
        if first_of(hung) in outcomes:
            hung.script.building.set()
            join("connections-opening-hung")
            fine.script.gate.set()
        return False

    outcomes = resolve([first_of(hung), first_of(fine)], decided=go_on_after_giving_up).outcomes
    settle()
    assert outcomes[first_of(hung)].state is LinkState.TIMEOUT
    assert outcomes[first_of(fine)].state is LinkState.FRESH
    assert (hung.script.built, hung.script.count()) == (1, 0)


def test_after_a_while_nobody_waits_for_it(hung, monkeypatch):
    monkeypatch.setattr(opening, "_PATIENCE_S", 0.0)
    told = []
    this_process().lanes.when_open(Source.of(hung.connection), told.append)
    assert told == [NOT_READY]


def test_who_has_less_patience_waits_no_longer(hung, monkeypatch):
    monkeypatch.setattr(opening, "_PATIENCE_S", 3600.0)
    assert this_process().lanes.of(Source.of(hung.connection), within_s=0.01) == NOT_READY


def test_a_check_says_why_there_is_no_connector(fine):
    fine.script.refusal = ZeroDivisionError("a bug with a secret")
    assert check(fine.connection).reason == "crashed"


def test_who_waits_is_told_when_patience_is_over_each_once(hung, monkeypatch):
    monkeypatch.setattr(opening, "_PATIENCE_S", 0.05)
    lanes, told = this_process().lanes, SimpleQueue()

    def fail(_lane):
        raise ZeroDivisionError("of somebody else who waits")

    for then in (fail, told.put):
        lanes.when_open(Source.of(hung.connection), then)
    assert told.get(timeout=20) == NOT_READY
    hung.script.building.set()
    join("connections-opening-hung")
    assert told.empty()


def test_a_search_at_one_that_is_not_ready_fails_instead_of_being_pending(hung, monkeypatch):
    monkeypatch.setattr(opening, "_PATIENCE_S", 0.05)
    (result,) = search(connections=[hung.connection], query="", types=(), cursors={}, wait_s=20)
    assert (result.state, result.reason) == ("failed", "timeout")


@pytest.mark.parametrize(
    ("refusal", "reason"),
    [
        (ZeroDivisionError("a bug with a secret"), "crashed"),
        (TransientError("no DNS"), "unavailable"),
        (CancelledError(), "crashed"),
        (SystemExit("a plugin may want to"), "crashed"),
    ],
)
def test_one_that_fails_is_tried_again_by_the_next_request(fine, read, refusal, reason):
    fine.script.refusal = refusal
    outcome = read(first_of(fine))
    assert (outcome.state, outcome.reason) == (LinkState.ERROR, reason)
    this_process().findings.flush()
    assert ConnectionHealth.objects.get().reason == reason
    fine.script.refusal = None
    assert read(first_of(fine)).state is LinkState.FRESH


def test_newer_settings_do_not_wait_for_a_connector_of_the_old(hung, read):
    assert read(first_of(hung)).state is LinkState.TIMEOUT
    building, hung.script.building = hung.script.building, None
    hung.connection = save_connection(
        space=hung.connection.space,
        slug="hung",
        name="HUNG",
        connector="scripted",
        config={"script": "hung", "password": "another"},
        timeout_ms=20_000,
    )
    assert read(first_of(hung)).state is LinkState.FRESH
    of_newer_settings = this_process().lanes.connector_of(hung.uuid)
    building.set()
    join("connections-opening-hung")
    assert this_process().lanes.connector_of(hung.uuid) is of_newer_settings


def with_settings_of(system, script):
    """Save settings that name another system, which has the same asset."""
    scripts[script] = Script()
    ref = next(iter(system.script.assets))
    scripts[script].put(ref.type, ref.external_id, name=script)
    save_connection(
        space=system.connection.space,
        slug=system.connection.slug,
        name="Another",
        connector="scripted",
        config={"script": script, "password": "another"},
        timeout_ms=20_000,
    )


def names(outcome):
    return [reading.asset.fields["name"] for reading in outcome.readings]


def restore(row):
    Connection.objects.filter(uuid=row["uuid"]).update(**{k: v for k, v in row.items() if k != "id"})


def test_settings_that_a_restore_brought_back_are_used_though_their_version_is_lower(fine, read):
    row = Connection.objects.values().get(slug="fine")
    assert names(read(first_of(fine))) == ["there"]
    with_settings_of(fine, "another")
    assert names(read(first_of(fine))) == ["another"]
    restore(row)
    purge(connection=fine.connection, everything=True)
    assert names(read(first_of(fine))) == ["there"]
    built = fine.script.built
    purge(connection=fine.connection, everything=True)
    assert (names(read(first_of(fine))), fine.script.built) == (["there"], built)


def test_settings_that_a_restore_took_away_are_not_used_though_their_version_comes_again(fine, read):
    row = Connection.objects.values().get(slug="fine")
    with_settings_of(fine, "lost")
    n = purge(connection=fine.connection, everything=True)
    assert names(read(first_of(fine))) == ["lost"]
    version = Connection.objects.get(slug="fine").settings_version
    settle()
    restore(row)
    Purge.objects.filter(n__gte=n).delete()
    with_settings_of(fine, "another")
    assert Connection.objects.get(slug="fine").settings_version == version
    assert names(read(first_of(fine))) == ["another"]


def test_one_that_is_ready_after_the_end_of_its_process_is_closed(hung, monkeypatch):
    lanes, told, closed = this_process().lanes, SimpleQueue(), threading.Event()
    monkeypatch.setattr(ScriptedConnector, "close", lambda _self: closed.set())
    lanes.when_open(Source.of(hung.connection), told.put)
    lanes.close()
    hung.script.building.set()
    assert told.get(timeout=20) == NOT_READY
    assert closed.wait(20)
    assert lanes.connector_of(hung.uuid) is None


@pytest.mark.parametrize("limit", ["max_batch", "max_concurrency"])
def test_one_whose_limits_are_no_numbers_costs_its_own_slots(connect, fine, limit):
    odd = connect("odd", script=Script(**{limit: "as you like"}))
    want = odd.want(odd.script.put("ImageObject", "a-1", name="odd"))
    outcomes = resolve([want, first_of(fine)]).outcomes
    assert (outcomes[want].state, outcomes[want].reason) == (LinkState.ERROR, "crashed")
    assert outcomes[first_of(fine)].state is LinkState.FRESH


def test_what_nobody_has_used_for_an_hour_is_closed(fine, read, monkeypatch):
    closed = []
    assert read(first_of(fine)).state is LinkState.FRESH
    settle()
    lanes = this_process().lanes
    monkeypatch.setattr(lanes.connector_of(fine.uuid), "close", lambda: closed.append("fine"))
    lanes.tidy()
    join("connections-closing")
    assert (closed, lanes.connector_of(fine.uuid) is None) == ([], False)
    lanes._lanes[fine.uuid].used_at -= 3601
    lanes.tidy()
    join("connections-closing")
    assert (closed, lanes.connector_of(fine.uuid) is None) == (["fine"], True)


def test_what_is_used_is_not_closed(fine, read):
    lanes = this_process().lanes
    assert read(first_of(fine)).state is LinkState.FRESH
    settle()
    connector = lanes.connector_of(fine.uuid)
    lanes._lanes[fine.uuid].used_at -= 3601
    purge(connection=fine.connection, everything=True)
    assert read(first_of(fine)).state is LinkState.FRESH
    lanes.tidy()
    assert lanes.connector_of(fine.uuid) is connector


def test_closing_one_that_fails_or_never_ends_keeps_nobody(connect, read, monkeypatch, caplog):
    """Tidying happens in the thread that hears purges."""
    lanes, closed, forever = this_process().lanes, [], threading.Event()

    def fail():
        raise CancelledError

    ends = {"hangs": forever.wait, "fails": fail, "fine": lambda: closed.append("fine")}
    for slug, end in ends.items():
        system = connect(slug)
        read(system.want(system.script.put("ImageObject", "a-1", name=slug)))
        settle()
        monkeypatch.setattr(lanes.connector_of(system.uuid), "close", end)
        lanes._lanes[system.uuid].used_at -= 3601
    lanes.tidy()
    forever.set()
    join("connections-closing")
    assert (closed, lanes._lanes) == (["fine"], {})
    assert "a connector could not be closed" in caplog.text


def test_checks_and_polls_of_others_do_not_wait_for_it(hung, fine, monkeypatch):
    monkeypatch.setattr("orchestrator.connections.gateway.checking._PATIENCE_S", -0.8)
    monkeypatch.setattr("orchestrator.connections.listening.polling._PATIENCE_S", 0.5)
    PollState.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    assert poll_due() == 2
    assert fine.script.count("changes_since") == 1
    health = dict(ConnectionHealth.objects.values_list("connection__slug", "reason"))
    assert health["hung"] == "timeout"
    checked = check(hung.connection)
    assert (checked.ok, checked.reason) == (False, "timeout")


def test_a_hook_for_it_is_taken_and_has_everything_read_again(hung, monkeypatch):
    monkeypatch.setattr("orchestrator.connections.listening.hooks._PATIENCE_S", 0.05)
    owed = []
    monkeypatch.setattr("orchestrator.connections.listening.hooks.owe_purge", owed.append)
    body = json.dumps({"refs": [{"type": "ImageObject", "external_id": "a-1"}]}).encode()
    assert send(hung, body, **signed(body)).status_code == 202
    assert owed == [hung.connection]


def test_a_page_that_lists_connections_waits_for_it_once(hung, monkeypatch):
    monkeypatch.setattr(describing, "_PATIENCE_S", 0.05)
    assert [abilities(hung.connection) for _ in range(3)] == [None] * 3
    assert hung.script.built == 1


def test_what_runs_within_a_time_gives_what_it_gives():
    def fail():
        raise SystemExit("a plugin may want to")

    assert within(20, lambda: 7, name="seven") == 7
    with pytest.raises(ExitedError, match="SystemExit"):
        within(20, fail, name="fails")
    forever = threading.Event()
    with pytest.raises(TransientError, match="not ready in time"):
        within(0.01, forever.wait, name="hangs")
    forever.set()
