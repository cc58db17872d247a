"""Packages of Debian that a system needs on the machine."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.real.systems.programs import run

__all__ = ["ensure_packages", "versions_of"]


def versions_of(packages: Sequence[str]) -> dict[str, str]:
    """The installed versions; a package that is not installed is left out."""
    if not shutil.which("dpkg-query"):
        return {}
    shown = "${Package}=${db:Status-Status}=${Version}\n"
    asked = subprocess.run(
        ["dpkg-query", "--show", f"--showformat={shown}", *packages],
        capture_output=True,
        text=True,
        check=False,
    )
    rows = [line.split("=", 2) for line in asked.stdout.splitlines()]
    return {name: version for name, status, version in rows if status == "installed"}


def ensure_packages(packages: Sequence[str]) -> None:
    """Install what is missing, as root; else say what to install.

    Raises:
        RuntimeError: It cannot be installed.
    """
    missing = sorted(set(packages) - set(versions_of(packages)))
    if not missing:
        return
    if os.geteuid() or not shutil.which("apt-get"):
        raise RuntimeError(f"install these packages: {' '.join(missing)}")
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "--yes", "-qq", "--no-install-recommends", *missing]
    with TemporaryDirectory() as folder:
        for command in (["apt-get", "update", "-qq"], install):
            run(command, folder=Path(folder), log=Path(folder) / "log", environment=quiet)
