"""Hooks that come faster than they are read one by one: together they are one purge of everything."""

from __future__ import annotations

from django.db import transaction

from orchestrator.connections.models import Connection, HookFlood
from orchestrator.connections.purges.purging import purge

__all__ = ["owe_purge", "pay_purges"]


def owe_purge(connection: Connection) -> None:
    """Have everything of a connection purged within seconds, however often this is called until then.

    A caller that finds the debt written already relies on a purge that commits after this look.
    """
    if not HookFlood.objects.filter(connection=connection).exists():
        HookFlood.objects.bulk_create([HookFlood(connection=connection)], ignore_conflicts=True)


def pay_purges() -> int:
    """Purge what is owed; how many connections. Several processes may do so."""
    return sum(map(_pay, HookFlood.objects.select_related("connection")))


@transaction.atomic
def _pay(flood: HookFlood) -> bool:
    if not HookFlood.objects.filter(pk=flood.pk).delete()[0]:
        return False
    purge(connection=flood.connection, everything=True)
    return True
