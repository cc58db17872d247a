"""Prints the table connector x case of a real run of the contract, as Markdown.

::

    python -m connectors.sdk.testing.table tests/connectors

What does not apply to a connector is marked and says below the table why. It ends with the status of
the run: a table with a cross in it is a failure.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

import pytest

from connectors.sdk.testing.contract import ConnectorContract, contract_cases

__all__ = ["ContractTable", "main"]

PASSED, FAILED = "✓", "✗"


class ContractTable:
    """A pytest plugin that notes how each case ended."""

    def __init__(self) -> None:
        self.results: dict[type[ConnectorContract], dict[str, str]] = defaultdict(dict)

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Iterator[None]:
        """Note the worst of set-up, call and tear-down."""
        outcome = yield
        tested = getattr(item, "cls", None)
        if isinstance(tested, type) and issubclass(tested, ConnectorContract):
            passed = outcome.get_result().passed  # type: ignore[attr-defined]
            name = item.name.partition("[")[0]
            worst = FAILED in (self.results[tested].get(name), PASSED if passed else FAILED)
            self.results[tested][name] = FAILED if worst else PASSED

    def lines(self) -> Iterator[str]:
        """The table, one line for each case."""
        tested = sorted(self.results, key=lambda one: (one.connector_name, one.__name__))
        names = [_column(one, tested) for one in tested]
        yield f"| case | {' | '.join(names)} |"
        yield f"|---|{'---|' * len(names)}"
        notes: dict[str, int] = {}
        for case in contract_cases():
            cells = " | ".join(_cell(one, self.results[one], case, notes) for one in tested)
            yield f"| {case.removeprefix('test_').replace('_', ' ')} | {cells} |"
        yield ""
        for reason, number in notes.items():
            yield f"{number}. Not applicable: {reason}"


def main(arguments: Sequence[str]) -> int:
    """Run the contract tests under the paths given, and print the table."""
    table = ContractTable()
    status = pytest.main(["-q", *(arguments or ["tests/connectors"])], plugins=[table])
    sys.stdout.write("\n" + "\n".join(table.lines()) + "\n")
    return int(status)


def _column(tested: type[ConnectorContract], all_tested: Sequence[type[ConnectorContract]]) -> str:
    alike = [one for one in all_tested if one.connector_name == tested.connector_name]
    own = tested.__name__.removeprefix("Test")
    return tested.connector_name if len(alike) == 1 else f"{tested.connector_name} ({own})"


def _cell(
    tested: type[ConnectorContract], results: Mapping[str, str], case: str, notes: dict[str, int]
) -> str:
    reason = tested.not_applicable.get(case)
    if reason:
        return f"n/a ({notes.setdefault(reason, len(notes) + 1)})"
    return results.get(case, "did not run")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
