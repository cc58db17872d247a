"""``manage.py ledger``: what of foreign origin is held, and whether any of it is where it must not be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from orchestrator.connections.ledger import held_strings, list_ledger, scan_database, scan_files


class Command(BaseCommand):
    """Lists addresses and ends, never values."""

    help = (
        "List what the cache holds of external systems: source, age, end. With --scan, look for it elsewhere."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--scan",
            nargs="*",
            type=Path,
            metavar="FILE",
            help="search the database, and these files and folders (logs), for values that the cache holds",
        )

    def handle(self, *args: Any, scan: list[Path] | None = None, **options: Any) -> None:  # noqa: ARG002 - Django\'s signature.
        lines = list_ledger()
        for line in lines:
            self.stdout.write(
                f"{line.source:16} {line.type:20} {line.id:30} {line.locale:6} {line.kind:8} "
                f"{line.fingerprint[:8]:8} {line.purpose:9} "
                f"held since {line.stored_at:%Y-%m-%d %H:%M:%S} ends {line.ends_at:%Y-%m-%d %H:%M:%S}"
            )
        self.stdout.write(f"{len(lines)} held, {sum(line.size_bytes for line in lines)} bytes")
        if scan is not None:
            self._scan(scan)

    def _scan(self, paths: list[Path]) -> None:
        strings = held_strings()
        hits = [*scan_database(strings), *scan_files(paths, strings)]
        for place in sorted({hit.place for hit in hits}):
            # The value itself is not printed: the terminal may be logged.
            self.stdout.write(f"found in {place}: {sum(hit.place == place for hit in hits)} value(s)")
        self.stdout.write(f"{len(strings)} values searched for, {len(hits)} found outside the cache")
        if hits:
            raise CommandError("values of external systems were found outside the cache")
