"""How connections do: the latest finding of each, written down."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from orchestrator.connections.failures import Failure
from orchestrator.connections.models import Connection, ConnectionHealth, HealthState

__all__ = ["state_after", "write_health"]

_BROKEN = frozenset({"configuration", "access_denied", "connector_missing", "secrets_unreadable"})
_LONGEST_MESSAGE = 300


def state_after(failure: Failure | None) -> HealthState:
    """What a call's end says of its connection. Only what a person has to mend is ``broken``."""
    if failure is None:
        return HealthState.OK
    return HealthState.BROKEN if failure.code in _BROKEN else HealthState.FAILING


def write_health(connection: str, failure: Failure | None) -> None:
    """Write the latest finding; ``since`` moves only when the state changes."""
    state, now = state_after(failure), timezone.now()
    with transaction.atomic():
        owner = Connection.objects.filter(uuid=connection).only("pk").first()
        if owner is None:
            return
        health = ConnectionHealth.objects.get_or_create(connection=owner)[0]
        if health.state != state:
            health.since = now
        health.state, health.checked_at = state, now
        health.reason = failure.code if failure else ""
        health.message = failure.message[:_LONGEST_MESSAGE] if failure else ""
        health.save()
