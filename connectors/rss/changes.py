"""How a feed tells what changed: by comparing what it holds with what it held.

A feed says nothing of deletions but by tombstones: an entry that is no longer in it is most often only older.
The cursor holds digests of entries, no id and no text of one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from connectors.rss.reading import FeedReading, Page
from connectors.sdk import Asset, BadResponseError, Call, Change, ChangePage, Ref

__all__ = ["Polling"]

# Marks that a cursor keeps. Of a feed beyond that all is read again once anything changed.
_MOST_MARKS = 1000


class Polling(FeedReading):
    """It tells what changed."""

    def changes_since(self, cursor: str | None, call: Call) -> ChangePage:
        """New entries, edited ones, and those with a tombstone."""
        before = _Position.from_text(cursor) if cursor is not None else None
        # A page behind the first can change alone.
        unless = before.validator if before and self.config.paging == "none" else None
        pages = list(self.pages(call, unless=unless))
        if cursor is not None and None in pages:
            return ChangePage((), cursor)
        read = [page for page in pages if page]
        told = {mark: change for page in read for mark, change in self._told_on(page)}
        now = _Position(read[0].validator if read else None, _kept(told))
        if before is None:
            return ChangePage((), now.to_text())
        if len(told) > _MOST_MARKS:
            same = before.marks == now.marks
            return ChangePage((), now.to_text(), types=() if same else (self.config.type,))
        return ChangePage([one for mark, one in told.items() if mark not in before.marks], now.to_text())

    def _told_on(self, page: Page) -> Iterator[tuple[str, Change]]:
        """What a page tells, each with a mark that changes whenever what is shown of it does."""
        refs = {Ref(self.config.type, one): record for one, record in page.entries.items()}
        for ref, verdict in self.judged_together(refs).items():
            shown: Any = verdict
            if isinstance(verdict, Asset):
                shown = [verdict.fields, verdict.lang, verdict.updated_at, verdict.valid_until]
            yield _digest([ref.external_id, shown]), Change(ref)
        for one in sorted(page.withdrawn):
            yield _digest([one, "withdrawn"]), Change(Ref(self.config.type, one), deleted=True)


@dataclass(frozen=True, slots=True)
class _Position:
    """What the feed held: its validator, and a mark for each entry, or one for all if there are many."""

    validator: str | None
    marks: frozenset[str]

    def to_text(self) -> str:
        return json.dumps([self.validator, sorted(self.marks)])

    @classmethod
    def from_text(cls, text: str) -> _Position:
        try:
            validator, marks = json.loads(text)
            return cls(None if validator is None else str(validator), frozenset(map(str, marks)))
        except (ValueError, TypeError):
            raise BadResponseError("not a cursor of changes") from None


def _kept(told: dict[str, Change]) -> frozenset[str]:
    return frozenset(told) if len(told) <= _MOST_MARKS else frozenset({_digest(sorted(told))})


def _digest(shown: Any) -> str:
    text = json.dumps(shown, sort_keys=True, default=str)
    return hashlib.blake2b(text.encode(), digest_size=9).hexdigest()
