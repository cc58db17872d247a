"""A finding about a connection is never old, also where nothing is read and nothing is polled."""

from datetime import timedelta

import pytest
from django.utils import timezone

from connectors.sdk import AccessDeniedError, TransientError
from orchestrator.connections.gateway.checkups import LONGEST_SILENCE_S, unheard_of
from orchestrator.connections.models import ConnectionHealth
from orchestrator.connections.tasks import check_up

pytestmark = pytest.mark.django_db


def states():
    return dict(ConnectionHealth.objects.values_list("connection__slug", "state"))


def age(row, seconds):
    """The latest finding is this old."""
    at = timezone.now() - timedelta(seconds=seconds)
    ConnectionHealth.objects.update_or_create(connection=row, defaults={"checked_at": at})


def heard(connect, slug, *, state="ok", seconds):
    world = connect(slug)
    age(world.connection, seconds)
    ConnectionHealth.objects.filter(connection=world.connection).update(state=state)
    return world


@pytest.mark.parametrize(
    ("state", "seconds", "asked"),
    [
        ("ok", 5, False),
        ("ok", LONGEST_SILENCE_S - 5, False),
        ("ok", LONGEST_SILENCE_S + 5, True),
        ("failing", 5, False),
        ("failing", 35, True),
        ("broken", 35, True),
        ("broken", 10**6, True),
    ],
)
def test_who_is_asked(connect, state, seconds, asked):
    world = heard(connect, "dam", state=state, seconds=seconds)
    check_up()
    assert world.script.count("check") == asked
    if asked:
        assert not unheard_of(timezone.now()).exists()


def test_a_new_connection_is_asked(connect):
    connect("new")
    check_up()
    assert states() == {"new": "ok"}


def test_one_that_is_not_in_use_is_left_alone(connect):
    world = connect("off", enabled=False)
    check_up()
    assert world.script.count("check") == 0


def test_what_was_unplugged_unheard_is_told_and_so_is_its_return(connect):
    world = heard(connect, "crm", seconds=10**4)
    world.script.error = TransientError("GET /ping: HTTP 503")
    check_up()
    assert states() == {"crm": "failing"}
    world.script.error = None
    age(world.connection, 60)
    check_up()
    assert states() == {"crm": "ok"}


def test_one_that_crashes_does_not_hinder_the_others(connect):
    connect("a").script.error = ZeroDivisionError()
    connect("b").script.error = AccessDeniedError("GET /ping: HTTP 401")
    connect("c")
    check_up()
    assert states() == {"a": "failing", "b": "broken", "c": "ok"}
