import json

import pytest
from hypothesis import given

from orchestrator.engine.plan import FORMAT_VERSION, FragmentUse, Plan, PlanFormatError, Slot
from tests.engine.worlds import link, plan, plans


@given(plans())
def test_a_plan_survives_its_stored_form(stored):
    assert Plan.from_json(json.loads(json.dumps(stored.to_json()))) == stored


def test_a_plan_of_another_format_is_refused_with_the_remedy():
    old = plan().to_json() | {"format": FORMAT_VERSION + 1}
    with pytest.raises(PlanFormatError, match="recompile"):
        Plan.from_json(old)


def test_a_plan_of_the_first_format_says_nothing_of_pictures():
    stored = plan(Slot("hero", items=(link(1),))).to_json()
    del stored["slots"][0]["frame"]
    assert Plan.from_json(stored | {"format": 1}) == plan(Slot("hero", items=(link(1),)))


def test_fragments_are_named_once_in_the_order_of_their_use():
    used = plan(
        Slot("hero", items=(FragmentUse("b"), link(1)), fallback=(FragmentUse("a"),)),
        Slot("more", items=(FragmentUse("b"),)),
    )
    assert used.fragment_ids() == ("b", "a")
