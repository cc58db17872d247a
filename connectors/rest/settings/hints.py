"""What the settings share: hints for the form, and checks of expressions and paths.

``json_schema_extra`` carries three hints for the form that is drawn from the JSON schema: ``group``
(a heading), ``show_if`` (other settings that make this one matter) and ``format`` (``mapping``:
canonical field to expression; ``pairs``: free name to value).
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Annotated, Any

from pydantic import AfterValidator

from connectors.rest import expressions, paths

__all__ = ["LOCALE_NAMES", "Expression", "Path", "Statuses", "need", "refuse_others", "shown"]

# Placeholders that every path may hold: the locale of the request (de-CH) and its language (de).
LOCALE_NAMES = frozenset({"locale", "lang"})
_NEVER_ABOUT_A_RECORD = frozenset({408, 425, 429})


def shown(group: str, *, format: str | None = None, **show_if: list[str]) -> dict[str, Any]:
    """Hints for one setting: its heading, its kind of input, and what makes it matter."""
    hints: dict[str, Any] = {"group": group}
    if format:
        hints["format"] = format
    if show_if:
        hints["show_if"] = show_if
    return hints


def _checked_path(path: str) -> str:
    path = path.strip()
    if "://" in path or path.startswith("//"):
        raise ValueError("give the part after the address, such as /items/{id}")
    if re.search(r"[\s#]", path):
        raise ValueError("a path has no spaces and no #; write a space as %20")
    if re.search(r"[{}]", re.sub(r"{[A-Za-z_]\w*}", "", path)):
        raise ValueError("braces hold a name, such as {id}")
    return path


def _checked_statuses(statuses: list[int]) -> list[int]:
    if any(status not in range(400, 500) or status in _NEVER_ABOUT_A_RECORD for status in statuses):
        raise ValueError("an HTTP status from 400 to 499, but not 408, 425 or 429, which ask to try later")
    return statuses


Expression = Annotated[str, AfterValidator(expressions.check_expression)]
Path = Annotated[str, AfterValidator(_checked_path)]
Statuses = Annotated[list[int], AfterValidator(_checked_statuses)]


def need(path: str, name: str, *, others: Collection[str] = ()) -> str:
    """The path, if it is empty or holds ``{name}`` and nothing beside ``others``."""
    if path and name not in paths.placeholders(path):
        raise ValueError(f"has to contain {{{name}}}")
    return refuse_others(path, {name, *others})


def refuse_others(path: str, allowed: Collection[str]) -> str:
    """The path, if all its placeholders are ``allowed``."""
    unknown = [name for name in paths.placeholders(path) if name not in allowed]
    if unknown:
        raise ValueError(f"{{{unknown[0]}}} is not known here")
    return path
