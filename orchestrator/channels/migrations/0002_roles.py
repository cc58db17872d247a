"""Administrators change channels; editors and publishers see them."""

from django.db import migrations

from orchestrator.access.roles import ADMINISTRATOR, EDITOR, PUBLISHER, grant


def grant_permissions(apps, _schema_editor):
    for role in (EDITOR, PUBLISHER):
        grant(apps, role, ["channels.view_channel"])
    for action in ("add", "change", "delete", "view"):
        grant(apps, ADMINISTRATOR, [f"channels.{action}_channel"])


class Migration(migrations.Migration):
    dependencies = [("channels", "0001_initial"), ("access", "0002_roles")]

    operations = [migrations.RunPython(grant_permissions, migrations.RunPython.noop)]
