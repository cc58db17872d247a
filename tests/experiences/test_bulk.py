"""Deleting several at once: who may, what is said, what stays."""

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from wagtail import hooks
from wagtail.models import ModelLogEntry

from orchestrator.experiences.models import Experience, Fragment, PublishedPlan
from tests.experiences.test_admin import said, url

pytestmark = pytest.mark.django_db


def bulk(model="experience"):
    address = reverse("wagtail_bulk_action", args=["experiences", model, "delete"])
    return f"{address}?id=all&next={url('list', model=model)}"


def test_who_may_not_delete_gets_neither_the_page_nor_boxes_to_tick(as_role, save):
    save()
    client = as_role("Editor")
    assert client.get(bulk()).status_code == 302
    assert client.post(bulk()).status_code == 302
    assert Experience.objects.exists()
    assert "data-bulk-action-checkbox" not in client.get(url("list")).content.decode()
    assert "data-bulk-action-checkbox" in as_role("Publisher").get(url("list")).content.decode()


def test_what_is_live_is_named_before_and_withdrawn_and_logged_after(as_role, save, fetch):
    save()
    save(slug="spa", title="A day at the spa", publish=False)
    client = as_role("Publisher")
    live = client.get(bulk()).context["live"]
    assert [row.title for row in live] == ["Hotel arrival"]
    client.post(bulk())
    assert fetch() is None
    assert not Experience.objects.exists()
    assert not PublishedPlan.objects.exists()
    deletions = ModelLogEntry.objects.filter(action="wagtail.delete")
    assert {entry.user for entry in deletions} == {User.objects.get(username="Publisher-user")}
    assert deletions.count() == 2


def test_a_fragment_that_is_placed_keeps_all_of_them(as_role, save, save_fragment):
    placed = save_fragment()
    save_fragment(slug="other", title="Other")
    save(slots=[{"name": "foot", "items": [{"fragment": placed}]}])
    answer = as_role("Publisher").post(bulk("fragment"))
    assert "is used by “Hotel arrival”" in said(answer)
    assert Fragment.objects.count() == 2


def test_a_fragment_that_was_placed_meanwhile_keeps_all_of_them(as_role, save, save_fragment):
    placed = save_fragment()
    save_fragment(slug="other", title="Other")

    def place_it(*_args):
        save(slots=[{"name": "foot", "items": [{"fragment": placed}]}])

    with hooks.register_temporarily("before_bulk_action", place_it):
        answer = as_role("Publisher").post(bulk("fragment"))
    assert "Experiences still use it" in said(answer)
    assert Fragment.objects.count() == 2


def test_what_somebody_else_has_deleted_meanwhile_holds_up_nothing(as_role, save):
    save()
    save(slug="spa", title="A day at the spa")

    def delete_one(*_args):
        Experience.objects.filter(slug="spa").delete()

    with hooks.register_temporarily("before_bulk_action", delete_one):
        as_role("Publisher").post(bulk())
    assert not Experience.objects.exists()


def test_the_search_beside_the_menu_finds_experiences(as_role, save):
    save()
    page = as_role("Editor").get(reverse("wagtailadmin_home")).content.decode()
    _before, _mark, search = page.partition("wagtail.sidebar.SearchModule")
    assert url("list") in search[:120]
