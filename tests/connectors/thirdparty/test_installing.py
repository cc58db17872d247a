"""A third party's package, installed as anybody would, is found by the hub with no change here."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent / "acme-recipes"
GROUP = "orchestrator.connectors"
LIST_ENTRY_POINTS = (
    "import importlib.metadata as m, json;"
    f"print(json.dumps({{e.name: e.value for e in m.entry_points(group={GROUP!r})}}))"
)
LIST_REGISTERED = (
    "import django, json; django.setup();"
    "from orchestrator.connections import api;"
    "print(json.dumps({id: c.name for id, c in api.registered_connectors().items()}))"
)
README_BLOCK = re.compile(r"`([\w/.]+)`:[^\n]*\n\n```\w+\n(.*?)```", re.DOTALL)


@pytest.fixture(scope="module")
def installed(tmp_path_factory) -> Path:
    """The folder that pip installed the package to; no network, nothing left in the source."""
    work = tmp_path_factory.mktemp("thirdparty")
    source, target = work / "source", work / "target"
    shutil.copytree(SOURCE, source, ignore=shutil.ignore_patterns("__pycache__"))
    options = ("--no-deps", "--no-build-isolation", "--no-index", "--disable-pip-version-check", "--quiet")
    subprocess.run(
        [sys.executable, "-m", "pip", "install", *options, "--target", target, source],
        check=True,
        capture_output=True,
        env={**os.environ, "PIP_CONFIG_FILE": os.devnull},
    )
    return target


def run(code: str, *, path: Path | None) -> dict[str, str]:
    """What a fresh process prints as JSON, with ``path`` among its packages."""
    env = {**os.environ, **({"PYTHONPATH": str(path)} if path else {})}
    root = Path(__file__).parents[3]
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, env=env, cwd=root)
    return json.loads(done.stdout)


def test_its_entry_point_is_found_once_it_is_installed(installed):
    before, after = run(LIST_ENTRY_POINTS, path=None), run(LIST_ENTRY_POINTS, path=installed)
    assert "acme_recipes" not in before
    assert after == {**before, "acme_recipes": "acme_recipes.connector:AcmeConnector"}


def test_the_hub_registers_it_beside_its_own(installed):
    before, after = run(LIST_REGISTERED, path=None), run(LIST_REGISTERED, path=installed)
    assert {"rest", "directus"} <= before.keys()
    assert after == {**before, "acme_recipes": "Acme Recipes"}


def test_the_page_that_teaches_shows_this_very_package(request):
    page = (request.config.rootpath / "connectors/README.md").read_text()
    shown = dict(README_BLOCK.findall(page))
    files = (
        "pyproject.toml",
        "acme_recipes/connector.py",
        "acme_recipes/simulator.py",
        "test_acme_recipes.py",
    )
    assert shown == {name: (SOURCE / name).read_text() for name in files}
