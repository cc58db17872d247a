"""WordPress's ``rendered`` texts: HTML, also where people typed plain words."""

from __future__ import annotations

from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any

from connectors.sdk import BadResponseError

__all__ = ["plain_text", "read_gmt"]


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []

    def handle_data(self, data: str) -> None:
        self.pieces.append(data)


def plain_text(rendered: str) -> str:
    """The words of a rendered text: "Don’t &#038; <em>do</em>" is "Don’t & do"."""
    if "<" in rendered or "&" in rendered:
        words = _Words()
        words.feed(rendered)
        words.close()
        rendered = "".join(words.pieces)
    return " ".join(rendered.split())


def read_gmt(value: Any) -> datetime | None:
    """A time of a field ``…_gmt``: UTC, which WordPress does not write.

    Raises:
        BadResponseError: It is no time.
    """
    if value is None or value == "":
        return None
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise BadResponseError("WordPress: a time is not ISO 8601") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
