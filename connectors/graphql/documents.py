"""Documents that an administrator typed: what their variables are, and what is put into them.

A variable that has one of these names gets its value from the request; in the document of a collection
every other one is a question to the editor. A value becomes what the variable's type wants: an id for
``$id: Int!`` is a number.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from typing import Any

from connectors.sdk.graphql_language import Document, DocumentError, Variable, parse, used_variables

__all__ = ["GIVEN", "NotThisTypeError", "check_document", "questions", "read", "values_for"]

LOCALE = frozenset({"locale", "lang"})
PAGING = frozenset({"count", "cursor", "offset", "page"})
GIVEN = LOCALE | PAGING | {"id", "ids", "query", "since"}
"""Names of variables that the hub gives."""

_INTEGER = re.compile(r"-?\d{1,18}", re.ASCII)


class NotThisTypeError(ValueError):
    """A value cannot be what the variable's type is: such an id is nobody's. Holds the variable's name."""


def _check_uses(document: Document) -> None:
    """A variable that is not used, or not declared, is refused by every server."""
    used = used_variables(document)
    for name in document.variables:
        if name not in used:
            raise ValueError(f"the variable ${name} is not used")
    for name in sorted(used):
        if name not in document.variables:
            raise ValueError(f"the variable ${name} is not declared: query (${name}: …)")


@lru_cache(maxsize=256)
def read(text: str) -> Document:
    """The document. ``DocumentError`` if it is none."""
    return parse(text)


def check_document(text: str, *, needs: str = "", allowed: Collection[str] | None = None) -> str:
    """The document, if it can be asked and has the variable that it ``needs``.

    Args:
        allowed: Variables that it may have besides; ``None`` for any.

    Raises:
        ValueError: It cannot; says why.
    """
    if not text.strip():
        return ""
    try:
        document = parse(text)
    except DocumentError as error:
        raise ValueError(f"this is no GraphQL: {error}") from None
    if document.kind != "query":
        raise ValueError(f"a {document.kind} is not asked from here: only a query")
    if needs and needs not in document.variables:
        raise ValueError(f"has to have the variable ${needs}")
    unknown = [name for name in document.variables if allowed is not None and name not in {needs, *allowed}]
    if unknown:
        raise ValueError(f"nothing is known here for the variable ${unknown[0]}")
    _check_uses(document)
    return text.strip()


def questions(text: str) -> dict[str, Variable]:
    """The variables that an editor fills in."""
    return {name: one for name, one in read(text).variables.items() if name not in GIVEN} if text else {}


def values_for(text: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """The variables of a document that are given, each as its type wants it.

    Raises:
        NotThisTypeError: One cannot be of its type.
    """
    declared = read(text).variables
    return {
        name: _of_type(value, declared[name])
        for name, value in given.items()
        if name in declared and value is not None
    }


def _of_type(value: Any, variable: Variable) -> Any:
    if isinstance(value, Sequence) and not isinstance(value, str):
        kept = [fitting for one in value if (fitting := _fitting(one, variable.type)) is not None]
        if value and not kept:
            raise NotThisTypeError(variable.name)
        return kept if variable.is_list else kept[0]
    fitting = _fitting(value, variable.type)
    if fitting is None:
        raise NotThisTypeError(variable.name)
    return [fitting] if variable.is_list else fitting


def _fitting(value: Any, type: str) -> Any:
    """The value as that type, ``None`` if it cannot be."""
    text = str(value).strip()
    if type == "Int":
        return int(text) if _INTEGER.fullmatch(text) else None
    if type == "Float":
        return _as_float(text)
    if type == "Boolean":
        return {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}.get(
            text.lower()
        )
    return value if isinstance(value, str) else text


def _as_float(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if abs(number) < float("inf") else None
