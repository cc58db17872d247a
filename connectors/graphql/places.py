"""Where things are in an answer: at the place that a setting names, or where most systems have them. Pure.

A GraphQL answer has the shape of its document, and a document of one list has one field. So a place
that is not given is looked for below that field.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors.sdk import BadResponseError
from connectors.sdk.mapping import PlaceError, expressions

__all__ = ["next_mark", "only_field", "page_info", "record_at", "records_at", "total_at"]

_LISTS = ("nodes", "items", "results", "edges")
_TOTALS = ("totalCount", "totalItems", "total", "count")


def record_at(place: str, data: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The record of an answer; ``None`` for a ``null`` in its place, or a thing of another type.

    Raises:
        PlaceError: There is something else, or nothing.
    """
    found = expressions.evaluate(place, data) if place else only_field(data)
    if isinstance(found, Mapping):
        # Of another type than those for which fragments select something.
        return found or None
    if found is None and (not place or _is_null(place, data)):
        return None
    raise PlaceError(f"no record at “{place or '@'}” (record)", answer=data)


def records_at(place: str, data: Mapping[str, Any], *, setting: str) -> list[Mapping[str, Any]]:
    """The records of a list, in its order. Those that are ``null``, or of another type, are left out.

    Raises:
        PlaceError: There is no list of objects there; names the setting.
    """
    found = expressions.evaluate(place, data) if place else _listed(only_field(data))
    if isinstance(found, list):
        records = [one for one in found if one not in (None, {})]
        if all(isinstance(one, Mapping) for one in records):
            return records
    told = place or "the answer's one field"
    raise PlaceError(f"no list of records at “{told}” ({setting})", answer=data)


def page_info(place: str, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """The ``pageInfo`` of a list. ``BadResponseError`` names the setting."""
    found = expressions.evaluate(place, data) if place else _below(data, ("pageInfo",))
    if not isinstance(found, Mapping) or not isinstance(found.get("hasNextPage"), bool):
        raise BadResponseError(f"no pageInfo with hasNextPage at “{place or '*.pageInfo'}” (page_info)")
    return found


def total_at(place: str, data: Mapping[str, Any]) -> int | None:
    """How many records a list has in all; ``None`` if it does not say."""
    found = expressions.evaluate(place, data) if place else _below(data, _TOTALS)
    return found if isinstance(found, int) and not isinstance(found, bool) else None


def next_mark(place: str, data: Mapping[str, Any]) -> str | None:
    """The mark to go on with. ``BadResponseError`` if it is neither text nor number."""
    mark = expressions.evaluate(place, data)
    if mark is None or isinstance(mark, bool) or mark == "":
        return None
    if not isinstance(mark, str | int):
        raise BadResponseError(f"“{place}” (next) is neither a text nor a number")
    return str(mark)


def only_field(data: Mapping[str, Any]) -> Any:
    """The value of the one field of an answer; ``None`` where there is none, or several."""
    values = list(data.values())
    return values[0] if len(values) == 1 else None


def _below(data: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    held = only_field(data)
    if not isinstance(held, Mapping):
        return None
    return next((held[name] for name in names if held.get(name) is not None), None)


def _listed(held: Any) -> Any:
    if not isinstance(held, Mapping):
        return held
    name = next((name for name in _LISTS if isinstance(held.get(name), list)), "")
    rows = held.get(name)
    if name != "edges" or not isinstance(rows, list):
        return rows
    return [edge.get("node") if isinstance(edge, Mapping) else edge for edge in rows]


def _is_null(place: str, data: Any) -> bool:
    """Whether ``null`` is in that place or in one above it. A place that is not there is another matter."""
    parts = place.split(".")
    heads = [".".join(parts[:length]) for length in range(1, len(parts) + 1)]
    return any(expressions.is_null(head, data) for head in heads)
