"""What is there, as far as one person may know: rows in, :class:`Facts` out. Asks no system."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db.models import Exists, OuterRef

from orchestrator.access import api as access
from orchestrator.channels import api as channels
from orchestrator.config.guidance.steps import (
    ChannelFact,
    ClientFact,
    ConnectionFact,
    DraftFact,
    Facts,
    LiveFact,
)
from orchestrator.connections import api as connections
from orchestrator.experiences import api as experiences
from orchestrator.links import api as links

__all__ = ["gather"]

_PERMISSIONS = (
    "access.add_apiclient",
    "access.change_apiclient",
    "auth.add_user",
    "channels.add_channel",
    "channels.change_channel",
    "connections.add_connection",
    "experiences.add_experience",
    "experiences.change_experience",
    "experiences.publish_experience",
    "links.add_boundlink",
    "links.view_link",
)
_MOST_DRAFTS = 20


def gather(user: Any) -> Facts:
    """The facts for ``user``."""
    clients = [client for space in access.spaces() for client in access.with_keys(access.clients_in(space))]
    with_key = {client.pk for client in clients if client.usable_keys}
    places = [(row, _is_open(row, with_key)) for row in _channels()]
    return Facts(
        may=frozenset(permission for permission in _PERMISSIONS if user.has_perm(permission)),
        connections=tuple(_connections(user)),
        clients=[
            ClientFact(client.pk, client.name, client.usable_keys, client.last_used_at is not None)
            for client in clients
        ],
        channels=[ChannelFact(row.pk, row.name, is_open) for row, is_open in places],
        drafts=[_draft(draft) for draft in experiences.find_drafts(user, limit=_MOST_DRAFTS)],
        newest=_newest({row.space_id: row.slug for row, is_open in places if is_open}),
        live=_count_live(),
        broken_links=links.count_broken(user),
        people=get_user_model().objects.filter(is_active=True).count(),
    )


def _connections(user: Any) -> Iterator[ConnectionFact]:
    level = connections.GrantLevel
    usable, configurable = (_ids(user, wanted) for wanted in (level.USE, level.CONFIGURE))
    rows = connections.connections_for(user, level.VIEW).filter(enabled=True).select_related("health")
    bound = rows.model.objects.filter(pk=OuterRef("pk"), bound_links__isnull=False)
    for row in rows.annotate(bound=Exists(bound)):
        health = getattr(row, "health", None)
        yield ConnectionFact(
            pk=row.pk,
            name=row.name,
            state=health.state if health else "unchecked",
            since=health.since.isoformat() if health and health.since else "",
            personal=row.personal,
            may_use=row.pk in usable,
            may_configure=row.pk in configurable,
            hears=_hears(row),
            could_hear=_could_hear(row),
            bound=row.bound,
        )


def _ids(user: Any, level: Any) -> set[int]:
    return set(connections.connections_for(user, level).values_list("pk", flat=True))


def _hears(row: Any) -> bool:
    return row.poll_interval_s > 0 or row.hook_scheme != connections.HookScheme.NONE


def _could_hear(row: Any) -> bool:
    able = connections.abilities(row)
    return bool(able and able.capabilities & {"hooks", "polling"})


def _channels() -> list[Any]:
    spaces = access.spaces()
    return [row for space in spaces for row in channels.channels_in(space.pk).prefetch_related("clients")]


def _is_open(channel: Any, with_key: Collection[int]) -> bool:
    return any(client.pk in with_key for client in channel.clients.all())


def _draft(draft: experiences.Draft) -> DraftFact:
    return DraftFact(
        url=draft.url,
        title=draft.title,
        is_experience=draft.is_experience,
        live=draft.live,
        published_before=draft.published_before,
        decided=draft.decided,
    )


def _newest(open_channels: Mapping[int, str]) -> LiveFact | None:
    """Of what is live the newest that can be fetched, or else the newest."""
    rows = [row for space in access.spaces() if (row := _newest_in(space.pk))]
    rows.sort(key=lambda row: (row.space_id in open_channels, row.published_at))
    return _describe(rows[-1], open_channels.get(rows[-1].space_id)) if rows else None


def _newest_in(space_id: int) -> Any:
    return experiences.published_experiences(space_id).order_by("-published_at").defer("body").first()


def _describe(row: Any, channel: str | None) -> LiveFact:
    query = urlencode({"channel": channel, "locale": row.locale})
    address = f"{settings.PUBLIC_URL}/api/v1/experiences/{row.slug}?{query}" if channel else ""
    return LiveFact(row.title, address)


def _count_live() -> int:
    """Each translated experience counts once."""
    spaces = access.spaces()
    live = [experiences.published_experiences(space.pk).order_by() for space in spaces]
    return sum(rows.values("family").distinct().count() for rows in live)
