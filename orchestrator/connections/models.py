"""Configured connectors, what is known of their health, and the log of purges.

No column here holds a value of an external system: addresses, settings and states only.
"""

from __future__ import annotations

import secrets
import uuid

from django.contrib.auth.models import Group
from django.db import models
from django.utils.translation import gettext_lazy as _


class HookScheme(models.TextChoices):
    """How the sender of a hook proves who it is."""

    NONE = "none", _("No hooks")
    STANDARD = "standard", _("Signed (Standard Webhooks)")
    HEADER = "header", _("Secret in a header")


class Connection(models.Model):
    """A configured connector: address, secrets, limits."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    space = models.ForeignKey(
        "access.Space", on_delete=models.PROTECT, related_name="connections", verbose_name=_("space")
    )
    slug = models.SlugField(_("short name"), help_text=_("Shown to apps as the source of an asset."))
    name = models.CharField(_("name"), max_length=120)
    connector = models.CharField(_("connector"), max_length=60)
    config = models.JSONField(_("settings"), default=dict, blank=True)
    secrets = models.TextField(blank=True, editable=False)
    # Part of every cache key: a changed setting never serves what the old one read.
    settings_version = models.PositiveIntegerField(default=1, editable=False)
    enabled = models.BooleanField(_("in use"), default=True)
    personal = models.BooleanField(
        _("holds people's data"),
        default=False,
        help_text=_("Never searched, never kept in a shared cache; reached by bound links only."),
    )
    timeout_ms = models.PositiveIntegerField(_("time limit for one call (ms)"), default=1000)
    freshness = models.JSONField(_("freshness by type"), default=dict, blank=True)
    poll_interval_s = models.PositiveIntegerField(
        _("ask for changes every (seconds)"), default=0, help_text=_("0 does not ask.")
    )
    hook_scheme = models.CharField(
        _("hooks"), max_length=10, choices=HookScheme.choices, default=HookScheme.NONE
    )
    hook_header = models.CharField(_("header that carries the secret"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("connection")
        verbose_name_plural = _("connections")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["space", "slug"], name="connections_slug_once_per_space"),
        ]

    def __str__(self) -> str:
        return self.name


class HealthState(models.TextChoices):
    """What is known of a connection."""

    UNCHECKED = "unchecked", _("Not checked yet")
    OK = "ok", _("Works")
    FAILING = "failing", _("Does not answer")
    BROKEN = "broken", _("Needs a change of settings")


class ConnectionHealth(models.Model):
    """The latest finding about a connection. Apart from it, so that a finding never touches settings."""

    connection = models.OneToOneField(Connection, on_delete=models.CASCADE, related_name="health")
    state = models.CharField(max_length=10, choices=HealthState.choices, default=HealthState.UNCHECKED)
    reason = models.CharField(max_length=40, blank=True)
    message = models.CharField(max_length=300, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    since = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.connection}: {self.state}"


class GrantLevel(models.IntegerChoices):
    """What a group may do with a connection; each level includes the ones before it."""

    VIEW = 1, _("See that it exists and its health")
    USE = 2, _("Pick its assets")
    CONFIGURE = 3, _("Change its settings")


class ConnectionGrant(models.Model):
    """What one group may do with one connection."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="grants")
    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="+")
    level = models.PositiveSmallIntegerField(_("may"), choices=GrantLevel.choices, default=GrantLevel.USE)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["connection", "group"], name="connections_one_grant_per_group"),
        ]

    def __str__(self) -> str:
        return f"{self.group}: {self.get_level_display()}"


class PollState(models.Model):
    """Where polling of a connection stands. ``due_at`` is also the claim: whoever moves it, polls.

    A cursor is good for the settings that it was got with.
    """

    connection = models.OneToOneField(Connection, on_delete=models.CASCADE, related_name="poll_state")
    cursor = models.TextField(blank=True)
    settings_version = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.connection}: {self.due_at}"


def new_epoch(database: str | None = None, count: int = 0) -> str:
    """An epoch of the purge log that never was: of a new database, or a later one of ``database``."""
    return f"{database or secrets.token_hex(6)}.{count}.{secrets.token_hex(4)}"


class PurgeCounter(models.Model):
    """One row that numbers the purges. Its lock makes them commit in the order of their numbers.

    A number means something within its ``epoch`` only: "<database>.<count>.<anything>". The database's
    part lasts; another epoch begins after each restore from a backup, when numbers are given again.
    """

    head = models.PositiveBigIntegerField(default=0)
    epoch = models.CharField(max_length=40, default=new_epoch)

    def __str__(self) -> str:
        return str(self.head)


class Purge(models.Model):
    """One line of the purge log: what was read before number ``n`` is out of date within ``scope``."""

    class Kind(models.TextChoices):
        """``soft``: read again, kept for the case that its source is down. ``drop``: never served again."""

        SOFT = "soft"
        DROP = "drop"

    n = models.PositiveBigIntegerField(primary_key=True)
    scope = models.CharField(max_length=400)
    kind = models.CharField(max_length=4, choices=Kind.choices)
    at = models.DateTimeField(auto_now_add=True, db_index=True)

    def __str__(self) -> str:
        return f"{self.n} {self.kind} {self.scope}"


class Reread(models.Model):
    """Work that is left at a connection: what is to be read without anybody asking for it, and why.

    Of purges, those above ``read_n`` up to ``walk_n`` are being worked through, ``place`` says how far; those
    up to ``purged_n`` wait for the next walk. Of doubts, ``purged_n`` counts the findings that were made.
    ``due_at`` is also the claim, and empty while nothing is left.
    """

    class Cause(models.TextChoices):
        """Why. Single assets do not wait behind a whole connection, so each cause has a row of its own."""

        ITEMS = "items"
        WIDE = "wide"
        DOUBTS = "doubts"
        SWEEP = "sweep"

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="rereads")
    cause = models.CharField(max_length=10, choices=Cause.choices)
    purged_n = models.PositiveBigIntegerField()
    read_n = models.PositiveBigIntegerField()
    walk_n = models.PositiveBigIntegerField(default=0)
    place = models.TextField(blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True, blank=True, db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["connection", "cause"], name="connections_one_reread_per_cause"),
        ]

    def __str__(self) -> str:
        return f"{self.connection}: {self.cause}, {self.read_n} to {self.purged_n}"


class Sweep(models.Model):
    """How far the sweep over a connection's links is, and what the last one did that came to its end.

    ``links`` were gone through, ``read`` of them were read: all others had been within half a day.
    """

    connection = models.OneToOneField(Connection, on_delete=models.CASCADE, related_name="sweep")
    links = models.PositiveIntegerField(default=0)
    read = models.PositiveIntegerField(default=0)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_links = models.PositiveIntegerField(default=0)
    ended_read = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.connection}: {self.ended_at}"


class HookFlood(models.Model):
    """Hooks of a connection came faster than they are read one by one: a purge of everything is owed."""

    connection = models.OneToOneField(Connection, on_delete=models.CASCADE, related_name="hook_flood")

    def __str__(self) -> str:
        return str(self.connection)


class AssetProblem(models.Model):
    """An asset that its system no longer gives: an address and a state, never a value.

    Until ``confirmed_at`` it is a doubt: one answer, which counts for nothing before a second look.
    ``with_all_others``: the second look found nothing else of its type either, so it is not believed yet.
    """

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="problems")
    type = models.CharField(max_length=60)
    external_id = models.CharField(max_length=400)
    state = models.CharField(max_length=10)
    reason = models.CharField(max_length=40, blank=True)
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    with_all_others = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "type", "external_id"], name="connections_one_problem_per_asset"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.external_id}: {self.state}"
