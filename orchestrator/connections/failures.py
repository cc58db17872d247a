"""Why there is no answer about one thing, as data: what an exception of a connector means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from connectors.sdk import (
    AccessDeniedError,
    BadResponseError,
    ConfigurationError,
    ConnectorError,
    RateLimitedError,
    TransientError,
)

__all__ = ["Failure", "failure_of", "where_of"]


@dataclass(frozen=True, slots=True)
class Failure:
    """No answer about one thing. ``code`` is a stable word: "timeout", "rate_limited", "crashed"..."""

    code: str
    message: str = ""
    retry_after_s: float | None = None


def failure_of(error: BaseException) -> Failure:
    """What an exception of a connector means. Of an unforeseen one only its type is told."""
    match error:
        case RateLimitedError():
            return Failure(error.code, str(error), retry_after_s=error.retry_after_s)
        case AccessDeniedError() | ConfigurationError() | TransientError() | BadResponseError():
            return Failure(error.code, str(error))
        case ConnectorError():
            return Failure("unavailable", str(error))
    return Failure("crashed", f"the connector crashed: {type(error).__name__}")


def where_of(error: BaseException | None) -> Any:
    """Where a crash came through, for a log, without its message: it could quote what the source sent."""
    if error is None:
        return None
    bare = type(error)
    try:
        return bare, bare("(message withheld)"), error.__traceback__
    except Exception:  # noqa: BLE001 - an exception class with an odd constructor.
        return RuntimeError, RuntimeError(bare.__name__), error.__traceback__
