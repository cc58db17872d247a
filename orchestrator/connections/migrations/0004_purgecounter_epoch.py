"""The purge log gets an epoch, and its counter's row from the start: a database without one has no identity."""

from django.db import migrations, models

import orchestrator.connections.models


def make_counter(apps, _schema_editor):
    apps.get_model("connections", "PurgeCounter").objects.get_or_create(pk=1)


class Migration(migrations.Migration):
    dependencies = [("connections", "0003_rereads")]

    operations = [
        migrations.AddField(
            model_name="purgecounter",
            name="epoch",
            field=models.CharField(default=orchestrator.connections.models.new_epoch, max_length=40),
        ),
        migrations.RunPython(make_counter, migrations.RunPython.noop),
    ]
