"""``manage.py apply FILE.yaml``."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from orchestrator.provisioning.api import ApplyError, apply_file


@contextmanager
def _quiet_wagtail() -> Iterator[None]:
    """Keep Wagtail's log from telling of publications that are not certain, or only tried."""
    log = logging.getLogger("wagtail")
    before = log.level
    log.setLevel(logging.WARNING)
    try:
        yield
    finally:
        log.setLevel(before)


class Command(BaseCommand):
    """Makes the hub as a file says."""

    help = "Create or change spaces, connections, channels, API clients and experiences from a YAML file."

    def add_arguments(self, parser: CommandParser) -> None:
        """The file, and whether to change anything."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="only show what would change")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Apply, and tell what became of each object."""
        try:
            with _quiet_wagtail():
                summary = apply_file(options["file"], dry_run=options["dry_run"])
        except ApplyError as error:
            raise CommandError(f"{error}\nNothing was changed.") from None
        if options["dry_run"] and summary.changed:
            self.stdout.write("Would be:")
        for line in summary.lines():
            self.stdout.write(line)
