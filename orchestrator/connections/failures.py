"""Why there is no answer about one thing, as data: what an exception of a connector means."""

from __future__ import annotations

from dataclasses import dataclass

from connectors.sdk import (
    AccessDeniedError,
    BadResponseError,
    ConfigurationError,
    ConnectorError,
    RateLimitedError,
    TransientError,
)

__all__ = ["Failure", "failure_of"]


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
