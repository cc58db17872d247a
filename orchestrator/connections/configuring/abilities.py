"""What a connection can do and gives, known without asking its system."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from connectors.sdk import ConfigurationError, Connector, Queryable, capabilities
from orchestrator.connections.configuring.registry import build_connector
from orchestrator.connections.configuring.sources import CANNOT_CONNECT, settings_of
from orchestrator.connections.models import Connection
from orchestrator.connections.seldom import Seldom

__all__ = ["Abilities", "abilities"]

log = logging.getLogger(__name__)
_seldom = Seldom()


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
    try:
        return _describe(build_connector(connection.connector, settings_of(connection)))
    except (ConfigurationError, *CANNOT_CONNECT):
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
