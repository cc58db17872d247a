"""Asking all connections at once what matches some words: for people who pick assets.

A search answers after ``wait_s`` with what is there. What still runs goes on, and the same question
asked again joins it. Results are shown and forgotten: a system's list may hold less of an asset than
its own record, so they never become readings that an answer is made of.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from connectors.sdk import Asset, AssetPage, Call, Searchable
from orchestrator.connections.configuring.sources import Source
from orchestrator.connections.failures import Failure, failure_of
from orchestrator.connections.gateway.cleaning import UnusableAssetError, clean_asset
from orchestrator.connections.gateway.lanes import Lane, Lanes
from orchestrator.connections.models import Connection
from orchestrator.connections.observing.findings import Findings
from orchestrator.engine.outcome import Reading

__all__ = ["Searches", "SourceResult"]

# For a person who waits; an app's answer never waits for a search.
_PATIENCE_S = 5.0
# A search whose result nobody came for.
_FORGOTTEN_AFTER_S = 30.0
_CANNOT_SEARCH = Failure("cannot_search")


@dataclass(frozen=True, slots=True)
class SourceResult:
    """What one connection found. ``state`` is ``done``, ``pending`` or ``failed`` (then with a reason)."""

    connection: Connection
    state: str
    reason: str | None = None
    readings: Sequence[Reading] = ()
    next_cursor: str | None = None


_Question = tuple[str, int, str, tuple[str, ...], str | None, str]


@dataclass(eq=False)
class _Search:
    """One search at one connection, running or ended."""

    source: Source
    began: float = field(default_factory=time.monotonic)
    ended: threading.Event = field(default_factory=threading.Event)
    failure: Failure | None = None
    readings: Sequence[Reading] = ()
    next_cursor: str | None = None

    def end(self, failure: Failure) -> None:
        """It ended before its system was asked."""
        self.failure = failure
        self.ended.set()


class Searches:
    """The searches of this process that run, or ended before anybody saw their result."""

    def __init__(self, lanes: Lanes, findings: Findings) -> None:
        self._lanes = lanes
        self._findings = findings
        self._searches: dict[_Question, _Search] = {}
        self._lock = threading.Lock()

    def ask(
        self,
        *,
        connections: Sequence[Connection],
        query: str,
        types: Sequence[str],
        cursors: Mapping[str, str],
        wait_s: float,
        locale: str,
    ) -> list[SourceResult]:
        """What each searchable connection has by ``wait_s``, in the order given.

        Connections of personal data, those that are switched off and those that cannot search are
        never asked. With ``cursors`` (by slug) only those named are asked, for their next page.
        """
        until = time.monotonic() + wait_s
        asked = [
            c for c in connections if c.enabled and not c.personal and (not cursors or c.slug in cursors)
        ]
        started = [
            (connection, self._begin(connection, query, tuple(types), cursors.get(connection.slug), locale))
            for connection in asked
        ]
        for _, search in started:
            search.ended.wait(max(0.0, until - time.monotonic()))
        return [
            self._result(connection, search)
            for connection, search in started
            if search.failure is not _CANNOT_SEARCH
        ]

    def _begin(
        self, connection: Connection, query: str, types: tuple[str, ...], cursor: str | None, locale: str
    ) -> _Search:
        source = Source.of(connection)
        question = (source.uuid, source.version, query, types, cursor, locale)
        with self._lock:
            self._forget_old()
            search = self._searches.get(question)
            if search is not None:
                return search
            search = self._searches[question] = _Search(source)
        self._lanes.when_open(source, lambda lane: self._start(search, lane, question))
        return search

    def _start(self, search: _Search, lane: Lane | Failure, question: _Question) -> None:
        if isinstance(lane, Failure):
            search.end(lane)
        elif not isinstance(lane.connector, Searchable):
            search.end(_CANNOT_SEARCH)
        elif lane.resting:
            search.end(Failure("rate_limited"))
        else:
            lane.submit(lambda: self._run(search, lane, question), refuse=lambda: search.end(Failure("busy")))

    def _run(self, search: _Search, lane: Lane, question: _Question) -> None:
        _, _, query, types, cursor, locale = question
        patience_s = max(search.source.timeout_s, _PATIENCE_S)
        try:
            page = lane.connector.search(query, types, cursor, Call.within(patience_s, locale=locale))
            search.readings, search.next_cursor = _readings(search.source, page, types), page.next_cursor
        # A plugin may raise anything at all.
        except BaseException as error:  # noqa: BLE001
            search.failure = failure_of(error)
        finally:
            self._findings.observe(search.source.uuid, search.failure)
            search.ended.set()

    def _result(self, connection: Connection, search: _Search) -> SourceResult:
        if not search.ended.is_set():
            return SourceResult(connection, "pending")
        with self._lock:
            # Seen: the same words asked again are a new question.
            for question in [q for q, known in self._searches.items() if known is search]:
                del self._searches[question]
        if search.failure is not None:
            return SourceResult(connection, "failed", reason=search.failure.code)
        return SourceResult(connection, "done", readings=search.readings, next_cursor=search.next_cursor)

    def _forget_old(self) -> None:
        before = time.monotonic() - _FORGOTTEN_AFTER_S
        for question in [q for q, search in self._searches.items() if search.began < before]:
            del self._searches[question]


def _readings(source: Source, page: Any, types: tuple[str, ...]) -> list[Reading]:
    if not isinstance(page, AssetPage):
        raise TypeError("search gave no page")
    now = datetime.now(UTC).replace(microsecond=0)
    return [
        Reading(source.uuid, source.slug, clean, now)
        for asset in page.assets
        if isinstance(asset, Asset) and (not types or asset.ref.type in types)
        if (clean := _usable(asset)) is not None
    ]


def _usable(asset: Asset) -> Asset | None:
    try:
        return clean_asset(asset)
    except UnusableAssetError:
        return None
