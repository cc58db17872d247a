"""People of each role, and an API client."""

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.test import Client

from orchestrator.access.api import create_client, save_space


def log_in(name, group):
    user = User.objects.create_user(name, password="not-used-by-these-tests")
    user.groups.add(group)
    browser = Client()
    browser.force_login(user)
    return browser


@pytest.fixture
def administrator(db):
    return log_in("ada", Group.objects.get(name="Administrator"))


@pytest.fixture
def editor(db):
    return log_in("ed", Group.objects.get(name="Editor"))


@pytest.fixture
def outsider(db):
    """Somebody who may enter the admin and nothing else."""
    group = Group.objects.create(name="Guests")
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    return log_in("otto", group)


@pytest.fixture
def space(db):
    return save_space(slug="meridian", name="Meridian")


@pytest.fixture
def client_app(space):
    return create_client(space=space, name="Guest app", rights=["experiences:read"])
