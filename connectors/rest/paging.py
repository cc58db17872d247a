"""How a list goes on: what to add to a path for a cursor, and which cursor an answer leads to.

A cursor is opaque to the hub and passes through a browser, so it can only ever say *where in this
list* to go on: a number, a mark, or the query of a next address. It never says which path is called.
Pure: nothing here does I/O.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import unquote_plus, urlsplit

from connectors.rest.settings import RestApiConfig
from connectors.sdk import BadResponseError
from connectors.sdk.mapping import expressions, paths

__all__ = ["continues_by_address", "next_cursor", "path_at"]

_LINK = re.compile(r"<([^>]*)>([^<]*)")


def continues_by_address(config: RestApiConfig) -> bool:
    """Whether a cursor is the query of a next address."""
    return config.paging in ("next_url", "header")


def path_at(config: RestApiConfig, path: str, *, cursor: str | None, size: int | None) -> str:
    """The path of one page of a list, of ``size`` records where the system knows a size.

    Raises:
        BadResponseError: The cursor is not one of this list.
    """
    if cursor is not None and continues_by_address(config):
        return f"{path.partition('?')[0]}?{_without_key(config, cursor)}"
    named = config.page_size_parameter if size is not None else ""
    parameters = {named: str(size)} if named else {}
    return paths.with_parameters(path, parameters | _position(config, cursor))


def next_cursor(
    config: RestApiConfig,
    answer: Any,
    headers: Mapping[str, str],
    *,
    asked: str,
    cursor: str | None,
    found: int,
) -> str | None:
    """Where to go on after a page; ``None`` at the end, and where the system repeats itself.

    Args:
        answer: The page's JSON. ``headers``: its headers, names in lower case.
        asked: The path with query that brought it.
        cursor: The cursor that led to it.
        found: How many records it holds.
    """
    if config.paging == "none":
        return None
    if config.paging in ("page", "offset"):
        return _counted(config, answer, cursor=cursor, found=found)
    mark = _mark(config, answer, headers)
    if not mark:
        return None
    if continues_by_address(config):
        mark = _query_of(config, mark)
        return None if mark in (cursor, asked.partition("?")[2]) else mark
    return None if mark == cursor else mark


def _position(config: RestApiConfig, cursor: str | None) -> dict[str, str]:
    if cursor is None or config.paging == "none":
        return {}
    if config.paging == "cursor":
        return {config.cursor_parameter: cursor}
    number, _ = _numbers(cursor)
    name = config.page_parameter if config.paging == "page" else config.offset_parameter
    return {name: str(number)}


def _counted(config: RestApiConfig, answer: Any, *, cursor: str | None, found: int) -> str | None:
    """``page:seen`` or ``offset:seen``.

    How many were seen is counted, because systems cut pages at a size of their own.
    """
    if not found:
        return None
    first = config.first_page if config.paging == "page" else 0
    number, seen = _numbers(cursor) if cursor is not None else (first, 0)
    seen += found
    total = expressions.evaluate(config.total, answer)
    if isinstance(total, int | float) and seen >= total:
        return None
    return f"{number + 1 if config.paging == 'page' else number + found}:{seen}"


def _numbers(cursor: str) -> tuple[int, int]:
    if not re.fullmatch(r"\d{1,9}:\d{1,9}", cursor):
        raise BadResponseError("not a cursor of this list")
    number, _, seen = cursor.partition(":")
    return int(number), int(seen)


def _mark(config: RestApiConfig, answer: Any, headers: Mapping[str, str]) -> str | None:
    if config.paging == "header":
        value = headers.get(config.next_header.lower(), "")
        return _next_link(value) if config.next_header.lower() == "link" else value
    mark = expressions.evaluate(config.next, answer)
    if mark is None or isinstance(mark, bool):
        return None
    if not isinstance(mark, str | int):
        raise BadResponseError(f"“{config.next}” (next) is neither a text nor a number")
    return str(mark)


def _next_link(header: str) -> str | None:
    """The target of ``rel="next"`` in a Link header (RFC 8288)."""
    for target, parameters in _LINK.findall(header):
        if re.search(r";\s*rel=\"?[^\";,]*\bnext\b", parameters, re.IGNORECASE):
            return str(target)
    return None


def _query_of(config: RestApiConfig, address: str) -> str:
    query = urlsplit(address).query
    if not query:
        raise BadResponseError("the next address has no query (after a ?) to go on with")
    return _without_key(config, query)


def _without_key(config: RestApiConfig, query: str) -> str:
    """The query without the connection's key, which many systems repeat in their next address."""
    if config.auth != "query":
        return query
    pairs: Sequence[str] = query.split("&")
    return "&".join(pair for pair in pairs if unquote_plus(pair.partition("=")[0]) != config.key_name)
