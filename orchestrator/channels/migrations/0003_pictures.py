"""What a channel says of its pictures. A channel that was there before gives one, as it did."""

import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("channels", "0002_roles"),
    ]

    operations = [
        migrations.AddField(
            model_name="channel",
            name="srcset",
            field=models.BooleanField(
                default=False,
                help_text="For web pages: the browser takes the width that fits its screen (“srcset”).",
                verbose_name="pictures in several widths",
            ),
        ),
        migrations.AddField(
            model_name="channel",
            name="widest_picture_px",
            field=models.PositiveIntegerField(
                blank=True,
                help_text="In pixels of the file. Sources are asked for none that is wider; empty sets no limit.",
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(16),
                    django.core.validators.MaxValueValidator(10000),
                ],
                verbose_name="widest picture",
            ),
        ),
    ]
