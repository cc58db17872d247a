"""What the SDK promises by name, and what it must not load."""

from __future__ import annotations

import importlib
import pkgutil
import subprocess
import sys
from pathlib import Path

import connectors.sdk

# First, as a connector's test would: it has the asserts of its cases rewritten.
import connectors.sdk.testing.contract

ROOT = Path(__file__).parents[3]


def test_every_name_that_is_promised_exists_once() -> None:
    assert len(set(connectors.sdk.__all__)) == len(connectors.sdk.__all__)
    for name in connectors.sdk.__all__:
        assert hasattr(connectors.sdk, name), name


def test_every_module_says_what_is_public() -> None:
    for module in pkgutil.walk_packages(connectors.sdk.__path__, "connectors.sdk."):
        loaded = importlib.import_module(module.name)
        if module.ispkg:
            continue
        for name in loaded.__all__:
            assert hasattr(loaded, name), f"{module.name}.{name}"


def test_the_sdk_loads_no_http_client_and_its_http_part_no_test_tool() -> None:
    code = (
        "import sys, connectors.sdk;"
        "assert not {'requests', 'urllib3', 'pytest', 'django'} & set(sys.modules);"
        "import connectors.sdk.rest, connectors.sdk.types, connectors.sdk.testing.simulator,"
        " connectors.sdk.testing.scripted, connectors.sdk.testing.faults;"
        "assert not {'pytest', 'django'} & set(sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
