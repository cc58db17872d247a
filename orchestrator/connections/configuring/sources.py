"""What a reading needs of a connection: one lean query for each request, no ORM object after it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import UUID

from connectors.sdk import Connector
from orchestrator.connections.configuring.freshness import Windows, windows_for
from orchestrator.connections.configuring.registry import build_connector
from orchestrator.connections.configuring.secrets import Secrets, join_secrets
from orchestrator.connections.errors import SecretsUnreadableError, UnknownConnectorError
from orchestrator.connections.failures import Failure, failure_of
from orchestrator.connections.models import Connection

__all__ = ["CANNOT_CONNECT", "Source", "load_sources", "maker_of", "refusal_of", "settings_of"]

_COLUMNS = (
    "uuid",
    "slug",
    "connector",
    "settings_version",
    "enabled",
    "personal",
    "timeout_ms",
    "freshness",
)


@dataclass(frozen=True, slots=True)
class Source:
    """A connection as the gateway sees it. ``uuid`` is text."""

    uuid: str
    slug: str
    connector: str
    version: int
    enabled: bool
    personal: bool
    timeout_s: float
    freshness: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, connection: Connection) -> Source:
        """The source of a loaded connection."""
        return cls._of_row([getattr(connection, name) for name in _COLUMNS])

    @classmethod
    def _of_row(cls, row: Iterable[Any]) -> Source:
        uuid, slug, connector, version, enabled, personal, timeout_ms, freshness = row
        return cls(str(uuid), slug, connector, version, enabled, personal, timeout_ms / 1000, freshness or {})

    def windows(self, type: str) -> Windows:
        """How long its values of this type are good."""
        return windows_for(type, self.freshness)


def load_sources(uuids: Iterable[str]) -> dict[str, Source]:
    """Connections by uuid; those that do not exist are left out. One query."""
    rows = (
        Connection.objects.filter(uuid__in={uuid for uuid in uuids if _is_uuid(uuid)})
        .order_by()
        .values_list(*_COLUMNS)
    )
    return {str(row[0]): Source._of_row(row) for row in rows}


def settings_of(connection: Connection) -> dict[str, Any]:
    """A connection's settings with the secrets in them: for a connector or a form, never for a page.

    Raises:
        SecretsUnreadableError: ``SECRETS_KEYS`` lost the key.
    """
    return join_secrets(connection.config, Secrets.unseal(connection.secrets).config)


def maker_of(uuid: str) -> Callable[[], Connector[Any]]:
    """What makes the connector of a connection: it needs no database any more. One query.

    Calling it raises whatever the connector's constructor raises, ``ConfigurationError`` when its
    settings are refused, ``UnknownConnectorError`` when there is no such connector.

    Raises:
        Connection.DoesNotExist, SecretsUnreadableError: It cannot be made.
    """
    connection = Connection.objects.only("connector", "config", "secrets").get(uuid=uuid)
    return partial(build_connector, connection.connector, settings_of(connection))


def refusal_of(error: BaseException) -> Failure:
    """Why a connector could not be built."""
    if isinstance(error, UnknownConnectorError):
        return Failure("connector_missing", str(error))
    if isinstance(error, SecretsUnreadableError):
        return Failure("secrets_unreadable", str(error))
    if isinstance(error, Connection.DoesNotExist):
        return Failure("not_connected")
    return failure_of(error)


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


CANNOT_CONNECT = (UnknownConnectorError, SecretsUnreadableError, Connection.DoesNotExist)
