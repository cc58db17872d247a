"""What the import linter cannot see: what really is loaded at run time."""

import subprocess
import sys
from pathlib import Path

import pytest

import orchestrator.engine

FOREIGN = ("django", "wagtail", "rest_framework", "celery", "requests", "urllib3", "redis")
ENGINE = [f"orchestrator.engine.{p.stem}" for p in Path(orchestrator.engine.__path__[0]).glob("[!_]*.py")]


@pytest.mark.parametrize("modules", [ENGINE, ["connectors.sdk"]], ids=["engine", "sdk values"])
def test_it_loads_neither_a_framework_nor_an_http_client(modules):
    program = f"import sys, {', '.join(modules)}; print([m for m in {FOREIGN!r} if m in sys.modules])"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
