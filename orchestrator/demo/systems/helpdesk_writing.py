"""How WordPress writes times and texts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

__all__ = ["API", "ZONE", "Row", "rendered", "slug_of", "times"]

API = "/wp-json/wp/v2/"
# Where Meridian's site says it is.
ZONE = timezone(timedelta(hours=1))

Row = dict[str, Any]


def times(made: datetime, changed: datetime) -> Row:
    """The site's own time and UTC, to the second, neither with its zone."""
    return {
        f"{name}{suffix}": moment.astimezone(zone).strftime("%Y-%m-%dT%H:%M:%S")
        for name, moment in (("date", made), ("modified", changed))
        for suffix, zone in (("", ZONE), ("_gmt", UTC))
    }


def rendered(text: str) -> Row:
    """A title: it is HTML, also where people typed plain words."""
    return {"rendered": text.replace("&", "&#038;").replace("'", "&#8217;").replace("’", "&#8217;")}


def slug_of(text: str) -> str:
    """A text as it stands in an address."""
    letters = (letter if letter.isascii() and letter.isalnum() else "-" for letter in text.lower())
    return "-".join(filter(None, "".join(letters).split("-")))
