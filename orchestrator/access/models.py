"""Brands, the programs that may fetch for them, and their keys."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _


class SpaceManager(models.Manager["Space"]):
    """Knows which space stands for all where there is only one."""

    def default(self) -> Space:
        """The oldest space; made when there is none, so that a new installation can begin."""
        return (
            self.order_by("pk").first() or self.get_or_create(slug="default", defaults={"name": "Default"})[0]
        )


class Space(models.Model):
    """A brand: it owns connections, channels, keys and experiences."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    slug = models.SlugField(_("short name"), unique=True, help_text=_("Used in addresses and files."))
    name = models.CharField(_("name"), max_length=120)

    objects = SpaceManager()

    class Meta:
        verbose_name = _("space")
        verbose_name_plural = _("spaces")
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.name


class ApiClient(models.Model):
    """A program that fetches: an app, a website, a kiosk. It holds keys and rights, never a user."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    space = models.ForeignKey(
        Space, on_delete=models.PROTECT, related_name="clients", verbose_name=_("space")
    )
    name = models.CharField(_("name"), max_length=120)
    rights = models.JSONField(_("rights"), default=list, blank=True)

    class Meta:
        verbose_name = _("API client")
        verbose_name_plural = _("API clients")
        ordering = ["name"]
        constraints = [
            # A person who revokes "the app's key" must not have two apps of that name to choose from.
            models.UniqueConstraint(fields=["space", "name"], name="access_client_name_once_per_space"),
        ]

    def __str__(self) -> str:
        return self.name


class ApiKey(models.Model):
    """One key of a client. Only its digest is stored: a copy of the database opens nothing."""

    client = models.ForeignKey(ApiClient, on_delete=models.CASCADE, related_name="keys")
    prefix = models.CharField(_("begins with"), max_length=16)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("made"), auto_now_add=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    # Right to the hour: an answer does not cost a write.
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.prefix}…"
