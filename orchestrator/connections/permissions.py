"""Who may see, use and configure which connection.

Two ways lead to a connection: the permission to change *all* of them (role Administrator), or a grant
that one of the user's groups holds on this one. A grant's level includes the levels before it.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, Group
from django.db.models import Exists, OuterRef, Q, QuerySet
from wagtail.permission_policies import ModelPermissionPolicy

from orchestrator.connections.models import Connection, ConnectionGrant, GrantLevel

__all__ = ["ConnectionPermissionPolicy", "connections_for", "give_default_grants", "may"]

User = AbstractBaseUser | AnonymousUser

_LEVEL_OF_ACTION = {"view": GrantLevel.VIEW, "use": GrantLevel.USE, "change": GrantLevel.CONFIGURE}


def connections_for(user: User, level: GrantLevel) -> QuerySet[Connection]:
    """The connections with which ``user`` may do what ``level`` says, in use or not, by name."""
    if not user.is_active:
        return Connection.objects.none()
    if _may_configure_all(user):
        return Connection.objects.all()
    grants = ConnectionGrant.objects.filter(
        connection=OuterRef("pk"), level__gte=level, group__in=user.groups.all()
    )
    return Connection.objects.filter(Exists(grants))


def may(user: User, level: GrantLevel, connection: Connection) -> bool:
    """Whether ``user`` may do what ``level`` says with ``connection``."""
    return connections_for(user, level).filter(pk=connection.pk).exists()


def give_default_grants(connection: Connection) -> None:
    """Let every group that may see connections use this one, and those that may change them configure it.

    For a new connection: an administrator narrows it afterwards. Groups that have a grant keep theirs.
    """
    levels = dict.fromkeys(_groups_with("view_connection"), GrantLevel.USE)
    levels |= dict.fromkeys(_groups_with("change_connection"), GrantLevel.CONFIGURE)
    ConnectionGrant.objects.bulk_create(
        [ConnectionGrant(connection=connection, group=group, level=level) for group, level in levels.items()],
        ignore_conflicts=True,
    )


class ConnectionPermissionPolicy(ModelPermissionPolicy):
    """What Wagtail's views ask. Model permissions count for all connections, grants for one."""

    def user_has_permission(self, user: User, action: str) -> bool:
        """On some or all connections."""
        if super().user_has_permission(user, action):
            return True
        level = _LEVEL_OF_ACTION.get(action)
        return level is not None and connections_for(user, level).exists()

    def user_has_any_permission(self, user: User, actions: Any) -> bool:
        return any(self.user_has_permission(user, action) for action in actions)

    def user_has_permission_for_instance(self, user: User, action: str, instance: Connection) -> bool:
        level = _LEVEL_OF_ACTION.get(action)
        if level is None:
            return super().user_has_permission(user, action)
        return may(user, level, instance)

    def user_has_any_permission_for_instance(self, user: User, actions: Any, instance: Connection) -> bool:
        return any(self.user_has_permission_for_instance(user, action, instance) for action in actions)

    def instances_user_has_any_permission_for(self, user: User, actions: Any) -> QuerySet[Connection]:
        levels = [_LEVEL_OF_ACTION[action] for action in actions if action in _LEVEL_OF_ACTION]
        return connections_for(user, min(levels)) if levels else Connection.objects.none()

    def users_with_any_permission(self, actions: Any) -> QuerySet[Any]:
        levels = [_LEVEL_OF_ACTION[action] for action in actions if action in _LEVEL_OF_ACTION]
        granted = (
            Q(groups__in=ConnectionGrant.objects.filter(level__gte=min(levels)).values("group"))
            if levels
            else Q(pk__in=[])
        )
        by_model = super().users_with_any_permission(actions)
        return (
            get_user_model()
            .objects.filter(Q(pk__in=by_model.values("pk")) | (Q(is_active=True) & granted))
            .distinct()
        )


def _may_configure_all(user: User) -> bool:
    return user.has_perm("connections.change_connection")


def _groups_with(codename: str) -> QuerySet[Group]:
    return Group.objects.filter(
        permissions__codename=codename, permissions__content_type__app_label="connections"
    )
