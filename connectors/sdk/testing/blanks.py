"""The blanks that an author has not filled in yet: lines with the mark, each with its question."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

__all__ = ["MARK", "Blank", "each_blank"]

MARK = "BLANK: "
_READ = (".py", ".md", ".toml")
# Environments and what builds leave are nobody's to fill in.
_PASSED_OVER = frozenset({"build", "dist", "node_modules", "__pycache__"})


@dataclass(frozen=True, slots=True)
class Blank:
    """One line that asks something of the author. ``place`` is ``file:line``, within the package."""

    place: str
    question: str

    def __str__(self) -> str:
        return self.place


def each_blank(folder: Path) -> list[Blank | None]:
    """All that are left, in the order of files and lines; one ``None`` when all are filled in."""
    return [*_blanks(folder)] or [None]


def _blanks(folder: Path) -> Iterator[Blank]:
    for path in sorted(folder.rglob("*")):
        place = path.relative_to(folder)
        if path.suffix not in _READ or any(_is_passed_over(part, folder / part) for part in place.parts[:-1]):
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if MARK in line:
                yield Blank(f"{place}:{number}", _question(line))


def _is_passed_over(name: str, path: Path) -> bool:
    return name in _PASSED_OVER or name.startswith(".") or (path / "pyvenv.cfg").exists()


def _question(line: str) -> str:
    return line.partition(MARK)[2].strip(" |\"'(),").strip()
