"""What settings share: hints for the form, and checks of expressions and of names in braces.

``json_schema_extra`` carries hints for the form that is drawn from the JSON schema. Of a setting: ``group``
(a heading), ``show_if`` (other settings that make this one matter), ``format`` (``mapping``: canonical
field to expression; ``pairs``: free name to value) and ``labels`` (words for the values of a choice). Of
the whole model: ``groups``, the headings in the order in which a person fills them in.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Annotated, Any

from pydantic import AfterValidator

from connectors.sdk.mapping import expressions, paths

__all__ = ["LOCALE_NAMES", "Expression", "heading", "need", "refuse_others", "shown"]

LOCALE_NAMES = frozenset({"locale", "lang"})
"""Names that every template may hold: the locale of the request (de-CH) and its language (de)."""

Expression = Annotated[str, AfterValidator(expressions.check_expression)]
"""A setting that is a JMESPath expression."""


def shown(
    group: str,
    *,
    format: str | None = None,
    labels: Mapping[str, str] | None = None,
    **show_if: list[str],
) -> dict[str, Any]:
    """Hints for one setting: its heading, its kind of input, words for a choice, and what makes it matter."""
    hints: dict[str, Any] = {"group": group}
    if format:
        hints["format"] = format
    if labels:
        hints["labels"] = dict(labels)
    if show_if:
        hints["show_if"] = show_if
    return hints


def heading(group: str, help: str = "", *, folded: bool = False) -> dict[str, Any]:
    """Hints for one heading; a ``folded`` one opens when something is filled in there, or on a click."""
    return {"name": group, "help": help, "folded": folded}


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
