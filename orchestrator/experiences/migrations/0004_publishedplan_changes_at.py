"""When a schedule changes what an address delivers next."""

from django.db import migrations, models
from django.utils import timezone


def look_for_all(apps, _schema_editor):
    """An instant that has passed: the scheduler's next run looks for the true one of each."""
    apps.get_model("experiences", "PublishedPlan").objects.filter(kind="experience").update(
        changes_at=timezone.now()
    )


class Migration(migrations.Migration):
    dependencies = [("experiences", "0003_moderation")]

    operations = [
        migrations.AddField(
            model_name="publishedplan",
            name="changes_at",
            field=models.DateTimeField(
                blank=True,
                db_index=True,
                help_text="When a schedule changes it next, or a fragment in it.",
                null=True,
            ),
        ),
        migrations.RunPython(look_for_all, migrations.RunPython.noop),
    ]
