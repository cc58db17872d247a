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
    "actions": _("Actions"),
    "erasure": _("Erasure"),
}


# They help an administrator to fill in the form and say nothing to anybody else.
_ONLY_FOR_THE_FORM = frozenset({"samples", "mapping", "remarks"})


def capability_words(names: Iterable[str]) -> list[str]:
    """Capabilities in words; one that this hub does not know keeps its name."""
    return [str(CAPABILITY_WORDS.get(name, name)) for name in names if name not in _ONLY_FOR_THE_FORM]
