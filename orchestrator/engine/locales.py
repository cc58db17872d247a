"""Language tags, in the one writing that they have everywhere."""

from __future__ import annotations

__all__ = ["locale_tag"]


def locale_tag(code: str) -> str:
    """A code in the usual writing of BCP 47: "de-ch" and "de_CH" are "de-CH"."""
    language, *rest = code.replace("_", "-").split("-")
    return "-".join([language.lower(), *(_subtag(part) for part in rest)])


def _subtag(part: str) -> str:
    if len(part) == 2:
        return part.upper()
    return part.title() if len(part) == 4 and part.isalpha() else part.lower()
