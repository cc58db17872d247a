"""Which step comes next, from facts alone."""

import ast
import sys
from pathlib import Path

import pytest

from orchestrator.config.guidance import steps
from orchestrator.config.guidance.facts import _PERMISSIONS
from orchestrator.config.guidance.steps import (
    ChannelFact,
    ClientFact,
    ConnectionFact,
    Done,
    DraftFact,
    Facts,
    Kind,
    LiveFact,
    Wait,
    advise,
)

ADMINISTRATOR = frozenset(_PERMISSIONS)
EDITOR = frozenset({"experiences.add_experience", "experiences.change_experience", "links.view_link"})
PUBLISHER = EDITOR | {"experiences.publish_experience"}

DAM = ConnectionFact(1, "Pictures", may_configure=True, hears=True, could_hear=True)
SEEN_DAM = ConnectionFact(1, "Pictures", hears=True, could_hear=True)
GUESTS = ConnectionFact(2, "Guests", personal=True, bound=True)
APP = ClientFact(4, "App", keys=1)
WEB = ChannelFact(7, "Website", is_open=True)
ARRIVAL = LiveFact("Arrival", "https://hub.example/api/v1/experiences/arrival?channel=web&locale=en")
DRAFT = DraftFact("/admin/draft/3/", "Spa day")
LIVE_DRAFT = DraftFact("/admin/draft/3/", "Spa day", live=True, published_before=True)

# What each way leads to, in the order of somebody who begins with nothing.
WAY = [
    (Facts(), Kind.CONNECT),
    (Facts(connections=[ConnectionFact(1, "P", "unchecked", may_configure=True)]), Kind.TEST_CONNECTION),
    (Facts(connections=[ConnectionFact(1, "P", "broken", may_configure=True)]), Kind.MEND_CONNECTION),
    (Facts(connections=[ConnectionFact(1, "P", "failing", may_configure=True)]), Kind.RETRY_CONNECTION),
    (Facts(connections=[DAM]), Kind.ADD_CLIENT),
    (Facts(connections=[DAM], clients=[ClientFact(4, "App")]), Kind.MAKE_KEY),
    (Facts(connections=[DAM], clients=[APP]), Kind.ADD_CHANNEL),
    (Facts(connections=[DAM], clients=[APP], channels=[ChannelFact(7, "Website")]), Kind.OPEN_CHANNEL),
    (Facts(connections=[DAM], clients=[APP], channels=[WEB]), Kind.COMPOSE),
    (Facts(connections=[DAM], clients=[APP], channels=[WEB], drafts=[DRAFT]), Kind.PUBLISH),
    (Facts(connections=[DAM], clients=[APP], channels=[WEB], newest=ARRIVAL, live=1), Kind.FETCH),
]
SET_UP = {
    "connections": [DAM], "clients": [ClientFact(4, "App", keys=1, has_fetched=True)],
    "channels": [WEB], "newest": ARRIVAL, "live": 1, "people": 2,
}  # fmt: skip
LATER = [
    ({}, None),
    ({"broken_links": 2}, Kind.MEND_LINKS),
    ({"broken_links": 2, "drafts": [DRAFT]}, Kind.MEND_LINKS),
    ({"drafts": [DRAFT]}, Kind.PUBLISH),
    ({"drafts": [LIVE_DRAFT]}, Kind.PUBLISH_CHANGES),
    ({"drafts": [DraftFact("/3/", "Old", published_before=True)]}, None),
    ({"drafts": [DraftFact("/3/", "Old", published_before=True)], "newest": None, "live": 0}, Kind.PUBLISH),
    ({"drafts": [DraftFact("/3/", "Spa", decided=True)]}, None),
    ({"drafts": [DraftFact("/3/", "Spa", live=True, decided=True)]}, None),
    ({"drafts": [DraftFact("/3/", "Offer", is_experience=False)], "newest": None, "live": 0}, Kind.COMPOSE),
    ({"connections": [ConnectionFact(1, "P", may_configure=True, could_hear=True)]}, Kind.HEAR_CHANGES),
    ({"connections": [ConnectionFact(1, "P", may_configure=True)]}, None),
    ({"connections": [DAM, ConnectionFact(2, "Guests", personal=True)]}, Kind.BIND_PEOPLE),
    ({"connections": [DAM, GUESTS]}, None),
    ({"people": 1}, Kind.INVITE),
    ({"connections": [GUESTS], "newest": None, "live": 0}, None),
    ({"clients": [APP], "newest": LiveFact("Arrival")}, None),
]  # fmt: skip


def with_rights(facts, may):
    return Facts(**{name: getattr(facts, name) for name in facts.__slots__} | {"may": may})


@pytest.mark.parametrize(("facts", "kind"), WAY, ids=[kind for _facts, kind in WAY])
def test_an_administrator_is_led_from_nothing_to_an_answer(facts, kind):
    assert advise(with_rights(facts, ADMINISTRATOR)).step.kind == kind


@pytest.mark.parametrize(("changes", "kind"), LATER)
def test_a_hub_that_runs_is_kept_well_and_then_grows(changes, kind):
    step = advise(Facts(may=ADMINISTRATOR, **(SET_UP | changes))).step
    assert (step.kind if step else None) == kind


@pytest.mark.parametrize(
    ("may", "facts", "kind", "wait"),
    [
        (EDITOR, {}, None, Wait.FOR_A_SYSTEM),
        (EDITOR, {"connections": [ConnectionFact(1, "P", may_use=False)]}, None, Wait.FOR_A_SYSTEM),
        (EDITOR, {"connections": [ConnectionFact(1, "P", personal=True)]}, None, Wait.FOR_A_SYSTEM),
        (EDITOR, {"connections": [ConnectionFact(1, "P", "failing")]}, Kind.COMPOSE, None),
        (EDITOR, {"connections": [SEEN_DAM]}, Kind.COMPOSE, None),
        (EDITOR, {"connections": [SEEN_DAM], "drafts": [DRAFT]}, Kind.SUBMIT, None),
        (EDITOR, {"connections": [SEEN_DAM], "drafts": [LIVE_DRAFT], "live": 1}, Kind.SUBMIT_CHANGES, None),
        (
            EDITOR,
            {"connections": [SEEN_DAM], "drafts": [DraftFact("/3/", "Spa", decided=True)]},
            None,
            Wait.FOR_A_DECISION,
        ),
        (EDITOR, {"connections": [SEEN_DAM], "broken_links": 1}, Kind.MEND_LINKS, None),
        (EDITOR, {"connections": [SEEN_DAM], "live": 1, "newest": ARRIVAL, "clients": [APP]}, None, None),
        (PUBLISHER, {"connections": [SEEN_DAM], "drafts": [DRAFT]}, Kind.PUBLISH, None),
        (frozenset(), {}, None, None),
        (frozenset(), {"connections": [SEEN_DAM], "broken_links": 3, "clients": [APP]}, None, None),
    ],
)
def test_nobody_is_told_to_do_what_others_do(may, facts, kind, wait):
    advice = advise(Facts(may=may, **facts))
    assert (advice.step.kind if advice.step else None, advice.wait) == (kind, wait)


@pytest.mark.parametrize("right", sorted(ADMINISTRATOR))
def test_every_right_that_is_asked_for_matters(right):
    """Without it some way ends elsewhere; else it would not have to be asked."""
    ways = [facts for facts, _kind in WAY] + [Facts(**(SET_UP | changes)) for changes, _kind in LATER]
    assert any(
        advise(with_rights(facts, ADMINISTRATOR)) != advise(with_rights(facts, ADMINISTRATOR - {right}))
        for facts in ways
    )


def test_what_was_put_off_makes_room_for_the_next():
    facts = Facts(
        may=ADMINISTRATOR, connections=[ConnectionFact(1, "P", "failing", "10:12", may_configure=True)]
    )
    first = advise(facts).step
    advice = advise(facts, {first.key})
    assert (advice.step.kind, [step.kind for step in advice.put_off]) == (
        Kind.ADD_CLIENT, [Kind.RETRY_CONNECTION],
    )  # fmt: skip


def test_everything_can_be_put_off():
    facts = Facts(may=ADMINISTRATOR, **(SET_UP | {"people": 1}))
    advice = advise(facts, {advise(facts).step.key})
    assert (advice.step, advice.wait, len(advice.put_off)) == (None, None, 1)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            {"connections": [ConnectionFact(1, "P", "failing", "10:12", may_configure=True)]},
            {"connections": [ConnectionFact(1, "P", "failing", "16:40", may_configure=True)]},
        ),
        (SET_UP | {"broken_links": 2}, SET_UP | {"broken_links": 3}),
        (SET_UP | {"drafts": [DRAFT]}, SET_UP | {"drafts": [DraftFact("/4/", "Another")]}),
    ],
)
def test_the_same_trouble_on_another_day_is_proposed_again(before, after):
    key = advise(Facts(may=ADMINISTRATOR, **before)).step.key
    again = advise(Facts(may=ADMINISTRATOR, **after), {key}).step
    assert again.kind == advise(Facts(may=ADMINISTRATOR, **before)).step.kind


def test_what_is_done_is_counted_and_what_is_not_is_left_out():
    assert advise(Facts(may=ADMINISTRATOR)).done == ()
    assert dict(advise(Facts(may=ADMINISTRATOR, **SET_UP)).done) == dict.fromkeys(Done, 1)
    keyless = SET_UP | {"clients": [ClientFact(4, "App")]}
    assert Done.KEYS not in dict(advise(Facts(may=ADMINISTRATOR, **keyless)).done)


def test_programs_are_for_those_who_run_them():
    assert not {Done.KEYS, Done.FETCHED} & dict(advise(Facts(may=EDITOR, **SET_UP)).done).keys()


def test_deciding_needs_the_standard_library_only():
    tree = ast.parse(Path(steps.__file__).read_text(encoding="utf-8"))
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    imported |= {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    assert {name.partition(".")[0] for name in imported} <= sys.stdlib_module_names
