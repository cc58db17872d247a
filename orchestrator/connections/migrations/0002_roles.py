"""Administrators configure connections; editors and publishers see them and use what they are granted."""

from django.db import migrations

from orchestrator.access.roles import ADMINISTRATOR, EDITOR, PUBLISHER, grant


def give_permissions(apps, _schema_editor):
    actions = ("add", "change", "delete", "view")
    grant(apps, ADMINISTRATOR, [f"connections.{action}_connection" for action in actions])
    for role in (EDITOR, PUBLISHER):
        grant(apps, role, ["connections.view_connection"])


class Migration(migrations.Migration):
    dependencies = [("connections", "0001_initial"), ("access", "0002_roles")]

    operations = [migrations.RunPython(give_permissions, migrations.RunPython.noop)]
