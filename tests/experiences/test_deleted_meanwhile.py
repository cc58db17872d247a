"""Somebody else deletes what a request is about, between its first look and its last word."""

import pytest
from django.urls import reverse
from wagtail import hooks

from orchestrator.experiences.errors import DeletedMeanwhileError
from orchestrator.experiences.models import Experience, Fragment, PublishedPlan
from orchestrator.experiences.recompiling import recompile_row
from tests.experiences.test_admin import posted, said, slot, url

pytestmark = pytest.mark.django_db

WORDS = "This experience was deleted meanwhile."


@pytest.fixture
def after_the_first_look():
    """Do something when a view has found its object: the moment for somebody else."""
    registered = []

    def after_the_first_look(hook, act):
        registered.append(hooks.register_temporarily(hook, lambda *_args: act(), order=1000))
        registered[-1].__enter__()

    yield after_the_first_look
    for hook in registered:
        hook.__exit__(None, None, None)


def delete_all():
    Experience.objects.all().delete()


@pytest.mark.parametrize("live", [True, False])
@pytest.mark.parametrize("action", [{}, {"action-publish": "1"}, {"action-submit": "1"}])
def test_who_saves_or_publishes_it_is_told(as_role, save, after_the_first_look, action, live):
    experience = save(publish=live)
    after_the_first_look("before_edit_snippet", delete_all)
    answer = as_role("Publisher").post(url("edit", experience.pk), posted(slot(), **action))
    assert (answer.status_code, answer["Location"]) == (302, url("list"))
    assert WORDS in said(answer)
    assert not Experience.objects.exists()
    assert not PublishedPlan.objects.exists()


@pytest.mark.parametrize("deleted", ["before", "meanwhile"])
def test_autosave_says_so_and_that_the_words_are_in_the_window_only(
    as_role, save, after_the_first_look, deleted
):
    experience = save(publish=False)
    if deleted == "before":
        delete_all()
    else:
        after_the_first_look("before_edit_snippet", delete_all)
    answer = as_role("Editor").post(
        url("edit", experience.pk), posted(slot()), headers={"accept": "application/json"}
    )
    assert answer.json()["error_message"] == f"{WORDS} What you typed is in this window only."


def test_what_was_deleted_before_is_told_to_who_acts_and_not_found_by_who_looks(as_role, save):
    experience = save()
    delete_all()
    client = as_role("Publisher")
    for address in ("edit", "delete", "unpublish"):
        answer = client.post(url(address, experience.pk), posted(slot()))
        assert WORDS in said(answer), address
        assert client.get(url(address, experience.pk)).status_code == 404, address


def test_of_two_who_delete_it_the_second_is_told(as_role, save, after_the_first_look):
    experience = save()
    after_the_first_look("before_delete_snippet", delete_all)
    answer = as_role("Publisher").post(url("delete", experience.pk))
    assert WORDS in said(answer)


def test_who_unpublishes_it_is_told(as_role, save, after_the_first_look):
    experience = save()
    after_the_first_look("before_unpublish", delete_all)
    answer = as_role("Publisher").post(url("unpublish", experience.pk))
    assert WORDS in said(answer)
    assert not Experience.objects.exists()


def test_a_fragment_that_was_placed_meanwhile_stays(as_role, save, save_fragment, after_the_first_look):
    fragment = save_fragment()

    def place_it():
        save(slots=[{"name": "foot", "items": [{"fragment": fragment}]}])

    after_the_first_look("before_delete_snippet", place_it)
    answer = as_role("Publisher").post(url("delete", fragment.pk, model="fragment"))
    assert "Experiences still use it" in said(answer)
    assert Fragment.objects.exists()


def test_the_models_say_it_to_everybody_else(save):
    experience = save()
    revision = experience.save_revision()
    delete_all()
    for act in (experience.save_revision, experience.unpublish, lambda: experience.publish(revision)):
        with pytest.raises(DeletedMeanwhileError):
            act()
    assert recompile_row(Experience, experience.pk) is None
    assert not Experience.objects.exists()


def test_a_wrong_step_of_a_workflow_is_not_taken_for_a_deletion(as_role, save):
    experience = save()
    address = reverse(
        "wagtailsnippets_experiences_experience:workflow_action", args=[experience.pk, "approve", 9999]
    )
    assert as_role("Publisher").post(address).status_code == 404
