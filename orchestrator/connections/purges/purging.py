"""Making readings out of date: what a hook, a poll or a person says may have changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.db import transaction

from connectors.sdk import Ref
from orchestrator.connections.cache.entry import can_be_held, is_name_of_type
from orchestrator.connections.models import Connection
from orchestrator.connections.purges.log import append_purges, scopes_of
from orchestrator.connections.purges.rereads import leave_marks

__all__ = ["forget_ear", "on_own_purge", "purge"]

_MOST_ITEMS = 200
_ear: Callable[[int], None] | None = None


def on_own_purge(ear: Callable[[int], None] | None) -> None:
    """Call this with the number of each purge that this process writes and commits; ``None`` ends it."""
    global _ear  # noqa: PLW0603 - a process has one gateway, or none yet.
    _ear = ear


def forget_ear(ear: Callable[[int], None]) -> None:
    """Call this one no more. A gateway that ends late must not deafen the one that came after it."""
    if _ear == ear:
        on_own_purge(None)


def purge(
    *,
    connection: Connection,
    refs: Iterable[Ref] = (),
    types: Iterable[str] = (),
    everything: bool = False,
    drop: bool = False,
    read_again: bool = True,
) -> int:
    """Have these read again before they are served; the number of the purge, 0 if nothing was named.

    Soft by default: values stay for the case that their source does not answer. ``drop`` deletes them
    for good: gone, end of rights, erasure. It acts in this process when the transaction commits, in
    others when they hear of it, within a quarter of a second. Also purges every stored query over
    the same types: what changed may match them now.

    With ``read_again`` a worker reads those that are in use within seconds, whether somebody asks or not.
    """
    named = list(dict.fromkeys(refs))
    # Of what cannot be held there is nothing to read again, but lists of its type may change.
    types = filter(is_name_of_type, [*types, *(ref.type for ref in named if not can_be_held(ref))])
    named = list(filter(can_be_held, named))
    if connection.personal or (len(named) > _MOST_ITEMS and not drop):
        # A flood of items is one line for each of their types. So is news of people: nothing of them is
        # held that could be read again, and the log is no place for their ids.
        types, named = {*types, *(ref.type for ref in named)}, []
    scopes = scopes_of(connection, refs=named, types=types, everything=everything)
    if not scopes:
        return 0
    with transaction.atomic():
        n = append_purges(scopes, drop=drop)
        if read_again and not connection.personal:
            leave_marks(connection, scopes, last=n)
        transaction.on_commit(lambda: _tell(n))
    return n


def _tell(n: int) -> None:
    # Without a gateway nothing is held here, and the others hear of it by themselves.
    if _ear is not None:
        _ear(n)
