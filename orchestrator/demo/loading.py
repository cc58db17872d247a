"""Puts Meridian into a hub: its content, its administrator, and the addresses for its systems' hooks."""

from __future__ import annotations

import json
import urllib.request
from importlib.resources import as_file, files

from django.contrib.auth import get_user_model

from orchestrator.access import api as access
from orchestrator.connections import api as connections
from orchestrator.provisioning import api as provisioning

__all__ = ["LOGIN", "expect_new_content", "load_demo", "paste_hook_addresses"]

LOGIN = "admin"
SPACE = "meridian"
SENDERS = ("dam", "pim", "social")


def load_demo(*, password: str) -> provisioning.Summary:
    """Apply the demo company's file and make its administrator; a second time changes nothing."""
    user, made = get_user_model().objects.get_or_create(
        username=LOGIN,
        defaults={
            "is_staff": True,
            "is_superuser": True,
            "email": "mara@meridian.example",
            "first_name": "Mara",
            "last_name": "Lind",
        },
    )
    if made:
        user.set_password(password)
        user.save(update_fields=["password"])
    with as_file(files("orchestrator.demo").joinpath("content.yaml")) as content:
        return provisioning.apply_file(content)


def expect_new_content() -> None:
    """Have everything read again: Meridian's systems begin anew with each start, and send no hook of that."""
    for connection in connections.connections_in(access.space_by_slug(SPACE).pk):
        connections.purge(connection=connection, everything=True)


def paste_hook_addresses(systems: str) -> None:
    """Tell each system of ``systems`` (its address) where the hub takes its hooks.

    An administrator copies these from the connection's page into the vendor's settings.
    """
    space = access.space_by_slug(SPACE)
    for slug in SENDERS:
        connection = connections.connection_by_slug(space, slug)
        if connection is not None:
            url = connections.hook_url(connection)
            _order(systems, {"system": slug, "action": "send_hooks_to", "url": url})


def _order(systems: str, order: dict[str, str]) -> None:
    request = urllib.request.Request(  # noqa: S310 - our own program.
        f"{systems}/control", json.dumps(order).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=5):  # noqa: S310
        pass
