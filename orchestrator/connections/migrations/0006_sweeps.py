"""The nightly sweep: its mark, and what is told of it."""

import django.db.models.deletion
from django.db import migrations, models


def forget_sweeps(apps, _schema_editor):
    apps.get_model("connections", "Reread").objects.filter(cause="sweep").delete()


class Migration(migrations.Migration):
    dependencies = [("connections", "0005_doubts")]

    operations = [
        migrations.CreateModel(
            name="Sweep",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("links", models.PositiveIntegerField(default=0)),
                ("read", models.PositiveIntegerField(default=0)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("ended_links", models.PositiveIntegerField(default=0)),
                ("ended_read", models.PositiveIntegerField(default=0)),
                (
                    "connection",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sweep",
                        to="connections.connection",
                    ),
                ),
            ],
        ),
        migrations.AlterField(
            "reread",
            "cause",
            models.CharField(
                choices=[("items", "Items"), ("wide", "Wide"), ("doubts", "Doubts"), ("sweep", "Sweep")],
                max_length=10,
            ),
        ),
        migrations.RunPython(migrations.RunPython.noop, forget_sweeps),
    ]
