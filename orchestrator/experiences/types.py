"""The types that a slot can be limited to."""

from __future__ import annotations

from collections.abc import Iterable

from connectors.sdk.types import TYPES
from orchestrator.links import api as links

__all__ = ["in_order", "type_choices"]


def in_order(names: Iterable[str]) -> list[str]:
    """Types in the order of the list, whatever the order in which they were ticked or written."""
    places = {name: place for place, name in enumerate(TYPES)}
    return sorted(names, key=lambda name: (places.get(name, len(places)), name))


def type_choices() -> list[tuple[str, str]]:
    """The canonical types in editors' words. Called, not listed, so that a new type is not a migration."""
    return [(name, links.type_label(name)) for name in TYPES]
