"""Which channel a request is for, and who may use it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.core.validators import slug_re
from django.db.models import Count, Q, QuerySet

from orchestrator.access.api import Client
from orchestrator.channels import models
from orchestrator.channels.errors import ChannelNotAllowedError, ChannelRequiredError, UnknownChannelError
from orchestrator.engine.framing import PictureRules

__all__ = ["Channel", "channel_for", "channels_in", "channels_of", "describe", "save_channel", "slugs_of"]


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel as delivery needs it.

    ``shared_cache``: a CDN may keep its public answers. ``only_of_its_name``: no other space has a
    channel of this slug, so that an address that names it says whose answer it is. ``pictures`` is what it
    says of them.
    """

    uuid: str
    slug: str
    name: str
    default_locale: str
    shared_cache: bool
    only_of_its_name: bool = True
    pictures: PictureRules = field(default_factory=PictureRules)


def describe(channel: models.Channel, *, only_of_its_name: bool = True) -> Channel:
    """The value of a row."""
    return Channel(
        uuid=str(channel.uuid),
        slug=channel.slug,
        name=channel.name,
        default_locale=channel.default_locale,
        shared_cache=channel.shared_cache,
        only_of_its_name=only_of_its_name,
        pictures=PictureRules(srcset=channel.srcset, widest_px=channel.widest_picture_px),
    )


def channel_for(client: Client, slug: str | None) -> Channel:
    """The channel that ``client`` asks for; without a ``slug`` its only one. One query.

    Raises:
        UnknownChannelError: Its space has no such channel.
        ChannelNotAllowedError: The client may not use it.
        ChannelRequiredError: No slug, and the client has none or several.
    """
    if slug is None:
        return _only_channel(client)
    if not slug_re.fullmatch(slug):
        # Not asked of the database: PostgreSQL refuses a text with a NUL in it.
        raise UnknownChannelError(slug)
    # All of this name, of other spaces too: a join costs half of what two subqueries do.
    namesakes = (
        models.Channel.objects.filter(slug=slug)
        .annotate(allowed=Count("clients", filter=Q(clients=client.id)))
        .order_by()
    )
    channels = {channel.space_id: channel for channel in namesakes}
    channel = channels.get(client.space_id)
    if channel is None:
        raise UnknownChannelError(slug)
    if not channel.allowed:
        raise ChannelNotAllowedError(slug)
    return describe(channel, only_of_its_name=len(channels) == 1)


def channels_of(client: Client) -> QuerySet[models.Channel]:
    """The channels that a client may use, by slug."""
    return models.Channel.objects.filter(space=client.space_id, clients=client.id)


def slugs_of(client: Client) -> tuple[str, ...]:
    """Their slugs."""
    return tuple(channels_of(client).values_list("slug", flat=True))


def channels_in(space_id: int) -> QuerySet[models.Channel]:
    """The channels of a space, by slug."""
    return models.Channel.objects.filter(space=space_id)


def save_channel(
    *,
    space: object,
    slug: str,
    name: str,
    default_locale: str = "en",
    shared_cache: bool = True,
    srcset: bool = False,
    widest_picture_px: int | None = None,
    clients: Iterable[object] = (),
) -> models.Channel:
    """Make the channel with this slug, or change it; ``clients`` are all that may use it from now on.

    ``space`` and ``clients`` are the rows that ``access.api`` gives.
    """
    channel, _made = models.Channel.objects.update_or_create(
        space=space,
        slug=slug,
        defaults={
            "name": name,
            "default_locale": default_locale,
            "shared_cache": shared_cache,
            "srcset": srcset,
            "widest_picture_px": widest_picture_px,
        },
    )
    channel.clients.set(clients)
    return channel


def _only_channel(client: Client) -> Channel:
    own = list(channels_of(client))
    if len(own) != 1:
        raise ChannelRequiredError(tuple(channel.slug for channel in own))
    return describe(own[0])
