"""What a connector has shown to hold, as people read it where they choose one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from django.utils.translation import gettext_lazy as _

from connectors.sdk import Connector
from connectors.sdk.conformance import digest_of, package_of, read_conformance

__all__ = ["Badge", "badge_of"]

_LEVEL_WORDS: Mapping[str, Any] = {
    "read": _("reading"),
    "search": _("search"),
    "collection": _("collections"),
    "change": _("changes"),
    "rendition": _("pictures in sizes"),
    "identity": _("people"),
    "act": _("actions"),
}


@dataclass(frozen=True, slots=True)
class Badge:
    """``levels`` in words; ``is_current`` is false when the code is another than the one that was tested."""

    levels: tuple[Any, ...]
    tested_on: date
    is_current: bool


@cache
def badge_of(cls: type[Connector[Any]]) -> Badge | None:
    """The badge of an installed connector, read once; ``None`` if its package carries no record."""
    package = package_of(cls)
    record = read_conformance(package)
    if record is None:
        return None
    words = tuple(_LEVEL_WORDS[level] for level in record.levels)
    return Badge(words, record.tested_on, digest_of(package) == record.digest)
