"""JMESPath: compiled once, evaluated without surprises.

One function is added to the language, which has no arithmetic: ``minor_units(value, `2`)`` makes the
price "129.00" of the 12900 that many shops answer.

Source: https://jmespath.org/specification.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

import jmespath
from jmespath import functions
from jmespath.exceptions import JMESPathError
from jmespath.parser import ParsedResult

from connectors.sdk.errors import BadResponseError

__all__ = [
    "ExpressionError",
    "PlaceError",
    "check_expression",
    "evaluate",
    "holds",
    "is_null",
    "listed",
]


_LONGEST = 2_000


class ExpressionError(BadResponseError):
    """An expression met a record that it cannot work on (``join`` of a null, ``max`` of texts)."""


class PlaceError(BadResponseError):
    """There are no records at the place that a setting names.

    ``answer`` is what the system sent, for the form in which the setting is mended and for nothing else:
    it holds values.
    """

    def __init__(self, message: str, *, answer: Any) -> None:
        super().__init__(message)
        self.answer = answer


class _Functions(functions.Functions):
    @functions.signature({"types": ["number", "null"]}, {"types": ["number"]})
    def _func_minor_units(self, value: float | None, places: int) -> str | None:
        return None if value is None else str(Decimal(str(value)).scaleb(-places))


_OPTIONS = jmespath.Options(custom_functions=_Functions())


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
    if len(expression) > _LONGEST:
        raise ValueError(f"an expression has at most {_LONGEST:,} characters")
    try:
        tree = _compiled(expression).parsed
    except RecursionError:
        raise ValueError("the expression is nested too deeply") from None
    except JMESPathError as error:
        where = getattr(error, "lex_position", None)
        at = f" (at character {where + 1})" if isinstance(where, int) and where >= 0 else ""
        raise ValueError(f"“{expression}” is not a JMESPath expression{at}") from None
    for name in _functions_in(tree):
        if name not in _Functions.FUNCTION_TABLE:
            raise ValueError(f"“{expression}” uses “{name}()”, which JMESPath does not have")
    return expression


def evaluate(expression: str, data: Any) -> Any:
    """The value of an expression, ``None`` where it leads nowhere or is empty.

    Raises:
        ExpressionError: It cannot work on this data. The message holds no value of it.
    """
    if not expression:
        return None
    try:
        return _compiled(expression).search(data, options=_OPTIONS)
    # A record that is nested too deeply, a number that no price is.
    except (JMESPathError, RecursionError, ArithmeticError) as error:
        raise ExpressionError(f"“{expression}” does not work here ({type(error).__name__})") from None


def holds(expression: str, data: Any) -> bool:
    """Whether an expression is true of the data; an empty one, or one that cannot work on it, is not."""
    if not expression:
        return False
    try:
        return bool(evaluate(expression, data))
    except ExpressionError:
        return False


def is_null(expression: str, data: Any) -> bool:
    """Whether there is a ``null`` at that very place. A place that is not there is another matter."""
    parent, _, name = expression.rpartition(".")
    holder = evaluate(parent, data) if parent else data
    return isinstance(holder, Mapping) and name in holder and holder[name] is None


def listed(expression: str, answer: Any, *, field: str) -> list[Mapping[str, Any]]:
    """The records of an answer, in its order.

    Raises:
        PlaceError: There is no list of objects at that place; names the setting ``field``.
    """
    found = evaluate(expression or "@", answer)
    if isinstance(found, list) and all(isinstance(record, Mapping) for record in found):
        return found
    raise PlaceError(f"no list of records at “{expression or '@'}” ({field})", answer=answer)


def _functions_in(node: Any) -> Iterator[str]:
    if isinstance(node, Mapping):
        if node.get("type") == "function_expression":
            yield node["value"]
        for child in node.get("children", ()):
            yield from _functions_in(child)
