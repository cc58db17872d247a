"""What a connector raises, typed by what the hub does next.

::

    ConnectorError                 what the hub does
    ├─ ConfigurationError          marks the connection broken and tells an administrator; never retries
    │  └─ AccessDeniedError        the same: the key is refused for everything (HTTP 401, 403)
    ├─ TransientError              serves the last good copy and tries again later (timeout, 5xx, reset)
    │  └─ RateLimitedError         the same, not before ``retry_after_s`` (HTTP 429; 503 that says when)
    └─ BadResponseError            serves the last good copy and logs once (not JSON, not the shape)

Anything else that leaves a connector is reported as "connector crashed" and costs its slots, not
the answer. Messages name the connector, the path and the status. Never the query string, a header
or the body: each may hold a secret or a person's data.
"""

from __future__ import annotations

__all__ = [
    "AccessDeniedError",
    "BadResponseError",
    "ConfigurationError",
    "ConnectorError",
    "RateLimitedError",
    "TransientError",
]


class ConnectorError(Exception):
    """Base of all. ``code`` is a stable word for reasons and logs."""

    code = "error"


class ConfigurationError(ConnectorError):
    """A person has to change a setting: wrong address, missing right, unknown field."""

    code = "configuration"


class AccessDeniedError(ConfigurationError):
    """The credentials are refused as such, not for one item."""

    code = "access_denied"


class TransientError(ConnectorError):
    """The same call may work later."""

    code = "unavailable"

    def __init__(self, message: str, *, timeout: bool = False) -> None:
        super().__init__(message)
        self.timeout = timeout
        if timeout:
            self.code = "timeout"


class RateLimitedError(TransientError):
    """The system asks to wait. ``retry_after_s`` is its word, or ``None`` when it gave none."""

    code = "rate_limited"

    def __init__(self, message: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.code = "rate_limited"
        self.retry_after_s = retry_after_s


class BadResponseError(ConnectorError):
    """The answer is not what the system's documentation promises."""

    code = "bad_response"
