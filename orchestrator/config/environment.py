"""Reads the environment, once, and says which variable is wrong."""

import os
from datetime import datetime, time
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured


def text(name: str, default: str = "") -> str:
    """A variable's text, or ``default`` when it is missing or empty."""
    return os.environ.get(name) or default


def flag(name: str, *, default: bool = False) -> bool:
    """``1, true, yes, on`` or ``0, false, no, off``; anything else is refused."""
    value = text(name).lower()
    if not value:
        return default
    if value in ("1", "true", "yes", "on"):
        return True
    if value in ("0", "false", "no", "off"):
        return False
    raise ImproperlyConfigured(f"{name} must be one of 1, 0, true, false, yes, no, on, off")


def names(name: str) -> list[str]:
    """A comma-separated list without blanks."""
    return [part.strip() for part in text(name).split(",") if part.strip()]


def number(name: str, default: int) -> int:
    """A whole number."""
    value = text(name)
    try:
        return int(value) if value else default
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a whole number") from None


def daytime(name: str, default: str) -> time:
    """An hour and a minute, as in ``02:30``."""
    try:
        return datetime.strptime(text(name, default), "%H:%M").time()  # noqa: DTZ007 - a time of any day.
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a time as in 02:30") from None


def folder(name: str, default: Path) -> Path:
    """A folder, made when it is missing."""
    path = Path(text(name) or default).resolve()
    path.mkdir(parents=True, exist_ok=True)
    return path


def secret(name: str, *, debug: bool) -> str:
    """A secret. Only with DEBUG on may it be missing: no default secret ever runs in production."""
    value = text(name)
    if value:
        return value
    if debug:
        return f"only-for-debug-{name.lower()}-0123456789abcdefghijklmnopqrstuvwxyz"
    raise ImproperlyConfigured(f"{name} must be set")
