"""A text as a table: its rows with their lines, and the lines that are no row. Pure.

A line that is broken is left out and named; the rest stays. What cannot be told row from row at all is
refused: a quote that is never closed, and an end in the middle of a row, which is that of half a file.

Source: RFC 4180
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from connectors.csv.unreadable import UnreadableError

__all__ = ["Broken", "Row", "Table", "below", "read_table"]

_PAGES = ("<!doctype", "<html", "<?xml")


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the line of the file in which it begins, and its cells by column."""

    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Broken:
    """Something that is no row. ``text`` is for comparing only: it holds values."""

    line: int
    why: str
    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """Columns in their order, rows by id in theirs, and what is broken.

    ``ended`` tells that its last line was finished: one that was not may be half a file's last.
    """

    columns: Sequence[str]
    rows: Mapping[str, Row]
    broken: Sequence[Broken]
    ended: bool

    def is_absent(self, external_id: str) -> bool:
        """Whether an id is surely not in the table: not on a broken line either, nor behind a cut."""
        if not self.ended or not self.rows or external_id in self.rows:
            return False
        written = (external_id, external_id.replace('"', '""'))
        return not any(form in one.text for one in self.broken for form in written)


def below(text: str, header_line: int) -> str:
    """The text from the line with the names on."""
    lines = io.StringIO(text, newline="")
    for _ in range(header_line - 1):
        lines.readline()
    return lines.read()


def read_table(text: str, *, delimiter: str, header_line: int, id_column: str) -> Table:
    """The table of a text that begins with its line of names.

    Args:
        header_line: Which line of the file that is; 0 if there is none: columns are column_1, column_2 ...

    Raises:
        UnreadableError: It is no table, has no column of this name, or ends in the middle.
    """
    if text.lstrip()[:9].lower().startswith(_PAGES):
        raise UnreadableError("no table but a page")
    columns: list[str] = []
    rows: dict[str, Row] = {}
    broken: list[Broken] = []
    last: _Record | None = None
    for record in _records(text, delimiter, first_line=max(1, header_line)):
        last = record
        if not columns:
            columns = _names(record.cells or (), written=bool(header_line))
            if id_column not in columns:
                raise UnreadableError(f"no column “{id_column}” (id_field)")
            if header_line:
                continue
        row, why = _row_of(record, columns, id_column, rows)
        if row is None:
            broken.append(Broken(record.line, why, record.text))
        else:
            rows[row.cells[id_column]] = row
    ended = text.endswith(("\n", "\r"))
    if last is None or not columns:
        raise UnreadableError("empty")
    if not ended and (last.cells is None or len(last.cells) < len(columns)):
        raise UnreadableError(f"it ends in the middle of line {last.line}")
    if broken and not rows:
        raise UnreadableError(f"line {broken[0].line}: {broken[0].why}; nor is any other line a row")
    return Table(columns, rows, broken, ended)


@dataclass(frozen=True, slots=True)
class _Record:
    """What stands between two ends of a row; without cells where its quotes are wrong."""

    line: int
    cells: Sequence[str] | None
    text: str


class _Lines:
    """Lines of a text, counted as they are taken."""

    def __init__(self, text: str) -> None:
        self._lines = io.StringIO(text, newline="")
        self.count = 0
        self.taken: list[str] = []
        self.is_over = False

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._lines.readline()
        if not line:
            self.is_over = True
            raise StopIteration
        self.count += 1
        self.taken.append(line)
        return line


def _records(text: str, delimiter: str, *, first_line: int) -> Iterator[_Record]:
    lines = _Lines(text)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        line, cells = lines.count + first_line, None
        lines.taken = []
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            # The reader begins anew with the next line.
            if lines.is_over:
                raise UnreadableError(f"a quotation mark in line {line} is never closed") from None
        if cells is None or any(map(str.strip, cells)):
            yield _Record(line, cells, "".join(lines.taken))


def _names(cells: Sequence[str], *, written: bool) -> list[str]:
    """Names of columns, each once: one without a name, or with that of another, is called by its number."""
    names: list[str] = []
    for number, cell in enumerate(cells, start=1):
        name = " ".join(cell.split()) if written else ""
        names.append(name if name and name not in names else f"column_{number}")
    return names


def _row_of(
    record: _Record, columns: Sequence[str], id_column: str, rows: Mapping[str, Row]
) -> tuple[Row | None, str]:
    """The row of a record, or why it is none."""
    if record.cells is None:
        return None, "a quotation mark stands where none can be"
    cells = list(map(str.strip, record.cells))
    while len(cells) > len(columns) and not cells[-1]:
        cells.pop()
    if len(cells) != len(columns):
        return None, f"{len(cells)} columns in place of {len(columns)}"
    row = Row(record.line, dict(zip(columns, cells, strict=True)))
    external_id = row.cells[id_column]
    if not external_id:
        return None, f"nothing in “{id_column}”"
    if external_id in rows:
        return None, f"the same “{id_column}” as line {rows[external_id].line}"
    return row, ""
