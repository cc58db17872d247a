"""The real systems that connectors are tested against, each started on loopback from registry packages."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tests.kept import kept_folder
from tests.real.systems.directus import Directus
from tests.real.systems.kinto import Kinto
from tests.real.systems.system import Key, Running, Seeded, System
from tests.real.systems.vendure import Vendure
from tests.real.systems.wordpress import WordPress

__all__ = ["SYSTEMS", "Key", "Running", "Seeded", "System", "cache_folder"]

SYSTEMS: Mapping[str, System] = {
    system.name: system for system in (Kinto(), WordPress(), Vendure(), Directus())
}


def cache_folder() -> Path:
    """Where they are installed."""
    return kept_folder("real")
