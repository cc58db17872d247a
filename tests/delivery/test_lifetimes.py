"""How long a shared answer may be kept, and by which names it is forgotten."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from connectors.sdk import Asset, Ref
from orchestrator.assembly.assembling import Assembly
from orchestrator.connections.api import Resolution
from orchestrator.delivery.cache_groups import group_name, groups_of
from orchestrator.delivery.lifetimes import Lifetime, lifetime_of
from orchestrator.engine.context import Context
from orchestrator.engine.outcome import LinkState, Outcome, Reading, WantAsset
from orchestrator.engine.plan import Bundle, Failure, Linked, Plan, Policy, Slot
from orchestrator.engine.projection import project
from orchestrator.engine.selection import select

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
CONTEXT = Context(now=NOW, channel="web", locale="en")
LEFT = {"fresh_left_s": 100.0, "revalidate_left_s": 200.0, "if_error_left_s": 3000.0}


def outcome(state=LinkState.FRESH, *, valid_until=None, **left):
    """What became of one picture; ``left`` says otherwise what its windows have left."""
    asset = Asset(ref=Ref("ImageObject", "a"), fields={"name": "A"}, valid_until=valid_until)
    readings = (Reading("c", "dam", asset, NOW),) if state in (LinkState.FRESH, LinkState.STALE) else ()
    return Outcome(state, readings, timing=LEFT | left)


def assembled(outcomes, *, fallback=(), policy=None):
    """An answer of one slot with these outcomes, by id."""
    items = tuple(Linked(name, "c", "ImageObject", name) for name in outcomes if name not in fallback)
    spare = tuple(Linked(name, "c", "ImageObject", name) for name in fallback)
    slot = Slot("hero", items, spare, policy=policy or Policy())
    plan = Plan("p", "arrival", "meridian", "en", 1, "Arrival", (slot,))
    selection = select(Bundle(plan), CONTEXT)
    by_want = {WantAsset("c", Ref("ImageObject", name)): value for name, value in outcomes.items()}
    return Assembly(project(selection, by_want, CONTEXT), selection, Resolution(by_want, ()))


def lifetime(outcomes, *, changes_at=None, **more):
    return lifetime_of(assembled(outcomes, **more), now=NOW, changes_at=changes_at)


def test_it_is_the_least_of_each_window():
    parts = {"a": outcome(), "b": outcome(fresh_left_s=7.9), "c": outcome(if_error_left_s=60)}
    assert lifetime(parts) == Lifetime(7, 200, 60)


@pytest.mark.parametrize(
    ("policy", "if_error_s"),
    [
        (Policy(), 3000),
        (Policy(Failure.LAST_KNOWN_GOOD, 600), 600),
        (Policy(Failure.OMIT), 0),
        (Policy(Failure.SUBSTITUTE), 0),
    ],
)
def test_a_cache_keeps_a_last_good_copy_no_longer_than_the_slot_takes_it(policy, if_error_s):
    assert lifetime({"a": outcome()}, policy=policy).if_error_s == if_error_s


@pytest.mark.parametrize("state", [LinkState.STALE, LinkState.TIMEOUT, LinkState.ERROR])
def test_what_failed_for_now_is_asked_again_at_once(state):
    assert lifetime({"a": outcome(), "b": outcome(state)}) == Lifetime(0, 0, 0)


@pytest.mark.parametrize("state", [LinkState.GONE, LinkState.HIDDEN, LinkState.DENIED])
def test_what_is_known_to_be_missing_lives_as_long_as_it_is_believed(state):
    assert lifetime({"a": outcome(), "b": outcome(state, fresh_left_s=9)}) == Lifetime(9, 200, 3000)


def test_nothing_is_kept_past_the_first_hard_end():
    ends = NOW + timedelta(seconds=130)
    assert lifetime({"a": outcome(), "b": outcome(valid_until=ends)}) == Lifetime(100, 30, 30)
    ends = NOW + timedelta(seconds=40)
    assert lifetime({"a": outcome(valid_until=ends)}) == Lifetime(40, 0, 0)
    assert lifetime({"a": outcome(valid_until=NOW - timedelta(seconds=1))}) == Lifetime(0, 0, 0)


def test_nothing_is_kept_past_the_next_change_by_schedule():
    parts = {"a": outcome(valid_until=NOW + timedelta(seconds=90))}
    assert lifetime(parts, changes_at=NOW + timedelta(seconds=80)) == Lifetime(80, 0, 0)
    assert lifetime(parts, changes_at=NOW + timedelta(seconds=9000)) == Lifetime(90, 0, 0)
    assert lifetime({}, changes_at=NOW + timedelta(seconds=70)) == Lifetime(60, 10, 10)


def test_a_change_that_should_have_come_about_keeps_answers_out_of_caches():
    assert lifetime({"a": outcome()}, changes_at=NOW - timedelta(seconds=3)) == Lifetime(0, 0, 0)


def test_a_fallback_counts_only_where_it_was_looked_at():
    spare = outcome(fresh_left_s=5)
    assert lifetime({"a": outcome(), "s": spare}, fallback=("s",)).fresh_s == 100
    assert lifetime({"a": outcome(LinkState.GONE), "s": spare}, fallback=("s",)).fresh_s == 5


def test_an_answer_without_links_lives_a_minute():
    assert lifetime({}) == Lifetime(60, 60, 60)


def test_a_value_past_its_freshness_is_not_fresh_to_caches():
    assert lifetime({"a": outcome(fresh_left_s=0)}) == Lifetime(0, 200, 3000)


def test_groups_are_stable_short_and_keyed(settings):
    name = group_name("asset", "c", "ImageObject", "a")
    assert len(name) == 16
    assert name == group_name("asset", "c", "ImageObject", "a")
    assert name != group_name("asset", "c", "ImageObjecta", "")
    settings.SECRET_KEY = "another key, as long as such keys have to be 0123456789"
    assert name != group_name("asset", "c", "ImageObject", "a")


def test_up_to_thirty_two_groups_name_single_things_beyond_that_connections():
    few = assembled({str(n): outcome() for n in range(31)}).selection
    assert len(groups_of(few)) == 32
    many = assembled({str(n): outcome() for n in range(32)}).selection
    assert groups_of(many) == [group_name("experience", "p"), group_name("connection", "c")]


def test_a_fragment_is_a_group_of_its_own():
    selection = replace(assembled({"a": outcome()}).selection, fragments={"f": 3})
    assert group_name("fragment", "f") in groups_of(selection)
