"""What is wrong with a file, each with its place: ``ApplyError`` carries ``Problem`` values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["ApplyError", "Place", "Problem"]

# Keys and positions from the top of the file to a value.
Place = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong. ``line`` counts from 1; ``path`` names the keys that lead there."""

    line: int
    path: str
    message: str

    def sentence(self, file: str) -> str:
        """``meridian.yaml:12: space meridian, connection pim, timeout_ms: …``"""
        return f"{file}:{self.line}: {self.path + ': ' if self.path else ''}{self.message}"


class ApplyError(Exception):
    """The file cannot be applied; nothing was changed. Messages hold no secret."""

    def __init__(self, file: str, problems: Iterable[Problem]) -> None:
        self.file = file
        self.problems = tuple(sorted(problems, key=lambda problem: problem.line))
        super().__init__("\n".join(problem.sentence(file) for problem in self.problems))
