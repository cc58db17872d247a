"""Marks of what is to be read without anybody asking for it.

A purge leaves its mark in its own transaction, so none is lost with a broker, a worker or a message.
A mark is due a moment after the first purge; all that come until then, and while a walk is under way,
are one piece of work. So does a finding that an asset is absent, which is looked at again after a pause.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import F
from django.utils import timezone

from orchestrator.connections.models import Connection, Reread
from orchestrator.connections.purges.concern import is_wide

__all__ = [
    "SECOND_LOOK_S",
    "claim_mark",
    "due_marks",
    "finish_walk",
    "go_on_with",
    "hold_mark",
    "leave_doubt",
    "leave_marks",
    "next_try",
    "pause_s",
    "postpone_walk",
    "put_off",
]

# From a finding that an asset is absent to the second look: a replica has caught up by then.
SECOND_LOOK_S = 3.0

# Somebody who saves one thing often makes a source send several hooks.
_DEBOUNCE = timedelta(seconds=0.5)
# Between two pieces of work at one connection.
_PACE = timedelta(seconds=1)
_LONGEST_PAUSE_S = 60.0


def leave_marks(connection: Connection, scopes: Sequence[str], *, last: int) -> None:
    """Remember that these scopes, the lines up to number ``last``, are to be read again.

    In the transaction that appends the lines: it holds the counter, so nobody else leaves a mark now.
    """
    for wide in sorted({is_wide(scope) for scope in scopes}):
        cause = Reread.Cause.WIDE if wide else Reread.Cause.ITEMS
        _leave_mark(connection, cause, first=last - len(scopes) + 1, last=last)


def leave_doubt(connection: Connection) -> None:
    """Remember that an asset was found absent. In the transaction that writes the finding."""
    mark = Reread.objects.get_or_create(
        connection=connection, cause=Reread.Cause.DOUBTS, defaults={"purged_n": 0, "read_n": 0}
    )[0]
    # Whoever works on the mark now sees by the number that there is something new.
    _update(mark, purged_n=F("purged_n") + 1)
    due_at = timezone.now() + timedelta(seconds=SECOND_LOOK_S)
    Reread.objects.filter(pk=mark.pk, due_at=None).update(due_at=due_at)


def due_marks() -> list[int]:
    """The marks whose time has come, by primary key."""
    due = Reread.objects.filter(due_at__lte=timezone.now(), connection__enabled=True)
    return list(due.order_by("due_at").values_list("pk", flat=True))


def claim_mark(pk: int, *, lease_s: float) -> Reread | None:
    """The mark, with its connection, if it is due and nobody else has it: ours for ``lease_s`` seconds."""
    now = timezone.now()
    mark = Reread.objects.select_related("connection").filter(pk=pk, due_at__lte=now).first()
    if mark is None:
        return None
    walk_n = mark.walk_n if mark.place else mark.purged_n
    # Only one process moves the row on from the instant that it saw.
    mine = Reread.objects.filter(pk=pk, due_at=mark.due_at, place=mark.place)
    if not mine.update(due_at=now + timedelta(seconds=lease_s), walk_n=walk_n):
        return None
    mark.walk_n = walk_n
    return mark


def go_on_with(mark: Reread, place: str) -> None:
    """The walk has come to ``place`` and is taken up again there."""
    _update(mark, place=place, tries=0, due_at=timezone.now() + _PACE)


def next_try(tries: int) -> int:
    """The number of failures in a row after one more; beyond ten nobody counts."""
    return min(tries + 1, 10)


def pause_s(tries: int) -> float:
    """How long to wait after so many failures in a row, at least one: 1, 2, 4 … 60 seconds."""
    return min(2.0 ** (tries - 1), _LONGEST_PAUSE_S)


def postpone_walk(mark: Reread, place: str, *, wait_s: float, tries: int) -> None:
    """The walk goes on at ``place``, after ``wait_s`` seconds."""
    wait = max(_PACE, timedelta(seconds=wait_s))
    _update(mark, place=place, tries=tries, due_at=timezone.now() + wait)


def hold_mark(mark: Reread, place: str, *, for_s: float) -> None:
    """The walk has come to ``place``; whoever works on it keeps it for so long."""
    _update(mark, place=place, due_at=timezone.now() + timedelta(seconds=for_s))


def put_off(mark: Reread, place: str, *, due_at: datetime | None) -> None:
    """The walk goes on at ``place`` at that instant; ``None`` for never."""
    _update(mark, place=place, tries=0, due_at=due_at)


def finish_walk(mark: Reread) -> None:
    """All is read that the walk was about. What was purged, or found, since begins another one."""
    done = {"place": "", "tries": 0, "read_n": mark.walk_n}
    if not Reread.objects.filter(pk=mark.pk, purged_n=mark.walk_n).update(**done, due_at=None):
        _update(mark, **done, due_at=timezone.now() + _PACE)


def _leave_mark(connection: Connection, cause: Reread.Cause, *, first: int, last: int) -> None:
    marks = Reread.objects.filter(connection=connection, cause=cause)
    due_at = timezone.now() + _DEBOUNCE
    if not marks.update(purged_n=last):
        Reread.objects.create(
            connection=connection, cause=cause, purged_n=last, read_n=first - 1, due_at=due_at
        )
        return
    marks.filter(due_at=None).update(read_n=first - 1, due_at=due_at)


def _update(mark: Reread, **values: object) -> None:
    Reread.objects.filter(pk=mark.pk).update(**values)
