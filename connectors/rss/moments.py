"""Times as feeds write them, in one form: ISO 8601 with a zone, or a day alone.

Source: RFC 822 section 5 (by way of RSS 2.0, with years of four digits), RFC 3339, and
https://www.w3.org/TR/NOTE-datetime
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime

__all__ = ["moment_of"]

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def moment_of(text: str) -> str:
    """The time of a text; empty if it is none. One without a zone that is known counts as UTC."""
    text = " ".join(text.split())
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text).isoformat()
        moment = datetime.fromisoformat(text) if text[:4].isdigit() else parsedate_to_datetime(text)
        return _in_utc(moment).isoformat().replace("+00:00", "Z")
    except (ValueError, TypeError, IndexError, OverflowError):
        return ""


def _in_utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
