"""Systems that nobody has heard of lately are asked whether they still work.

Every reading, poll and hook that comes tells how a system does. This is for those that are not read or
polled, and for those that did not work: a page says how things are, not how they were.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from orchestrator.connections.models import Connection, HealthState

__all__ = ["LONGEST_SILENCE_S", "unheard_of"]

# The scheduler looks once a minute, so a finding of a connection in use is never older than the first number
# and a minute. Findings that repeat are written once a minute; half of one is surely due again.
LONGEST_SILENCE_S = 240
_RETRY_AFTER_S = 30


def unheard_of(now: datetime) -> QuerySet[Connection]:
    """Connections in use whose latest finding is too old to be shown as the present."""
    silent = Q(health__checked_at__lt=now - timedelta(seconds=LONGEST_SILENCE_S))
    failed = ~Q(health__state=HealthState.OK) & Q(
        health__checked_at__lt=now - timedelta(seconds=_RETRY_AFTER_S)
    )
    return Connection.objects.filter(Q(health__checked_at=None) | silent | failed, enabled=True)
