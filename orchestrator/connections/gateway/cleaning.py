"""What a source sends is not trusted: the one edge where its values are made safe, once for each reading.

* Everything becomes plain JSON data of our own, detached from the connector's objects.
* In rich text (``articleBody``, ``text``, ``description``) tags and attributes that could do harm are
  taken out by nh3. Text without tags stays as it is: "A & B < C" is not HTML. In all other text a tag
  is taken out whole: a name is never HTML.
* An address must be http or https, else the field goes.

What a system has beyond the canonical type is under ``extra`` and gets the same treatment.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import nh3
import orjson

from connectors.sdk import Asset

__all__ = ["UnusableAssetError", "clean_asset"]

RICH_TEXT = frozenset({"articleBody", "text", "description", "abstract", "reviewBody"})
_TAG = re.compile(r"<[a-zA-Z/!?]")
_ADDRESS_NAMES = frozenset(
    {"url", "contentUrl", "thumbnailUrl", "embedUrl", "sameAs", "logo", "mainEntityOfPage", "discussionUrl"}
)
_SCHEME = re.compile(r"^[\x00-\x20]*[a-zA-Z][a-zA-Z0-9+.\-]*:")
_HARMFUL_ADDRESS = re.compile(r"^[\x00-\x20]*((java|vb)script\s*:|data:[a-z]+/)", re.IGNORECASE)
_DEEPEST = 20
# Systems write "never" as the first or the last time that they know, in their own zone: .NET, for one,
# 0001-01-01T00:00:00+01:00, which in UTC is in no year that there is.
_FIRST = datetime(1, 1, 1, tzinfo=UTC)
_LAST = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
# nh3 takes time by the square of how deep tags are nested, and of how many attributes one has: half a
# megabyte of "<div>" took a minute. Within these bounds it takes less than a second.
_LONGEST_MARKUP = 300_000
_MOST_TAGS = 5_000
_OPENING_TAG = re.compile(r"<[a-zA-Z]")
# Pictures within the text: nh3 takes their addresses out, and they are no markup.
_INLINED = re.compile(r"data:[a-z]+/[^\s\"'<>]{200,}", re.IGNORECASE)


class UnusableAssetError(ValueError):
    """What the connector gave is no asset that can be held."""


def clean_asset(asset: Asset) -> Asset:
    """The asset, safe to hold and to show.

    Raises:
        UnusableAssetError: Its fields are not plain JSON data, a text of it has too much markup, or a time
            of it has no zone.
    """
    try:
        fields = orjson.loads(orjson.dumps(dict(asset.fields)))
    except (TypeError, ValueError, RecursionError):
        raise UnusableAssetError("fields are not plain JSON data") from None
    return replace(
        asset,
        fields={
            name: value for name, raw in fields.items() if (value := _clean(name, raw, 0)) is not _UNSAFE
        },
        lang=_text_or_none(asset.lang),
        validator=_text_or_none(asset.validator),
        edit_url=asset.edit_url if asset.edit_url and _is_web(asset.edit_url) else None,
        updated_at=_instant(asset.updated_at),
        valid_until=_instant(asset.valid_until),
        protected=bool(asset.protected),
    )


class _Unsafe:
    """Stands for a value that goes."""


_UNSAFE = _Unsafe()


def _clean(name: str, value: Any, depth: int) -> Any:
    if depth > _DEEPEST:
        raise UnusableAssetError("fields are nested too deep")
    if isinstance(value, str):
        return _clean_text(name, value)
    if isinstance(value, Mapping):
        cleaned = {key: _clean(key, inner, depth + 1) for key, inner in value.items()}
        return {key: inner for key, inner in cleaned.items() if inner is not _UNSAFE}
    if isinstance(value, list):
        items = [_clean(name, inner, depth + 1) for inner in value]
        return [inner for inner in items if inner is not _UNSAFE]
    return value


def _clean_text(name: str, text: str) -> Any:
    if name in _ADDRESS_NAMES:
        return text if _is_web(text) else _UNSAFE
    if name in ("image", "photo", "video") and _SCHEME.match(text):
        return text if _is_web(text) else _UNSAFE
    if _HARMFUL_ADDRESS.match(text):
        return _UNSAFE
    if not _TAG.search(text):
        return text
    text = _bounded(text)
    if name in RICH_TEXT:
        return nh3.clean(text, url_schemes={"http", "https", "mailto", "tel"})
    escaped = nh3.clean(text, tags=set())
    plain = html.unescape(escaped)
    # Escaped tags beside real ones must not come alive.
    return escaped if _TAG.search(plain) else plain


def _bounded(text: str) -> str:
    """Markup that can be cleaned in time."""
    text = _INLINED.sub("data:,", text)
    if len(text) > _LONGEST_MARKUP or sum(1 for _ in _OPENING_TAG.finditer(text)) > _MOST_TAGS:
        raise UnusableAssetError("a text has too much markup")
    return text


def _is_web(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def _text_or_none(value: Any) -> str | None:
    if value is not None and not isinstance(value, str):
        raise UnusableAssetError("a text attribute is something else")
    return value


def _instant(value: Any) -> datetime | None:
    if value is None:
        return None
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise UnusableAssetError("a time has no zone")
    try:
        # Whole seconds since the epoch are exact; the last microseconds of 9999 round to a year too many.
        return min(value.astimezone(UTC), _LAST)
    except OverflowError:
        return _FIRST if value.year == 1 else _LAST
