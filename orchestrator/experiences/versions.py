"""What a version of a published plan says, read once by each process.

A version never changes what it says, so nothing here has to be told of publications.
"""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from orchestrator.engine.plan import Plan
from orchestrator.experiences.models import PublishedPlan

__all__ = ["Version", "plan_of"]

# A plan of a dozen links takes some 30 kB.
_MOST = 1_000


class Version(NamedTuple):
    """Which one. The time tells two apart where a restored database gives a number once more."""

    object_uuid: UUID
    number: int
    published_at: datetime


def plan_of(version: Version) -> Plan | None:
    """The plan of a version that was live a moment ago, or what has replaced it; ``None`` if it was deleted.

    Raises:
        PlanFormatError: It was compiled by another version; ``manage.py recompile`` mends that.
    """
    try:
        return _read(version)
    except _ReplacedError as replaced:
        return replaced.plan


class _ReplacedError(Exception):
    """Not what was asked for. An exception, because those are not kept."""

    def __init__(self, plan: Plan | None) -> None:
        self.plan = plan


@lru_cache(maxsize=_MOST)
def _read(version: Version) -> Plan:
    row = PublishedPlan.objects.filter(object_uuid=version.object_uuid).first()
    if row is None:
        raise _ReplacedError(None)
    if (row.version, row.published_at) != (version.number, version.published_at):
        raise _ReplacedError(row.plan)
    return row.plan
