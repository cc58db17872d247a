"""What changed at a WordPress: each list by time of change, each by time of publication, and what is gone.

A planned post that goes live is not changed by it, so the second is needed. Times are asked with a
zone: WordPress compares its local column and takes a time without one for local (seen with 6.1.9,
against what its documentation says).

A list is followed by its times, not by its page numbers: whatever is edited or hidden meanwhile moves
to another page, and would push one that nobody has seen yet over the edge.

What is gone has no time. At the end of a pass each list is compared with what it held at the end of the
pass before (:mod:`connectors.wordpress.inventory`).

Source: https://developer.wordpress.org/rest-api/reference/posts/#arguments
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from connectors.sdk import BadResponseError, Call, Change, ChangePage, Ref
from connectors.sdk.polling import PollPosition, clock_of
from connectors.sdk.rest import Params
from connectors.wordpress.asking import MEDIA, Page
from connectors.wordpress.inventory import WINDOW, Inventory
from connectors.wordpress.reading import Reading
from connectors.wordpress.text import read_gmt

__all__ = ["Following"]

POLL_SIZE = 100
# A post is planned for a minute and goes live when somebody visits the site, or cron runs.
OVERLAP = timedelta(minutes=65)
_LATENESS = timedelta(seconds=30)
_SECOND = timedelta(seconds=1)
_FIELDS = "id,status,mime_type,date_gmt,modified_gmt"
_MARK = re.compile(r"([0-9]{1,3}) ([0-9]{1,3}) ([0-9T:+-]{19,25})")


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a pass stands: in which list, from which time on, and how far among things of one second."""

    list: int
    page: int
    start: datetime

    def to_text(self) -> str:
        return f"{self.list} {self.page} {self.start.isoformat()}"

    @classmethod
    def from_text(cls, text: str) -> _Place:
        found = _MARK.fullmatch(text)
        start = read_gmt(found[3]) if found else None
        if found is None or start is None:
            raise BadResponseError("not a cursor of WordPress")
        return cls(int(found[1]), int(found[2]), start)


class Following(Reading):
    """It tells what changed."""

    def changes_since(self, cursor: str | None, call: Call) -> ChangePage:
        """One page of one list. With an editor's key also what was drafted or put into the trash.

        What is gone is told as changed: to everybody a draft is gone, too. Reading it says which.
        """
        if cursor is None:
            return self._begin(call)
        position, held = _read_cursor(cursor)
        lists = self._lists()
        place = _Place.from_text(position.page) if position.page else _start(lists, 0, position)
        if place.list >= len(lists):
            raise BadResponseError("not a cursor of WordPress")
        base, by = lists[place.list]
        page = self._counted(base, call) if by == "id" else self._changed(base, by, place, call)
        following = _next(place, page, by, lists, position)
        told = position.advance(
            [] if by == "id" else list(self._seen(base, by, page)),
            next_page=following.to_text() if following else None,
            overlap=OVERLAP,
            answered_at=clock_of(page.headers, otherwise=datetime.now(UTC)),
        )
        if by == "id":
            told = self._compare(told, base, held.get(base), page)
            held = {**held, base: self._inventory(base, page)}
        return replace(told, cursor=_written(told.cursor, held))

    def _begin(self, call: Call) -> ChangePage:
        pages = {base: self._counted(base, call) for base in self.bases()}
        now = min(clock_of(page.headers, otherwise=datetime.now(UTC)) for page in pages.values())
        held = {base: self._inventory(base, page) for base, page in pages.items()}
        return ChangePage((), _written(PollPosition.at(now).to_text(), held))

    def _lists(self) -> list[tuple[str, str]]:
        """Each list with what it is followed by. A file is changed when it is published."""
        return [
            *((base, "modified") for base in self.bases()),
            *((base, "date") for base in self.bases() if base != MEDIA),
            *((base, "id") for base in self.bases()),
        ]

    def _counted(self, base: str, call: Call) -> Page:
        params: Params = {"orderby": "id", "order": "desc", "per_page": WINDOW, "_fields": "id"}
        return self.listed_whatever_status(base, params, call)

    def _inventory(self, base: str, page: Page) -> Inventory:
        whole = len(page.rows) < WINDOW if page.pages is None else page.pages <= 1
        return Inventory(page.total, whole, tuple(int(self._id_of(base, row)) for row in page.rows))

    def _compare(self, told: ChangePage, base: str, before: Inventory | None, page: Page) -> ChangePage:
        """With what is gone from a list since an inventory, where there is one."""
        if before is None:
            return told
        now = self._inventory(base, page)
        types = tuple(name for name in self.asset_types() if (base == MEDIA) != (name == "Article"))
        gone = [Change(Ref(name, str(number))) for number in before.lost_by(now) for name in types]
        return replace(told, changes=gone, types=types if before.lost_others_by(now) else ())

    def _changed(self, base: str, time: str, place: _Place, call: Call) -> Page:
        since = place.start.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        params: Params = {
            "modified_after" if time == "modified" else "after": since,
            "orderby": time,
            "order": "asc",
            "per_page": POLL_SIZE,
            "page": place.page,
            "_fields": _FIELDS,
        }
        if time == "modified":
            return self.listed_whatever_status(base, params, call)
        return self.listed(base, params, call)

    def _seen(self, base: str, time: str, page: Page) -> Iterator[tuple[Change, datetime | None]]:
        for row in page.rows:
            ref = self.ref_of(base, row)
            if ref is not None:
                yield Change(ref, deleted=row.get("status") == "trash"), read_gmt(row.get(f"{time}_gmt"))


def _read_cursor(cursor: str) -> tuple[PollPosition, Mapping[str, Inventory]]:
    """Where polling stands, and what each list held; nothing of that in a cursor of an earlier version."""
    try:
        data = json.loads(cursor)
    except ValueError:
        data = None
    match data:
        case {"position": str() as position, "held": {**held}}:
            known = {str(base): Inventory.from_data(inventory) for base, inventory in held.items()}
            return PollPosition.from_text(position), known
    return PollPosition.from_text(cursor), {}


def _written(position: str, held: Mapping[str, Inventory]) -> str:
    known = {base: inventory.to_data() for base, inventory in held.items()}
    return json.dumps({"position": position, "held": known}, separators=(",", ":"))


def _start(lists: list[tuple[str, str]], number: int, position: PollPosition) -> _Place:
    late = _LATENESS if lists[number][1] == "modified" else OVERLAP
    return _Place(number, 1, position.since - late)


def _next(
    place: _Place, page: Page, by: str, lists: list[tuple[str, str]], position: PollPosition
) -> _Place | None:
    """Where to go on, ``None`` at the end of the pass."""
    more = len(page.rows) >= POLL_SIZE if page.pages is None else page.pages > place.page
    if page.rows and more and by != "id":
        last = read_gmt(page.rows[-1].get(f"{by}_gmt")) or place.start
        # What else is of the last second comes again, and is told once.
        start = last - _SECOND
        if start > place.start:
            return _Place(place.list, 1, start)
        return _Place(place.list, place.page + 1, place.start)
    following = place.list + 1
    return _start(lists, following, position) if following < len(lists) else None
