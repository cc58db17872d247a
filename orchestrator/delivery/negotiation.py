"""Which format an answer has. There is one, so this only finds out whether the caller takes it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import BaseContentNegotiation

__all__ = ["JsonNegotiation", "accepts_json"]

_RANGES = ("application/json", "application/*", "*/*")


class JsonNegotiation(BaseContentNegotiation):
    """DRF's door to :func:`accepts_json`. No ``?format=`` and no suffix: ``Accept`` alone decides."""

    def select_renderer(
        self,
        request: Any,
        renderers: Sequence[Any],
        format_suffix: str | None = None,  # noqa: ARG002
    ) -> tuple[Any, str]:
        """The only renderer. Raises ``NotAcceptable`` if the caller does not take JSON."""
        if not accepts_json(request.headers.get("Accept", "*/*")):
            raise NotAcceptable
        return renderers[0], renderers[0].media_type


def accepts_json(accept: str) -> bool:
    """Whether an ``Accept`` header takes ``application/json``.

    The most specific range decides (RFC 9110, 12.5.1).
    """
    qualities = dict(_read_range(part) for part in accept.split(",") if part.strip())
    return next((qualities[name] > 0 for name in _RANGES if name in qualities), not qualities)


def _read_range(text: str) -> tuple[str, float]:
    name, *parameters = (part.strip().lower() for part in text.split(";"))
    quality = next((part[2:] for part in parameters if part.startswith("q=")), "1")
    try:
        return name, float(quality)
    except ValueError:
        return name, 0.0
