"""One answer of an external system, and what its status means."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any, NoReturn

from connectors.sdk.errors import (
    AccessDeniedError,
    BadResponseError,
    ConfigurationError,
    RateLimitedError,
    TransientError,
)

__all__ = ["Answer", "raise_for_status", "retry_after_s"]

MAX_RETRY_AFTER_S = 86_400.0
# Nobody knows how long an outage takes: WordPress says ten minutes for an update of seconds.
MAX_OUTAGE_WAIT_S = 60.0

_JSON_LIKE = frozenset({"", "application/json", "text/json", "text/plain", "application/javascript"})

# Not every codec that Python knows: the time of some grows with the square of the length.
_CHARSETS = {
    "": "utf-8-sig",
    "utf-8": "utf-8-sig",
    "utf8": "utf-8-sig",
    "us-ascii": "ascii",
    "utf-16": "utf-16",
    "utf-16le": "utf-16-le",
    "utf-16be": "utf-16-be",
    "iso-8859-1": "latin-1",
    "iso-8859-15": "iso-8859-15",
    "windows-1252": "cp1252",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer whose body was read to its end.

    Attributes:
        headers: Names are lower case.
        body: Decompressed.
        url: The address that answered in the end, without its query.
        where: The start of every message about it: "Directus: GET files/abc".
    """

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    url: str
    where: str

    @property
    def content_type(self) -> tuple[str, str]:
        """The bare media type, and the character set, each in lower case and empty where not given."""
        return _content_type(self.headers.get("content-type", ""))

    def json(self) -> Any:
        """The body as JSON.

        Raises:
            BadResponseError: It is of another content type, in another character set than it says,
                or no JSON.
        """
        kind, charset = self.content_type
        if kind not in _JSON_LIKE and not kind.endswith("+json"):
            raise BadResponseError(f"{self.where}: the answer is not JSON but another content type")
        try:
            return _loads(self.body.decode(_CHARSETS[charset]))
        except (ValueError, LookupError, RecursionError):
            raise BadResponseError(f"{self.where}: the answer is not readable JSON") from None


def raise_for_status(status: int, headers: Mapping[str, str], *, where: str) -> NoReturn:
    """Raise what a status other than success means for the hub."""
    message = f"{where}: HTTP {status}"
    if status in (401, 403):
        raise AccessDeniedError(message)
    wait_s = retry_after_s(headers.get("retry-after", ""))
    if status == 429:
        raise RateLimitedError(message, retry_after_s=wait_s)
    if status == 503 and wait_s is not None:
        raise RateLimitedError(message, retry_after_s=min(wait_s, MAX_OUTAGE_WAIT_S))
    if status >= 500 or status in (408, 425):
        raise TransientError(message)
    if status >= 400:
        raise ConfigurationError(message)
    raise BadResponseError(message)


def retry_after_s(value: str) -> float | None:
    """Seconds to wait by a ``Retry-After`` header, which holds seconds or a date; ``None`` if neither.

    At most a day: no slip of a system puts a connection to sleep for years.
    """
    value = value.strip()
    try:
        seconds = (
            float(value)
            if value.isascii() and value.isdigit()
            else parsedate_to_datetime(value).timestamp() - time.time()
        )
        return min(max(0.0, seconds), MAX_RETRY_AFTER_S)
    except (ValueError, TypeError, OverflowError):
        return None


def _content_type(value: str) -> tuple[str, str]:
    """The bare type, and the character set, each in lower case and empty where not given."""
    kind, _, parameters = value.lower().partition(";")
    given = dict(parameter.strip().partition("=")[::2] for parameter in parameters.split(";"))
    return kind.strip(), given.get("charset", "").strip(" \"'")


def _loads(text: str) -> Any:
    data = json.loads(text, parse_constant=_refuse_constant)
    if "\\ud" in text or "\\uD" in text:
        # Half a surrogate pair is legal JSON and cannot be encoded again.
        json.dumps(data, ensure_ascii=False).encode()
    return data


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)
