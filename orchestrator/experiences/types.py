"""The canonical types in editors' words."""

from __future__ import annotations

from django.utils.text import camel_case_to_spaces, capfirst
from django.utils.translation import gettext_lazy as _

__all__ = ["TYPE_LABELS", "type_choices", "type_label"]

TYPE_LABELS = {
    "ImageObject": _("Picture"),
    "VideoObject": _("Video"),
    "Product": _("Product"),
    "Offer": _("Offer"),
    "SocialMediaPosting": _("Post"),
    "Question": _("Question"),
    "Article": _("Article"),
    "Person": _("Person"),
    "Event": _("Event"),
    "Place": _("Place"),
}


def type_choices() -> list[tuple[str, object]]:
    """Types that a slot can be limited to. Called, not listed, so that a new type is not a migration."""
    return list(TYPE_LABELS.items())


def type_label(name: str) -> str:
    """A type in words; one that is not known, by its own name."""
    return str(TYPE_LABELS.get(name) or capfirst(camel_case_to_spaces(name)))
