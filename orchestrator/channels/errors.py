"""Why a request has no channel.

::

    ChannelError
    ├─ UnknownChannelError       the space has no channel of this name
    ├─ ChannelNotAllowedError    it has, but this client may not use it
    └─ ChannelRequiredError      none was named and the client's own are none or several
"""

__all__ = ["ChannelError", "ChannelNotAllowedError", "ChannelRequiredError", "UnknownChannelError"]


class ChannelError(Exception):
    """Base of all."""


class UnknownChannelError(ChannelError):
    """The space has no channel of this name."""


class ChannelNotAllowedError(ChannelError):
    """The channel exists, but this client may not use it."""


class ChannelRequiredError(ChannelError):
    """No channel was named, and the client does not have exactly one. ``choices`` are its slugs."""

    def __init__(self, choices: tuple[str, ...]) -> None:
        super().__init__(f"one of {', '.join(choices)}" if choices else "the client may use none")
        self.choices = choices
