"""How large a slot shows pictures. What was composed before says nothing of it."""

import django.core.validators
import wagtail.fields
from django.db import migrations

import orchestrator.experiences.types


class Migration(migrations.Migration):
    dependencies = [
        ("experiences", "0004_publishedplan_changes_at"),
    ]

    operations = [
        migrations.AlterField(
            model_name="experience",
            name="slots",
            field=wagtail.fields.StreamField(
                [("slot", 14)],
                block_lookup={
                    0: (
                        "wagtail.blocks.CharBlock",
                        (),
                        {
                            "help_text": "What the app calls this place. Small letters, digits and hyphens: “hero”.",
                            "label": "Name",
                            "max_length": 60,
                            "validators": [
                                django.core.validators.RegexValidator(
                                    "^[a-z][a-z0-9_-]*\\Z",
                                    "Use small letters, digits, hyphens and underscores, and begin with a letter.",
                                )
                            ],
                        },
                    ),
                    1: ("orchestrator.links.blocks.LinkBlock", (), {}),
                    2: ("orchestrator.links.blocks.CollectionBlock", (), {}),
                    3: ("orchestrator.links.blocks.BoundLinkBlock", (), {}),
                    4: ("orchestrator.experiences.blocks.FragmentBlock", (), {}),
                    5: (
                        "wagtail.blocks.StreamBlock",
                        [[("link", 1), ("collection", 2), ("bound", 3), ("fragment", 4)]],
                        {"label": "Items", "required": False},
                    ),
                    6: (
                        "wagtail.blocks.CharBlock",
                        (),
                        {
                            "help_text": "A heading that the app may show.",
                            "label": "Label",
                            "max_length": 120,
                            "required": False,
                        },
                    ),
                    7: (
                        "wagtail.blocks.MultipleChoiceBlock",
                        [],
                        {
                            "choices": orchestrator.experiences.types.type_choices,
                            "help_text": "Nothing selected accepts every type.",
                            "label": "Accepts",
                            "required": False,
                        },
                    ),
                    8: (
                        "wagtail.blocks.ChoiceBlock",
                        [],
                        {
                            "choices": [
                                ("last_known_good", "Show the last good copy"),
                                ("substitute", "Show a fallback instead"),
                                ("omit", "Leave it out"),
                            ],
                            "label": "When an item cannot be read",
                        },
                    ),
                    9: (
                        "wagtail.blocks.IntegerBlock",
                        (),
                        {
                            "help_text": "Empty leaves it to the connection.",
                            "label": "Last good copy for at most (minutes)",
                            "max_value": 43200,
                            "min_value": 0,
                            "required": False,
                        },
                    ),
                    10: (
                        "wagtail.blocks.StreamBlock",
                        [[("link", 1), ("collection", 2), ("bound", 3), ("fragment", 4)]],
                        {
                            "help_text": "Shown in this order, in the place of items that cannot be read.",
                            "label": "Fallback",
                            "required": False,
                        },
                    ),
                    11: (
                        "wagtail.blocks.IntegerBlock",
                        (),
                        {
                            "help_text": "How wide the app shows a picture at most, in CSS pixels. Sources are then asked for that size, and on web channels for smaller and larger ones to choose from.",
                            "label": "Picture width (pixels)",
                            "max_value": 5000,
                            "min_value": 16,
                            "required": False,
                        },
                    ),
                    12: (
                        "wagtail.blocks.IntegerBlock",
                        (),
                        {
                            "help_text": "Empty keeps the picture’s shape. With a width, it is cut to this shape where the source can.",
                            "label": "Picture height (pixels)",
                            "max_value": 5000,
                            "min_value": 16,
                            "required": False,
                        },
                    ),
                    13: (
                        "wagtail.blocks.ChoiceBlock",
                        [],
                        {
                            "choices": [
                                ("", "As its source has it"),
                                ("webp", "WebP"),
                                ("jpeg", "JPEG"),
                                ("avif", "AVIF"),
                            ],
                            "help_text": "Sources that cannot give it keep their own.",
                            "label": "Picture format",
                            "required": False,
                        },
                    ),
                    14: (
                        "wagtail.blocks.StructBlock",
                        [
                            [
                                ("name", 0),
                                ("items", 5),
                                ("label", 6),
                                ("accepts", 7),
                                ("on_failure", 8),
                                ("last_known_good_minutes", 9),
                                ("fallback", 10),
                                ("picture_width", 11),
                                ("picture_height", 12),
                                ("picture_format", 13),
                            ]
                        ],
                        {},
                    ),
                },
                help_text="Each slot is a named place in the app. Its items are read live from their systems.",
                verbose_name="slots",
            ),
        ),
    ]
