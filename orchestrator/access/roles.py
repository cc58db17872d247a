"""The three roles, as groups, and how an app's migration gives them its permissions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

__all__ = ["ADMINISTRATOR", "EDITOR", "PUBLISHER", "ROLES", "grant"]

EDITOR = "Editor"
PUBLISHER = "Publisher"
ADMINISTRATOR = "Administrator"
ROLES = (EDITOR, PUBLISHER, ADMINISTRATOR)


def grant(apps: Any, role: str, codenames: Iterable[str]) -> None:
    """Give a role permissions, from a data migration.

    ``apps`` is the migration's registry; ``codenames`` read ``"links.view_link"``. Rows that Django
    makes only after all migrations (content types, permissions) are made here when they are missing;
    Django then finds them and leaves them alone.

    Raises:
        ValueError: A codename does not read ``app.action_model``.
    """
    group, _made = apps.get_model("auth", "Group").objects.get_or_create(name=role)
    group.permissions.add(*(_permission(apps, codename) for codename in codenames))


def _permission(apps: Any, codename: str) -> Any:
    app_label, _dot, name = codename.partition(".")
    action, _underscore, model = name.partition("_")
    if not model:
        raise ValueError(f"{codename!r} does not read app.action_model")
    content_type, _made = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label=app_label, model=model
    )
    permission, _made = apps.get_model("auth", "Permission").objects.get_or_create(
        content_type=content_type,
        codename=name,
        defaults={"name": f"Can {action} {_verbose_name(apps, app_label, model)}"},
    )
    return permission


def _verbose_name(apps: Any, app_label: str, model: str) -> str:
    try:
        return str(apps.get_model(app_label, model)._meta.verbose_name)
    except LookupError:
        return model
