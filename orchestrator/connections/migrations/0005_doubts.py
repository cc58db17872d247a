"""What is found absent is a doubt until a second look; marks say why they are there."""

from django.db import migrations, models
from django.db.models import Case, F, Value, When


def keep_what_is_listed(apps, _schema_editor):
    problems = apps.get_model("connections", "AssetProblem")
    problems.objects.update(confirmed_at=F("last_seen_at"))


def forget_doubts(apps, _schema_editor):
    apps.get_model("connections", "AssetProblem").objects.filter(confirmed_at=None).delete()


def name_causes(apps, _schema_editor):
    causes = Case(When(wide=True, then=Value("wide")), default=Value("items"))
    apps.get_model("connections", "Reread").objects.update(cause=causes)


def keep_widths(apps, _schema_editor):
    rereads = apps.get_model("connections", "Reread")
    rereads.objects.exclude(cause__in=["items", "wide"]).delete()
    rereads.objects.filter(cause="wide").update(wide=True)


class Migration(migrations.Migration):
    dependencies = [("connections", "0004_purgecounter_epoch")]

    operations = [
        migrations.AddField("assetproblem", "confirmed_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("assetproblem", "with_all_others", models.BooleanField(default=False)),
        migrations.RunPython(keep_what_is_listed, forget_doubts),
        migrations.RemoveConstraint("reread", "connections_one_reread_per_width"),
        # With a default for the way back only: the column is gone a moment later.
        migrations.AlterField("reread", "wide", models.BooleanField(default=False)),
        migrations.AddField("reread", "cause", models.CharField(default="items", max_length=10)),
        migrations.RunPython(name_causes, keep_widths),
        migrations.RemoveField("reread", "wide"),
        migrations.AlterField(
            "reread",
            "cause",
            models.CharField(
                choices=[("items", "Items"), ("wide", "Wide"), ("doubts", "Doubts")], max_length=10
            ),
        ),
        migrations.AddConstraint(
            "reread",
            models.UniqueConstraint(fields=("connection", "cause"), name="connections_one_reread_per_cause"),
        ),
    ]
