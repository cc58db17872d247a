"""Documentation says what is true."""

import re
from pathlib import Path

import pytest

from tests.architecture.map import BLOCK, PAGE, draw

ROOT = Path(__file__).resolve().parents[2]
PAGES = [
    ROOT / "README.md",
    *sorted((ROOT / "docs").rglob("*.md")),
    *sorted((ROOT / "connectors").rglob("*.md")),
]


def test_the_map_of_the_code_is_the_code():
    drawn = BLOCK.search(PAGE.read_text())
    assert drawn is not None
    assert drawn.group() == draw(), "run: python -m tests.architecture.map"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_what_a_page_links_to_is_there(page):
    links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", page.read_text())
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_the_table_of_a_request_names_files_that_exist():
    rows = re.findall(r"^\| \d \| `([^`]+)`", PAGE.read_text(), re.MULTILINE)
    assert len(rows) == 8
    assert [row for row in rows if not (ROOT / "orchestrator" / row).exists()] == []


def test_every_variable_of_the_environment_is_documented():
    source = (ROOT / "orchestrator" / "config" / "settings.py").read_text()
    read = set(re.findall(r"env\.[a-z]+\(\s*\"([A-Z_]+)\"", source)) - {"TEST_DATABASE_FILE"}
    documented = set(
        re.findall(r"^\| `([A-Z_]+)`", (ROOT / "docs" / "operating.md").read_text(), re.MULTILINE)
    )
    assert read == documented
