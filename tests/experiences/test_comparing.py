"""Two versions compared: what came, went, moved and changed, and nothing that did not."""

import pytest

from orchestrator.experiences.comparing import Mark, compare_items, compare_slots
from orchestrator.experiences.models import Experience
from orchestrator.links import api as links

pytestmark = pytest.mark.django_db


@pytest.fixture
def compare(world):
    """Compare two lists of slots, as a file gives them; what is the same is left out."""

    def compare(before, after):
        versions = [stored(world.space, slots) for slots in (before, after)]
        return [change for change in compare_slots(*versions) if change.mark is not Mark.SAME]

    return compare


def stored(space, slots):
    from orchestrator.experiences.saving import _slots  # The form in which a file's slots are stored.

    return Experience(space=space, slots=_slots(slots)).slots


def slot(name="hero", *items, **more):
    return {"name": name, "items": [{"link": link} for link in items], **more}


def items_of(change):
    return [(str(item.mark), item.row and item.row.external_id) for item in change.lists[0][1]]


def settings_of(change):
    return [(setting.label, setting.before, setting.after) for setting in change.settings]


def test_the_same_said_again_is_no_change(compare, world):
    slots = [slot("a", world.hero, accepts=["Product", "ImageObject"]), slot("b", world.spare)]
    other_order = [slot("a", world.hero, accepts=["ImageObject", "Product"]), slot("b", world.spare)]
    assert compare(slots, other_order) == []


def test_a_slot_that_came_or_went_stands_where_it_is_or_was(world, compare):
    (went,) = compare([slot("a"), slot("b", world.hero), slot("c")], [slot("a"), slot("c")])
    assert (went.mark, went.name, items_of(went)) == (Mark.REMOVED, "b", [("removed", "a-1")])
    (came,) = compare([slot("a")], [slot("a"), slot("b", world.hero, label="Welcome", on_failure="omit")])
    assert (came.mark, items_of(came)) == (Mark.ADDED, [("added", "a-1")])
    assert settings_of(came) == [
        ("Label", "", "Welcome"),
        ("When an item cannot be read", "Show the last good copy", "Leave it out"),
    ]


def test_the_size_of_pictures_is_a_setting_like_any(compare):
    (change,) = compare([slot(picture_width=300)], [slot(picture_width=600, picture_format="webp")])
    assert settings_of(change) == [
        ("Picture width (pixels)", "300", "600"),
        ("Picture format", "As its source has it", "WebP"),
    ]


def test_settings_are_told_in_words_and_only_those_that_changed(compare):
    (change,) = compare(
        [slot(accepts=["Product"])],
        [slot(accepts=["Product", "ImageObject"], last_known_good_s=600)],
    )
    assert settings_of(change) == [
        ("Accepts", "Product", "Picture, Product"),
        ("Last good copy for at most (minutes)", "", "10"),
    ]
    assert not change.lists


def test_the_fewest_moves_explain_a_new_order(compare):
    names = "abcde"
    changes = compare([slot(name) for name in names], [slot(name) for name in "ebacd"])
    moved = [change.name for change in changes if change.mark is Mark.MOVED]
    assert moved == ["e", "b"]


def test_items_that_came_went_and_moved(compare, world):
    third = links.ensure_link(connection=world.dam, type="ImageObject", external_id="a-3")
    before = [slot("hero", world.hero, world.spare, world.tea)]
    (change,) = compare(before, [slot("hero", world.tea, world.hero, third)])
    assert items_of(change) == [("moved", "p-1"), ("same", "a-1"), ("removed", "a-2"), ("added", "a-3")]


def test_the_same_asset_twice_is_two_items(compare, world):
    (change,) = compare([slot("hero", world.hero)], [slot("hero", world.hero, world.hero)])
    assert items_of(change) == [("same", "a-1"), ("added", "a-1")]


def test_a_slot_of_the_editor_that_got_another_name_is_the_same_slot(world):
    experience = Experience(space=world.space, slots=[("slot", {"name": "old", "items": [], "fallback": []})])
    before = experience.slots.stream_block.to_python(experience.slots.get_prep_value())
    raw = experience.slots.get_prep_value()
    after = experience.slots.stream_block.to_python([{**raw[0], "value": {**raw[0]["value"], "name": "new"}}])
    (change,) = compare_slots(before, after)
    assert (change.mark, settings_of(change)) == (Mark.CHANGED, [("Name", "old", "new")])


def test_a_choice_that_is_lost_or_not_made_yet_is_told_as_such(world):
    fragment_items = (
        Experience(space=world.space).slots.stream_block.child_blocks["slot"].child_blocks["items"]
    )
    empty = fragment_items.to_python([])
    odd = fragment_items.to_python([{"type": "link", "value": None}, {"type": "link", "value": 4711}])
    assert [(item.mark, item.row) for item in compare_items(empty, odd)] == [
        (Mark.ADDED, None),
        (Mark.ADDED, None),
    ]
