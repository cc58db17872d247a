"""Registers connections, who may do what with them, and their icon."""

from wagtail import hooks
from wagtail.permissions import register_permission_policy

from orchestrator.connections.admin.viewsets import ConnectionViewSet
from orchestrator.connections.models import Connection
from orchestrator.connections.permissions import ConnectionPermissionPolicy

register_permission_policy(Connection, ConnectionPermissionPolicy(Connection))


@hooks.register("register_admin_viewset")
def register_viewset():
    return ConnectionViewSet()


@hooks.register("register_icons")
def register_icons(icons):
    return [*icons, "connections/icons/plug.svg"]
