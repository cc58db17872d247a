"""The document as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

__all__ = ["MEDIA_TYPE", "render"]

MEDIA_TYPE = "application/json"


def render(document: Mapping[str, Any]) -> bytes:
    """UTF-8, compact, keys in the document's order: equal documents give equal bytes."""
    return orjson.dumps(document)
