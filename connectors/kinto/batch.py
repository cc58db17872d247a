"""Several requests in one: ``POST /batch``.

Requests travel in the body. So an e-mail address or a record's id is in no address, which servers and
proxies on the way write into their logs.

Source: https://docs.kinto-storage.org/en/stable/api/1.x/batch.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from pydantic import BaseModel

from connectors.sdk import BadResponseError, ConfigurationError
from connectors.sdk.answers import raise_for_status

__all__ = ["MAX_REQUESTS", "BatchAnswer", "Part", "refuse"]

# Kinto's default for ``batch_max_requests``; an installation may allow more.
MAX_REQUESTS = 25


class Part(BaseModel):
    """The answer to one request of a batch. ``path`` has no query."""

    path: str
    status: int
    headers: dict[str, str] = {}
    body: Any = None

    def fail(self, *, where: str) -> NoReturn:
        """Raise what its status means."""
        if self.status == 404 and self.missing:
            raise ConfigurationError(f"{where}: HTTP 404: the {self.missing} is not there")
        raise_for_status(self.status, {k.lower(): v for k, v in self.headers.items()}, where=where)

    @property
    def missing(self) -> str:
        """What is not there, of an answer 404: "record", "collection"; empty if it does not say."""
        details = self.body.get("details") if isinstance(self.body, Mapping) else None
        name = details.get("resource_name") if isinstance(details, Mapping) else None
        return name if isinstance(name, str) else ""


class BatchAnswer(BaseModel):
    """All answers, in the order of their requests."""

    responses: list[Part]


def refuse(parts: Sequence[Part], asked: int, *, where: str) -> None:
    """Raise for the first part that is no success, and for parts that are not there.

    For questions that stand or fall together: who is not found must not be called unknown because an
    answer is missing.
    """
    for part in parts:
        if not 200 <= part.status < 300:
            part.fail(where=where)
    if len(parts) != asked:
        raise BadResponseError(f"{where}: not as many answers as questions")
