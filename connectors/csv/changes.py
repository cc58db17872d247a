"""How a table tells what changed: by comparing its rows with what they were.

The cursor is stored. It holds the id of each row and a digest of its cells; of people it holds digests only,
which nobody can look up, and what is gone among them is found by reading all of them again.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass

from connectors.csv.reading import TableReading
from connectors.csv.tables import Row, Table
from connectors.sdk import BadResponseError, Call, Change, ChangePage, Ref

__all__ = ["Polling"]

# Rows that a cursor keeps. Of a table beyond that all is read again once anything changed.
_MOST_ROWS = 5000
# Ids are often short numbers: without a key that is stored nowhere, a digest of each could be looked up.
_KEY = secrets.token_bytes(32)


class Polling(TableReading):
    """It tells what changed."""

    def changes_since(self, cursor: str | None, call: Call) -> ChangePage:
        """Rows that are new, changed or no longer there."""
        before = _Position.from_text(cursor) if cursor is not None else None
        file = self.read(call, unless=before.validator if before else None)
        if file is None:
            return ChangePage((), cursor or "")
        names = self.config.type == "Person"
        now = _Position(file.validator, _marks(file.table, hide=names))
        if before is None:
            return ChangePage((), now.to_text())
        if _TOGETHER in now.marks or _TOGETHER in before.marks:
            same = before.marks == now.marks
            return ChangePage((), now.to_text(), types=() if same else (self.config.type,))
        return self._compared(file.table, before, now, hide=names)

    def _compared(self, table: Table, before: _Position, now: _Position, *, hide: bool) -> ChangePage:
        changed = [
            Change(Ref(self.config.type, one))
            for one in table.rows
            if before.marks.get(key := _key(one, hide=hide)) != now.marks[key]
        ]
        lost = before.marks.keys() - now.marks.keys()
        if hide:
            return ChangePage(changed, now.to_text(), types=(self.config.type,) if lost else ())
        absent = sorted(one for one in lost if table.is_absent(one))
        gone = [Change(Ref(self.config.type, one), deleted=True) for one in absent]
        # One that may be on a broken line is remembered until that is known.
        unsure = {one: before.marks[one] for one in lost if one not in absent}
        return ChangePage([*changed, *gone], _Position(now.validator, {**now.marks, **unsure}).to_text())


_TOGETHER = ""
"""The key of a digest of all rows. No row has an empty id."""


@dataclass(frozen=True, slots=True)
class _Position:
    """What the table held: its validator, and a digest of each row by id, or one of all."""

    validator: str | None
    marks: dict[str, str]

    def to_text(self) -> str:
        return json.dumps([self.validator, self.marks])

    @classmethod
    def from_text(cls, text: str) -> _Position:
        try:
            validator, marks = json.loads(text)
            known = {str(one): str(mark) for one, mark in marks.items()}
            return cls(None if validator is None else str(validator), known)
        except (ValueError, TypeError, AttributeError):
            raise BadResponseError("not a cursor of changes") from None


def _marks(table: Table, *, hide: bool) -> dict[str, str]:
    marks = {_key(one, hide=hide): _digest(row, hide=hide) for one, row in table.rows.items()}
    if len(marks) <= _MOST_ROWS:
        return marks
    together = hashlib.blake2b(json.dumps(marks).encode(), key=_KEY if hide else b"", digest_size=12)
    return {_TOGETHER: together.hexdigest()}


def _key(id: str, *, hide: bool) -> str:
    return hashlib.blake2b(id.encode(), key=_KEY, digest_size=12).hexdigest() if hide else id


def _digest(row: Row, *, hide: bool) -> str:
    text = json.dumps(list(row.cells.items())).encode()
    return hashlib.blake2b(text, key=_KEY if hide else b"", digest_size=8).hexdigest()
