"""Directus' global query parameters on plain rows: filter, search, sort, fields, paging.

Reference: the "Global Query Parameters" of Directus' documentation, and recorded answers. Times are
texts of one width, so that comparing texts compares times.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

Row = Mapping[str, Any]


class InvalidQueryError(ValueError):
    """Directus answers 400 INVALID_QUERY."""


class ForbiddenFieldError(LookupError):
    """A field that does not exist is one that nobody may read: Directus answers 403."""


def read_parameters(pairs: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Parameters as a tree: ``filter[id][_in]=a,b`` becomes ``{"filter": {"id": {"_in": "a,b"}}}``."""
    tree: dict[str, Any] = {}
    for name, value in pairs:
        path = [part for part in re.split(r"[\[\]]+", name) if part]
        branch = tree
        for part in path[:-1]:
            branch = branch.setdefault(part, {})
        branch[path[-1]] = value
    if isinstance(tree.get("filter"), str):
        tree["filter"] = _decoded(tree["filter"])
    return tree


def select(rows: Sequence[Row], query: Mapping[str, Any], known: Sequence[str]) -> tuple[list[Row], int]:
    """Rows of the page that ``query`` asks for, and how many match in all."""
    matching = [row for row in rows if _matches(row, query.get("filter") or {}, known)]
    words = str(query.get("search") or "").lower().split()
    matching = [row for row in matching if all(word in _searchable(row) for word in words)]
    for key in reversed(_listed(query.get("sort") or "id")):
        name = key.removeprefix("-")
        _require(name, known)
        matching.sort(key=lambda row, name=name: _sortable(row.get(name)), reverse=key.startswith("-"))
    limit = _whole(query.get("limit", 100), "limit", least=-1)
    offset = _whole(query.get("offset", 0), "offset", least=0)
    if "page" in query and limit > 0:
        offset = (_whole(query["page"], "page", least=1) - 1) * limit
    end = None if limit == -1 else offset + limit
    return matching[offset:end], len(matching)


def pick_fields(row: Row, fields: Any, known: Sequence[str]) -> dict[str, Any]:
    """Only the fields asked for; ``folder.name`` opens the related row, ``*`` is all that is flat."""
    if not fields:
        fields = "*"
    picked: dict[str, Any] = {}
    for path in _listed(fields):
        name, _, rest = path.partition(".")
        if name == "*":
            picked |= {key: _flat(value) for key, value in row.items()}
            continue
        _require(name, known)
        value = row.get(name)
        if rest and isinstance(value, Mapping):
            wanted = value if rest == "*" else {rest: value.get(rest)}
            picked[name] = {**(picked[name] if isinstance(picked.get(name), dict) else {}), **wanted}
        else:
            picked.setdefault(name, _flat(value))
    return picked


def _matches(row: Row, condition: Mapping[str, Any], known: Sequence[str]) -> bool:
    return all(_holds(row, name, inner, known) for name, inner in condition.items())


def _holds(row: Row, name: str, inner: Any, known: Sequence[str]) -> bool:
    if name in ("_and", "_or"):
        parts = inner.values() if isinstance(inner, Mapping) else inner
        results = [_matches(row, part, known) for part in parts]
        return all(results) if name == "_and" else any(results)
    _require(name, known)
    value = row.get(name)
    if not isinstance(inner, Mapping):
        raise InvalidQueryError(f'"{name}" must be an object')
    if isinstance(value, Mapping) and not all(operator.startswith("_") for operator in inner):
        return _matches(value, inner, list(value))
    return all(_compare(operator, _flat(value), wanted) for operator, wanted in inner.items())


_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "_eq": lambda value, wanted: _text(value) == _text(wanted),
    "_neq": lambda value, wanted: _text(value) != _text(wanted),
    "_in": lambda value, wanted: _text(value) in _listed(wanted),
    "_nin": lambda value, wanted: _text(value) not in _listed(wanted),
    "_gt": lambda value, wanted: _text(value) > _time(wanted),
    "_gte": lambda value, wanted: _text(value) >= _time(wanted),
    "_lt": lambda value, wanted: _text(value) < _time(wanted),
    "_lte": lambda value, wanted: _text(value) <= _time(wanted),
    "_contains": lambda value, wanted: _text(wanted) in _text(value),
    "_ncontains": lambda value, wanted: _text(wanted) not in _text(value),
    "_icontains": lambda value, wanted: _text(wanted).lower() in _text(value).lower(),
    "_starts_with": lambda value, wanted: _text(value).startswith(_text(wanted)),
    "_ends_with": lambda value, wanted: _text(value).endswith(_text(wanted)),
    "_null": lambda value, wanted: (value is None) == (_text(wanted) != "false"),
    "_nnull": lambda value, wanted: (value is not None) == (_text(wanted) != "false"),
    "_empty": lambda value, wanted: (not value) == (_text(wanted) != "false"),
    "_nempty": lambda value, wanted: bool(value) == (_text(wanted) != "false"),
}


def _compare(operator: str, value: Any, wanted: Any) -> bool:
    if operator not in _OPERATORS:
        raise InvalidQueryError(f'"{operator}" is not a known operator')
    return _OPERATORS[operator](value, wanted)


def _require(name: str, known: Sequence[str]) -> None:
    if name not in known:
        raise ForbiddenFieldError(name)


def _listed(value: Any) -> list[str]:
    parts = value if isinstance(value, list | tuple) else str(value).split(",")
    return [str(part).strip() for part in parts]


def _text(value: Any) -> str:
    # Lists are kept as JSON text, and that is what operators see.
    if isinstance(value, list):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _time(value: Any) -> str:
    """A time as the rows write it: to the second, without a zone."""
    found = re.match(r"(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})", str(value))
    return f"{found[1]}T{found[2]}" if found else _text(value)


def _flat(value: Any) -> Any:
    return value["id"] if isinstance(value, Mapping) and "id" in value else value


def _searchable(row: Row) -> str:
    return " ".join(
        _text(row.get(name)) for name in ("title", "description", "tags", "filename_download")
    ).lower()


def _sortable(value: Any) -> tuple[bool, str]:
    return value is not None, f"{value:020d}" if isinstance(value, int) else _text(_flat(value))


def _whole(value: Any, name: str, *, least: int) -> int:
    try:
        number = int(value)
    except (TypeError, ValueError):
        raise InvalidQueryError(f'"{name}" must be a number') from None
    if number < least:
        raise InvalidQueryError(f'"{name}" must be greater than or equal to {least}')
    return number


def _decoded(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        raise InvalidQueryError('"filter" has to be a valid JSON object') from None
