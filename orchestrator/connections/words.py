"""What people read about capabilities, health and findings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext_lazy as _

__all__ = ["CAPABILITY_WORDS", "capability_words"]

CAPABILITY_WORDS: Mapping[str, str] = {
    "search": _("Search"),
    "collections": _("Collections"),
    "identify": _("People by identifier"),
    "hooks": _("Hooks"),
    "polling": _("Polling"),
    "renditions": _("Pictures in sizes"),
    "pictures": _("Protected pictures"),
    "samples": _("Samples"),
    "actions": _("Actions"),
    "erasure": _("Erasure"),
}


def capability_words(names: Iterable[str]) -> list[str]:
    """Capabilities in words; one that this hub does not know keeps its name."""
    return [str(CAPABILITY_WORDS.get(name, name)) for name in names]
