"""A fragment that changes what it holds is checked against the slots that show it already."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Locale
from wagtail.test.utils.form_data import nested_form_data, streamfield

from orchestrator.engine.plan import Linked
from orchestrator.experiences import api as experiences
from orchestrator.experiences.errors import PublishRefusedError
from orchestrator.experiences.models import Fragment
from orchestrator.experiences.scheduling import publish_due
from orchestrator.links import api as links

pytestmark = pytest.mark.django_db

WORDS = (
    "The live experience “Hotel arrival” shows this fragment in its slot “shop”, which does not accept "
    "Picture. Let that slot accept it first, or take the fragment out there."
)


@pytest.fixture
def fragment(world, save, save_fragment):
    """A live fragment of one product, in a slot for products of a live experience."""
    fragment = save_fragment(items=[{"link": world.tea}])
    save(slots=[{"name": "shop", "accepts": ["Product"], "items": [{"fragment": fragment}]}])
    return fragment


def delivered(fetch):
    """The ids of what the live fragment holds."""
    (plan,) = fetch().fragments.values()
    return [item.external_id for item in plan.items() if isinstance(item, Linked)]


def test_a_type_that_a_live_slot_does_not_accept_is_refused_by_name(fragment, world, save_fragment, fetch):
    with pytest.raises(PublishRefusedError) as refused:
        save_fragment(items=[{"link": world.tea}, {"link": world.hero}])
    assert refused.value.messages == (WORDS,)
    assert delivered(fetch) == ["p-1"]


def test_what_the_slot_accepts_is_published(fragment, world, save_fragment, fetch):
    oil = links.ensure_link(connection=world.dam, type="Product", external_id="p-2")
    save_fragment(items=[{"link": world.tea}, {"link": oil}])
    assert delivered(fetch) == ["p-1", "p-2"]


def test_a_fallback_counts_and_each_slot_is_named(world, save, save_fragment):
    fragment = save_fragment(items=[{"link": world.tea}])
    use = [{"fragment": fragment}]
    slots = [
        {"name": "one", "accepts": ["Product"], "items": [{"link": world.tea}], "fallback": use},
        {"name": "two", "accepts": ["Product", "Article"], "items": use},
        {"name": "any", "items": use},
    ]
    save(slots=slots)
    with pytest.raises(PublishRefusedError) as refused:
        save_fragment()
    assert [("“one”" in words, "“two”" in words) for words in refused.value.messages] == [
        (True, False),
        (False, True),
    ]


def test_a_translation_is_checked_with_its_family(fragment, world, save_fragment):
    Locale.objects.create(language_code="de")
    with pytest.raises(PublishRefusedError, match="Hotel arrival"):
        save_fragment(locale="de", slug="recht", translation_of=fragment)


def test_a_draft_that_shows_it_is_checked_when_it_is_published_itself(world, save, save_fragment):
    fragment = save_fragment(items=[{"link": world.tea}])
    slots = [{"name": "shop", "accepts": ["Product"], "items": [{"fragment": fragment}]}]
    save(slots=slots, publish=False)
    save_fragment()
    with pytest.raises(PublishRefusedError, match="does not accept Picture"):
        save(slots=slots)


def test_an_experience_that_is_no_longer_live_holds_up_nothing(fragment, save, save_fragment):
    save(publish=False).unpublish()
    assert save_fragment().live


def test_the_editor_shows_it_beside_the_item(fragment, world, as_role, fetch):
    items = streamfield([("link", str(world.tea.pk)), ("link", str(world.hero.pk))])
    form = nested_form_data({"title": "F", "slug": "legal", "items": items, "action-publish": "1"})
    address = reverse("wagtailsnippets_experiences_fragment:edit", args=[fragment.pk])
    page = as_role("Publisher").post(address, form)
    (error,) = page.context["form"].errors["items"].as_data()
    assert {place: inner.messages for place, inner in error.block_errors.items()} == {1: [WORDS]}
    assert delivered(fetch) == ["p-1"]


def test_a_schedule_that_has_become_wrong_is_refused_and_told(world, save, save_fragment):
    fragment = save_fragment(items=[{"link": world.tea}])
    fragment.items = [("link", world.hero)]
    fragment.go_live_at = timezone.now() + timedelta(hours=1)
    revision = fragment.save_revision()
    revision.publish()
    save(slots=[{"name": "shop", "accepts": ["Product"], "items": [{"fragment": fragment}]}])
    type(revision).objects.filter(pk=revision.pk).update(approved_go_live_at=timezone.now())
    assert publish_due().refused == {"Legal": (WORDS,)}
    assert Fragment.objects.get().live


def test_two_that_change_together_are_judged_together(fragment, world, save, save_fragment):
    changed = save_fragment(items=[{"link": world.hero}], fit_is_judged_later=True)
    with pytest.raises(PublishRefusedError, match="“shop”"):
        experiences.refuse_unless_fitting(changed)
    save(slots=[{"name": "shop", "accepts": ["ImageObject"], "items": [{"fragment": changed}]}])
    experiences.refuse_unless_fitting(changed)
