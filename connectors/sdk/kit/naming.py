"""What a connector that is yet to be written is called, in the places where its name stands. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["Names", "names_of"]

_NAME = re.compile(r"[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*")
# Would hide what the connector itself needs.
_TAKEN = frozenset({"connectors", "orchestrator", "tests", "test", "pytest", "pydantic"})


@dataclass(frozen=True, slots=True)
class Names:
    """``distribution`` is what pip installs, ``package`` what Python imports and the connector's id."""

    distribution: str
    package: str
    title: str

    @property
    def stem(self) -> str:
        """How its classes begin."""
        return self.title.replace(" ", "")


def names_of(name: str) -> Names:
    """All names from one, as a person typed it: ``harbour-events``.

    Raises:
        ValueError: It cannot be the name of a package; the message is for that person.
    """
    plain = name.strip().lower()
    if not _NAME.fullmatch(plain) or len(plain) > 60:
        raise ValueError(
            f"“{name}” is no name for a package: small letters, digits and hyphens, a letter first"
        )
    words = re.split(r"[-_]", plain)
    package = "_".join(words)
    if package in _TAKEN:
        raise ValueError(f"“{name}” would hide another package of that name")
    return Names("-".join(words), package, " ".join(word.capitalize() for word in words))
