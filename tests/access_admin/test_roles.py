"""The three roles after all migrations, and how a migration gives permissions."""

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission, User
from django.contrib.contenttypes.models import ContentType

from orchestrator.access.roles import ADMINISTRATOR, EDITOR, PUBLISHER, ROLES, grant

pytestmark = pytest.mark.django_db


def permissions_of(role):
    found = Permission.objects.filter(group__name=role).values_list("content_type__app_label", "codename")
    return {f"{app}.{name}" for app, name in found}


def test_all_roles_may_enter_the_admin():
    for role in ROLES:
        assert "wagtailadmin.access_admin" in permissions_of(role)


def test_wagtails_groups_for_pages_are_gone():
    assert not Group.objects.filter(name__in=["Editors", "Moderators"]).exists()


def test_only_administrators_manage_clients_people_and_connections():
    guarded = {"access.change_apiclient", "auth.change_user", "connections.change_connection"}
    assert guarded <= permissions_of(ADMINISTRATOR)
    for role in (EDITOR, PUBLISHER):
        assert not guarded & permissions_of(role)
        assert "connections.view_connection" in permissions_of(role)


def test_a_grant_makes_rows_that_are_missing_and_django_keeps_them():
    ContentType.objects.filter(app_label="links", model="link").delete()
    grant(apps, EDITOR, ["links.view_link"])
    grant(apps, EDITOR, ["links.view_link"])
    made = Permission.objects.get(codename="view_link", content_type__app_label="links")
    user = User.objects.create_user("ed")
    user.groups.add(Group.objects.get(name=EDITOR))
    assert user.has_perm("links.view_link")
    assert made.name == "Can view link"


@pytest.mark.parametrize("codename", ["links", "links.view", "view_link"])
def test_a_codename_that_is_none_is_refused(codename):
    with pytest.raises(ValueError, match="does not read"):
        grant(apps, EDITOR, [codename])
