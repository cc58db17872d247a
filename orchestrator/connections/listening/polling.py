"""Asking systems what changed, at each connection's interval: some send no hooks, and hooks get lost."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from connectors.sdk import Call, Change, ChangePage, ConfigurationError, Connector, Polls, Ref
from orchestrator.connections.configuring.sources import Source
from orchestrator.connections.failures import Failure, failure_of
from orchestrator.connections.gateway.lanes import Lane, Lanes
from orchestrator.connections.models import Connection, PollState
from orchestrator.connections.observing.findings import Findings
from orchestrator.connections.purges.purging import purge
from orchestrator.connections.seldom import Seldom

__all__ = ["poll_connections"]

log = logging.getLogger(__name__)
_seldom = Seldom()
_PATIENCE_S = 5.0
# A poll that died with its process is taken up again after this.
_LEASE_S = 30.0
_MOST_PAGES = 20
# The scheduler looks each second for what is due. Without it an interval of one second would be two.
_HALF_A_TICK = timedelta(seconds=0.5)
_LONGEST_WAIT_S = 86_400.0


@dataclass(eq=False)
class _Poll:
    """One claimed poll: what it asks, and what came of it."""

    state: PollState
    cursor: str | None
    changes: list[Change] = field(default_factory=list)
    types: list[str] = field(default_factory=list)
    failure: Failure | None = None
    wait_s: float = 0.0
    ended: threading.Event = field(default_factory=threading.Event)

    def begin(self, lane: Lane | Failure) -> None:
        """Ask the system, if there is a connector to ask it with."""
        if isinstance(lane, Lane) and not lane.resting:
            lane.submit(lambda: self._run(lane.connector))
        else:
            self.failure = Failure("rate_limited") if isinstance(lane, Lane) else lane
            self.ended.set()

    def _run(self, connector: Connector[Any]) -> None:
        """Ask page by page, in a worker thread."""
        call = Call.within(_PATIENCE_S)
        try:
            for _ in range(_MOST_PAGES):
                if not self._read_page(connector, call):
                    break
        # A plugin may raise anything at all.
        except BaseException as error:  # noqa: BLE001
            self.failure = failure_of(error)
        finally:
            self.ended.set()

    def _read_page(self, connector: Connector[Any], call: Call) -> bool:
        if not isinstance(connector, Polls):
            raise ConfigurationError("the connector cannot say what changed")
        page = connector.changes_since(self.cursor, call)
        if not (isinstance(page, ChangePage) and isinstance(page.cursor, str) and _are_changes(page.changes)):
            raise TypeError("changes_since gave no page of changes")
        if not all(isinstance(name, str) for name in page.types):
            raise TypeError("changes_since named a type that is none")
        self.changes += page.changes
        self.types += page.types
        self.cursor = page.cursor
        self.wait_s = max(self.wait_s, page.wait_s or 0.0)
        return page.more and not page.wait_s


def _are_changes(changes: Sequence[object]) -> bool:
    """Whether they are what they should be: in the midst of a purge they would fail other polls, too."""
    return all(
        isinstance(change, Change)
        and isinstance(change.ref, Ref)
        and isinstance(change.ref.type, str)
        and isinstance(change.ref.external_id, str)
        for change in changes
    )


def poll_connections(lanes: Lanes, findings: Findings) -> int:
    """Ask every connection whose time has come, all at once; how many were asked.

    Several processes may do so: a row's ``due_at`` is the claim. The database is not locked while a
    system is asked.
    """
    _open_states()
    polls = [_Poll(state, _cursor_of(state)) for state in _claim(timezone.now())]
    for poll in polls:
        lanes.when_open(Source.of(poll.state.connection), poll.begin)
    until = time.monotonic() + _PATIENCE_S + 1
    for poll in polls:
        if not poll.ended.wait(max(0.0, until - time.monotonic())):
            poll.failure = Failure("timeout")
        findings.observe(str(poll.state.connection.uuid), poll.failure)
        _finish(poll)
    return len(polls)


def _open_states() -> None:
    """A row for each connection that is to be polled and has none."""
    missing = Connection.objects.filter(enabled=True, poll_interval_s__gt=0, poll_state=None)
    now = timezone.now()
    PollState.objects.bulk_create(
        [PollState(connection=connection, due_at=now) for connection in missing], ignore_conflicts=True
    )


def _claim(now: datetime) -> Sequence[PollState]:
    due = PollState.objects.filter(
        due_at__lte=now, connection__enabled=True, connection__poll_interval_s__gt=0
    ).select_related("connection")
    lease = now + timedelta(seconds=_LEASE_S)
    return [
        state
        for state in due
        # Only one process moves the row on from the instant that it saw.
        if PollState.objects.filter(pk=state.pk, due_at=state.due_at).update(due_at=lease)
    ]


def _cursor_of(state: PollState) -> str | None:
    """Where to go on; a cursor of other settings may be of another system."""
    known = state.cursor if state.settings_version == state.connection.settings_version else ""
    return known or None


def _finish(poll: _Poll) -> None:
    """Have what changed read again, then remember where to go on: a crash in between asks again."""
    state, connection = poll.state, poll.state.connection
    due_at = timezone.now() + timedelta(seconds=connection.poll_interval_s) - _HALF_A_TICK
    if poll.failure is not None:
        if _seldom.due((connection.pk, poll.failure.code)):
            log.warning("%s: polling failed: %s", connection.slug, poll.failure.code)
        due_at = _not_before(due_at, poll.failure.retry_after_s)
        PollState.objects.filter(pk=state.pk).update(due_at=due_at)
        return
    _purge_changes(poll)
    PollState.objects.filter(pk=state.pk).update(
        due_at=_not_before(due_at, poll.wait_s),
        cursor=poll.cursor or "",
        settings_version=connection.settings_version,
    )


def _not_before(due_at: datetime, wait_s: float | None) -> datetime:
    """The instant to ask again, if the system wants to be left alone for so long; at most a day."""
    return max(due_at, timezone.now() + timedelta(seconds=min(wait_s or 0.0, _LONGEST_WAIT_S)))


def _purge_changes(poll: _Poll) -> None:
    connection = poll.state.connection
    if not poll.state.cursor or poll.state.settings_version != connection.settings_version:
        # From here on changes are known; what was read before may have changed unseen.
        purge(connection=connection, everything=True)
        return
    # That something was deleted is a hint, too: it is read, and read again, before its bytes go.
    purge(connection=connection, refs=[change.ref for change in poll.changes], types=poll.types)
