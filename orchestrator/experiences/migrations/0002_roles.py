"""What each role may do with experiences and fragments."""

from django.db import migrations

from orchestrator.access.roles import ADMINISTRATOR, EDITOR, PUBLISHER, ROLES, grant

_MAY = {
    EDITOR: ("view", "add", "change"),
    PUBLISHER: ("view", "add", "change", "delete", "publish", "lock", "unlock"),
    ADMINISTRATOR: ("view", "add", "change", "delete", "publish", "lock", "unlock"),
}


def grant_permissions(apps, _schema_editor):
    for role, actions in _MAY.items():
        for model in ("experience", "fragment"):
            grant(apps, role, [f"experiences.{action}_{model}" for action in actions])


def let_all_translate(apps, _schema_editor):
    """Anybody who may change an experience may start its translation."""
    content_type, _made = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="simple_translation", model="simpletranslation"
    )
    permission, _made = apps.get_model("auth", "Permission").objects.get_or_create(
        content_type=content_type,
        codename="submit_translation",
        defaults={"name": "Can submit translations"},
    )
    for role in ROLES:
        apps.get_model("auth", "Group").objects.get(name=role).permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [
        ("experiences", "0001_initial"),
        ("access", "0002_roles"),
    ]

    operations = [
        migrations.RunPython(grant_permissions, migrations.RunPython.noop),
        migrations.RunPython(let_all_translate, migrations.RunPython.noop),
    ]
