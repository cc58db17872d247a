"""How a list goes on: which variables a cursor is, and which cursor an answer leads to. Pure.

A cursor is opaque to the hub and passes through a browser; it only ever becomes the value of a variable.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from connectors.graphql.places import next_mark, page_info, total_at
from connectors.graphql.settings import GraphqlConfig
from connectors.sdk import BadResponseError

__all__ = ["next_cursor", "position"]


def position(config: GraphqlConfig, cursor: str | None) -> dict[str, Any]:
    """The variables of one page.

    Raises:
        BadResponseError: The cursor is not one of this list.
    """
    if config.paging in ("relay", "cursor"):
        return {"cursor": cursor}
    if config.paging == "none":
        return {}
    number, _ = _numbers(cursor) if cursor is not None else (_first(config), 0)
    return {config.paging: number}


def next_cursor(
    config: GraphqlConfig, data: Mapping[str, Any], *, cursor: str | None, found: int
) -> str | None:
    """Where to go on after a page; ``None`` at the end, and where the system repeats itself.

    Args:
        data: The page. ``cursor``: what led to it. ``found``: how many records it holds.

    Raises:
        BadResponseError: What tells it is not there; the message names the setting.
    """
    if config.paging == "relay":
        info = page_info(config.page_info, data)
        mark = info.get("endCursor") if info["hasNextPage"] else None
        return mark if isinstance(mark, str) and mark != cursor else None
    if config.paging == "cursor":
        mark = next_mark(config.next, data)
        return None if mark == cursor else mark
    return _counted(config, data, cursor=cursor, found=found) if config.paging != "none" else None


def _counted(config: GraphqlConfig, data: Mapping[str, Any], *, cursor: str | None, found: int) -> str | None:
    """``page:seen`` or ``offset:seen``: how many were seen is counted, for systems cut pages as they like."""
    if not found:
        return None
    number, seen = _numbers(cursor) if cursor is not None else (_first(config), 0)
    seen += found
    total = total_at(config.total, data)
    if total is not None and seen >= total:
        return None
    return f"{number + 1 if config.paging == 'page' else number + found}:{seen}"


def _first(config: GraphqlConfig) -> int:
    return config.first_page if config.paging == "page" else 0


def _numbers(cursor: str) -> tuple[int, int]:
    if not re.fullmatch(r"\d{1,9}:\d{1,9}", cursor, re.ASCII):
        raise BadResponseError("not a cursor of this list")
    number, _, seen = cursor.partition(":")
    return int(number), int(seen)
