"""What autosave is told of a form that cannot be saved, and what a draft may be all the same."""

import pytest

from orchestrator.experiences.models import Experience
from orchestrator.experiences.publishing import PublishRefusedError
from tests.experiences.test_admin import posted, slot, url

pytestmark = pytest.mark.django_db


@pytest.fixture
def autosave(as_role, save):
    """Post the editor's form as its autosave does; the answer, as JSON."""
    experience = save(publish=False)

    def autosave(*slots, form=None, **more):
        form = form or posted(*slots, **more)
        return as_role("Editor").post(
            url("edit", experience.pk), form, headers={"accept": "application/json"}
        )

    return autosave


def draft():
    return Experience.objects.get().get_latest_revision_as_object()


@pytest.mark.parametrize("name", ["Großer Titel!", "1st", "a" * 61])
def test_a_wrong_name_of_a_slot_holds_up_no_draft(autosave, name):
    assert autosave(slot(name)).json()["success"]
    assert [child.value["name"] for child in draft().slots] == [name]


@pytest.mark.parametrize("name", ["Großer Titel!", "1st"])
def test_a_wrong_name_of_a_slot_is_not_published_from_anywhere(autosave, name):
    autosave(slot(name))
    with pytest.raises(PublishRefusedError, match="begin with a letter"):
        Experience.objects.get().latest_revision.publish()


def test_a_wrong_name_of_a_slot_is_told_beside_it_when_it_is_published(as_role, space):
    page = as_role("Publisher").post(url("add"), posted(slot("1st"), **{"action-publish": "1"}))
    assert "begin with a letter" in page.content.decode()
    assert not Experience.objects.exists()


def test_a_choice_whose_row_is_lost_holds_up_no_draft(autosave, world):
    assert autosave(slot(items=[("link", "987654")])).json()["success"]
    (item,) = draft().slots[0].value["items"]
    assert (item.value.pk, item.value._state.adding) == (987654, True)


def test_the_fields_that_hold_up_a_draft_are_named_as_the_page_knows_them(autosave):
    answer = autosave(
        slot("hero"),
        slot("top", last_known_good_minutes="99999999"),
        title="",
        slug="not a slug",
    )
    assert answer.status_code == 400
    assert answer.json()["error_code"] == "validation_error"
    found = {hold_up["name"]: hold_up for hold_up in answer.json()["hold_ups"]}
    assert set(found) == {"title", "slug", "slots-1-value-last_known_good_minutes"}
    assert found["title"]["message"] == "This field is required."
    minutes = found["slots-1-value-last_known_good_minutes"]
    assert minutes["label"] == "Slot “top”: Last good copy for at most (minutes)"
    assert "less than or equal to 43200" in minutes["message"]


def test_the_fields_are_found_where_slots_were_moved_and_taken_out(autosave):
    form = posted(slot("gone"), slot("low"), slot("top", last_known_good_minutes="-1"))
    moved = {"slots-0-deleted": "1", "slots-1-order": "5", "slots-2-order": "1"}
    (hold_up,) = autosave(form=form | moved).json()["hold_ups"]
    assert (hold_up["name"], hold_up["label"]) == (
        "slots-2-value-last_known_good_minutes",
        "Slot “top”: Last good copy for at most (minutes)",
    )


def test_what_may_not_be_used_is_told_at_its_own_place(autosave, world):
    world.dam.grants.all().delete()
    items = [("link", str(world.hero.pk)), ("link", str(world.spare.pk))]
    (hold_up,) = autosave(slot(items=items)).json()["hold_ups"]
    assert (hold_up["name"], hold_up["label"]) == (
        "slots-0-value-items-1-value",
        "Slot “hero”: Items: Asset 2",
    )
    assert "You may not use this" in hold_up["message"]


def test_a_draft_that_is_saved_holds_up_nothing(autosave):
    assert "hold_ups" not in autosave(slot()).json()
