"""Reading again what a purge concerned, without waiting for somebody who asks.

Only what is in use is read, so that a deleted asset that nobody fetches is found, and the next visitor
does not pay for a change. All of it goes through the gateway: batches, lanes and windows are those of
every read, and what somebody else has read since the purge is not read again.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping

from connectors.sdk import Ref
from orchestrator.connections.configuring.sources import Source
from orchestrator.connections.failures import Failure
from orchestrator.connections.gateway.checking import check_all
from orchestrator.connections.gateway.lanes import Lane
from orchestrator.connections.listening.doubting import SecondLook
from orchestrator.connections.listening.sweeping import Sweeping, has_failed
from orchestrator.connections.listening.whereabouts import Found, Whereabouts, by_locale
from orchestrator.connections.models import Reread
from orchestrator.connections.observing.problems import clear_problem, open_problems
from orchestrator.connections.process import Process
from orchestrator.connections.purges.concern import load_concern
from orchestrator.connections.purges.rereads import (
    claim_mark,
    finish_walk,
    go_on_with,
    next_try,
    pause_s,
    postpone_walk,
)
from orchestrator.engine.outcome import LinkState, Outcome, Want, WantAsset

__all__ = ["reread"]

# One piece of work: its wants, the time after which no new page is begun, and the claim on it.
_MOST_WANTS = 200
_MOST_S = 5.0
_LEASE_S = 120.0
# After so many failures in a row a system that works as a whole is not asked for the same again.
_MOST_TRIES = 4


def reread(process: Process, pk: int) -> int:
    """Work on a mark if it is due: read again what it is about, up to a bound. How many wants were looked at.

    What is left, and what failed, is taken up by a later call.
    """
    mark = claim_mark(pk, lease_s=_LEASE_S)
    if mark is None:
        return 0
    # What is read with an older number would count as read before the purge.
    process.hear()
    process.generations.catch_up()
    return _WORK[mark.cause](process, mark).go()


class _Walk:
    """All that a mark is about, page by page."""

    def __init__(self, process: Process, mark: Reread) -> None:
        wide = mark.cause == Reread.Cause.WIDE
        concern = load_concern(mark.connection, after=mark.read_n, upto=mark.walk_n, wide=wide)
        self.process, self.mark = process, mark
        self.source = Source.of(mark.connection)
        self.whereabouts = Whereabouts(process, self.source, concern)
        self.place = mark.place
        self.tries = mark.tries
        self.looked_at = 0
        self._seen: set[Found] = set()

    def go(self) -> int:
        """Go on until the bound, the end, or a failure."""
        began = time.monotonic()
        lane = self.process.lanes.of(self.source, within_s=self.source.timeout_s)
        # A check or a visitor finds out what is wrong.
        if isinstance(lane, Failure):
            self._postpone(wait_s=self._pause_s())
            return 0
        while self.looked_at < _MOST_WANTS and time.monotonic() - began < _MOST_S:
            if not self._step(lane):
                return self.looked_at
        go_on_with(self.mark, self.place)
        return self.looked_at

    def _step(self, lane: Lane) -> bool:
        """Read one page; false when the walk ends or has to wait."""
        parts = self.whereabouts.parts(lane)
        index, _, after = self.place.partition(":")
        number = int(index or 0)
        if number >= len(parts):
            finish_walk(self.mark)
            return False
        page = parts[number].find(after, parts[number].size)
        if self._read(page.found) and not self._may_leave_out(lane):
            self._postpone(wait_s=lane.rest_s or self._pause_s())
            return False
        self.tries = 0
        self.place = f"{number}:{page.after}" if page.after else f"{number + 1}:"
        return True

    def _read(self, found: Iterable[Found]) -> bool:
        """Read, and write down what is there again; true when something could not be read."""
        new = [each for each in found if each not in self._seen]
        self._seen.update(new)
        self.looked_at += len(new)
        failed, there = False, set()
        for locale, wants in by_locale(new).items():
            budget_s = self.source.timeout_s + 1
            outcomes = self.process.gateway.resolve(wants, locale=locale, budget_s=budget_s).outcomes
            failed |= any(map(has_failed, outcomes.values()))
            there |= _refs_there(outcomes)
        self.process.findings.flush()
        self._clear_problems(there)
        return failed

    def _clear_problems(self, there: Iterable[Ref]) -> None:
        """Somebody else may have read them first, who did not know that they were missing."""
        for ref in open_problems(self.mark.connection, there):
            clear_problem(self.source.uuid, ref.type, ref.external_id)

    def _may_leave_out(self, lane: Lane) -> bool:
        """Whether to go on without what could not be read: its next reader tries again."""
        if lane.resting or self.tries < _MOST_TRIES:
            return False
        return check_all(self.process.lanes, [self.mark.connection])[0].ok

    def _pause_s(self) -> float:
        """Ever longer, as long as nothing is read."""
        self.tries = next_try(self.tries)
        return pause_s(self.tries)

    def _postpone(self, *, wait_s: float) -> None:
        postpone_walk(self.mark, self.place, wait_s=wait_s, tries=self.tries)


def _refs_there(outcomes: Mapping[Want, Outcome]) -> set[Ref]:
    return {
        want.ref
        for want, outcome in outcomes.items()
        if isinstance(want, WantAsset) and outcome.state is LinkState.FRESH
    }


_WORK: Mapping[str, type[_Walk] | type[SecondLook] | type[Sweeping]] = {
    Reread.Cause.ITEMS: _Walk,
    Reread.Cause.WIDE: _Walk,
    Reread.Cause.DOUBTS: SecondLook,
    Reread.Cause.SWEEP: Sweeping,
}
