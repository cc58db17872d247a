"""How long an answer may be kept by caches between the hub and an app: as long as its shortest-lived part."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from orchestrator.assembly.assembling import Assembly
from orchestrator.engine.outcome import LinkState, Outcome, SlotState

__all__ = ["Lifetime", "lifetime_of"]

# An answer without any link changes by publishing only.
_WITHOUT_LINKS_S = 60
_SETTLED = (LinkState.GONE, LinkState.HIDDEN, LinkState.DENIED)


@dataclass(frozen=True, slots=True)
class Lifetime:
    """Whole seconds: fresh, then served while it is asked for again, then served if the hub is down."""

    fresh_s: int
    revalidate_s: int
    if_error_s: int


def lifetime_of(assembly: Assembly, *, now: datetime, changes_at: datetime | None = None) -> Lifetime:
    """The least of what the shown parts have left, cut at the first hard end and at ``changes_at``.

    ``changes_at`` is when a schedule changes what is composed. Once it has passed nothing is kept, until
    that has come about.

    A part that failed for now leaves nothing: the next request may have it.
    """
    shown = list(_shown_outcomes(assembly))
    parts = [outcome for outcome, _limit_s in shown]
    windows = [_windows(outcome, limit_s) for outcome, limit_s in shown] or [(_WITHOUT_LINKS_S,) * 3]
    fresh_s, revalidate_s, if_error_s = (int(max(0.0, min(column))) for column in zip(*windows, strict=True))
    left_s = _seconds_to_end(parts, now, changes_at)
    fresh_s = min(fresh_s, left_s)
    return Lifetime(fresh_s, min(revalidate_s, left_s - fresh_s), min(if_error_s, left_s - fresh_s))


def _shown_outcomes(assembly: Assembly) -> Iterator[tuple[Outcome, float | None]]:
    """What the document depends on, and how long its slot takes a last good copy.

    A fallback only where a slot had to look at its fallbacks.
    """
    outcomes, slots = assembly.resolution.outcomes, assembly.document["slots"]
    for slot in assembly.selection.slots:
        filled = slots[slot.name]["state"] == SlotState.FILLED and not slots[slot.name]["missing"]
        for chosen in slot.items if filled else (*slot.items, *slot.fallback):
            if chosen.want is not None:
                yield outcomes.get(chosen.want) or Outcome(LinkState.TIMEOUT), slot.last_good_s


def _windows(outcome: Outcome, limit_s: float | None) -> tuple[float, float, float]:
    if outcome.state is not LinkState.FRESH and outcome.state not in _SETTLED:
        return 0, 0, 0
    left = outcome.timing
    if_error_s = left.get("if_error_left_s", 0)
    return (
        left.get("fresh_left_s", 0),
        left.get("revalidate_left_s", 0),
        if_error_s if limit_s is None else min(if_error_s, limit_s),
    )


def _seconds_to_end(parts: list[Outcome], now: datetime, changes_at: datetime | None) -> int:
    ends = [] if changes_at is None else [changes_at]
    ends += [
        reading.asset.valid_until
        for outcome in parts
        for reading in outcome.readings
        if reading.asset.valid_until is not None
    ]
    return max(0, int((min(ends) - now).total_seconds())) if ends else 10**9
