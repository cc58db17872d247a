"""Run the tests of real systems, and print the table real system x case, as Markdown.

::

    REAL_SYSTEMS="kinto directus" python -m tests.real.table

What does not apply is marked and says below the table why. It ends with the status of the run.
"""

from __future__ import annotations

import os
import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pytest

from tests.real.systems import SYSTEMS

__all__ = ["RealTable", "main"]

PASSED, FAILED = "✓", "✗"


@dataclass(slots=True)
class _Column:
    """What one suite showed at one system."""

    name: str
    system: str
    not_applicable: Mapping[str, str]
    version: str = "did not start"
    results: dict[str, str] = field(default_factory=dict)
    own: Counter[str] = field(default_factory=Counter)


class RealTable:
    """A pytest plugin that notes how each case of each suite ended."""

    def __init__(self) -> None:
        self.columns: dict[str, _Column] = {}
        self.cases: Sequence[str] = ()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note a case that failed, or passed to its end."""
        properties = dict(report.user_properties)
        suite = properties.get("suite")
        if not isinstance(suite, dict) or (report.passed and report.when != "teardown"):
            return
        self.cases = suite["cases"]
        column = self.columns.setdefault(
            suite["name"], _Column(suite["name"], suite["system"], suite["not_applicable"])
        )
        column.version = str(properties.get("version", column.version))
        case = re.split(r"[\[@]", report.nodeid.rpartition("::")[2])[0]  # xdist adds the group after an @.
        mark = PASSED if report.passed and column.results.get(case) != FAILED else FAILED
        if case in self.cases:
            column.results[case] = mark
        else:
            column.own[mark] += 1

    def lines(self, asked: Sequence[str]) -> Iterator[str]:
        """The table, one line for each case; then what was asked for and has no suite."""
        columns = sorted(self.columns.values(), key=lambda column: (column.system, column.name))
        names = [_heading(one) for one in columns]
        yield f"| case | {' | '.join(names)} |"
        yield f"|---|{'---|' * len(names)}"
        notes: dict[str, int] = {}
        for case in self.cases:
            cells = " | ".join(_cell(one, case, notes) for one in columns)
            yield f"| {case.removeprefix('test_').replace('_', ' ')} | {cells} |"
        own = (" ".join(f"{count} {mark}" for mark, count in one.own.items()) or "none" for one in columns)
        yield f"| *tests of this connector alone* | {' | '.join(own)} |"
        yield ""
        for reason, number in notes.items():
            yield f"{number}. Not applicable: {reason}"
        without = [name for name in asked if name not in {one.system for one in columns}]
        if without:
            yield f"No connector is tested against: {', '.join(without)}"


def main(arguments: Sequence[str]) -> int:
    """Run the tests of the real systems in ``REAL_SYSTEMS``, and print the table."""
    table = RealTable()
    status = pytest.main(["-m", "real", *(arguments or ["tests/real"])], plugins=[table])
    sys.stdout.write("\n" + "\n".join(table.lines(os.environ.get("REAL_SYSTEMS", "").split())) + "\n")
    return int(status)


def _heading(column: _Column) -> str:
    title = SYSTEMS[column.system].title
    by = "" if column.name == title else f" by {column.name}"
    return f"{title} {column.version}{by}"


def _cell(column: _Column, case: str, notes: dict[str, int]) -> str:
    reason = column.not_applicable.get(case)
    if reason:
        return f"n/a ({notes.setdefault(reason, len(notes) + 1)})"
    return column.results.get(case, "did not run")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
