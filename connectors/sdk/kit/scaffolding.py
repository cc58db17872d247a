"""Writes a package with a connector, its simulator and its contract test: all works, but for marked blanks.

The blanks are what nobody but its author can know: how *this* system names, pages, deletes. Until they are
filled in, the connector speaks to an imagined system, which its simulator plays.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from string import Template

from connectors.sdk.kit.naming import Names, names_of

__all__ = ["main", "next_steps", "scaffold"]

# The template of each file, by its place in the package.
_FILES = {
    "pyproject.toml": "pyproject.toml.tmpl",
    "README.md": "README.md.tmpl",
    "{package}/__init__.py": "package.py.tmpl",
    "{package}/connector.py": "connector.py.tmpl",
    "{package}/simulator.py": "simulator.py.tmpl",
    "tests/test_contract.py": "test_contract.py.tmpl",
    "tests/test_blanks.py": "test_blanks.py.tmpl",
}


def scaffold(name: str, parent: Path) -> Path:
    """Make the folder ``parent/NAME`` and what is in it; nothing that is there is ever written over.

    Raises:
        ValueError: The name cannot be one.
        FileExistsError: There is something of that name.
        OSError: It cannot be written there.
    """
    names = names_of(name)
    folder = parent / names.distribution
    folder.mkdir(parents=True)
    for place, template in _FILES.items():
        path = folder / place.format(package=names.package)
        path.parent.mkdir(exist_ok=True)
        path.write_text(_filled(template, names), encoding="utf-8")
    return folder


def next_steps(folder: Path) -> str:
    """What to type now."""
    return (
        f"Made {folder}. Go on with the hub's Python environment:\n"
        f"  cd {folder}\n"
        "  pip install --no-build-isolation -e .\n"
        "  pytest                 all green but for the blanks, each of which says what it asks\n"
        "docs/writing-a-connector.md leads from here to the picker.\n"
    )


def main(arguments: Sequence[str]) -> int:
    """``python -m connectors.sdk.kit NAME [FOLDER]``: for authors who have no hub beside them."""
    if not 1 <= len(arguments) <= 2 or arguments[0].startswith("-"):
        sys.stderr.write("usage: python -m connectors.sdk.kit NAME [FOLDER]\n")
        return 2
    try:
        folder = scaffold(arguments[0], Path(arguments[1] if len(arguments) == 2 else "."))
    except FileExistsError as error:
        sys.stderr.write(f"{error.filename} is there already; nothing was written.\n")
        return 1
    except (ValueError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(next_steps(folder))
    return 0


def _filled(template: str, names: Names) -> str:
    text = files("connectors.sdk.kit").joinpath(template).read_text(encoding="utf-8")
    return Template(text).substitute(
        distribution=names.distribution, package=names.package, title=names.title, stem=names.stem
    )
