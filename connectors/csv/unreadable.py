"""What makes a file as a whole unreadable."""

from __future__ import annotations

__all__ = ["UnreadableError"]


class UnreadableError(ValueError):
    """It is no table that can be read. The message repeats no value of it."""
