"""What reading tells about connections and links: written down, off the request's path."""

from asyncio import CancelledError
from collections import deque

import pytest

from connectors.sdk import (
    AccessDeniedError,
    Asset,
    BadResponseError,
    Identifier,
    Missing,
    MissingReason,
    RateLimitedError,
    Ref,
    TransientError,
)
from orchestrator.connections.api import check, problems
from orchestrator.connections.models import AssetProblem, Connection, ConnectionHealth
from orchestrator.connections.process import this_process
from orchestrator.engine.outcome import LinkState, WantFound
from tests.connections.conftest import settle
from tests.connections.working import work

LOBBY = Ref("ImageObject", "a-1")


def flush():
    settle()
    this_process().findings.flush()


def health_of(system):
    health = ConnectionHealth.objects.get(connection=system.connection)
    return health.state, health.reason


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (None, ("ok", "")),
        (TransientError("dam: GET x: HTTP 503"), ("failing", "unavailable")),
        (TransientError("dam: GET x", timeout=True), ("failing", "timeout")),
        (RateLimitedError("dam: GET x: HTTP 429"), ("failing", "rate_limited")),
        (BadResponseError("dam: GET x: not JSON"), ("failing", "bad_response")),
        (AccessDeniedError("dam: GET x: HTTP 401"), ("broken", "access_denied")),
        (ZeroDivisionError("holds a secret"), ("failing", "crashed")),
    ],
)
def test_ordinary_calls_tell_how_a_connection_does(connect, read, error, expected):
    dam = connect()
    dam.script.put("ImageObject", "a-1", name="x")
    dam.script.error = error
    read(dam.want(LOBBY))
    flush()
    assert health_of(dam) == expected
    assert "secret" not in ConnectionHealth.objects.get().message


def test_a_finding_that_cannot_be_written_does_not_keep_others_from_it(connect):
    dam, findings = connect(), this_process().findings
    findings.note(lambda: {}["a driver refuses a value"])
    findings.observe(dam.uuid, None)
    findings.flush()
    assert health_of(dam) == ("ok", "")


def test_two_may_write_at_once(connect, monkeypatch):
    class TakenByAnother(deque):
        """It looks as if something were left, and somebody else has it by then."""

        def __bool__(self):
            return True

    findings = this_process().findings
    monkeypatch.setattr(findings, "_waiting", TakenByAnother())
    findings.flush()
    findings.observe(connect().uuid, None)
    findings.flush()
    assert ConnectionHealth.objects.get().state == "ok"


def test_since_is_when_the_state_changed(connect, read):
    dam = connect()
    read(dam.want(LOBBY))
    flush()
    since = ConnectionHealth.objects.get().since
    dam.script.error = TransientError("down")
    read(dam.want(Ref("ImageObject", "other")))
    flush()
    assert ConnectionHealth.objects.get().since > since


def test_a_finding_that_repeats_is_written_once(connect, read):
    dam = connect()
    read(dam.want(LOBBY))
    flush()
    for n in range(5):
        read(dam.want(Ref("Product", f"p-{n}")))
    settle()
    assert len([w for w in this_process().findings._waiting if "observe" in w.__qualname__]) == 0
    assert health_of(dam) == ("ok", "")


def test_settings_that_cannot_be_used_break_the_connection(connect, read, space):
    lost = Connection.objects.create(space=space, slug="lost", name="Lost", connector="uninstalled")
    ConnectionHealth.objects.create(connection=lost)
    from orchestrator.engine.outcome import WantAsset

    read(WantAsset(str(lost.uuid), LOBBY))
    flush()
    assert ConnectionHealth.objects.get(connection=lost).reason == "connector_missing"
    assert ConnectionHealth.objects.get(connection=lost).state == "broken"


@pytest.mark.parametrize(
    ("missing", "state"),
    [(MissingReason.GONE, "gone"), (MissingReason.HIDDEN, "hidden"), (MissingReason.FORBIDDEN, "denied")],
)
def test_an_asset_that_is_not_there_is_a_problem_until_it_is_back(connect, read, clock, missing, state):
    dam = connect()
    dam.script.missing = Missing(missing)
    read(dam.want(LOBBY))
    flush()
    work()
    assert [(p.type, p.external_id, p.state) for p in problems()] == [("ImageObject", "a-1", state)]
    dam.script.put("ImageObject", "a-1", name="back")
    clock.advance(1000)
    read(dam.want(LOBBY))
    flush()
    assert not AssetProblem.objects.exists()


def test_one_that_does_not_tell_or_fails_is_no_problem(connect, read):
    dam = connect()
    dam.script.missing = None
    read(dam.want(LOBBY))
    dam.script.error = TransientError("down")
    read(dam.want(Ref("ImageObject", "a-2")))
    flush()
    assert not AssetProblem.objects.exists()


def test_a_gone_asset_is_dropped_in_all_processes(connect, read, clock):
    dam = connect()
    dam.script.put("ImageObject", "a-1", name="Lobby")
    read(dam.want(LOBBY))
    settle()
    held_elsewhere = this_process().cache.local.get(this_process().cache.local.entries()[0].key)
    dam.script.delete(LOBBY)
    clock.advance(1000)
    assert read(dam.want(LOBBY)).state is LinkState.GONE
    flush()
    work()
    this_process().generations.catch_up()
    assert this_process().generations.has_dropped(held_elsewhere)


def test_a_problem_is_found_by_a_process_that_did_not_see_it_begin(connect, read, clock):
    dam = connect()
    AssetProblem.objects.create(
        connection=dam.connection,
        type="ImageObject",
        external_id="a-1",
        state="gone",
        first_seen_at="2026-01-01T00:00:00Z",
        last_seen_at="2026-01-01T00:00:00Z",
        confirmed_at="2026-01-01T00:00:00Z",
    )
    this_process().findings._learn_problems()
    dam.script.put("ImageObject", "a-1", name="back")
    read(dam.want(LOBBY))
    flush()
    assert not AssetProblem.objects.exists()


def test_nothing_is_written_about_people(connect):
    crm = connect("crm", personal=True)
    want = WantFound(crm.uuid, "Person", Identifier("loyalty_id", "M-1"))
    this_process().gateway.resolve([want], locale="en", budget_s=2)
    flush()
    assert not AssetProblem.objects.exists()
    crm.script.people[want.identifier] = Asset(Ref("Person", "c"), {})
    this_process().gateway.resolve([want], locale="en", budget_s=2)
    flush()
    assert health_of(crm) == ("ok", "")


def test_a_check_says_in_words_what_is_wrong(connect):
    dam = connect()
    assert check(dam.connection).ok
    dam.script.errors["check"] = AccessDeniedError("Scripted: GET /me: HTTP 401")
    result = check(dam.connection)
    assert (result.ok, result.reason, result.message) == (
        False,
        "access_denied",
        "Scripted: GET /me: HTTP 401",
    )
    assert health_of(dam) == ("broken", "access_denied")
    assert {"search", "hooks", "polling"} <= set(result.capabilities)


def test_a_check_that_is_cancelled_did_not_succeed(connect):
    dam = connect()
    dam.script.errors["check"] = CancelledError()
    assert (check(dam.connection).ok, health_of(dam)) == (False, ("failing", "crashed"))


def test_a_database_that_takes_no_finding_breaks_nothing(connect, read, caplog):
    from django.db import DatabaseError, connection

    dam = connect()
    dam.script.put("ImageObject", "a-1", name="x")
    assert read(dam.want(LOBBY)).state is LinkState.FRESH
    settle()

    def refuse(execute, sql, params, many, context):
        raise DatabaseError("read-only")

    with connection.execute_wrapper(refuse):
        this_process().findings.flush()
    assert any("was not written" in line for line in caplog.messages)
