"""Rows of lists: what each shows and how it is filtered. Never a setting, a secret or an origin value."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

__all__ = [
    "ChannelFilters",
    "ChannelRow",
    "ConnectionFilters",
    "ConnectionRow",
    "ExperienceFilters",
    "ExperienceRow",
    "LinkFilters",
    "LinkRow",
]

HEALTH_STATES = ("unchecked", "ok", "failing", "broken")


class ExperienceRow(serializers.Serializer):
    """A published experience in one language."""

    id = serializers.UUIDField(source="object_uuid", help_text="The `experience.id` of its answers.")
    slug = serializers.CharField()
    locale = serializers.CharField()
    title = serializers.CharField()
    version = serializers.IntegerField()
    published_at = serializers.DateTimeField()
    url = serializers.SerializerMethodField(help_text="Where to fetch it.")

    def get_url(self, row: Any) -> str:
        """The path of the experience."""
        return reverse("delivery:experience", args=[row.slug])


class ExperienceFilters(filters.FilterSet):
    """Of experiences."""

    slug = filters.CharFilter(label="Exactly this short name.")
    locale = filters.CharFilter(label="Exactly this language tag.")


class ChannelRow(serializers.Serializer):
    """A channel that the key may use."""

    id = serializers.UUIDField(source="uuid")
    slug = serializers.CharField(help_text="What to send as `channel`.")
    name = serializers.CharField()
    default_locale = serializers.CharField()
    shared_cache = serializers.BooleanField(help_text="Whether a CDN may keep its public answers.")


class ChannelFilters(filters.FilterSet):
    """Of channels."""

    slug = filters.CharFilter(label="Exactly this short name.")
    shared_cache = filters.BooleanFilter(label="true or false.")


class HealthRow(serializers.Serializer):
    """What is known of a connection's health."""

    state = serializers.ChoiceField(choices=HEALTH_STATES)
    reason = serializers.CharField(help_text="A stable word, or empty.")
    since = serializers.DateTimeField(allow_null=True)
    checked_at = serializers.DateTimeField(allow_null=True)


class ConnectionRow(serializers.Serializer):
    """A connection without its settings."""

    id = serializers.UUIDField(source="uuid")
    slug = serializers.CharField(help_text="The `source` of its assets.")
    name = serializers.CharField()
    connector = serializers.CharField()
    enabled = serializers.BooleanField()
    personal = serializers.BooleanField(help_text="Whether it holds people's data.")
    health = serializers.SerializerMethodField()

    @extend_schema_field(HealthRow)
    def get_health(self, row: Any) -> dict[str, Any]:
        """The latest finding, or that there is none."""
        unchecked = {"state": HEALTH_STATES[0], "reason": "", "since": None, "checked_at": None}
        return HealthRow(getattr(row, "health", unchecked)).data


class ConnectionFilters(filters.FilterSet):
    """Of connections."""

    slug = filters.CharFilter(label="Exactly this short name.")
    connector = filters.CharFilter(label="Exactly this connector.")
    enabled = filters.BooleanFilter(label="true or false.")
    personal = filters.BooleanFilter(label="true or false.")
    health = filters.ChoiceFilter(
        field_name="health__state", choices=[(state, state) for state in HEALTH_STATES], label="State."
    )


class UseRow(serializers.Serializer):
    """One thing that uses a link."""

    kind = serializers.CharField(help_text="experience or fragment.")
    id = serializers.CharField(source="uuid")
    title = serializers.CharField()
    draft = serializers.BooleanField(source="in_draft")
    live = serializers.BooleanField(source="in_live")


class LinkRow(serializers.Serializer):
    """A link: the address of an asset, and where it is used. What is behind it comes with experiences."""

    id = serializers.UUIDField(source="uuid")
    type = serializers.CharField()
    source = serializers.CharField(source="connection.slug")
    external_id = serializers.CharField()
    alt = serializers.CharField(help_text="Editors' own alternative text, or empty.")
    created_at = serializers.DateTimeField()
    used_by = serializers.SerializerMethodField()

    @extend_schema_field(UseRow(many=True))
    def get_used_by(self, row: Any) -> list[dict[str, Any]]:
        """Live ones first. The view has looked them up for the whole page."""
        return UseRow(self.context["uses"].get(str(row.uuid), []), many=True).data


class LinkFilters(filters.FilterSet):
    """Of links."""

    source = filters.CharFilter(field_name="connection__slug", label="Exactly this connection.")
    type = filters.CharFilter(label="Exactly this type.")
    external_id = filters.CharFilter(label="Exactly this id at the source.")
