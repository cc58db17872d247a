"""When the nightly sweep runs. Pure: settings and the clock come in as arguments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

__all__ = ["Nights"]

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Nights:
    """From ``begins`` on, UTC, for ``hours`` of each day; none with 0."""

    begins: time
    hours: int

    def holds(self, now: datetime) -> bool:
        """Whether it is night."""
        return now < self._latest(now) + timedelta(hours=self.hours)

    def next(self, now: datetime) -> datetime | None:
        """When the next one begins that has not begun yet."""
        return self._latest(now) + _DAY if self.hours else None

    def _latest(self, now: datetime) -> datetime:
        today = datetime.combine(now.astimezone(UTC).date(), self.begins, tzinfo=UTC)
        return today if today <= now else today - _DAY
