"""Which request this is, in our log, in the caller's and in a trace across systems."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["Trace", "read_trace"]

_REQUEST_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")
# https://www.w3.org/TR/trace-context-1/#traceparent-header: ids of zeros and version ff are invalid.
_TRACEPARENT = re.compile(r"(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")


@dataclass(frozen=True, slots=True)
class Trace:
    """``started`` is an instant of ``time.monotonic()``; ``traceparent`` is the caller's, as it came."""

    request_id: str
    traceparent: str | None = None
    started: float = field(default_factory=time.monotonic)

    def elapsed_s(self) -> float:
        """Seconds since the request came in."""
        return time.monotonic() - self.started

    def headers(self) -> dict[str, str]:
        """What every answer says of itself."""
        named = {"X-Request-Id": self.request_id}
        return named | {"traceparent": self.traceparent} if self.traceparent else named


def read_trace(headers: Mapping[str, str]) -> Trace:
    """The caller's request id and trace, where they are well-formed; else a new id and no trace."""
    request_id = headers.get("X-Request-Id", "")
    traceparent = headers.get("traceparent", "")
    return Trace(
        request_id=request_id if _REQUEST_ID.fullmatch(request_id) else uuid.uuid4().hex,
        traceparent=traceparent if _TRACEPARENT.fullmatch(traceparent) else None,
    )
