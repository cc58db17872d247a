"""``manage.py sweep``: the nightly sweep, now."""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Q
from django.utils import timezone

from orchestrator.connections.listening.sweeping import Sweeping, sweep_mark
from orchestrator.connections.models import Connection, Reread, Sweep
from orchestrator.connections.process import this_process
from orchestrator.connections.purges.rereads import claim_mark, hold_mark, put_off

_LEASE_S = 120.0
_SOON = timedelta(minutes=10)


class Command(BaseCommand):
    """Goes through the links of one connection after the other, at the pace of the nightly sweep."""

    help = "Read every link in use that nobody has read for half a day, so that what was deleted is found."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("connections", nargs="*", metavar="CONNECTION", help="short names; all without")

    def handle(self, *args: Any, connections: list[str], **options: Any) -> None:  # noqa: ARG002 - Django's signature.
        for connection in self._chosen(connections):
            self.stdout.write(f"{connection.slug}: {_sweep(connection)}")

    def _chosen(self, slugs: list[str]) -> Iterable[Connection]:
        """Those that are on and hold no people."""
        found = Connection.objects.filter(enabled=True, personal=False)
        unknown = set(slugs) - set(found.values_list("slug", flat=True))
        if unknown:
            raise CommandError(f"no connection to sweep has the short name {', '.join(sorted(unknown))}")
        return found.filter(slug__in=slugs) if slugs else found


def _sweep(connection: Connection) -> str:
    """Go on where the last one stood, to the end. What became of it, in words."""
    now = timezone.now()
    planned = sweep_mark(connection)
    # One that is due soon is being worked on, by a worker or by another of these commands.
    idle = Q(due_at=None) | Q(due_at__gt=now + _SOON)
    Reread.objects.filter(idle, pk=planned.pk).update(due_at=now)
    mark = claim_mark(planned.pk, lease_s=_LEASE_S)
    if mark is None:
        return "under way already"
    process = this_process()
    process.hear()
    process.generations.catch_up()
    sweeping = Sweeping(process, mark)
    try:
        return _go_on(sweeping)
    finally:
        # The scheduler plans the next one; a place that is left is where that goes on.
        put_off(mark, sweeping.place, due_at=None)


def _go_on(sweeping: Sweeping) -> str:
    while not sweeping.is_unwell():
        _number, wait_s = sweeping.step()
        if wait_s is None:
            sweep = Sweep.objects.get(connection=sweeping.mark.connection)
            return f"{sweep.ended_links} links, {sweep.ended_read} of them read"
        hold_mark(sweeping.mark, sweeping.place, for_s=wait_s + _LEASE_S)
        time.sleep(wait_s)
    return "does not work, left alone"
