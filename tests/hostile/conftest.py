"""A hub with one of everything, and people who may ask it."""

import traceback

import pytest
from django.contrib.auth.models import Group, User
from django.core.signals import got_request_exception
from django.db import connection, transaction
from django.test import Client
from wagtail.models import Locale

from orchestrator.access import api as access
from orchestrator.channels import api as channels
from orchestrator.connections.permissions import give_default_grants
from orchestrator.experiences import api as experiences
from tests.delivery.conftest import world

__all__ = ["world"]


@pytest.fixture
def hub(world):
    """The brand of the delivery tests with a fragment, a second revision, a client and its key."""
    Locale.objects.get_or_create(language_code="de")
    for row in (world.dam, world.crm):
        give_default_grants(row)
    world.fragment = experiences.save_fragment(
        space=world.space,
        slug="legal",
        title="Legal",
        locale="en",
        items=[{"link": world.hero}],
        publish=True,
    )
    world.arrival.save_revision()
    world.channel = channels.save_channel(space=world.space, slug="web", name="Web")
    world.app = access.create_client(space=world.space, name="App", rights=tuple(access.RIGHTS))
    world.channel.clients.add(world.app)
    world.key, world.secret = access.issue_key(world.app)
    return world


class Person:
    """Somebody at a browser. What a request changes is undone; what it raises is noted in ``faults``."""

    def __init__(self, client, secret):
        self.client = client
        self.key = {"Authorization": f"Bearer {secret}"}
        self.faults = []
        self._raised = []

    def ask(self, method, address, **sent):
        """Send one request; its status."""
        saved = transaction.savepoint()
        try:
            headers = self.key if address.startswith("/api") else {}
            status = getattr(self.client, method)(address, headers=headers, **sent).status_code
        finally:
            transaction.savepoint_rollback(saved)
        if status >= 500:
            self.faults.append((method, address[:200], str(sent)[:200], *self._raised))
        self._raised.clear()
        return status

    def note(self, sender, **_kwargs):
        """A view raised."""
        self._raised.append(traceback.format_exc(limit=-2))


@pytest.fixture
def person(hub, monkeypatch):
    """Log in as somebody of this role; ``Root`` may do everything."""
    # A view that fails at PostgreSQL must not take the test's transaction with it.
    monkeypatch.setitem(connection.settings_dict, "ATOMIC_REQUESTS", True)
    made = []

    def log_in(role):
        client = Client(raise_request_exception=False)
        user = User.objects.create_user(role, f"{role}@example.com", is_superuser=role == "Root")
        if role != "Root":
            user.groups.add(Group.objects.get(name=role))
        client.force_login(user)
        somebody = Person(client, hub.secret)
        got_request_exception.connect(somebody.note)
        made.append(somebody)
        return somebody

    yield log_in
    for somebody in made:
        got_request_exception.disconnect(somebody.note)
