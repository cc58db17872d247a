"""An answer's document as a page that a person can judge: cards, states and reasons in words."""

from __future__ import annotations

from typing import Any

__all__ = ["page_of"]


def page_of(document: dict[str, Any]) -> dict[str, Any]:
    return document
