"""What a held reading may be used for at an instant. Pure: all of it comes in as arguments."""

from __future__ import annotations

from enum import Enum

from orchestrator.connections.cache import Entry
from orchestrator.connections.purges.generations import Mark

__all__ = ["Verdict", "judge", "last_good_s"]


class Verdict(Enum):
    """What to do about a want whose reading is held."""

    FRESH = "serve"
    GRACE = "serve, and read again in the background"
    READ = "read again before it is served"


def judge(entry: Entry, *, now: float, overtaken: Mark | None, deaf: bool) -> Verdict:
    """Whether a held reading may be served without asking its source.

    A purge leaves no grace: what may have changed is read before it is served. Deaf to purges, a
    process serves nothing beyond freshness.
    """
    if overtaken is not None or _over(entry, now):
        return Verdict.READ
    if now < entry.fresh_until:
        return Verdict.FRESH
    if now < entry.revalidate_until and not deaf:
        return Verdict.GRACE
    return Verdict.READ


def last_good_s(
    entry: Entry, *, now: float, overtaken: Mark | None, dropped: bool, deaf: bool, limit_s: float | None
) -> float | None:
    """Seconds past freshness if the reading may stand in for a source that failed, else ``None``.

    It may for the least of the caller's limit (``None``: no own limit), the connection's window and
    the hard end. A purge ends freshness when it happens.
    """
    if dropped or deaf or _over(entry, now):
        return None
    fresh_end = min(entry.fresh_until, overtaken.at) if overtaken else entry.fresh_until
    past_s = max(0.0, now - fresh_end)
    window_s = entry.error_until - entry.fresh_until
    if past_s >= window_s or (limit_s is not None and past_s >= limit_s):
        return None
    return past_s


def _over(entry: Entry, now: float) -> bool:
    return entry.hard_end is not None and now >= entry.hard_end
