"""References to assets that stay in the systems that own them.

A row holds an address and what *editors* wrote. Titles, pictures and prices are read live.
"""

from __future__ import annotations

import uuid

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _


class Link(models.Model):
    """Our reference to one asset: connection + type + external id."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    connection = models.ForeignKey(
        "connections.Connection", on_delete=models.PROTECT, related_name="links", verbose_name=_("connection")
    )
    type = models.CharField(_("type"), max_length=60)
    external_id = models.CharField(_("id in its system"), max_length=400)
    alt = models.CharField(
        _("own alternative text"),
        max_length=250,
        blank=True,
        help_text=_("Replaces the description from the source."),
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("link")
        verbose_name_plural = _("links")
        ordering = ["-created_at"]
        constraints = [
            # Picking the same asset twice is the same link: where-used and purges stay in one place.
            models.UniqueConstraint(
                fields=["connection", "type", "external_id"], name="links_one_link_per_asset"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.external_id}"


class Collection(models.Model):
    """A stored query at one connection; the source decides what it brings."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    connection = models.ForeignKey(
        "connections.Connection",
        on_delete=models.PROTECT,
        related_name="collections",
        verbose_name=_("connection"),
    )
    name = models.CharField(_("name"), max_length=120)
    type = models.CharField(_("type"), max_length=60)
    query = models.JSONField(_("query"), default=dict, blank=True)
    limit = models.PositiveSmallIntegerField(
        _("at most"), default=5, validators=[MinValueValidator(1), MaxValueValidator(50)]
    )

    class Meta:
        verbose_name = _("collection")
        verbose_name_plural = _("collections")
        ordering = ["name"]
        constraints = [
            # Editors and files tell collections apart by name.
            models.UniqueConstraint(
                fields=["connection", "name"],
                name="links_collection_name_once",
                violation_error_message=_("This connection already has a collection of this name."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class BoundLink(models.Model):
    """A link whose id comes from the request ("the guest of the request"). People are never picked."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    connection = models.ForeignKey(
        "connections.Connection",
        on_delete=models.PROTECT,
        related_name="bound_links",
        verbose_name=_("connection"),
    )
    name = models.CharField(_("name"), max_length=120)
    type = models.CharField(_("type"), max_length=60, default="Person")
    identifier_kind = models.SlugField(_("identifier in the request"), help_text=_("For example loyalty_id."))
    sample_value = models.CharField(
        _("identifier of a test person"),
        max_length=120,
        blank=True,
        help_text=_("Shown as the sample in the editor and in previews. Never use a real customer."),
    )

    class Meta:
        verbose_name = _("bound link")
        verbose_name_plural = _("bound links")
        ordering = ["name"]
        # The record of a test person is still a record of a system that holds people.
        permissions = [("sample_boundlink", _("Can see the sample record of a bound link"))]
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "name"],
                name="links_bound_link_name_once",
                violation_error_message=_("This connection already has a bound link of this name."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Use(models.Model):
    """Who uses a link, collection or bound link; told by the apps above through ``links.api``."""

    class Target(models.TextChoices):
        """The kinds of rows that can be used."""

        LINK = "link"
        COLLECTION = "collection"
        BOUND = "bound"

    target = models.CharField(max_length=10, choices=Target.choices)
    target_uuid = models.UUIDField()
    used_by = models.CharField(max_length=20)
    used_by_uuid = models.UUIDField()
    in_draft = models.BooleanField(default=False)
    in_live = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["target", "target_uuid", "used_by", "used_by_uuid"], name="links_one_use_per_user"
            ),
        ]
        indexes = [models.Index(fields=["used_by", "used_by_uuid"])]

    def __str__(self) -> str:
        return f"{self.used_by} {self.used_by_uuid} → {self.target} {self.target_uuid}"
