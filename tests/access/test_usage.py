"""When a key was last used: right to the hour, and at the price of one write an hour."""

from datetime import timedelta

import pytest
from django.utils import timezone

from orchestrator.access import api, usage
from orchestrator.access.models import ApiKey

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def new_process(monkeypatch):
    """A process that has noted nothing yet."""
    monkeypatch.setattr(usage, "_noted", {})


@pytest.fixture
def key():
    client = api.create_client(space=api.save_space(slug="meridian", name="Meridian"), name="App")
    return api.issue_key(client)[0]


def last_used(key):
    return ApiKey.objects.get(pk=key.pk).last_used_at


def test_a_new_key_was_never_used(key):
    assert last_used(key) is None


def test_the_first_use_is_written_and_the_next_ones_are_not(key):
    before = timezone.now()
    api.note_use(key.pk)
    first = last_used(key)
    assert before <= first <= timezone.now()
    api.note_use(key.pk)
    assert last_used(key) == first


def test_after_an_hour_it_is_written_again(key):
    long_ago = timezone.now() - timedelta(hours=2)
    ApiKey.objects.filter(pk=key.pk).update(last_used_at=long_ago)
    api.note_use(key.pk)
    assert last_used(key) > long_ago


def test_a_process_says_it_once_an_hour_for_each_key():
    assert [api.use_is_news(1), api.use_is_news(1), api.use_is_news(2)] == [True, False, True]


def test_what_is_remembered_is_bounded():
    assert all(api.use_is_news(number) for number in range(usage._MOST_KEYS * 3))
    assert len(usage._noted) <= usage._MOST_KEYS
