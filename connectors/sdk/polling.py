"""Where polling by time stands, for systems that are asked "what changed since ...".

Changes can become visible a little late, clocks have whole seconds, and a pass over all changes can
take several pages. So a pass asks from a little before the newest change of the pass before, and
what was told within that overlap is remembered and not told again.

The cursor is stored, and an id may be that of a person. So it holds times, and digests of what was told
under a key that lives as long as this process: another process, or this one after a restart, tells the
overlap once more, which costs one reading. A page mark is the system's own and is kept as it is.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from connectors.sdk.assets import Change, ChangePage
from connectors.sdk.errors import BadResponseError

__all__ = ["PollPosition", "clock_of"]

# A change that is told twice costs one reading; so a cursor forgets rather than grows.
_MAX_REMEMBERED = 500
# How far the clocks of one system's machines may be apart.
_MOST_SKEW = timedelta(minutes=1)
# Ids are often short numbers: without a key that is stored nowhere, a digest of each could be looked up.
_KEY = secrets.token_bytes(32)
# Cursors of a form before this one hold ids.
_FORM = 2


@dataclass(frozen=True, slots=True)
class PollPosition:
    """Where polling stands.

    ``since`` is the newest change of the pass before, ``newest`` of this pass; ``told`` is what was
    told already, as "time digest"; ``page`` is where the pass goes on, ``None`` between two passes.
    """

    since: datetime
    newest: datetime
    told: tuple[str, ...] = ()
    page: str | None = None

    @classmethod
    def at(cls, moment: datetime) -> PollPosition:
        """The start: nothing before ``moment`` is of interest."""
        return cls(moment, moment)

    def advance(
        self,
        seen: Sequence[tuple[Change, datetime | None]],
        *,
        next_page: str | None,
        overlap: timedelta,
        answered_at: datetime | None = None,
    ) -> ChangePage:
        """What is new on a page of changes, and the cursor to go on with.

        Args:
            seen: All changes of the page, with their times; one without a time is told each time.
            next_page: Where the pass goes on, or ``None`` at its end.
            overlap: How far back the next pass will ask.
            answered_at: The system's clock when it answered (see :func:`clock_of`). A change of that very
                second is told again by the next pass: until it is over, another one has the same time. A
                time after it is told, and does not move the next pass on.
        """
        fresh = [(change, at) for change, at in seen if at is None or _mark(change, at) not in self.told]
        settled = [(change, at) for change, at in fresh if at and _is_over(at, answered_at)]
        reached = PollPosition(
            since=self.since,
            newest=max([self.newest, *(min(at, answered_at or at) for _, at in seen if at)]),
            told=(*self.told, *(_mark(change, at) for change, at in settled)),
            page=next_page,
        )
        following = reached if next_page is not None else reached._for_next_pass(overlap)
        return ChangePage([change for change, _ in fresh], following.to_text(), more=next_page is not None)

    def to_text(self) -> str:
        """The cursor."""
        return json.dumps([self.since.isoformat(), self.newest.isoformat(), self.told, self.page, _FORM])

    @classmethod
    def from_text(cls, text: str) -> PollPosition:
        """Read a cursor. ``BadResponseError`` if it is none of ours."""
        try:
            since, newest, told, page, *form = json.loads(text)
            known = tuple(told) if form == [_FORM] else ()
            return cls(datetime.fromisoformat(since), datetime.fromisoformat(newest), known, page)
        except (ValueError, TypeError):
            raise BadResponseError("not a cursor of changes") from None

    def _for_next_pass(self, overlap: timedelta) -> PollPosition:
        oldest = self.newest - overlap
        told = [mark for mark in self.told if datetime.fromisoformat(mark.partition(" ")[0]) >= oldest]
        return PollPosition(self.newest, self.newest, tuple(told[-_MAX_REMEMBERED:]))


def clock_of(headers: Mapping[str, str], *, otherwise: datetime) -> datetime:
    """The system's own time by its ``Date`` header (names in lower case), because clocks differ."""
    try:
        moment = parsedate_to_datetime(headers.get("date", ""))
    except ValueError:
        return otherwise
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _is_over(at: datetime, now: datetime | None) -> bool:
    """Whether the second of a change is over, by clocks of whole seconds. A far future is no clock's."""
    if now is None or at > now + _MOST_SKEW:
        return True
    return at.replace(microsecond=0) < now.replace(microsecond=0)


def _mark(change: Change, at: datetime) -> str:
    told = json.dumps([at.isoformat(), change.ref.type, change.ref.external_id, change.deleted])
    return f"{at.isoformat()} {hashlib.blake2b(told.encode(), key=_KEY, digest_size=16).hexdigest()}"
