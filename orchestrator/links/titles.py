"""What people call an asset, from the names that canonical types have for it."""

from __future__ import annotations

from collections.abc import Iterator
from html import unescape
from typing import Any

from django.utils.html import strip_tags
from django.utils.text import camel_case_to_spaces, capfirst

from connectors.sdk import Asset
from orchestrator.links.words import unnamed

__all__ = ["asset_title", "facts"]

_TITLE_FIELDS = ("name", "headline", "alternateName", "caption", "text", "articleBody", "description")
_PERSONAL_NAMES = ("givenName", "familyName")
_TITLE_LENGTH = 140
_FACT_LENGTH = 60
_MOST_FACTS = 4


def asset_title(asset: Asset) -> str:
    """Its name or the beginning of its text, in one line without markup; never empty."""
    texts = (_line(asset.fields.get(name), _TITLE_LENGTH) for name in _TITLE_FIELDS)
    return next(filter(None, texts), None) or _personal_name(asset) or unnamed(asset.ref.type)


def _personal_name(asset: Asset) -> str:
    parts = (_line(asset.fields.get(name), _TITLE_LENGTH) for name in _PERSONAL_NAMES)
    return " ".join(filter(None, parts))


def facts(asset: Asset) -> list[tuple[str, str]]:
    """A few short values beside the title, as (field, value): enough to know a sample by."""
    shown = {*_TITLE_FIELDS, *_PERSONAL_NAMES}
    found = (
        (capfirst(camel_case_to_spaces(name)), text)
        for name, text in _short_values(asset)
        if name not in shown
    )
    return [fact for fact, _place in zip(found, range(_MOST_FACTS), strict=False)]


def _short_values(asset: Asset) -> Iterator[tuple[str, str]]:
    extra = asset.fields.get("extra")
    for fields in (asset.fields, extra if isinstance(extra, dict) else {}):
        for name, value in fields.items():
            text = str(value) if isinstance(value, int | float) else _line(value, _FACT_LENGTH + 1)
            if text and len(text) <= _FACT_LENGTH and not text.startswith(("http://", "https://")):
                yield name, text


def _line(value: Any, length: int) -> str:
    if not isinstance(value, str):
        return ""
    # The head is enough, and keeps the stripping of markup cheap for a long text.
    text = " ".join(unescape(strip_tags(value[: length * 8])).split())
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"
