"""The types that a slot can be limited to."""

from __future__ import annotations

from connectors.sdk.types import TYPES
from orchestrator.links import api as links

__all__ = ["type_choices"]


def type_choices() -> list[tuple[str, str]]:
    """The canonical types in editors' words. Called, not listed, so that a new type is not a migration."""
    return [(name, links.type_label(name)) for name in TYPES]
