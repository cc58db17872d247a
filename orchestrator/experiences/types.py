"""The types that a slot can be limited to."""

from __future__ import annotations

from orchestrator.links import api as links

__all__ = ["ACCEPTABLE_TYPES", "type_choices"]

ACCEPTABLE_TYPES = (
    "ImageObject",
    "VideoObject",
    "Product",
    "Offer",
    "SocialMediaPosting",
    "Question",
    "Article",
    "Person",
    "Event",
    "Place",
)


def type_choices() -> list[tuple[str, str]]:
    """Types with their names in editors' words. Called, not listed, so that a new type is not a migration."""
    return [(name, links.type_label(name)) for name in ACCEPTABLE_TYPES]
