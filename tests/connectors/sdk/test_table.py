"""The table connector x case, from a real run in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from connectors.sdk.testing.contract import contract_cases

ROOT = Path(__file__).parents[3]
CASES = "says_what_it_is or a_search_filters or hidden_item"
# Without the project's settings: the contract needs no Django.
ALONE = ("-c", "/dev/null", "--rootdir", str(ROOT), "--noconftest", "-p", "no:django", "-p", "no:playwright")


def test_the_table_shows_what_ran_and_what_does_not_apply_and_why() -> None:
    command = [
        sys.executable,
        "-m",
        "connectors.sdk.testing.table",
        "tests/connectors/sdk/test_contract.py",
        "-k",
        CASES,
        *ALONE,
    ]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    table, _, notes = run.stdout[run.stdout.index("| case |") :].strip().partition("\n\n")
    lines = table.splitlines()
    assert lines[0] == "| case | Shop (ClosedShop) | Shop (Shop) |"
    assert len(lines) == len(contract_cases()) + 2
    assert "| it says what it is | ✓ | ✓ |" in lines
    assert "| a hidden item is missing and the others stay | n/a (1) | ✓ |" in lines
    assert "| a search filters | n/a (2) | ✓ |" in lines
    assert "| http 401 is access denied | did not run | did not run |" in lines
    assert notes.startswith(
        "1. Not applicable: The shop knows no drafts.\n2. Not applicable: has no search\n"
    )
