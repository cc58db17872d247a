"""How a feed goes on: the address of a page, and the cursor of the one after it. Pure.

A cursor passes through a browser, so it says only where in this feed to go on: a number, or the query of
a next address. It never says which path is called.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection
from urllib.parse import unquote_plus, urlsplit

from connectors.rss.settings import FeedConfig
from connectors.sdk import BadResponseError
from connectors.sdk.mapping import paths

__all__ = ["address_at", "next_cursor", "repeats"]

_NUMBERED = re.compile(r"(\d{1,6}):([0-9a-f]{16})")


def address_at(config: FeedConfig, cursor: str | None) -> str:
    """The whole address of a page.

    Raises:
        BadResponseError: The cursor is not one of this feed.
    """
    if cursor is None:
        return config.base_url
    if config.paging == "next":
        return f"{config.base_url.partition('?')[0]}?{_without_key(config, cursor)}"
    number, _ = _numbered(cursor)
    return paths.with_parameters(config.base_url, {config.page_parameter: str(number)})


def next_cursor(
    config: FeedConfig, *, ids: Collection[str], next_address: str, cursor: str | None
) -> str | None:
    """Where to go on after a page; ``None`` at the end, and where the feed leads back to the same page.

    Raises:
        BadResponseError: The next address is at another path, to which nobody allowed a call.
    """
    if config.paging == "none" or not ids:
        return None
    if config.paging == "page":
        number = 1 if cursor is None else _numbered(cursor)[0]
        return f"{number + 1}:{_digest(ids)}"
    if not next_address:
        return None
    here, there = urlsplit(config.base_url), urlsplit(next_address)
    # Its host and scheme do not count: behind a proxy they are often wrong.
    if there.path != (here.path or "/") or not there.query:
        raise BadResponseError("the next page is at another path; set how the feed goes on otherwise")
    query = _without_key(config, there.query)
    return None if query in (cursor, here.query) else query


def repeats(config: FeedConfig, *, ids: Collection[str], cursor: str | None) -> bool:
    """Whether a page is the one before it once more: many feeds do not know the parameter, and ignore it."""
    return config.paging == "page" and cursor is not None and _numbered(cursor)[1] == _digest(ids)


def _numbered(cursor: str) -> tuple[int, str]:
    """The number of a page, and a digest of the ids on the page before it."""
    match = _NUMBERED.fullmatch(cursor)
    if match is None:
        raise BadResponseError("not a cursor of this feed")
    return int(match[1]), match[2]


def _digest(ids: Collection[str]) -> str:
    return hashlib.blake2b("\n".join(ids).encode(), digest_size=8).hexdigest()


def _without_key(config: FeedConfig, query: str) -> str:
    """The query without the connection's key, which feeds repeat in their next address."""
    if config.auth != "query":
        return query
    return "&".join(
        pair for pair in query.split("&") if unquote_plus(pair.partition("=")[0]) != config.key_name
    )
