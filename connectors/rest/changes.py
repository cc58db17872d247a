"""How a REST connection asks what changed.

By time: since the newest change that was seen, less an overlap, because changes can become visible
a little late and clocks have whole seconds. What was told within the overlap is remembered in the
cursor, by id and time, and not told again. By mark: the system's own word for where to go on.

One call of :meth:`Polling.changes_since` is one call of the system; ``more`` says that the list
goes on. The cursor holds ids, times and marks, no values.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from connectors.rest import expressions, paging, times
from connectors.rest.asking import RestAsking
from connectors.sdk import BadResponseError, Call, Change, ChangePage, Ref

__all__ = ["Polling"]

# A change that is told twice costs one reading; so a cursor forgets rather than grows.
_MAX_REMEMBERED = 500


@dataclass(frozen=True, slots=True)
class _Position:
    """Where polling stands.

    ``since`` is the newest change of the pass before, ``newest`` of this pass; ``told`` is what was
    told already, as "time id"; ``page`` is where the pass goes on, ``None`` between two passes.
    """

    since: datetime
    newest: datetime
    told: tuple[str, ...] = ()
    page: str | None = None

    def for_next_pass(self, overlap: timedelta) -> _Position:
        """Start over at the newest change, remembering what the overlap will bring once more."""
        oldest = self.newest - overlap
        told = [mark for mark in self.told if datetime.fromisoformat(mark.partition(" ")[0]) >= oldest]
        return _Position(self.newest, self.newest, tuple(told[-_MAX_REMEMBERED:]))

    def to_text(self) -> str:
        return json.dumps([self.since.isoformat(), self.newest.isoformat(), self.told, self.page])

    @classmethod
    def from_text(cls, text: str) -> _Position:
        try:
            since, newest, told, page = json.loads(text)
            return cls(datetime.fromisoformat(since), datetime.fromisoformat(newest), tuple(told), page)
        except (ValueError, TypeError):
            raise BadResponseError("not a cursor of changes") from None


class Polling(RestAsking):
    """It tells what changed."""

    def changes_since(self, cursor: str | None, call: Call) -> ChangePage:
        """One page of changes, by mark or by time."""
        if self.config.changes_cursor:
            return self._changes_by_mark(cursor, call)
        if cursor is None:
            return ChangePage((), self._position_of_now(call).to_text())
        return self._changes_by_time(_Position.from_text(cursor), call)

    def _changes_by_mark(self, cursor: str | None, call: Call) -> ChangePage:
        path = self.filled(self.config.changes_path, call, {"since": cursor})
        answer, data = self.ask(path, call)
        mark = expressions.evaluate(self.config.changes_cursor, data)
        following = str(mark) if isinstance(mark, str | int) and not isinstance(mark, bool) else cursor or ""
        if cursor is None:
            return ChangePage((), following)
        records = self.located(self.config.items, data, answer=answer, setting="items")
        return ChangePage(
            [self._change(record) for record in records],
            following,
            more=bool(records) and following != cursor,
        )

    def _changes_by_time(self, position: _Position, call: Call) -> ChangePage:
        path = self.filled(self.config.changes_path, call, {"since": self._asked_since(position)})
        page = self.read_page(path, call, cursor=position.page, size=self.config.page_size)
        seen = [(self._change(record), self._changed_at(record)) for record in page.records]
        fresh = [(change, at) for change, at in seen if at is None or _mark(change, at) not in position.told]
        reached = _Position(
            since=position.since,
            newest=max([position.newest, *(at for _, at in seen if at)]),
            told=(*position.told, *(_mark(change, at) for change, at in fresh if at)),
            page=page.next_cursor,
        )
        more = page.next_cursor is not None
        following = reached if more else reached.for_next_pass(self._overlap)
        return ChangePage([change for change, _ in fresh], following.to_text(), more=more)

    def _position_of_now(self, call: Call) -> _Position:
        """Now by the system's clock, where it tells the time."""
        now = datetime.now(UTC)
        here = _Position(since=now, newest=now)
        path = self.filled(self.config.changes_path, call, {"since": self._asked_since(here)})
        answer, _ = self.ask(paging.path_at(self.config, path, cursor=None, size=1), call)
        there = _date_of(answer.headers) or now
        return _Position(since=there, newest=there)

    @property
    def _overlap(self) -> timedelta:
        return timedelta(seconds=self.config.changes_overlap_s)

    def _asked_since(self, position: _Position) -> str:
        return times.write_time(
            position.since - self._overlap,
            time_format=self.config.time_format,
            time_zone=self.config.time_zone,
        )

    def _change(self, record: Mapping[str, Any]) -> Change:
        deleted = expressions.holds(self.config.gone_when, record)
        return Change(Ref(self.config.type, self.id_of(record)), deleted=deleted)

    def _changed_at(self, record: Mapping[str, Any]) -> datetime | None:
        value = expressions.evaluate(self.config.updated_at, record)
        if value is None:
            return None
        try:
            return times.read_time(
                value, time_format=self.config.time_format, time_zone=self.config.time_zone
            )
        except ValueError as error:
            raise BadResponseError(f"{self.name}: updated_at {error}") from None


def _mark(change: Change, at: datetime) -> str:
    return f"{at.isoformat()} {change.ref.external_id}"


def _date_of(headers: Mapping[str, str]) -> datetime | None:
    """The system's clock by its ``Date`` header."""
    try:
        moment = parsedate_to_datetime(headers.get("date", ""))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
