"""The way into channels for other apps: where an answer goes."""

from orchestrator.channels.errors import (
    ChannelError,
    ChannelNotAllowedError,
    ChannelRequiredError,
    UnknownChannelError,
)
from orchestrator.channels.lookup import (
    Channel,
    channel_for,
    channels_in,
    channels_of,
    describe,
    save_channel,
    slugs_of,
)

__all__ = [
    "Channel",
    "ChannelError",
    "ChannelNotAllowedError",
    "ChannelRequiredError",
    "UnknownChannelError",
    "channel_for",
    "channels_in",
    "channels_of",
    "describe",
    "save_channel",
    "slugs_of",
]
