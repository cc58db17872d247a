"""What the scheduler runs for connections; when is in settings."""

from __future__ import annotations

import time

from celery import shared_task

from orchestrator.connections.gateway.checking import check_all
from orchestrator.connections.listening.polling import poll_connections
from orchestrator.connections.models import Connection, HealthState
from orchestrator.connections.process import this_process
from orchestrator.connections.purges.log import prune_purges

__all__ = ["poll_due", "sweep"]


@shared_task
def poll_due() -> int:
    """Ask every connection whose interval is over what changed."""
    process = this_process()
    asked = poll_connections(process.lanes, process.findings)
    process.findings.flush()
    return asked


@shared_task
def sweep() -> None:
    """Tidy the shared cache and the purge log, and see whether connections that did not work do now."""
    process = this_process()
    process.cache.shared.prune(time.time())
    prune_purges()
    not_working = Connection.objects.filter(enabled=True).exclude(health__state=HealthState.OK)
    check_all(process.lanes, list(not_working))
