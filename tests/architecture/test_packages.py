"""Direct dependencies have a reason each, and the locks name no place to download from."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("requirements.txt", "requirements-dev.txt")


def direct(name: str) -> set[str]:
    lines = (ROOT / name).read_text().splitlines()
    names = (re.match(r"[A-Za-z0-9-]+", line) for line in lines if not line.startswith(("#", "-r")))
    return {found.group().lower() for found in names if found}


@pytest.mark.parametrize("name", ["requirements.in", "requirements-dev.in"])
def test_each_direct_dependency_has_its_line_of_reason(name):
    record = (ROOT / "docs" / "decisions" / "0002-dependencies.md").read_text().lower()
    explained = set(re.findall(r"^\| `([a-z0-9-]+)", record, re.MULTILINE))
    assert direct(name) - explained == set()


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_no_address_and_pins_by_digest(name):
    lock = (ROOT / name).read_text()
    assert "://" not in lock
    assert "index-url" not in lock
    assert len(re.findall(r"^[a-z0-9].*==", lock, re.MULTILINE)) > 30
    assert lock.count("--hash=sha256:") > 30
