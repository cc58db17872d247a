"""The table connector x case, from a real run in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from connectors.sdk.testing.contract import contract_cases

ROOT = Path(__file__).parents[3]
CASES = "says_what_it_is or a_search_filters or hidden_item"


def test_the_table_shows_what_ran_and_what_does_not_apply_and_why() -> None:
    command = [
        sys.executable,
        "-m",
        "connectors.sdk.testing.table",
        "tests/connectors/sdk/test_contract.py",
        "-k",
        CASES,
    ]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    lines = run.stdout[run.stdout.index("| case |") :].strip().splitlines()
    assert lines[0] == "| case | Shop (ClosedShop) | Shop (Shop) |"
    assert len(lines) == len(contract_cases()) + 2
    assert "| it says what it is | ✓ | ✓ |" in lines
    assert "| a search filters | not applicable: has no search | ✓ |" in lines
    hidden = (
        "| a hidden item is missing and the others stay | not applicable: The shop knows no drafts. | ✓ |"
    )
    assert hidden in lines
    assert "| http 401 is access denied | did not run | did not run |" in lines
