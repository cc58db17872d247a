"""Where experiences are delivered: a row, not code."""

from __future__ import annotations

import uuid

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _


class Channel(models.Model):
    """A place of delivery with its limits and defaults.

    ``shared_cache`` yes: the public answer is the same for every key and may be kept by a CDN, so
    the key is no fence there. No: answers are marked ``private``.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    space = models.ForeignKey(
        "access.Space", on_delete=models.PROTECT, related_name="channels", verbose_name=_("space")
    )
    slug = models.SlugField(_("short name"), help_text=_("What apps send as “channel”."))
    name = models.CharField(_("name"), max_length=120)
    default_locale = models.CharField(
        _("default language"), max_length=20, default="en", help_text=_("Used when a request names none.")
    )
    shared_cache = models.BooleanField(
        _("shared caches may keep public answers"),
        default=True,
        help_text=_("A CDN may then answer without asking for a key. Switch off to keep answers private."),
    )
    srcset = models.BooleanField(
        _("pictures in several widths"),
        default=False,
        help_text=_("For web pages: the browser takes the width that fits its screen (“srcset”)."),
    )
    widest_picture_px = models.PositiveIntegerField(
        _("widest picture"),
        null=True,
        blank=True,
        validators=[MinValueValidator(16), MaxValueValidator(10_000)],
        help_text=_("In pixels of the file. Sources are asked for none that is wider; empty sets no limit."),
    )
    clients = models.ManyToManyField(
        "access.ApiClient", related_name="channels", blank=True, verbose_name=_("API clients that may use it")
    )

    class Meta:
        verbose_name = _("channel")
        verbose_name_plural = _("channels")
        ordering = ["slug"]
        constraints = [
            models.UniqueConstraint(fields=["space", "slug"], name="channels_slug_once_per_space"),
        ]

    def __str__(self) -> str:
        return self.name
