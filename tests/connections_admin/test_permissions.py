"""Who may do what with which connection."""

import pytest
from django.contrib.auth.models import AnonymousUser, Group, User

from orchestrator.connections.models import Connection, GrantLevel
from orchestrator.connections.permissions import (
    ConnectionPermissionPolicy,
    connections_for,
    give_default_grants,
    may,
)

VIEW, USE, CONFIGURE = GrantLevel.VIEW, GrantLevel.USE, GrantLevel.CONFIGURE


@pytest.fixture
def dam(space):
    return Connection.objects.create(space=space, slug="dam", name="DAM", connector="rest")


@pytest.fixture
def pim(space):
    return Connection.objects.create(space=space, slug="pim", name="PIM", connector="rest")


def user_in(*groups, **flags):
    user = User.objects.create_user(f"user-{User.objects.count()}", **flags)
    user.groups.set(groups)
    return user


@pytest.mark.parametrize("granted", list(GrantLevel))
def test_a_grant_includes_the_levels_before_it(dam, pim, guests, granted):
    dam.grants.create(group=guests, level=granted)
    user = user_in(guests)
    for level in GrantLevel:
        assert list(connections_for(user, level)) == ([dam] if level <= granted else [])


def test_the_highest_grant_of_several_groups_counts_and_counts_once(dam, guests):
    second = Group.objects.create(name="Second")
    dam.grants.create(group=guests, level=VIEW)
    dam.grants.create(group=second, level=CONFIGURE)
    assert list(connections_for(user_in(guests, second), CONFIGURE)) == [dam]
    assert connections_for(user_in(guests, second), VIEW).count() == 1


@pytest.mark.parametrize("level", list(GrantLevel))
def test_superusers_and_administrators_need_no_grant(dam, level):
    administrators = Group.objects.get(name="Administrator")
    for user in (user_in(is_superuser=True), user_in(administrators)):
        assert list(connections_for(user, level)) == [dam]


def test_without_grant_without_role_or_without_account_there_is_nothing(dam, guests):
    dam.grants.create(group=guests, level=CONFIGURE)
    for user in (user_in(), user_in(guests, is_active=False), AnonymousUser()):
        assert not connections_for(user, VIEW).exists()


def test_a_new_connection_is_open_to_the_roles(dam):
    give_default_grants(dam)
    levels = dict(dam.grants.values_list("group__name", "level"))
    assert levels == {"Editor": USE, "Publisher": USE, "Administrator": CONFIGURE}


def test_default_grants_leave_grants_alone(dam):
    dam.grants.create(group=Group.objects.get(name="Editor"), level=VIEW)
    give_default_grants(dam)
    assert dam.grants.get(group__name="Editor").level == VIEW


def test_what_wagtail_asks_goes_by_the_one_connection(dam, pim, guests):
    dam.grants.create(group=guests, level=CONFIGURE)
    pim.grants.create(group=guests, level=VIEW)
    user, policy = user_in(guests), ConnectionPermissionPolicy(Connection)
    assert policy.user_has_permission_for_instance(user, "change", dam)
    assert not policy.user_has_permission_for_instance(user, "change", pim)
    assert policy.user_has_permission_for_instance(user, "view", pim)
    assert not policy.user_has_permission_for_instance(user, "delete", dam)
    assert not policy.user_has_permission(user, "add")
    assert list(policy.instances_user_has_any_permission_for(user, ["change"])) == [dam]
    assert list(policy.users_with_any_permission(["change"]).exclude(is_superuser=True)) == [user]
    assert may(user, CONFIGURE, dam)
    assert not may(user, USE, pim)
