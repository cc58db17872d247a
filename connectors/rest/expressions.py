"""JMESPath: compiled once, evaluated without surprises.

Source: https://jmespath.org/specification.html
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import jmespath
from jmespath.exceptions import JMESPathError
from jmespath.parser import ParsedResult

from connectors.sdk import BadResponseError

__all__ = ["ExpressionError", "check_expression", "evaluate", "holds", "listed"]


class ExpressionError(BadResponseError):
    """An expression met a record that it cannot work on (``join`` of a null, ``max`` of texts)."""


@lru_cache(maxsize=1024)
def _compiled(expression: str) -> ParsedResult:
    return jmespath.compile(expression)


def check_expression(expression: str) -> str:
    """Return the expression without outer spaces.

    Raises:
        ValueError: It is not JMESPath; says at which character.
    """
    expression = expression.strip()
    if not expression:
        return expression
    try:
        _compiled(expression)
    except JMESPathError as error:
        where = getattr(error, "lex_position", None)
        at = f" (at character {where + 1})" if isinstance(where, int) and where >= 0 else ""
        raise ValueError(f"“{expression}” is not a JMESPath expression{at}") from None
    return expression


def evaluate(expression: str, data: Any) -> Any:
    """The value of an expression, ``None`` where it leads nowhere or is empty.

    Raises:
        ExpressionError: It cannot work on this data. The message holds no value of it.
    """
    if not expression:
        return None
    try:
        return _compiled(expression).search(data)
    except JMESPathError as error:
        raise ExpressionError(f"“{expression}” does not work here ({type(error).__name__})") from None


def holds(expression: str, data: Any) -> bool:
    """Whether an expression is true of the data; an empty one, or one that cannot work on it, is not."""
    if not expression:
        return False
    try:
        return bool(evaluate(expression, data))
    except ExpressionError:
        return False


def listed(expression: str, answer: Any, *, field: str) -> list[Mapping[str, Any]]:
    """The records of an answer, in its order.

    Raises:
        BadResponseError: There is no list of objects at that place; names the setting ``field``.
    """
    found = evaluate(expression or "@", answer)
    if isinstance(found, list) and all(isinstance(record, Mapping) for record in found):
        return found
    raise BadResponseError(f"no list of records at “{expression or '@'}” ({field})")
