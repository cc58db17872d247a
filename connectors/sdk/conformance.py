"""What a connector has shown to hold, and when: the record that its package carries.

A run of the contract writes it (``python -m connectors.sdk.testing.table --record``); the hub shows it
where people choose a connector. The record names the code that was tested, by a digest: of other code
it says nothing.

Levels: ``read``, and on top of it ``search``, ``collection``, ``change``, ``rendition``, ``identity`` and
``act``. A level is held when the connector has a capability that belongs to it and every case of the
contract about those that it has has passed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import MappingProxyType
from typing import Any

__all__ = ["FILE", "LEVELS", "Conformance", "digest_of", "package_of", "read_conformance"]

FILE = "conformance.json"

LEVELS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "read": (),
        "search": ("search",),
        "collection": ("collections",),
        "change": ("hooks", "polling"),
        "rendition": ("renditions", "pictures"),
        "identity": ("identify", "erasure"),
        "act": ("actions",),
    }
)
"""Levels, and the capabilities that each is about."""


@dataclass(frozen=True, slots=True)
class Conformance:
    """A record. ``cases`` is how many of the contract's passed; ``digest`` is of the code that was run."""

    levels: tuple[str, ...]
    cases: int
    tested_on: date
    digest: str

    def to_text(self) -> str:
        """The record as the package carries it."""
        data = {
            "levels": list(self.levels),
            "cases": self.cases,
            "tested_on": self.tested_on.isoformat(),
            "digest": self.digest,
        }
        return json.dumps(data, indent=2) + "\n"

    @classmethod
    def from_text(cls, text: str) -> Conformance:
        """Read a record; levels that this version does not know are left out.

        Raises:
            ValueError: It is none.
        """
        try:
            data: Mapping[str, Any] = json.loads(text)
            levels = tuple(level for level in LEVELS if level in data["levels"])
            return cls(levels, int(data["cases"]), date.fromisoformat(data["tested_on"]), str(data["digest"]))
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"not a record of conformance: {error}") from None


def read_conformance(package: str) -> Conformance | None:
    """The record in a connector's package; ``None`` if it carries none that can be read."""
    try:
        return Conformance.from_text(files(package).joinpath(FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError, ImportError, TypeError):
        return None


def package_of(cls: type) -> str:
    """The package in which a connector's class lives."""
    return cls.__module__.rpartition(".")[0] or cls.__module__


def digest_of(package: str) -> str:
    """Of all Python files of a package, by name and content; the same on every machine."""
    digest = hashlib.sha256()
    for name, content in _sources(files(package), ""):
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()[:16]


def _sources(folder: Traversable, prefix: str) -> Sequence[tuple[str, bytes]]:
    found: list[tuple[str, bytes]] = []
    for entry in sorted(folder.iterdir(), key=lambda each: each.name):
        if entry.is_dir():
            found += _sources(entry, f"{prefix}{entry.name}/")
        elif entry.name.endswith(".py"):
            # Line ends differ by machine, and mean nothing.
            found.append((prefix + entry.name, entry.read_bytes().replace(b"\r\n", b"\n")))
    return found
