"""Path templates: ``/items?tag={tag}&sort=newest``.

Every value is percent-encoded whole, so that none can leave its place. A parameter of the query
whose value is not given is left out with its name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from urllib.parse import quote

__all__ = ["fill", "join_ids", "placeholders", "with_parameters"]

_PLACEHOLDER = re.compile(r"{([A-Za-z_][A-Za-z0-9_]*)}")


def placeholders(template: str) -> tuple[str, ...]:
    """Names in braces, each once, in order."""
    return tuple(dict.fromkeys(_PLACEHOLDER.findall(template)))


def required(template: str) -> tuple[str, ...]:
    """Names in the path itself; those of the query may be left out."""
    return placeholders(template.partition("?")[0])


def fill(template: str, values: Mapping[str, str | None]) -> str:
    """The path with its query.

    Raises:
        KeyError: A name in the path itself has no value.
    """
    path, _, query = template.partition("?")
    pairs = (_filled_pair(pair, values) for pair in query.split("&") if pair)
    kept = "&".join(pair for pair in pairs if pair is not None)
    return _filled(path, values) + (f"?{kept}" if kept else "")


def join_ids(ids: Sequence[str], *, separator: str) -> str:
    """Ids as one value of a query, each percent-encoded, so that no id can pose as two."""
    return quote(separator, safe=",").join(quote(external_id, safe="") for external_id in ids)


def with_parameters(path: str, parameters: Mapping[str, str]) -> str:
    """The path with these parameters in its query, in place of parameters of the same name."""
    if not parameters:
        return path
    bare, _, query = path.partition("?")
    kept = [pair for pair in query.split("&") if pair and pair.partition("=")[0] not in parameters]
    added = [f"{quote(name, safe='[]')}={quote(value, safe='')}" for name, value in parameters.items()]
    return f"{bare}?{'&'.join([*kept, *added])}"


def _filled_pair(pair: str, values: Mapping[str, str | None]) -> str | None:
    names = _PLACEHOLDER.findall(pair)
    if any(not values.get(name) for name in names):
        return None
    return _filled(pair, values)


def _filled(text: str, values: Mapping[str, str | None]) -> str:
    return _PLACEHOLDER.sub(lambda match: quote(values[match[1]] or "", safe=""), text)
