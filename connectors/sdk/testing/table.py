"""Prints the table connector x case of a real run of the contract, as Markdown.

::

    python -m connectors.sdk.testing.table tests/connectors
    python -m connectors.sdk.testing.table --record tests/connectors

What does not apply to a connector is marked and says below the table why. It ends with the status of
the run: a table with a cross in it is a failure. With ``--record`` what was shown to hold is written into
each connector's package, for :mod:`connectors.sdk.conformance`; of a run that failed nothing is.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

import pytest

from connectors.sdk.conformance import FILE, LEVELS, Conformance, digest_of
from connectors.sdk.testing.contract import ConnectorContract, contract_cases

__all__ = ["ContractTable", "conformance", "main"]

PASSED, FAILED = "✓", "✗"
_NOT_RECORDED = "Nothing is recorded of a run that failed."


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
    paths = [argument for argument in arguments if argument != "--record"]
    # A package that is not installed yet is found where one stands.
    sys.path.insert(0, str(Path.cwd()))
    status = int(pytest.main(["-q", *(paths or ["tests/connectors"])], plugins=[table]))
    sys.stdout.write("\n" + "\n".join(table.lines()) + "\n")
    if "--record" in arguments:
        sys.stdout.write("\n" + "\n".join(_record(table.results) if status == 0 else [_NOT_RECORDED]) + "\n")
    return status


def _record(results: Mapping[type[ConnectorContract], Mapping[str, str]]) -> Iterator[str]:
    """Write what holds into the package of each connector; a line for each."""
    tests: dict[str, list[type[ConnectorContract]]] = defaultdict(list)
    for tested in results:
        tests[tested.connector_package].append(tested)
    for package, classes in sorted(tests.items()):
        found = conformance(package, {tested: results[tested] for tested in classes})
        Path(str(files(package).joinpath(FILE))).write_text(found.to_text(), encoding="utf-8")
        yield f"{package}: {', '.join(found.levels) or 'nothing'} ({found.cases} cases)"


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


def conformance(package: str, results: Mapping[type[ConnectorContract], Mapping[str, str]]) -> Conformance:
    """What a run has shown of one connector, which several tests may show in parts."""
    levels = tuple(
        level
        for level, names in LEVELS.items()
        if any(_holds(tested, names, passed) for tested, passed in results.items())
        and not any(_fails(tested, names, passed) for tested, passed in results.items())
    )
    cases = {case for passed in results.values() for case, how in passed.items() if how == PASSED}
    kept = levels if "read" in levels else ()
    return Conformance(kept, len(cases), datetime.now(UTC).date(), digest_of(package))


def _holds(tested: type[ConnectorContract], names: Sequence[str], passed: Mapping[str, str]) -> bool:
    """Whether it has one of these capabilities, and every case about those that it has has passed."""
    cases = _cases_about(tested, names)
    return bool(cases) and all(passed.get(case) == PASSED for case in cases)


def _fails(tested: type[ConnectorContract], names: Sequence[str], passed: Mapping[str, str]) -> bool:
    return any(passed.get(case) != PASSED for case in _cases_about(tested, names))


def _cases_about(tested: type[ConnectorContract], names: Sequence[str]) -> list[str]:
    """The cases that it has to pass for these capabilities; for none, those that are about none."""
    return [
        name
        for name, test in contract_cases().items()
        if name not in tested.not_applicable and (vars(test)["contract_capability"] in (names or (None,)))
    ]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
