"""The map of the code in docs/architecture.md, from the modules' own first sentences.

``python -m tests.architecture.map`` writes it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "architecture.md"
BLOCK = re.compile(r"(?<=<!-- map -->\n).*?(?=<!-- /map -->)", re.DOTALL)
# Django's own names say what is in them.
PLAIN = {"apps", "__init__", "__main__", "models"}


def draw() -> str:
    """One list for each package, one line for each module that has something to say."""
    parts = []
    for package in ("connectors", "orchestrator"):
        for folder in _folders(ROOT / package):
            lines = list(_lines(folder))
            if lines:
                parts.append(
                    "\n".join(
                        [
                            f"**{folder.relative_to(ROOT)}/** {_sentence(folder / '__init__.py')}",
                            "",
                            *lines,
                            "",
                        ]
                    )
                )
    return "\n" + "\n".join(parts) + "\n"


def write() -> None:
    """Put the map into the page."""
    PAGE.write_text(BLOCK.sub(lambda _: draw(), PAGE.read_text()))


def _folders(root: Path) -> Iterator[Path]:
    skipped = {"migrations", "commands", "management", "__pycache__", "assets", "seed"}
    for folder in sorted([root, *(p for p in root.rglob("*") if p.is_dir())]):
        if not skipped & set(folder.relative_to(ROOT).parts):
            yield folder


def _lines(folder: Path) -> Iterator[str]:
    for module in sorted(folder.glob("*.py")):
        if module.stem not in PLAIN and (sentence := _sentence(module)):
            yield f"- `{module.stem}` {sentence}"


def _sentence(module: Path) -> str:
    if not module.exists():
        return ""
    text = ast.get_docstring(ast.parse(module.read_text())) or ""
    return " ".join(text.split("\n\n")[0].split())


if __name__ == "__main__":
    write()
