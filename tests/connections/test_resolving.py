"""One pass: memory, shared cache, one call for what is missing, last good copy."""

import threading
from asyncio import CancelledError
from datetime import UTC, datetime, timedelta

import pytest

from connectors.sdk import (
    AccessDeniedError,
    Asset,
    BadResponseError,
    ConfigurationError,
    Identifier,
    Missing,
    MissingReason,
    RateLimitedError,
    Ref,
    TransientError,
)
from connectors.sdk.testing.scripted import Script
from orchestrator.connections.cache.entry import item_scope
from orchestrator.connections.gateway.lanes import MOST_WAITING
from orchestrator.connections.models import Connection
from orchestrator.connections.process import forget_process, this_process
from orchestrator.connections.purges.purging import purge
from orchestrator.engine.outcome import LinkState, WantAsset, WantFound, WantQuery
from tests.connections.conftest import FRESH, STALE, opened, settle
from tests.connections.working import work

LOBBY = Ref("ImageObject", "a-1")


def resolve(wants, **how):
    return this_process().gateway.resolve(wants, locale="en", **{"budget_s": 10.0, **how})


def test_one_call_brings_all_assets_of_a_connection(connect):
    dam = connect()
    refs = [dam.script.put("ImageObject", f"a-{n}", name=f"Picture {n}") for n in range(5)]
    resolution = resolve([dam.want(ref) for ref in refs])
    assert [o.state for o in resolution.outcomes.values()] == [FRESH] * 5
    assert [(c.connection, c.kind, c.items, c.outcome) for c in resolution.calls] == [
        ("dam", "fetch", 5, "ok")
    ]
    assert dam.script.count() == 1


def test_a_batch_is_never_larger_than_the_connector_takes(connect, scripted):
    from connectors.sdk.testing.scripted import Script

    dam = connect(script=Script(max_batch=2))
    refs = [dam.script.put("ImageObject", f"a-{n}", name="x") for n in range(5)]
    outcomes = resolve([dam.want(ref) for ref in refs]).outcomes
    assert all(outcome.state is FRESH for outcome in outcomes.values())
    assert sorted(len(called.refs) for called in dam.script.log) == [1, 2, 2]


def test_the_same_asset_wanted_twice_is_asked_for_once(connect):
    dam = connect()
    dam.script.put("ImageObject", "a-1", name="Lobby")
    resolve([dam.want(LOBBY), dam.want(LOBBY)])
    assert [called.refs for called in dam.script.log] == [(LOBBY,)]


def test_a_fresh_value_is_served_from_memory_with_one_query(
    connect, read, django_assert_num_queries, settings
):
    dam = connect()
    dam.script.put("ImageObject", "a-1", name="Lobby")
    read(dam.want(LOBBY))
    with django_assert_num_queries(2) as queries:  # Without its listener a process reads the purge log too.
        assert read(dam.want(LOBBY)).state is FRESH
    assert sum("connections_connection" in query["sql"] for query in queries.captured_queries) == 1
    assert dam.script.count() == 1


def test_another_process_finds_the_value_in_the_shared_cache(connect, read):
    dam = connect()
    dam.script.put("ImageObject", "a-1", name="Lobby")
    before = read(dam.want(LOBBY))
    settle()
    forget_process()
    after = read(dam.want(LOBBY))
    assert after.readings == before.readings
    assert dam.script.count() == 1


def test_locales_are_kept_apart(connect, read):
    dam = connect()
    dam.script.put("ImageObject", "a-1", name="Lobby")
    read(dam.want(LOBBY), locale="en")
    read(dam.want(LOBBY), locale="de")
    assert [called.locale for called in dam.script.log] == ["en", "de"]


def test_connections_are_asked_in_parallel(connect):
    gate = threading.Event()
    systems = [connect(slug) for slug in ("dam", "pim", "social")]
    for system in systems:
        system.script.put("ImageObject", "a-1", name="x")
        system.script.gate = gate
    with opened(gate, when=lambda: sum(system.script.running for system in systems) == 3):
        outcomes = resolve([system.want(LOBBY) for system in systems]).outcomes
    assert all(outcome.state is FRESH for outcome in outcomes.values())


def test_a_slow_connection_costs_its_own_want_and_its_own_time_limit(connect):
    fast, slow = connect("fast"), connect("slow", timeout_ms=150)
    for system in (fast, slow):
        system.script.put("ImageObject", "a-1", name="x")
    slow.script.gate = threading.Event()
    resolution = resolve([fast.want(LOBBY), slow.want(LOBBY)], budget_s=30)
    assert resolution.outcomes[fast.want(LOBBY)].state is FRESH
    assert resolution.outcomes[slow.want(LOBBY)].state is LinkState.TIMEOUT
    assert ("slow", "timeout") in {(call.connection, call.outcome) for call in resolution.calls}


def test_the_answer_comes_at_the_budget_also_when_a_connector_ignores_its_deadline(connect):
    dam = connect(timeout_ms=100)
    dam.script.put("ImageObject", "a-1", name="x")
    dam.script.gate, dam.script.keeps_deadline = threading.Event(), False
    resolution = resolve([dam.want(LOBBY)], budget_s=20)
    assert resolution.outcomes[dam.want(LOBBY)].state is LinkState.TIMEOUT
    assert [call.outcome for call in resolution.calls] == ["pending"]
    assert dam.script.running == 1, "it answered only because the call had ended"
    dam.script.gate.set()
    settle()


def test_what_comes_after_the_answer_is_kept_for_the_next(connect, read):
    dam = connect(timeout_ms=100)
    dam.script.put("ImageObject", "a-1", name="Lobby")
    dam.script.gate, dam.script.keeps_deadline = threading.Event(), False
    assert read(dam.want(LOBBY)).state is LinkState.TIMEOUT
    dam.script.gate.set()
    settle()
    assert read(dam.want(LOBBY)).state is FRESH
    assert dam.script.count() == 1


def test_a_connection_that_hangs_takes_no_more_threads_than_its_lane_has(connect):
    hung = connect("hung", script=Script(max_batch=1, max_concurrency=2), timeout_ms=100)
    fine = connect("fine")
    refs = [hung.script.put("ImageObject", f"a-{n}", name="x") for n in range(40)]
    fine.script.put("ImageObject", "a-1", name="x")
    hung.script.gate, hung.script.keeps_deadline = threading.Event(), False
    outcomes = resolve([*map(hung.want, refs), fine.want(LOBBY)], budget_s=20).outcomes
    assert outcomes[fine.want(LOBBY)].state is FRESH
    assert hung.script.most_running == 2
    hung.script.gate.set()
    settle()


def test_behind_a_connection_that_hangs_only_so_many_wait(connect):
    hung = connect("hung", script=Script(max_batch=1, max_concurrency=1))
    refs = [hung.script.put("ImageObject", f"a-{n}", name="x") for n in range(MOST_WAITING + 20)]
    hung.script.gate, hung.script.keeps_deadline = threading.Event(), False

    def busy(outcomes):
        return sum(outcome.reason == "busy" for outcome in outcomes.values())

    outcomes = resolve(
        [*map(hung.want, refs)], budget_s=20, decided=lambda outcomes: busy(outcomes) == 19
    ).outcomes
    assert busy(outcomes) == 19
    hung.script.gate.set()
    settle()


def test_the_answer_leaves_when_it_is_decided(connect):
    fast, slow = connect("fast"), connect("slow")
    for system in (fast, slow):
        system.script.put("ImageObject", "a-1", name="x")
    slow.script.gate = threading.Event()
    resolution = resolve(
        [fast.want(LOBBY), slow.want(LOBBY)],
        budget_s=20,
        decided=lambda outcomes: fast.want(LOBBY) in outcomes,
    )
    left = resolution.outcomes[slow.want(LOBBY)]
    assert (left.state, left.reason) == (LinkState.TIMEOUT, "not_awaited")
    assert slow.script.running == 1
    slow.script.gate.set()
    settle()


@pytest.mark.parametrize(
    ("error", "state", "reason"),
    [
        (TransientError("dam: GET x: HTTP 503"), LinkState.ERROR, "unavailable"),
        (TransientError("dam: GET x", timeout=True), LinkState.TIMEOUT, None),
        (RateLimitedError("dam: GET x: HTTP 429"), LinkState.ERROR, "rate_limited"),
        (AccessDeniedError("dam: GET x: HTTP 401"), LinkState.ERROR, "access_denied"),
        (ConfigurationError("dam: no such field"), LinkState.ERROR, "configuration"),
        (BadResponseError("dam: not JSON"), LinkState.ERROR, "bad_response"),
        (ZeroDivisionError("a bug with a secret"), LinkState.ERROR, "crashed"),
    ],
)
def test_a_failure_has_a_state_and_a_good_copy_outlives_it(connect, read, clock, error, state, reason):
    dam = connect()
    dam.script.put("ImageObject", "a-1", name="Lobby")
    dam.script.error = error
    outcome = read(dam.want(LOBBY))
    assert (outcome.state, outcome.reason, outcome.readings, outcome.source) == (state, reason, (), "dam")

    dam.script.error = None
    this_process().lanes.close()
    assert read(dam.want(LOBBY)).state is FRESH
    dam.script.error = error
    clock.advance(300 + 600 + 1)
    outcome = read(dam.want(LOBBY))
    assert (outcome.state, outcome.reason) == (STALE, reason or "timeout")
    assert outcome.readings[0].asset.fields == {"name": "Lobby"}
    assert outcome.readings[0].stale_s == pytest.approx(601, abs=0.1)


@pytest.mark.parametrize(
    ("missing", "state", "reason"),
    [
        (Missing(MissingReason.GONE), LinkState.GONE, None),
        (Missing(MissingReason.HIDDEN), LinkState.HIDDEN, None),
        (Missing(MissingReason.FORBIDDEN), LinkState.DENIED, "forbidden"),
        (Missing(MissingReason.UNKNOWN), LinkState.ERROR, "unknown"),
        (None, LinkState.ERROR, "unknown"),
    ],
)
def test_an_asset_that_is_not_there_has_a_state_and_is_not_asked_for_at_once_again(
    connect, read, clock, missing, state, reason
):
    dam = connect()
    dam.script.missing = missing
    for _ in range(3):
        outcome = read(dam.want(LOBBY))
        assert (outcome.state, outcome.reason) == (state, reason)
    assert dam.script.count() == 1


def test_a_source_that_does_not_tell_keeps_the_last_good_copy(connect, read, clock):
    dam = connect()
    dam.script.put("ImageObject", "a-1", name="Lobby")
    read(dam.want(LOBBY))
    dam.script.assets.clear()
    dam.script.missing = None
    clock.advance(1000)
    outcome = read(dam.want(LOBBY))
    assert (outcome.state, outcome.reason) == (STALE, "unknown")
    assert outcome.readings[0].asset.fields == {"name": "Lobby"}


def test_a_gone_asset_stays_gone_when_its_source_fails(connect, read, clock):
    dam = connect()
    dam.script.put("ImageObject", "a-1", name="Lobby")
    read(dam.want(LOBBY))
    dam.script.delete(LOBBY)
    clock.advance(1000)
    assert read(dam.want(LOBBY)).state is LinkState.GONE
    this_process().findings.flush()
    work()
    assert read(dam.want(LOBBY)).state is LinkState.GONE
    dam.script.error = TransientError("down")
    clock.advance(1000)
    assert read(dam.want(LOBBY)).state is LinkState.GONE


def test_a_moved_asset_is_read_at_its_new_id(connect, read):
    dam = connect()
    new = dam.script.put("ImageObject", "b-9", name="Lobby")
    dam.script.assets[LOBBY] = Missing(MissingReason.MOVED, moved_to=new)
    outcome = read(dam.want(LOBBY))
    assert (outcome.state, outcome.readings[0].asset.ref) == (FRESH, new)
    read(dam.want(LOBBY))
    assert dam.script.count() == 2


def test_assets_that_move_in_circles_end(connect, read):
    dam = connect()
    one, other = Ref("ImageObject", "1"), Ref("ImageObject", "2")
    dam.script.assets[one] = Missing(MissingReason.MOVED, moved_to=other)
    dam.script.assets[other] = Missing(MissingReason.MOVED, moved_to=one)
    outcome = read(dam.want(one))
    assert (outcome.state, outcome.reason) == (LinkState.ERROR, "moved_in_circles")


def test_a_system_that_asks_to_wait_is_not_asked(connect, read):
    dam = connect()
    dam.script.error = RateLimitedError("dam: HTTP 429", retry_after_s=60)
    read(dam.want(LOBBY))
    dam.script.error = None
    resolution = resolve([dam.want(LOBBY), dam.want(Ref("Product", "p-1"))])
    assert {outcome.reason for outcome in resolution.outcomes.values()} == {"rate_limited"}
    assert resolution.calls == []
    assert dam.script.count() == 1


def test_one_bad_value_costs_its_own_slot(connect):
    dam = connect()
    good = dam.script.put("ImageObject", "good", name="Lobby")
    dam.script.assets[Ref("ImageObject", "text")] = "not an asset"
    dam.script.put("ImageObject", "odd", name=object())
    dam.script.assets[Ref("ImageObject", "other")] = Asset(ref=good, fields={})
    naive = Asset(ref=Ref("ImageObject", "naive"), fields={}, valid_until=datetime(2030, 1, 1))  # noqa: DTZ001
    dam.script.assets[naive.ref] = naive
    wants = {ref.external_id: dam.want(ref) for ref in dam.script.assets}
    outcomes = resolve(list(wants.values())).outcomes
    assert outcomes[wants["good"]].state is FRESH
    for name in ("text", "odd", "other", "naive"):
        assert (outcomes[wants[name]].state, outcomes[wants[name]].reason) == (LinkState.ERROR, "crashed")


def test_wants_of_no_connection_a_disabled_one_or_an_unknown_connector(connect, space, read):
    off = connect("off", enabled=False)
    assert read(off.want(LOBBY)).reason == "disabled"
    assert read(WantAsset("4b1f7a9e-0000-4000-8000-000000000000", LOBBY)).reason == "not_connected"
    assert read(WantAsset("no uuid", LOBBY)).reason == "not_connected"
    row = Connection.objects.create(space=space, slug="lost", name="Lost", connector="uninstalled")
    outcome = read(WantAsset(str(row.uuid), LOBBY))
    assert (outcome.state, outcome.reason) == (LinkState.ERROR, "connector_missing")


def test_a_changed_setting_never_serves_what_the_old_one_read(connect, read, space, scripted):
    dam = connect()
    dam.script.put("ImageObject", "a-1", name="Old system")
    read(dam.want(LOBBY))
    scripted["dam2"] = type(dam.script)()
    scripted["dam2"].put("ImageObject", "a-1", name="New system")
    from orchestrator.connections.configuring.saving import save_connection

    save_connection(space=space, slug="dam", name="DAM", connector="scripted", config={"script": "dam2"})
    assert read(dam.want(LOBBY)).readings[0].asset.fields == {"name": "New system"}


# Freshness and its windows.


def test_the_three_windows(connect, read, clock):
    dam = connect()
    dam.script.put("ImageObject", "a-1", name="Lobby")
    read(dam.want(LOBBY))
    clock.advance(299)
    assert read(dam.want(LOBBY)).state is FRESH
    assert dam.script.count() == 1
    dam.script.edit(LOBBY, name="Lobby, redone")
    clock.advance(2)
    assert read(dam.want(LOBBY)).readings[0].asset.fields["name"] == "Lobby"
    settle()
    assert dam.script.count() == 2
    assert read(dam.want(LOBBY)).readings[0].asset.fields["name"] == "Lobby, redone"
    dam.script.error = TransientError("down")
    clock.advance(300 + 86_400 - 1)
    assert read(dam.want(LOBBY)).state is STALE
    clock.advance(1)
    assert read(dam.want(LOBBY)).state is LinkState.ERROR


def test_a_refresh_in_the_background_runs_once(connect, read, clock):
    dam = connect()
    dam.script.put("ImageObject", "a-1", name="Lobby")
    read(dam.want(LOBBY))
    clock.advance(301)
    dam.script.gate = threading.Event()
    for _ in range(5):
        assert read(dam.want(LOBBY)).state is FRESH
    dam.script.gate.set()
    settle()
    assert dam.script.count() == 2


@pytest.mark.parametrize(
    ("slot_s", "own_s", "hard_s", "served_s"),
    [
        (None, 3600, None, 3600),
        (60, 3600, None, 60),
        (7200, 3600, None, 3600),
        (60, 3600, 30, 30),
        (0, 3600, None, 0),
    ],
)
def test_a_good_copy_lasts_the_least_of_three(connect, read, clock, slot_s, own_s, hard_s, served_s):
    dam = connect(freshness={"*": {"fresh_for_s": 100, "revalidate_for_s": 0, "if_error_for_s": own_s}})
    end = datetime.fromtimestamp(clock.now + 100 + hard_s, UTC) if hard_s else None
    dam.script.put("ImageObject", "a-1", asset=Asset(ref=LOBBY, fields={"name": "x"}, valid_until=end))
    read(dam.want(LOBBY))
    dam.script.error = TransientError("down")
    clock.advance(100)
    if served_s:
        clock.advance(served_s - 0.5)
        assert read(dam.want(LOBBY), limit_s=slot_s).state is STALE
        clock.advance(0.5)
    assert read(dam.want(LOBBY), limit_s=slot_s).state is LinkState.ERROR


def test_after_its_hard_end_a_value_is_not_served_and_not_asked_for_conditionally(connect, read, clock):
    dam = connect(freshness={"*": {"fresh_for_s": 1000}})
    dam.script.honours_validators = True
    ending = Asset(
        ref=LOBBY, fields={"name": "x"}, validator="v1", valid_until=datetime.now(UTC) + timedelta(seconds=50)
    )
    dam.script.put("ImageObject", "a-1", asset=ending)
    assert read(dam.want(LOBBY)).state is FRESH
    clock.advance(60)
    outcome = read(dam.want(LOBBY))
    assert (outcome.state, outcome.reason) == (LinkState.HIDDEN, "expired")
    dam.script.error = TransientError("down")
    clock.advance(60)
    assert not read(dam.want(LOBBY)).usable


def test_an_unchanged_answer_extends_the_copy_and_keeps_its_first_sight(connect, read, clock):
    dam = connect()
    dam.script.honours_validators = True
    dam.script.put("ImageObject", "a-1", asset=Asset(ref=LOBBY, fields={"name": "x"}, validator="v1"))
    first = read(dam.want(LOBBY)).readings[0]
    for _ in range(3):
        clock.advance(1000)
        outcome = read(dam.want(LOBBY))
        assert (outcome.state, outcome.readings[0]) == (FRESH, first)
    assert dam.script.count() == 4


def test_as_of_is_when_this_very_value_was_first_seen(connect, read, clock):
    dam = connect()
    dam.script.put("ImageObject", "a-1", name="one")
    first = read(dam.want(LOBBY)).readings[0].as_of
    clock.advance(1000)
    dam.script.put("ImageObject", "a-1", name="one")
    assert read(dam.want(LOBBY)).readings[0].as_of == first
    clock.advance(1000)
    dam.script.put("ImageObject", "a-1", name="two")
    assert read(dam.want(LOBBY)).readings[0].as_of == first + timedelta(seconds=2000)


# Lists.


def test_a_collection_takes_one_call_and_its_members_are_readings_of_their_own(connect, read):
    dam = connect()
    refs = [dam.script.put("ImageObject", f"a-{n}", name=f"{n}", keywords=["spa"]) for n in range(4)]
    outcome = read(dam.want_tag("ImageObject", "spa", limit=3))
    assert [r.asset.ref for r in outcome.readings] == refs[:3]
    assert read(dam.want(refs[1])).state is FRESH
    assert dam.script.count() == 1


def test_a_member_that_changed_is_new_in_the_list_too(connect, read, clock):
    dam = connect(freshness={"*": {"fresh_for_s": 3600}})
    ref = dam.script.put("ImageObject", "a-1", name="old", keywords=["spa"])
    read(dam.want_tag("ImageObject", "spa"))
    dam.script.edit(ref, name="new")
    clock.advance(1)
    purge(connection=dam.connection, refs=[ref])
    assert read(dam.want_tag("ImageObject", "spa")).readings[0].asset.fields["name"] == "new"


def test_a_list_whose_source_fails_is_the_last_good_one(connect, read, clock):
    dam = connect()
    dam.script.put("ImageObject", "a-1", name="x", keywords=["spa"])
    read(dam.want_tag("ImageObject", "spa"))
    dam.script.error = TransientError("down")
    clock.advance(1000)
    outcome = read(dam.want_tag("ImageObject", "spa"))
    assert (outcome.state, outcome.reason, len(outcome.readings)) == (STALE, "unavailable", 1)
    clock.advance(90_000)
    assert read(dam.want_tag("ImageObject", "spa")).state is LinkState.ERROR


def test_in_a_list_whose_source_fails_no_member_is_fresher_than_the_list(connect, read):
    dam = connect(freshness={"*": {"fresh_for_s": 3600}})
    refs = [dam.script.put("ImageObject", f"a-{n}", name="x", keywords=["spa"]) for n in range(3)]
    read(dam.want_tag("ImageObject", "spa"))
    dam.script.error = TransientError("down")
    purge(connection=dam.connection, refs=[refs[1]])
    outcome = read(dam.want_tag("ImageObject", "spa"))
    assert (outcome.state, [reading.stale_s > 0 for reading in outcome.readings]) == (STALE, [True] * 3)


def test_a_member_that_cannot_be_read_leaves_the_others_as_they_are(connect, read):
    dam = connect(freshness={"*": {"fresh_for_s": 3600}})
    refs = [dam.script.put("ImageObject", f"a-{n}", name="x", keywords=["spa"]) for n in range(3)]
    read(dam.want_tag("ImageObject", "spa"))
    settle()
    forgotten = {item_scope(dam.uuid, refs[1]): 1}
    this_process().cache.local.drop(forgotten)
    this_process().cache.shared.drop(forgotten)
    dam.script.error = TransientError("down")
    outcome = read(dam.want_tag("ImageObject", "spa"))
    assert [(r.asset.ref, r.stale_s) for r in outcome.readings] == [(refs[0], 0), (refs[2], 0)]
    assert (outcome.state, outcome.reason) == (STALE, "unavailable"), "the list is not whole"


def test_a_list_in_its_grace_asks_a_failing_source_once_in_a_while(connect, read, clock):
    dam = connect()
    dam.script.put("ImageObject", "a-1", name="x", keywords=["spa"])
    read(dam.want_tag("ImageObject", "spa"))
    clock.advance(301)
    dam.script.error = TransientError("down")
    this_process().gateway.refreshed.every_s = 3600
    for _ in range(5):
        assert read(dam.want_tag("ImageObject", "spa")).state is FRESH
        settle()
    assert dam.script.count() == 2


def test_an_empty_list_is_fresh(connect, read):
    dam = connect()
    outcome = read(dam.want_tag("ImageObject", "nothing"))
    assert (outcome.state, list(outcome.readings)) == (FRESH, [])


def test_a_list_holds_only_its_type_and_each_member_once(connect, read):
    dam = connect()
    ref = dam.script.put("ImageObject", "a-1", name="x")
    from connectors.sdk import AssetPage

    lane = this_process().lanes
    read(dam.want(ref))
    asset = dam.script.assets[ref]
    connector = lane.connector_of(dam.uuid)
    connector.query = lambda *_: AssetPage([asset, asset, Asset(Ref("Product", "p"), {}), "noise"])
    assert [r.asset.ref for r in read(dam.want_tag("ImageObject", "spa")).readings] == [ref]


def test_a_read_that_lands_between_look_and_start_is_used(connect, monkeypatch):
    dam = connect()
    want = dam.want(dam.script.put("ImageObject", "a-1", name="Lobby"))
    gateway = this_process().gateway
    look = gateway.held

    def look_while_another_request_reads(addresses):
        found = look(addresses)
        monkeypatch.setattr(gateway, "held", look)
        resolve([want])
        return found

    monkeypatch.setattr(gateway, "held", look_while_another_request_reads)
    assert resolve([want]).outcomes[want].state is FRESH
    assert dam.script.count("fetch") == 1


def test_what_no_except_clause_for_exceptions_catches_costs_its_own_slots(connect):
    """And takes no thread of the pool with it."""
    dam, fine = connect(), connect("fine")
    wants = [system.want(system.script.put("ImageObject", "a-1", name="Lobby")) for system in (dam, fine)]
    dam.script.error = CancelledError()
    for _ in range(this_process().pool.most + 1):
        outcome = resolve(wants[:1]).outcomes[wants[0]]
        assert (outcome.state, outcome.reason) == (LinkState.ERROR, "crashed")
    assert resolve(wants).outcomes[wants[1]].state is FRESH
    settle()


@pytest.mark.parametrize(
    "place", [Ref("ImageObject", 7), Ref("ImageObject", "\ud800" + 300 * "x"), Ref(None, "a-2"), "a-2"]
)
def test_what_moved_to_a_place_that_cannot_be_costs_its_own_slots(connect, place):
    dam = connect()
    fine = dam.want(dam.script.put("ImageObject", "a-2", name="there"))
    dam.script.assets[LOBBY] = Missing(MissingReason.MOVED, moved_to=place)
    outcomes = resolve([dam.want(LOBBY), fine]).outcomes
    assert (outcomes[dam.want(LOBBY)].state, outcomes[dam.want(LOBBY)].reason) == (LinkState.ERROR, "unknown")
    assert outcomes[fine].state is FRESH


# People.


def test_a_record_is_read_for_each_request_and_held_nowhere(connect):
    crm = connect("crm", personal=True)
    card = Identifier("loyalty_id", "M-1001")
    crm.script.people[card] = Asset(Ref("Person", "c-7"), {"givenName": "Very Unusual Name"})
    want = WantFound(crm.uuid, "Person", card)
    for _ in range(2):
        outcome = resolve([want]).outcomes[want]
        assert outcome.readings[0].asset.fields == {"givenName": "Very Unusual Name"}
    settle()
    assert crm.script.count("find") == 2
    assert this_process().cache.local.entries() == []
    assert this_process().cache.shared.entries() == []
    assert "M-1001" not in repr(want)


def test_all_identifiers_of_a_connection_leave_in_one_call(connect):
    crm = connect("crm", personal=True)
    wants = [WantFound(crm.uuid, "Person", Identifier("loyalty_id", f"M-{n}")) for n in range(3)]
    for want in wants[:2]:
        crm.script.people[want.identifier] = Asset(Ref("Person", want.identifier.value), {})
    outcomes = resolve(wants).outcomes
    assert [outcomes[want].state for want in wants] == [FRESH, FRESH, LinkState.GONE]
    assert crm.script.count() == 1


def test_a_record_of_another_type_is_no_answer(connect):
    crm = connect("crm", personal=True)
    want = WantFound(crm.uuid, "Person", Identifier("loyalty_id", "M-1"))
    crm.script.people[want.identifier] = Asset(Ref("Product", "p"), {})
    assert resolve([want]).outcomes[want].reason == "bad_response"


def test_assets_of_a_personal_connection_are_not_picked_or_listed(connect, read):
    crm = connect("crm", personal=True)
    crm.script.put("Person", "c-7", name="x")
    for want in (crm.want(Ref("Person", "c-7")), WantQuery(crm.uuid, "Person", "{}", 5)):
        outcome = read(want)
        assert (outcome.state, outcome.reason) == (LinkState.DENIED, "personal")
    assert crm.script.count() == 0
