"""Errors of experiences.

PublishRefusedError        show its messages; nothing was changed
DeletedMeanwhileError      say so; somebody else deleted it, and nothing was changed
"""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["DeletedMeanwhileError", "PublishRefusedError"]


class DeletedMeanwhileError(LookupError):
    """An experience or fragment is not there any more: somebody deleted it since it was read."""


class PublishRefusedError(ValueError):
    """A draft cannot be published as it is. ``messages`` say why, each naming its slot."""

    def __init__(self, messages: Sequence[str]) -> None:
        super().__init__(" ".join(messages))
        self.messages = tuple(messages)
