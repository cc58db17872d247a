"""Delivery knows when a schedule will change what it delivers."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from wagtail.models import Locale, Revision

from orchestrator.experiences.models import Experience, Fragment, PublishedPlan
from orchestrator.experiences.scheduling import publish_due

pytestmark = pytest.mark.django_db

SOON = datetime(2125, 1, 1, 12, 0, tzinfo=UTC)
LATER = datetime(2125, 6, 1, 12, 0, tzinfo=UTC)


def plan_for(composition, **times):
    """Publish with these times, as the editor's form does."""
    draft = composition.get_latest_revision_as_object()
    for name, value in times.items():
        setattr(draft, name, value)
    draft.save_revision().publish()


def pass_by(composition):
    """The time of its scheduled revision has come."""
    past = timezone.now() - timedelta(seconds=5)
    for revision in Revision.objects.for_instance(composition).filter(approved_go_live_at__isnull=False):
        revision.content["go_live_at"] = past.isoformat()
        revision.approved_go_live_at = past
        revision.save()
    PublishedPlan.objects.filter(changes_at__isnull=False).update(changes_at=past)


def test_without_a_schedule_nothing_is_known(save, fetch):
    save()
    assert fetch().changes_at is None


def test_an_expiry_is_known(save, fetch):
    plan_for(save(), expire_at=SOON)
    assert fetch().changes_at == SOON


def test_a_scheduled_version_is_known_and_the_first_of_two_times_counts(save, fetch):
    experience = save()
    plan_for(experience, expire_at=LATER)
    plan_for(experience, go_live_at=SOON, expire_at=LATER)
    assert fetch().changes_at == SOON


def test_a_schedule_that_is_taken_back_is_forgotten(save, fetch):
    experience = save()
    plan_for(experience, expire_at=SOON)
    plan_for(experience, expire_at=None)
    assert fetch().changes_at is None


def test_a_fragment_tells_the_experiences_that_show_it(save, save_fragment, fetch):
    fragment = save_fragment()
    save(slots=[{"name": "hero", "items": [{"fragment": fragment}]}])
    save(slug="other", title="Other")
    plan_for(fragment, go_live_at=SOON)
    assert fetch().changes_at == SOON
    assert fetch("other").changes_at is None
    plan_for(fragment, go_live_at=None)
    assert fetch().changes_at is None


def test_a_fragment_that_is_not_live_will_be_shown_from_then_on(save, save_fragment, fetch):
    fragment = save_fragment()
    save(slots=[{"name": "hero", "items": [{"fragment": fragment}]}])
    Fragment.objects.get().unpublish()
    plan_for(Fragment.objects.get(), go_live_at=SOON)
    assert fetch().fragments == {}
    assert fetch().changes_at == SOON


def test_a_translation_that_will_be_published_is_known(save, fetch):
    Locale.objects.get_or_create(language_code="de")
    english = save()
    german = save(slug="ankunft", title="Ankunft", locale="de", translation_of=english, publish=False)
    plan_for(german, go_live_at=SOON)
    assert fetch("arrival", "de").changes_at == SOON
    assert fetch("arrival", "de").plan.locale == "en"


def test_once_it_has_come_about_the_next_one_is_known(save, fetch):
    experience = save()
    plan_for(experience, expire_at=LATER)
    plan_for(experience, go_live_at=SOON, expire_at=LATER)
    pass_by(experience)
    assert fetch().changes_at < timezone.now()
    assert publish_due().published == ["Hotel arrival"]
    assert fetch().changes_at == LATER


def test_a_time_at_which_nothing_came_about_is_forgotten(save, fetch):
    experience = save()
    plan_for(experience, go_live_at=SOON)
    # Wagtail's view takes a schedule back in the revision itself.
    Revision.objects.for_instance(experience).update(approved_go_live_at=None)
    assert fetch().changes_at == SOON
    pass_by(experience)
    publish_due()
    assert fetch().changes_at is None


def test_unpublishing_and_publishing_again_knows_it_as_well(save, fetch):
    experience = save()
    plan_for(experience, expire_at=SOON)
    Experience.objects.get(pk=experience.pk).unpublish()
    assert fetch() is None
    plan_for(Experience.objects.get(pk=experience.pk), expire_at=LATER)
    assert fetch().changes_at == LATER
