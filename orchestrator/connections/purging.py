"""Making readings out of date: what a hook, a poll or a person says may have changed."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from connectors.sdk import Ref
from orchestrator.connections.models import Connection
from orchestrator.connections.purges import append_purges, scopes_of

__all__ = ["purge"]

_MOST_ITEMS = 200


def purge(
    *,
    connection: Connection,
    refs: Iterable[Ref] = (),
    types: Iterable[str] = (),
    everything: bool = False,
    drop: bool = False,
) -> int:
    """Have these read again before they are served; the number of the purge, 0 if nothing was named.

    Soft by default: values stay for the case that their source does not answer. ``drop`` deletes them
    for good: gone, end of rights, erasure. It acts in this process when the transaction commits, in
    others when they hear of it, within a quarter of a second. Also purges every stored query over
    the same types: what changed may match them now.
    """
    # Imported here because what a process runs also writes purges.
    from orchestrator.connections.process import this_process  # noqa: PLC0415

    named = list(dict.fromkeys(refs))
    if len(named) > _MOST_ITEMS and not drop:
        # A flood of items is one line for each of their types.
        types, named = {*types, *(ref.type for ref in named)}, []
    n = append_purges(scopes_of(connection, refs=named, types=types, everything=everything), drop=drop)
    if n:
        transaction.on_commit(lambda: this_process().hear_own_purge(n))
    return n
