"""Searching all connections at once, for people who pick."""

import threading
from asyncio import CancelledError

import pytest

from connectors.sdk import Ref, TransientError
from connectors.sdk.testing.scripted import Script
from orchestrator.connections.api import search
from orchestrator.connections.process import this_process
from tests.connections.conftest import settle


def ask(*systems, query="", types=(), cursors=None, wait_s=5.0):
    connections = [system.connection for system in systems]
    return search(connections=connections, query=query, types=types, cursors=cursors or {}, wait_s=wait_s)


@pytest.fixture
def dam(connect):
    system = connect("dam", script=Script(page_size=2))
    for n in range(5):
        system.script.put("ImageObject", f"a-{n}", name=f"Lobby {n}")
    system.script.put("Product", "p-1", name="Lobby chair")
    return system


def names(result):
    return [reading.asset.fields["name"] for reading in result.readings]


def test_results_come_in_the_order_of_the_connections_each_with_its_own_cursor(dam, connect):
    pim = connect("pim")
    pim.script.put("Product", "p-9", name="Lobby lamp")
    first, second = ask(pim, dam, query="lobby")
    assert (first.connection, first.state, names(first), first.next_cursor) == (
        pim.connection,
        "done",
        ["Lobby lamp"],
        None,
    )
    assert (second.state, names(second), second.next_cursor) == ("done", ["Lobby 0", "Lobby 1"], "2")
    (more,) = ask(pim, dam, query="lobby", cursors={"dam": second.next_cursor})
    assert names(more) == ["Lobby 2", "Lobby 3"]


def test_types_filter(dam):
    (result,) = ask(dam, types=["Product"])
    assert [reading.asset.ref for reading in result.readings] == [Ref("Product", "p-1")]


def test_personal_and_disabled_connections_are_never_asked(dam, connect):
    crm, off = connect("crm", personal=True), connect("off", enabled=False)
    assert [result.connection.slug for result in ask(crm, off, dam)] == ["dam"]
    assert crm.script.count() == off.script.count() == 0


def test_a_slow_connection_is_pending_and_joined_when_asked_again(dam, connect):
    slow = connect("slow")
    slow.script.put("ImageObject", "a-1", name="Late")
    slow.script.gate = threading.Event()
    assert [result.state for result in ask(dam, slow, wait_s=0.3)] == ["done", "pending"]
    slow.script.gate.set()
    (late,) = ask(slow)
    assert (late.state, names(late)) == ("done", ["Late"])
    assert slow.script.count("search") == 1


def test_the_same_words_later_are_a_new_question(dam):
    ask(dam, query="lobby 0")
    dam.script.edit(Ref("ImageObject", "a-0"), name="Lobby 0, redone")
    (again,) = ask(dam, query="lobby 0")
    assert names(again) == ["Lobby 0, redone"]


def test_a_failure_is_told_and_does_not_stop_the_others(dam, connect):
    dead, bad = connect("dead"), connect("bad")
    dead.script.error = TransientError("down")
    bad.script.error = ZeroDivisionError()
    results = {result.connection.slug: (result.state, result.reason) for result in ask(dam, dead, bad)}
    assert results == {
        "dam": ("done", None),
        "dead": ("failed", "unavailable"),
        "bad": ("failed", "crashed"),
    }


def test_a_search_that_is_cancelled_has_not_found_nothing(dam):
    dam.script.errors["search"] = CancelledError()
    (result,) = ask(dam)
    assert (result.state, result.reason) == ("failed", "crashed")


def test_what_a_search_shows_is_held_nowhere(dam):
    ask(dam, query="lobby")
    settle()
    assert this_process().cache.local.entries() == []
    assert this_process().cache.shared.entries() == []
    assert this_process().searches._searches == {}


def test_what_a_search_shows_is_clean(dam):
    dam.script.put(
        "ImageObject", "x", name="Evil <script>alert(1)</script>", contentUrl="javascript:alert(1)"
    )
    (result,) = ask(dam, query="evil")
    assert result.readings[0].asset.fields == {"name": "Evil "}
