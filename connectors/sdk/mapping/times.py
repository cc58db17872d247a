"""Times as systems write them, and back again."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

__all__ = ["TimeFormat", "read_time", "write_time"]

TimeFormat = Literal["iso", "iso_local", "http", "epoch_s", "epoch_ms"]
_EPOCH_UNITS_PER_S = {"epoch_s": 1, "epoch_ms": 1000}


def read_time(value: Any, *, time_format: TimeFormat, time_zone: str) -> datetime:
    """The instant of a value, with a zone. A date without a time is the start of that day.

    Raises:
        ValueError: It is not a time of this format; the message does not repeat it.
    """
    if time_format in _EPOCH_UNITS_PER_S:
        return _from_epoch(value, units_per_s=_EPOCH_UNITS_PER_S[time_format])
    if not isinstance(value, str):
        raise ValueError("is not a time written as text")  # noqa: TRY004 - one error for one meaning.
    moment = _from_text(value.strip(), time_format)
    if moment.tzinfo is not None:
        return moment
    if time_format == "iso" and len(value.strip()) > len("2026-12-31"):
        raise ValueError("is a time without a zone; choose iso_local and its zone")
    return moment.replace(tzinfo=ZoneInfo(time_zone))


def write_time(moment: datetime, *, time_format: TimeFormat, time_zone: str) -> str:
    """An instant as the system writes it, in whole seconds, or milliseconds where it counts them."""
    if time_format in _EPOCH_UNITS_PER_S:
        return str(int(moment.timestamp() * _EPOCH_UNITS_PER_S[time_format]))
    if time_format == "http":
        return format_datetime(moment.astimezone(UTC), usegmt=True)
    if time_format == "iso_local":
        return moment.astimezone(ZoneInfo(time_zone)).strftime("%Y-%m-%dT%H:%M:%S")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _from_epoch(value: Any, *, units_per_s: int) -> datetime:
    try:
        return datetime.fromtimestamp(float(value) / units_per_s, tz=UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        raise ValueError("is not a number of seconds or milliseconds since 1970") from None


def _from_text(text: str, time_format: str) -> datetime:
    try:
        return parsedate_to_datetime(text) if time_format == "http" else datetime.fromisoformat(text)
    except (TypeError, ValueError, IndexError):
        raise ValueError("is not a time of the format chosen") from None
