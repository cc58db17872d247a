"""Path templates: ``/items?tag={tag}&sort=newest``.

Every value is percent-encoded whole, so that none can leave its place. A parameter of the query
whose value is not given is left out with its name; a list of values repeats it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from urllib.parse import quote

from connectors.sdk.rest import segment

__all__ = ["Encoded", "Value", "fill", "join_ids", "placeholders", "required", "with_parameters"]

_PLACEHOLDER = re.compile(r"{([A-Za-z_]\w*)}")


class Encoded(str):
    """Text that is percent-encoded already."""

    __slots__ = ()


Value = str | Sequence[str] | None


def placeholders(template: str) -> tuple[str, ...]:
    """Names in braces, each once, in order."""
    return tuple(dict.fromkeys(_PLACEHOLDER.findall(template)))


def required(template: str) -> tuple[str, ...]:
    """Names in the path itself; those of the query may be left out."""
    return placeholders(template.partition("?")[0])


def fill(template: str, values: Mapping[str, Value]) -> str:
    """The path with its query.

    Raises:
        BadResponseError: A value in the path itself is not given, or cannot be a segment of one ("..").
    """
    path, _, query = template.partition("?")
    pairs = [filled for pair in query.split("&") if pair for filled in _fill_pair(pair, values)]
    return _fill_path(path, values) + (f"?{'&'.join(pairs)}" if pairs else "")


def join_ids(ids: Sequence[str], *, separator: str) -> Encoded:
    """Ids as one value, each percent-encoded, so that no id can pose as two."""
    return Encoded(quote(separator, safe=",").join(quote(external_id, safe="") for external_id in ids))


def with_parameters(path: str, parameters: Mapping[str, str]) -> str:
    """The path with these parameters in its query, in place of parameters of the same name."""
    if not parameters:
        return path
    bare, _, query = path.partition("?")
    kept = [pair for pair in query.split("&") if pair and pair.partition("=")[0] not in parameters]
    added = [f"{quote(name, safe='[]')}={quote(value, safe='')}" for name, value in parameters.items()]
    return f"{bare}?{'&'.join([*kept, *added])}"


def _fill_path(path: str, values: Mapping[str, Value]) -> str:
    return _PLACEHOLDER.sub(lambda match: _in_path(values.get(match[1])), path)


def _in_path(value: Value) -> str:
    if isinstance(value, Encoded):
        return value
    return segment(value if isinstance(value, str) else "")


def _fill_pair(pair: str, values: Mapping[str, Value]) -> list[str]:
    names = _PLACEHOLDER.findall(pair)
    if any(not values.get(name) for name in names):
        return []
    repeated = [name for name in names if not isinstance(values[name], str)]
    if not repeated:
        return [_filled(pair, values)]
    return [_filled(pair, {**values, repeated[0]: value}) for value in values[repeated[0]] or ()]


def _filled(text: str, values: Mapping[str, Value]) -> str:
    return _PLACEHOLDER.sub(lambda match: _in_query(values[match[1]]), text)


def _in_query(value: Value) -> str:
    if isinstance(value, Encoded):
        return value
    return quote(value if isinstance(value, str) else "", safe="")
