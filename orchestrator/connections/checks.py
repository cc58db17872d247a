"""System checks: what is wrong with the installed connectors."""

from __future__ import annotations

from typing import Any

from django.core import checks

from orchestrator.connections.configuring.registry import GROUP, failed_connectors, registered_connectors


@checks.register("connections")
def check_connectors(**_: Any) -> list[checks.CheckMessage]:
    """No connector at all is an error, one that failed is a warning: the hub starts without it."""
    found: list[checks.CheckMessage] = [
        checks.Warning(f"Connector {name} cannot be used: {reason}", id="connections.W002")
        for name, reason in failed_connectors().items()
    ]
    if not registered_connectors():
        hint = f"Install the project itself (pip install -e .): packages name connectors under {GROUP}."
        found.append(checks.Error("No connector is installed.", hint=hint, id="connections.E001"))
    return found
