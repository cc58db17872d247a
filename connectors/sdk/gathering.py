"""A collection's limit against pages that a system cuts at a size of its own.

The cursor says where the system's page begins and how many of it were given already, so that a page
which brought more than was asked for is not lost.
"""

from __future__ import annotations

from collections.abc import Callable

from connectors.sdk.assets import Asset, AssetPage
from connectors.sdk.errors import BadResponseError

__all__ = ["gather"]

# Pages that one collection may take; a system that cuts pages small gives up to this many.
_MAX_PAGES = 5


def gather(read: Callable[[str | None], AssetPage], *, limit: int, cursor: str | None) -> AssetPage:
    """The first ``limit`` assets from a cursor on.

    Args:
        read: One page of the system, by its own cursor.
        cursor: ``next_cursor`` of an answer of this function.

    Raises:
        BadResponseError: The cursor is none of ours.
    """
    at, skipped = _split_cursor(cursor)
    assets: list[Asset] = []
    for _ in range(_MAX_PAGES):
        page = read(at)
        fresh = page.assets[skipped:]
        taken = fresh[: limit - len(assets)]
        assets += taken
        if len(taken) < len(fresh):
            return AssetPage(assets, _join_cursor(at, skipped + len(taken)))
        at, skipped = page.next_cursor, 0
        if at is None or len(assets) >= limit:
            break
    return AssetPage(assets, None if at is None else _join_cursor(at, 0))


def _split_cursor(cursor: str | None) -> tuple[str | None, int]:
    """``skipped~place``: how many of the page at ``place`` were given already."""
    if cursor is None:
        return None, 0
    skipped, tilde, place = cursor.partition("~")
    if not tilde or not skipped.isdigit() or len(skipped) > 6:
        raise BadResponseError("not a cursor of this collection")
    return place or None, int(skipped)


def _join_cursor(place: str | None, skipped: int) -> str:
    return f"{skipped}~{place or ''}"
