"""What the editor says around its form: the schedule, and what changed between two revisions."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.html import strip_tags

from orchestrator.experiences.models import Experience
from tests.experiences.test_admin import posted, slot, url

pytestmark = pytest.mark.django_db


def test_a_publisher_sets_a_schedule_from_the_status_panel(as_role, save, world):
    experience = save(publish=False)
    client = as_role("Publisher")
    assert "Set schedule" in client.get(url("edit", experience.pk)).content.decode()
    tomorrow = timezone.localtime(timezone.now() + timedelta(days=1)).strftime("%Y-%m-%d %H:%M")
    form = posted(slot(items=[("link", world.hero.pk)]), go_live_at=tomorrow)
    client.post(url("edit", experience.pk), form | {"action-publish": "yes"})
    experience = Experience.objects.get()
    assert experience.scheduled_revision is not None
    assert not experience.live


def test_a_comparison_says_types_failures_and_sources_in_words(as_role, save, world):
    settings = {"name": "hero", "items": [{"link": world.spare}]}
    experience = save(slots=[settings])
    first = experience.latest_revision
    save(slots=[settings | {"accepts": ["ImageObject"], "on_failure": "omit"}], publish=False)
    second = Experience.objects.get().latest_revision
    page = as_role("Editor").get(url("revisions_compare", experience.pk, first.pk, second.pk))
    text = strip_tags(page.content.decode())
    assert "Leave it out" in text
    for raw in ("ImageObject", "last_known_good", "None"):
        assert raw not in text
