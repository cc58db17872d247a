"""How a REST connection asks what changed: by time, or by the system's own mark.

One call of :meth:`Polling.changes_since` is one call of the system.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.rest import paging
from connectors.rest.asking import RestAsking
from connectors.sdk import BadResponseError, Call, Change, ChangePage, Ref
from connectors.sdk.mapping import expressions, times
from connectors.sdk.polling import PollPosition, clock_of

__all__ = ["Polling"]


class Polling(RestAsking):
    """It tells what changed."""

    def changes_since(self, cursor: str | None, call: Call) -> ChangePage:
        """One page of changes, by mark or by time."""
        if self.config.changes_cursor:
            return self._changes_by_mark(cursor, call)
        if cursor is None:
            return ChangePage((), self._position_of_now(call).to_text())
        return self._changes_by_time(PollPosition.from_text(cursor), call)

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

    def _changes_by_time(self, position: PollPosition, call: Call) -> ChangePage:
        path = self.filled(self.config.changes_path, call, {"since": self._asked_since(position)})
        page = self.read_page(path, call, cursor=position.page, size=self.config.page_size)
        seen = [(self._change(record), self._changed_at(record)) for record in page.records]
        return position.advance(
            seen,
            next_page=page.next_cursor,
            overlap=self._overlap,
            answered_at=clock_of(page.headers, otherwise=datetime.now(UTC)),
        )

    def _position_of_now(self, call: Call) -> PollPosition:
        here = PollPosition.at(datetime.now(UTC))
        path = self.filled(self.config.changes_path, call, {"since": self._asked_since(here)})
        answer, _ = self.ask(paging.path_at(self.config, path, cursor=None, size=1), call)
        return PollPosition.at(clock_of(answer.headers, otherwise=here.since))

    @property
    def _overlap(self) -> timedelta:
        # Of the last second at least: "since" means after at one system, from then on at another.
        return timedelta(seconds=max(1, self.config.changes_overlap_s))

    def _asked_since(self, position: PollPosition) -> str:
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
