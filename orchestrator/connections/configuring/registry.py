"""Which connectors are installed: packages name them under the entry point group, nothing else does."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from django.conf import settings
from pydantic import ValidationError

from connectors.sdk import ConfigurationError, Connector, Egress
from connectors.sdk.refusals import did_you_mean
from orchestrator.connections.errors import UnknownConnectorError

__all__ = [
    "GROUP",
    "build_connector",
    "connector_class",
    "failed_connectors",
    "forget_connectors",
    "registered_connectors",
]

GROUP = "orchestrator.connectors"


@dataclass(frozen=True, slots=True)
class _Found:
    connectors: Mapping[str, type[Connector[Any]]]
    failed: Mapping[str, str]


def registered_connectors() -> Mapping[str, type[Connector[Any]]]:
    """Connector classes by id, sorted by id. Loaded once in a process."""
    return _load().connectors


def failed_connectors() -> Mapping[str, str]:
    """Why a package's connector could not be used, by id. The hub runs without it."""
    return _load().failed


def connector_class(connector: str) -> type[Connector[Any]]:
    """The class of a connector's id.

    Raises:
        UnknownConnectorError: It is not installed, or failed to import.
    """
    try:
        return registered_connectors()[connector]
    except KeyError:
        reason = failed_connectors().get(connector)
        meant = did_you_mean(connector, registered_connectors())
        why = f"could not be loaded: {reason}" if reason else f"is not installed{meant}"
        raise UnknownConnectorError(f"connector “{connector}” {why}") from None


def build_connector(connector: str, config: Mapping[str, Any]) -> Connector[Any]:
    """A connector for settings with their secrets in them.

    Raises:
        UnknownConnectorError: It is not installed.
        ConfigurationError: Its settings are refused. The message names fields, never values.
    """
    cls = connector_class(connector)
    try:
        checked = cls.config_class.model_validate(config)
    except ValidationError as refused:
        fields = ", ".join(
            ".".join(map(str, e["loc"])) for e in refused.errors(include_input=False, include_url=False)
        )
        raise ConfigurationError(f"{cls.name}: settings are refused: {fields}") from None
    return cls(checked, egress=_egress())


def forget_connectors() -> None:
    """Look for installed packages anew at the next question."""
    _load.cache_clear()


@cache
def _load() -> _Found:
    found: dict[str, type[Connector[Any]]] = {}
    failed: dict[str, str] = {}
    for point in sorted(entry_points(group=GROUP), key=lambda p: (p.name, p.value)):
        try:
            cls = _checked(point.load())
        # A plugin's module may raise anything at all, SystemExit too; it must not keep the hub from starting.
        except (Exception, SystemExit) as error:  # noqa: BLE001
            failed[point.name] = f"{_package(point)}: {type(error).__name__}: {error}"
            continue
        if point.name in found and found[point.name] is not cls:
            failed[point.name] = f"{_package(point)}: another package already brings this connector"
            continue
        found[point.name] = cls
    return _Found(found, failed)


def _checked(loaded: Any) -> type[Connector[Any]]:
    if not (inspect.isclass(loaded) and issubclass(loaded, Connector)):
        raise TypeError("is not a Connector class")
    if inspect.isabstract(loaded):
        raise TypeError(f"lacks {', '.join(sorted(loaded.__abstractmethods__))}")
    for attribute in ("name", "config_class"):
        if not hasattr(loaded, attribute):
            raise TypeError(f"lacks {attribute}")
    return loaded


def _package(point: EntryPoint) -> str:
    return point.dist.name if point.dist else point.value


def _egress() -> Egress:
    return Egress(
        allowed_hosts=frozenset(settings.OUTBOUND_ALLOWED_HOSTS),
        ca_bundle=settings.OUTBOUND_CA_BUNDLE or None,
    )
