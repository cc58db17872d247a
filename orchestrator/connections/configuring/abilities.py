"""What a connection can do and gives, known without asking its system."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from connectors.sdk import ConfigurationError, Connector, Queryable, TransientError, capabilities
from orchestrator.connections.configuring.patience import within
from orchestrator.connections.configuring.registry import build_connector
from orchestrator.connections.configuring.sources import CANNOT_CONNECT, settings_of
from orchestrator.connections.models import Connection
from orchestrator.connections.seldom import Seldom

__all__ = ["Abilities", "abilities"]

log = logging.getLogger(__name__)
_seldom = Seldom()
# Pages wait so long for a connector's constructor, and after one that did not end try no other for a while:
# those who open them have to be able to switch the connection off.
_PATIENCE_S = 1.0
_PAUSE_S = 60.0
_hung: dict[tuple[UUID, int], float] = {}


@dataclass(frozen=True, slots=True)
class Abilities:
    """What the settings of a connection make of its connector.

    ``capabilities`` are the SDK's names, ``types`` canonical types, ``query_schema`` the parameters of a
    collection (empty without the capability), ``identifier_kinds`` how it finds people.
    """

    capabilities: frozenset[str]
    types: tuple[str, ...]
    identifier_kinds: tuple[str, ...] = ()
    query_schema: Mapping[str, Any] = field(default_factory=dict)


def abilities(connection: Connection) -> Abilities | None:
    """What ``connection`` can do; ``None`` when its connector is missing, fails or refuses its settings.

    No call: the system is not asked.
    """
    version = (connection.uuid, connection.settings_version)
    if time.monotonic() - _hung.get(version, -_PAUSE_S) < _PAUSE_S:
        return None
    try:
        settings = settings_of(connection)
        return within(
            _PATIENCE_S,
            lambda: _describe(build_connector(connection.connector, settings)),
            name=f"connections-describing-{connection.slug}",
        )
    except (ConfigurationError, *CANNOT_CONNECT):
        return None
    except TransientError:
        _hung[version] = time.monotonic()
        log.warning("connector %s does not get ready", connection.connector)
        return None
    # A plugin may raise anything at all, and pages that list all connections need this one too.
    except Exception as error:  # noqa: BLE001
        if _seldom.due((connection.connector, type(error))):
            log.warning(
                "connector %s cannot say what it can do: %s", connection.connector, type(error).__name__
            )
        return None


def _describe(connector: Connector[Any]) -> Abilities:
    try:
        names = frozenset(capabilities(connector))
        return Abilities(
            capabilities=names,
            types=tuple(connector.asset_types()),
            identifier_kinds=tuple(getattr(connector, "identifier_kinds", ())) if "identify" in names else (),
            query_schema=connector.query_schema() if isinstance(connector, Queryable) else {},
        )
    finally:
        connector.close()
