import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.engine.framing import PictureRules, Shown, Size, Wanted
from orchestrator.engine.outcome import LinkState, Outcome
from orchestrator.engine.plan import Bound, Bundle, Collected, Failure, Frame, Policy, Slot
from orchestrator.engine.projection import is_decided, project
from orchestrator.engine.selection import select
from tests.engine.worlds import bad, bundles, context, contexts, good, link, outcomes_for, plan, reading

SUBSTITUTE = Policy(Failure.SUBSTITUTE)
OMIT = Policy(Failure.OMIT)


def slot_of(slot, answer, *, ctx=None):
    """Project one slot; ``answer`` gives each want its outcome, or ``None`` for not there yet."""
    ctx = ctx or context()
    selection = select(Bundle(plan(slot)), ctx)
    outcomes = {want: outcome for want in selection.wants() if (outcome := answer(want)) is not None}
    return project(selection, outcomes, ctx)["slots"][slot.name]


def shown(projected):
    return [item["id"] for item in projected["items"]]


@given(st.data(), bundles, contexts)
def test_a_request_replays_to_the_same_bytes(data, bundle, ctx):
    selection = select(bundle, ctx)
    outcomes = data.draw(outcomes_for(selection.wants()))
    backwards = dict(reversed(outcomes.items()))
    assert json.dumps(project(selection, outcomes, ctx)) == json.dumps(project(selection, backwards, ctx))


@given(st.data(), bundles, contexts)
def test_once_decided_nothing_that_comes_later_changes_the_answer(data, bundle, ctx):
    selection = select(bundle, ctx)
    all_outcomes = data.draw(outcomes_for(selection.wants()))
    early = {want: o for want, o in all_outcomes.items() if data.draw(st.booleans())}
    assert is_decided(selection, all_outcomes)
    if is_decided(selection, early):
        assert project(selection, early, ctx) == project(selection, all_outcomes, ctx)


@given(st.data(), bundles, contexts)
def test_every_slot_has_items_or_a_reason(data, bundle, ctx):
    selection = select(bundle, ctx)
    outcomes = data.draw(outcomes_for(selection.wants(), complete=False))
    for slot in project(selection, outcomes, ctx)["slots"].values():
        assert slot["items"] or (slot["state"] == "empty" and slot["reason"])
        assert (slot["state"] == "filled") == (slot["reason"] is None)


@given(st.data(), bundles, contexts)
def test_the_id_of_a_persons_record_is_in_no_answer(data, bundle, ctx):
    selection = select(bundle, ctx)
    outcomes = data.draw(outcomes_for(selection.wants()))
    for slot in project(selection, outcomes, ctx)["slots"].values():
        assert all("external_id" not in item for item in slot["items"] if item["type"] == "Person")


def test_the_document_holds_who_it_is_for_and_what_it_is():
    ctx = context(channel="app", locale="de-CH")
    selection = select(Bundle(plan(Slot("hero", items=(link(1),), label="Top"), version=4)), ctx)
    document = project(selection, {want: good(want) for want in selection.wants()}, ctx)
    assert document == {
        "experience": {"id": "exp", "slug": "arrival", "version": 4, "title": "Arrival", "lang": "en"},
        "channel": "app",
        "locale": "de-CH",
        "slots": {
            "hero": {
                "label": "Top",
                "state": "filled",
                "reason": None,
                "items": [
                    {
                        "id": "l1",
                        "type": "Product",
                        "source": "dam",
                        "external_id": "1",
                        "state": "fresh",
                        "as_of": "2026-11-21T11:55:00Z",
                        "valid_until": None,
                        "lang": None,
                        "fields": {"name": "Product 1", "description": "theirs"},
                    }
                ],
                "missing": [],
            }
        },
    }


def test_an_editors_words_replace_the_sources():
    slot = Slot("hero", items=(link(1, overrides={"description": "ours"}),))
    assert slot_of(slot, good)["items"][0]["fields"] == {"name": "Product 1", "description": "ours"}


def test_only_what_is_shown_is_asked_how_it_is_shown_and_in_the_slots_size():
    asked = []

    def show(reading, want):
        asked.append((reading.asset.ref.external_id, want))
        return Shown({"contentUrl": "small.png"}, {"contentUrl": "small.png"})

    ctx = context(pictures=PictureRules(widest_px=500))
    slots = (
        Slot("hero", items=(link(2),), fallback=(link(4),), frame=Frame(width=300)),
        Slot("gallery", items=(link(2),)),
    )
    selection = select(Bundle(plan(*slots)), ctx)
    document = project(selection, {want: good(want) for want in selection.wants()}, ctx, show)
    assert asked == [("2", Wanted(Size(300))), ("2", Wanted(Size(500)))]
    item = document["slots"]["hero"]["items"][0]
    assert (item["fields"], item["picture"]) == ({"contentUrl": "small.png"}, {"contentUrl": "small.png"})


def test_members_of_a_collection_keep_its_order_and_name_it():
    feed = Collected(id="c", connection="social", type="SocialMediaPosting", query={}, limit=3)
    projected = slot_of(Slot("feed", items=(feed,)), lambda want: good(want, count=3))
    assert shown(projected) == ["c/m0", "c/m1", "c/m2"]
    assert {item["collection"] for item in projected["items"]} == {"c"}


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        (Policy(Failure.LAST_KNOWN_GOOD), [("c/m0", "fresh"), ("c/m1", "stale"), ("c/m2", "fresh")]),
        (Policy(Failure.LAST_KNOWN_GOOD, 60), [("c/m0", "fresh"), ("c/m2", "fresh")]),
        (OMIT, [("c/m0", "fresh"), ("c/m2", "fresh")]),
    ],
)
def test_a_member_that_could_not_be_read_makes_no_other_stale(policy, expected):
    feed = Collected(id="c", connection="social", type="SocialMediaPosting", query={}, limit=3)

    def one_failed(want):
        return Outcome(LinkState.STALE, [reading(want, n, stale_s=90.0 * (n == 1)) for n in range(3)])

    projected = slot_of(Slot("feed", items=(feed,), policy=policy), one_failed)
    assert [(item["id"], item["state"]) for item in projected["items"]] == expected


def test_an_item_that_fails_is_left_out_and_named():
    slot = Slot("gallery", items=(link(1), link(2), link(3)), policy=OMIT)
    projected = slot_of(slot, lambda w: bad(LinkState.GONE) if w.ref.external_id == "2" else good(w))
    assert shown(projected) == ["l1", "l3"]
    assert projected["state"] == "filled"
    assert projected["missing"] == [
        {"id": "l2", "type": "ImageObject", "source": "dam", "state": "gone", "reason": "gone"}
    ]


@pytest.mark.parametrize("policy", [SUBSTITUTE, Policy(Failure.LAST_KNOWN_GOOD)])
def test_a_fallback_stands_in_at_the_place_of_what_failed(policy):
    slot = Slot("gallery", items=(link(1), link(2), link(3)), fallback=(link(8), link(9)), policy=policy)
    projected = slot_of(slot, lambda w: bad(LinkState.TIMEOUT) if w.ref.external_id in "28" else good(w))
    assert shown(projected) == ["l1", "l9", "l3"]
    assert (projected["state"], projected["reason"]) == ("substituted", "timeout")


def test_each_fallback_is_used_once():
    slot = Slot("gallery", items=(link(1), link(2)), fallback=(link(8),), policy=SUBSTITUTE)
    projected = slot_of(
        slot, lambda w: good(w) if w.ref.external_id == "8" else bad(LinkState.ERROR, "crashed")
    )
    assert shown(projected) == ["l8"]
    assert [m["id"] for m in projected["missing"]] == ["l1", "l2"]


def test_omit_uses_no_fallback():
    slot = Slot("hero", items=(link(1),), fallback=(link(8),), policy=OMIT)
    projected = slot_of(
        slot, lambda w: good(w) if w.ref.external_id == "8" else bad(LinkState.ERROR, "crashed")
    )
    assert (projected["state"], projected["reason"], projected["items"]) == ("empty", "crashed", [])


@pytest.mark.parametrize(
    ("policy", "stale_s", "state"),
    [
        (Policy(Failure.LAST_KNOWN_GOOD, 60), 60, "filled"),
        (Policy(Failure.LAST_KNOWN_GOOD, 60), 61, "empty"),
        (Policy(Failure.LAST_KNOWN_GOOD), 9999, "filled"),
        (Policy(Failure.LAST_KNOWN_GOOD, 0), 1, "empty"),
        (OMIT, 1, "empty"),
        (SUBSTITUTE, 1, "empty"),
    ],
)
def test_a_last_good_copy_is_shown_as_long_as_the_slot_takes_it(policy, stale_s, state):
    projected = slot_of(Slot("hero", items=(link(1),), policy=policy), lambda w: good(w, stale_s=stale_s))
    assert projected["state"] == state
    assert projected["reason"] == (None if state == "filled" else "too_stale")


def test_an_empty_collection_is_said_and_may_be_substituted():
    feed = Collected(id="c", connection="social", type="SocialMediaPosting", query={}, limit=3)
    slot = Slot("feed", items=(feed,), fallback=(link(8),), policy=SUBSTITUTE)
    projected = slot_of(slot, lambda w: good(w, count=0) if hasattr(w, "limit") else good(w))
    assert (shown(projected), projected["reason"]) == (["l8"], "no_items")


def test_a_slot_without_items_is_empty_and_says_so():
    assert slot_of(Slot("hero", items=()), good) == {
        "label": "",
        "state": "empty",
        "reason": "no_items",
        "items": [],
        "missing": [],
    }


def test_a_person_who_is_not_known_leaves_a_reason():
    guest = Bound(id="b", connection="crm", type="Person", identifier_kind="loyalty_id")
    projected = slot_of(Slot("guest", items=(guest,)), good, ctx=context(may_use_personal=True))
    assert projected["missing"] == [
        {"id": "b", "type": "Person", "source": None, "state": "denied", "reason": "no_identifier"}
    ]


def test_an_answer_does_not_wait_for_a_fallback_that_is_not_needed():
    slot = Slot("hero", items=(link(1),), fallback=(link(8),), policy=SUBSTITUTE)
    selection = select(Bundle(plan(slot)), context())
    first, spare = selection.wants()
    assert not is_decided(selection, {})
    assert is_decided(selection, {first: good(first)})
    assert not is_decided(selection, {first: bad(LinkState.GONE)})
    assert is_decided(selection, {first: bad(LinkState.GONE), spare: good(spare)})


def test_what_was_not_read_in_time_is_a_timeout():
    projected = slot_of(Slot("hero", items=(link(1),)), lambda _: None)
    assert projected["missing"][0]["state"] == "timeout"
