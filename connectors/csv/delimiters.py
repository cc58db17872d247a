"""Which sign stands between two cells. Pure.

The one by which the most lines have as many cells as the line with the names; of several, the one that
makes more columns. Signs within quotes do not count.
"""

from __future__ import annotations

import csv
import io
from itertools import islice

__all__ = ["DELIMITERS", "find_delimiter"]

DELIMITERS = (",", ";", "\t", "|")
_MOST_LINES = 100
_MOST_CHARACTERS = 65_536


def find_delimiter(text: str) -> str:
    """The delimiter of a table that begins with its line of names; a comma if it has one column."""
    sample = text[:_MOST_CHARACTERS]
    if len(sample) < len(text):
        # The last line is cut, and would have too few cells.
        sample = sample[: sample.rfind("\n") + 1] or sample
    return max(DELIMITERS, key=lambda delimiter: _fit(sample, delimiter))


def _fit(sample: str, delimiter: str) -> tuple[bool, float, int]:
    try:
        rows = list(islice(csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter), _MOST_LINES))
    except csv.Error:
        return False, 0.0, 0
    rows = [row for row in rows if row]
    columns = len(rows[0]) if rows else 0
    alike = sum(len(row) == columns for row in rows) / len(rows) if rows else 0.0
    return columns > 1, alike, columns
