"""What a new package is called, and that nothing is written over."""

import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from connectors.sdk.kit.naming import names_of
from connectors.sdk.kit.scaffolding import main, scaffold
from connectors.sdk.testing.blanks import each_blank
from connectors.sdk.testing.serve import simulator_at

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("typed", ["harbour-events", "harbour_events", " Harbour-Events "])
def test_all_names_come_from_one(typed):
    names = names_of(typed)
    assert (names.distribution, names.package) == ("harbour-events", "harbour_events")
    assert (names.title, names.stem) == ("Harbour Events", "HarbourEvents")


@pytest.mark.parametrize(
    "typed", ["", "Häfen", "9lives", "a--b", "../x", "a b", "connectors", "x" * 61, "import os;", "-h"]
)
def test_what_is_no_name_is_refused_in_words(typed, tmp_path):
    with pytest.raises(ValueError, match=r"is no name|would hide"):
        scaffold(typed, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_written_over(tmp_path, capsys):
    folder = scaffold("shop", tmp_path)
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert main(["shop", str(tmp_path)]) == 1
    assert "is there already; nothing was written" in capsys.readouterr().err
    with pytest.raises(CommandError, match="is there already"):
        call_command("startconnector", "shop", str(tmp_path))
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_a_connector_is_not_made_inside_the_hub():
    with pytest.raises(CommandError, match="choose a folder outside"):
        call_command("startconnector", "shop", str(ROOT / "connectors"))
    assert not (ROOT / "connectors" / "shop").exists()


def test_it_says_what_to_type_next(tmp_path, capsys):
    assert main(["shop", str(tmp_path)]) == 0
    assert f"cd {tmp_path / 'shop'}" in capsys.readouterr().out
    assert main([]) == 2


def test_what_it_writes_is_as_tidy_as_ours(tmp_path):
    folder = scaffold("harbour-events", tmp_path)
    ruff = [sys.executable, "-m", "ruff"]
    style = ["--config", str(ROOT / "pyproject.toml"), "--no-cache", str(folder / "harbour_events")]
    # The key of a simulator is no secret.
    for command in (["check", "--extend-ignore", "S105"], ["format", "--check"]):
        done = subprocess.run([*ruff, *command, *style], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_blanks_are_found_where_people_write_and_nowhere_else(tmp_path):
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "a.py").write_text('x = 1\ny = "BLANK: which one?"\n')
    (tmp_path / "README.md").write_text("| key | BLANK: where is it made? |\n")
    for elsewhere in ("build", ".venv", "env"):
        (tmp_path / elsewhere).mkdir()
        (tmp_path / elsewhere / "b.py").write_text("# BLANK: not the author's\n")
    (tmp_path / "env" / "pyvenv.cfg").touch()
    blanks = [(blank.place, blank.question) for blank in each_blank(tmp_path)]
    assert blanks == [("README.md:1", "where is it made?"), ("shop/a.py:2", "which one?")]
    assert each_blank(tmp_path / "build") == [None] or each_blank(tmp_path / "build")


@pytest.mark.parametrize(
    "place", ["nothing", "no.such.module:X", "connectors.sdk:NoSuch", "connectors.sdk:Connector"]
)
def test_what_is_no_simulator_is_said(place):
    with pytest.raises(ValueError, match=place.partition(":")[0]):
        simulator_at(place)
