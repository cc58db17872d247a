"""Which addresses the OpenAPI document is about."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

__all__ = ["keep_delivery"]

Endpoint = tuple[str, str, str, Any]


def keep_delivery(endpoints: Iterable[Endpoint]) -> list[Endpoint]:
    """Delivery's own: the admin brings addresses of the same kind that are nobody's interface."""
    return [endpoint for endpoint in endpoints if endpoint[3].__module__.startswith("orchestrator.delivery")]
