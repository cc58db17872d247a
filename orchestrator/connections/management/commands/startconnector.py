"""``manage.py startconnector``: begin a package for a system that no connector speaks to yet."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from connectors.sdk.kit.scaffolding import next_steps, scaffold


class Command(BaseCommand):
    """Writes files and nothing else: no database is needed, and no hub."""

    help = "Make a package with a connector, its simulator and its contract test, outside this checkout."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="what pip will install, such as harbour-events")
        parser.add_argument("folder", nargs="?", type=Path, help="where to make it; else beside the hub")

    def handle(self, *args: Any, name: str, folder: Path | None = None, **options: Any) -> None:  # noqa: ARG002 - Django's signature.
        try:
            made = scaffold(name, self._parent(folder))
        except FileExistsError as error:
            raise CommandError(f"{error.filename} is there already; nothing was written.") from None
        except (ValueError, OSError) as error:
            raise CommandError(str(error)) from None
        self.stdout.write(next_steps(made))

    def _parent(self, folder: Path | None) -> Path:
        hub = Path(settings.BASE_DIR)
        parent = (folder or hub.parent).resolve()
        if parent.is_relative_to(hub):
            raise CommandError(f"A connector is a package of its own: choose a folder outside {hub}.")
        return parent
