"""What the roles may do with links."""

from typing import Any

from django.db import migrations

from orchestrator.access.roles import ADMINISTRATOR, EDITOR, PUBLISHER, grant

_COMPOSE = [
    "links.view_link",
    "links.add_link",
    "links.change_link",
    "links.view_collection",
    "links.add_collection",
    "links.change_collection",
    "links.delete_collection",
    "links.view_boundlink",
    "links.sample_boundlink",
]
_BIND = ["links.add_boundlink", "links.change_boundlink", "links.delete_boundlink"]


def give(apps: Any, _schema_editor: Any) -> None:
    """Everyone who composes picks links; only administrators say how people are found."""
    for role in (EDITOR, PUBLISHER, ADMINISTRATOR):
        grant(apps, role, _COMPOSE)
    grant(apps, ADMINISTRATOR, _BIND)


class Migration(migrations.Migration):
    """Permissions of the three roles."""

    dependencies = [
        ("links", "0001_initial"),
        ("access", "0002_roles"),
    ]

    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
