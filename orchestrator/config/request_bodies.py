"""Bodies of requests, read while no thread waits: each has a size and a time at which it must be whole."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Mapping
from contextlib import asynccontextmanager

__all__ = ["BodyCutOffError", "BodyRefusedError", "Intake", "has_body"]

# More than Django takes of a form (DATA_UPLOAD_MAX_MEMORY_SIZE), so that its own words are heard first.
MOST_BYTES = 4 * 1024 * 1024
# Logins, hooks and fetches fit into this. What is larger shares what the process keeps for bodies.
SMALL_BYTES = 64 * 1024
MOST_SHARED_BYTES = 64 * 1024 * 1024
WITHIN_S = 20.0


class BodyRefusedError(Exception):
    """A body that is not taken. ``code`` is a key of ``delivery.problems.PROBLEMS``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class BodyCutOffError(Exception):
    """Its sender went away; there is nobody to answer."""


def has_body(headers: Mapping[str, str]) -> bool:
    """Whether a body follows these headers (RFC 9112, 6)."""
    return headers.get("content-length", "0") != "0" or "transfer-encoding" in headers


class Intake:
    """All bodies of one process. For one event loop: it counts without a lock."""

    def __init__(self, *, within_s: float = WITHIN_S, most_shared_bytes: int = MOST_SHARED_BYTES) -> None:
        self._within_s = within_s
        self._free_bytes = most_shared_bytes

    @asynccontextmanager
    async def take(self, headers: Mapping[str, str], chunks: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
        """The whole body, which counts until the block ends.

        Raises:
            BodyRefusedError: It is too large, too slow, or there is no room for it now.
            BodyCutOffError: It ended before the length that was announced.
        """
        parts = _Parts(self)
        try:
            yield await self._read(headers.get("content-length"), chunks, parts)
        finally:
            self._free_bytes += parts.shared_bytes

    async def _read(self, announced: str | None, chunks: AsyncIterable[bytes], parts: _Parts) -> bytes:
        size = int(announced) if announced is not None else None
        if size is not None and size > MOST_BYTES:
            raise BodyRefusedError("body_too_large")
        try:
            async with asyncio.timeout(self._within_s):
                async for chunk in chunks:
                    parts.add(chunk)
        except TimeoutError:
            raise BodyRefusedError("body_too_slow") from None
        # The server ends a body whose connection broke like one that is whole.
        if size is not None and parts.size < size:
            raise BodyCutOffError
        return b"".join(parts.chunks)

    def share(self, count: int) -> None:
        """Take room for so many bytes. Raises ``BodyRefusedError``."""
        if count > self._free_bytes:
            raise BodyRefusedError("no_room_for_body")
        self._free_bytes -= count


class _Parts:
    """What has come of one body."""

    def __init__(self, intake: Intake) -> None:
        self._intake = intake
        self.chunks: list[bytes] = []
        self.size = 0
        self.shared_bytes = 0

    def add(self, chunk: bytes) -> None:
        self.size += len(chunk)
        if self.size > MOST_BYTES:
            raise BodyRefusedError("body_too_large")
        wanted = max(0, self.size - SMALL_BYTES) - self.shared_bytes
        if wanted:
            self._intake.share(wanted)
            self.shared_bytes += wanted
        self.chunks.append(chunk)
