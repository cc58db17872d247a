"""The nightly sweep: every link in use that nobody has read for half a day is read once.

So a deletion is found that neither a hook nor a poll nor a visitor has told of. It is a walk like that of
a purge, with a mark in the database, and takes what is left of each source: one call at a time, a small
share of the time, a pause when it is asked for one. What the night is too short for goes on in the next.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

from django.conf import settings
from django.db.models import F, Q
from django.utils import timezone

from orchestrator.connections.cache.entry import READS_KEPT_S
from orchestrator.connections.configuring.sources import Source
from orchestrator.connections.failures import Failure
from orchestrator.connections.gateway.checking import check_all
from orchestrator.connections.gateway.lanes import Lane
from orchestrator.connections.listening.in_use import used_assets
from orchestrator.connections.listening.nights import Nights
from orchestrator.connections.listening.whereabouts import Found, Whereabouts, by_locale
from orchestrator.connections.models import Connection, ConnectionHealth, HealthState, Reread, Sweep
from orchestrator.connections.process import Process
from orchestrator.connections.purges.concern import Concern
from orchestrator.connections.purges.rereads import next_try, pause_s, postpone_walk, put_off
from orchestrator.engine.outcome import LinkState, Outcome, WantAsset

__all__ = ["Sweeping", "has_failed", "plan_sweeps", "sweep_mark"]

# Of a source's time: after each call it has so many times as long for others, and some seconds at least.
_SHARE = 20
_LEAST_PAUSE_S = 2.0
_UNWELL_PAUSE_S = 300.0
# Pages of links that were all read lately, in one piece of work.
_MOST_PAGES = 50
_PAGE = 100
# A batch that fails so often while its source works is left to the next night.
_MOST_TRIES = 3
_FAILED = frozenset({LinkState.STALE, LinkState.TIMEOUT, LinkState.ERROR})
# The system answered, or a newer purge has left a mark of its own.
_SETTLED_REASONS = frozenset({"unknown", "overtaken", "moved_in_circles"})


def has_failed(outcome: Outcome) -> bool:
    """Whether the source did not answer for it: it has to be asked again."""
    return outcome.state in _FAILED and outcome.reason not in _SETTLED_REASONS


def plan_sweeps() -> None:
    """See that each connection has a sweep in the next night, new ones too, and at the hour that is set."""
    at = nights().next(timezone.now())
    if at is None:
        return
    for connection in Connection.objects.filter(personal=False).exclude(rereads__cause=Reread.Cause.SWEEP):
        sweep_mark(connection)
    marks = Reread.objects.filter(cause=Reread.Cause.SWEEP, connection__personal=False)
    marks.filter(Q(due_at=None) | Q(due_at__gt=at)).update(due_at=at)


def sweep_mark(connection: Connection) -> Reread:
    """The mark of a connection's sweep, made if there is none. Not due until it is planned."""
    return Reread.objects.get_or_create(
        connection=connection, cause=Reread.Cause.SWEEP, defaults={"purged_n": 0, "read_n": 0}
    )[0]


def nights() -> Nights:
    """The nights that this hub's settings name."""
    return Nights(settings.SWEEP_AT, settings.SWEEP_HOURS)


class Sweeping:
    """The sweep over the links of one connection, step by step."""

    def __init__(self, process: Process, mark: Reread) -> None:
        self.process, self.mark = process, mark
        self.source = Source.of(mark.connection)
        self.place, self.tries = mark.place, mark.tries
        self._concern = Concern(self.source.uuid, None)

    def go(self) -> int:
        """One step, if it is night and the source is well; how many assets were asked for."""
        now = timezone.now()
        if self.source.personal:
            # People are never read without a request.
            put_off(self.mark, "", due_at=None)
        elif not nights().holds(now):
            put_off(self.mark, self.place, due_at=nights().next(now))
        elif self.is_unwell():
            postpone_walk(self.mark, self.place, wait_s=_UNWELL_PAUSE_S, tries=0)
        else:
            return self._go_on()
        return 0

    def is_unwell(self) -> bool:
        """Whether the connection is known not to work as a whole."""
        unwell = [HealthState.BROKEN, HealthState.FAILING]
        return ConnectionHealth.objects.filter(connection=self.mark.connection, state__in=unwell).exists()

    def step(self) -> tuple[int, float | None]:
        """Make one call at most: how many assets it was for, and the pause before the next one.

        No pause: the sweep has come to its end.
        """
        lane = self.process.lanes.of(self.source, within_s=self.source.timeout_s)
        if isinstance(lane, Failure) or lane.resting:
            return 0, self._failed(lane)
        found, passed, after = self._next_batch(lane.max_batch)
        began = time.monotonic()
        failed = self._read(found) if found else 0
        if failed and not self._may_leave_out(lane):
            return len(found), self._failed(lane)
        elapsed_s = time.monotonic() - began
        self.place, self.tries = after, 0
        self._count(links=passed, read=len(found) - failed)
        if not after:
            self._end()
            return len(found), None
        return len(found), max(_LEAST_PAUSE_S, _SHARE * elapsed_s)

    def _go_on(self) -> int:
        number, wait_s = self.step()
        if wait_s is None:
            put_off(self.mark, "", due_at=nights().next(timezone.now()))
        else:
            postpone_walk(self.mark, self.place, wait_s=wait_s, tries=self.tries)
        return number

    def _next_batch(self, size: int) -> tuple[list[Found], int, str]:
        """What to read next, how many links were passed for it, and where to go on; empty at the end."""
        whereabouts = Whereabouts(self.process, self.source, self._concern)
        lately = self.process.gateway.clock() - READS_KEPT_S
        found: list[Found] = []
        passed, after = 0, self.place
        for _ in range(_MOST_PAGES):
            # No more links than there is room for: the place is that of a link.
            page = used_assets()(self._concern, int(after or 0), min(size - len(found), _PAGE))
            passed, after = passed + len(page.wants), str(page.last or "")
            found += whereabouts.not_read_since(page.wants, lately)
            if len(found) == size or not after:
                break
        return found, passed, after

    def _read(self, found: Sequence[Found]) -> int:
        """Ask for them whatever is held; how many could not be read."""
        failed = 0
        for locale, wants in by_locale(found).items():
            assets = [want for want in wants if isinstance(want, WantAsset)]
            budget_s = self.source.timeout_s + 1
            outcomes = self.process.gateway.read_anew(assets, locale=locale, budget_s=budget_s)
            failed += sum(map(has_failed, outcomes.values()))
        self.process.findings.flush()
        return failed

    def _may_leave_out(self, lane: Lane) -> bool:
        """Whether to go on without a batch that failed.

        That it did is noted of the whole system, which would then be left alone; so it is asked itself.
        """
        if lane.resting:
            return False
        return check_all(self.process.lanes, [self.mark.connection])[0].ok and self.tries >= _MOST_TRIES

    def _failed(self, lane: Lane | Failure) -> float:
        """The pause after a failure: as long as the source asks for, or ever longer."""
        if isinstance(lane, Lane) and lane.rest_s:
            return lane.rest_s
        self.tries = next_try(self.tries)
        return pause_s(self.tries)

    def _count(self, *, links: int, read: int) -> None:
        sweep = Sweep.objects.get_or_create(connection=self.mark.connection)[0]
        Sweep.objects.filter(pk=sweep.pk).update(links=F("links") + links, read=F("read") + read)

    def _end(self) -> None:
        ended = {"ended_at": timezone.now(), "ended_links": F("links"), "ended_read": F("read")}
        Sweep.objects.filter(connection=self.mark.connection).update(**ended, links=0, read=0)
