"""The roles Editor, Publisher and Administrator, and what they may do with users, spaces and clients."""

from django.db import migrations

from orchestrator.access.roles import ADMINISTRATOR, ROLES, grant

_ALL = ("add", "change", "delete", "view")
_ADMINISTERED = ("access.space", "access.apiclient", "auth.user", "auth.group")


def make_roles(apps, _schema_editor):
    for role in ROLES:
        grant(apps, role, ["wagtailadmin.access_admin"])
    for name in _ADMINISTERED:
        app_label, model = name.split(".")
        grant(apps, ADMINISTRATOR, [f"{app_label}.{action}_{model}" for action in _ALL])


def remove_groups_for_pages(apps, _schema_editor):
    """Wagtail's "Editors" and "Moderators" are about pages, which this hub has not, and read like our roles."""
    unused = apps.get_model("auth", "Group").objects.filter(name__in=["Editors", "Moderators"], user=None)
    unused.delete()


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        # The last of Wagtail's migrations that give permissions to its own groups.
        ("wagtailadmin", "0006_formstate"),
        ("wagtailcore", "0048_add_default_workflows"),
        ("wagtaildocs", "0011_add_choose_permissions"),
        ("wagtailimages", "0023_add_choose_permissions"),
    ]

    operations = [
        migrations.RunPython(make_roles, migrations.RunPython.noop),
        migrations.RunPython(remove_groups_for_pages, migrations.RunPython.noop),
    ]
