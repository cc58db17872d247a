"""Kinds of values: what is taken for an address, a price, a time, and the one form that it gets."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any, LiteralString
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

__all__ = [
    "Count",
    "Day",
    "Duration",
    "Instant",
    "Pixels",
    "Price",
    "Term",
    "Texts",
    "Url",
    "Urls",
    "as_named",
    "is_blank",
    "misfit",
]

_DECIMAL = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,9})?")
_DURATION = re.compile(
    r"P(?=[0-9]|T[0-9])([0-9]+Y)?([0-9]+M)?([0-9]+W)?([0-9]+D)?(T(?=[0-9])([0-9]+H)?([0-9]+M)?([0-9]+(\.[0-9]+)?S)?)?"
)
_UNSAFE_IN_URL = re.compile(r"[\x00-\x1f\x7f\"<>\\]")


def misfit(says: LiteralString) -> PydanticCustomError:
    """A complaint in our own words. Those of the standard library quote the value."""
    return PydanticCustomError("misfit", says)


def _as_url(value: Any) -> Any:
    if not isinstance(value, str):
        raise misfit("not an address")
    url = value.strip().replace(" ", "%20")
    if _UNSAFE_IN_URL.search(url):
        raise misfit("not an address")
    parts = urlsplit(url)
    if parts.scheme.lower() not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        raise misfit("not an http(s) address")
    return url


def _as_price(value: Any) -> Any:
    if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
        value = _in_decimals(value)
    if not isinstance(value, str) or not _DECIMAL.fullmatch(value.strip()):
        raise misfit("not a decimal number")
    return value.strip()


def _in_decimals(number: float | Decimal) -> str:
    """A whole number as it is; others with two decimals, or up to six where they have them."""
    if isinstance(number, int):
        return str(number)
    text = format(number, ".6f")
    return text[:-4] + text[-4:].rstrip("0")


def _as_instant(value: Any) -> Any:
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(_text_of_time(value))
    if moment.tzinfo is None:
        raise misfit("not a time with a zone")
    return moment.isoformat().replace("+00:00", "Z")


def _as_day_or_instant(value: Any) -> Any:
    if isinstance(value, str) and len(value.strip()) == 10:
        return date.fromisoformat(value.strip()).isoformat()
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    return _as_instant(value)


def _text_of_time(value: Any) -> str:
    if not isinstance(value, str):
        raise misfit("not a time")
    return value.strip()


def _as_duration(value: Any) -> Any:
    if isinstance(value, (int, float)) and not isinstance(value, bool) and value >= 0:
        return _iso_duration(timedelta(seconds=value))
    if isinstance(value, str) and _DURATION.fullmatch(value):
        return value
    raise misfit("not an ISO 8601 duration or a number of seconds")


def _iso_duration(length: timedelta) -> str:
    minutes, seconds = divmod(round(length.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    parts = "".join(f"{n}{unit}" for n, unit in ((hours, "H"), (minutes, "M"), (seconds, "S")) if n)
    return f"PT{parts or '0S'}"


def _as_list(value: Any) -> Any:
    values = value if isinstance(value, (list, tuple)) else (value,)
    return [v for v in values if not is_blank(v)]


def _as_term(value: Any) -> Any:
    return re.sub(r"^https?://schema\.org/", "", value) if isinstance(value, str) else value


def as_named(value: Any) -> Any:
    """A bare text in place of an object is its name."""
    return {"name": value} if isinstance(value, str) else value


Url = Annotated[str, BeforeValidator(_as_url)]
Urls = Annotated[list[Url], BeforeValidator(_as_list)]
Texts = Annotated[list[str], BeforeValidator(_as_list)]
Price = Annotated[str, BeforeValidator(_as_price)]
Instant = Annotated[str, BeforeValidator(_as_instant)]
Day = Annotated[str, BeforeValidator(_as_day_or_instant)]
Duration = Annotated[str, BeforeValidator(_as_duration)]
Term = Annotated[str, BeforeValidator(_as_term)]
Pixels = Annotated[int, Field(gt=0)]
Count = Annotated[int, Field(ge=0)]


def is_blank(value: Any) -> bool:
    """Whether it means that nothing is given."""
    if isinstance(value, Mapping):
        return all(map(is_blank, value.values()))
    if isinstance(value, (list, tuple)):
        return all(map(is_blank, value))
    return value is None or value == ""
