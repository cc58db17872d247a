"""How a GraphQL connection asks what changed: by time.

One call of :meth:`Polling.changes_since` is one call of the system.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.graphql.asking import GraphqlAsking
from connectors.sdk import BadResponseError, Call, Change, ChangePage, Ref
from connectors.sdk.mapping import expressions, times
from connectors.sdk.polling import PollPosition, clock_of

__all__ = ["Polling"]


class Polling(GraphqlAsking):
    """It tells what changed."""

    def changes_since(self, cursor: str | None, call: Call) -> ChangePage:
        """One page of changes, by the time of the last one."""
        if cursor is None:
            return ChangePage((), self._position_of_now(call).to_text())
        position = PollPosition.from_text(cursor)
        page = self.read_page(
            "changes_document",
            call,
            cursor=position.page,
            size=self.config.page_size,
            since=self._asked_since(position),
        )
        seen = [(self._change(record), self._changed_at(record)) for record in page.records]
        return position.advance(
            seen,
            next_page=page.next_cursor,
            overlap=self._overlap,
            answered_at=clock_of(page.data.headers, otherwise=datetime.now(UTC)),
        )

    def _position_of_now(self, call: Call) -> PollPosition:
        here = PollPosition.at(datetime.now(UTC))
        page = self.read_page("changes_document", call, size=1, since=self._asked_since(here))
        return PollPosition.at(clock_of(page.data.headers, otherwise=here.since))

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
