"""The base of generic connectors that read many things from one document: a feed, a table.

Its address may hold a query, and it is asked for only if it changed::

    class Tables(DocumentConnector[TableConfig]):
        accepts = "text/csv"

        def fetch(self, refs, call):
            answer = self.document(self.config.base_url, call, unless=validator_of_all(refs, call))
            if answer is None:
                return dict.fromkeys(refs, Unchanged())
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from http import HTTPStatus
from typing import ClassVar, TypeVar
from urllib.parse import urlsplit

from pydantic import field_validator

from connectors.sdk.answers import Answer
from connectors.sdk.connector import Call
from connectors.sdk.mapping import (
    AddressSettings,
    MappedConnector,
    VerdictSettings,
    credential_headers,
    credential_params,
)
from connectors.sdk.rest import RestConnector
from connectors.sdk.revalidation import condition_of

__all__ = ["DocumentConnector", "DocumentSettings"]


class DocumentSettings(VerdictSettings, AddressSettings):
    """Settings of a connection to one document, whose whole address is ``base_url``."""

    @field_validator("base_url")
    @classmethod
    def _address(cls, value: str) -> str:
        value = value.strip()
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("give a whole address, with http:// or https:// at its beginning")
        if parts.username or parts.password or parts.fragment:
            raise ValueError("give the address without a user name, a password or a #")
        return value


D = TypeVar("D", bound=DocumentSettings)


class DocumentConnector(MappedConnector[D], RestConnector[D]):
    """Reads one document, by settings. ``accepts`` is what it asks for, as an ``Accept`` header."""

    accepts: ClassVar[str] = "*/*"

    def base_url(self) -> str:
        """The host alone: the address of a document may hold a query."""
        parts = urlsplit(self.config.base_url)
        return f"{parts.scheme}://{parts.netloc}"

    def headers(self) -> Mapping[str, str]:
        """Credentials."""
        return credential_headers(self.config)

    def auth_params(self) -> Mapping[str, str]:
        """The key, where it belongs in the query."""
        return credential_params(self.config)

    def address_of_records(self) -> str:
        """Relative addresses begin at the document."""
        return self.config.base_url

    def document(
        self, address: str, call: Call, *, unless: str | None = None, accept: Collection[int] = ()
    ) -> Answer | None:
        """The document; ``None`` if it is what ``unless``, an earlier reading's validator, stands for.

        Args:
            address: The whole address: ``base_url``, or that of another page.
            accept: Statuses besides 2xx that the caller understands, such as 404.
        """
        answer = self.request(
            "GET",
            address,
            call,
            accept={*accept, HTTPStatus.NOT_MODIFIED} if unless else accept,
            headers={
                "Accept": self.accepts,
                "Accept-Language": call.locale,
                **self.config.extra_headers,
                **condition_of(unless),
            },
        )
        return None if answer.status == HTTPStatus.NOT_MODIFIED else answer
