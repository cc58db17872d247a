"""Rows that publishing writes and delivery reads. Editors never touch them."""

from __future__ import annotations

from django.db import models

from orchestrator.engine.plan import Plan


class PublishedPlan(models.Model):
    """The compiled, immutable form of what is published; one row for each experience or fragment.

    ``version`` rises with each publication and outlives an unpublishing, so that a version names one
    content. ``family`` is what the translations of one experience share.
    """

    class Kind(models.TextChoices):
        """What was compiled."""

        EXPERIENCE = "experience"
        FRAGMENT = "fragment"

    kind = models.CharField(max_length=10, choices=Kind.choices)
    object_uuid = models.UUIDField(unique=True)
    family = models.UUIDField(db_index=True)
    space = models.ForeignKey("access.Space", on_delete=models.PROTECT, related_name="+")
    slug = models.SlugField()
    locale = models.CharField(max_length=20, help_text="A BCP 47 tag (“de-CH”).")
    version = models.PositiveIntegerField()
    title = models.CharField(max_length=255)
    body = models.JSONField()
    live = models.BooleanField(default=True)
    published_at = models.DateTimeField()
    changes_at = models.DateTimeField(
        null=True,
        blank=True,
        db_index=True,
        help_text="When a schedule changes it next, or a fragment in it.",
    )

    class Meta:
        constraints = [
            # Two live plans behind one address would make its answer a matter of luck.
            models.UniqueConstraint(
                fields=["space", "kind", "locale", "slug"],
                condition=models.Q(live=True),
                name="experiences_one_live_plan_per_address",
            ),
            models.UniqueConstraint(fields=["family", "locale"], name="experiences_one_plan_per_translation"),
        ]
        indexes = [models.Index(fields=["space", "kind", "slug"], name="experiences_plan_by_slug")]

    def __str__(self) -> str:
        return f"{self.kind} {self.slug} ({self.locale}) v{self.version}"

    @property
    def plan(self) -> Plan:
        """The plan itself.

        Raises:
            PlanFormatError: It was compiled by another version; ``manage.py recompile`` mends that.
        """
        return Plan.from_json(self.body)


class Placement(models.Model):
    """A fragment placed in an experience, in its draft, its published form or both.

    Wagtail's reference index sees saved rows only: a fragment used in a draft would look unused.
    """

    fragment_family = models.UUIDField(db_index=True)
    experience = models.ForeignKey(
        "experiences.Experience", on_delete=models.CASCADE, related_name="placements"
    )
    in_draft = models.BooleanField(default=False)
    in_live = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["fragment_family", "experience"], name="experiences_one_placement_per_fragment"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.fragment_family} in {self.experience_id}"
