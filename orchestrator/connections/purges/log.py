"""Writing and reading the purge log: numbered lines in the hub's database, in the order of their commits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import CharField, DateTimeField, F, Max, PositiveBigIntegerField, Value
from django.utils import timezone

from connectors.sdk import Ref
from orchestrator.connections.cache.entry import count_of, database_of, item_scope
from orchestrator.connections.configuring.freshness import longest_s
from orchestrator.connections.models import Connection, Purge, PurgeCounter, new_epoch
from orchestrator.connections.purges.generations import Line, Log

__all__ = ["append_purges", "begin_epoch", "prune_purges", "read_purges", "retention_s", "scopes_of"]

_COUNTER = 1
# A clock that differs between machines must not let a line go before the readings that it concerns.
_MARGIN_S = 3_600.0


def scopes_of(
    connection: Connection, *, refs: Iterable[Ref] = (), types: Iterable[str] = (), everything: bool = False
) -> list[str]:
    """The scopes that a purge names, each once."""
    base = f"c:{connection.uuid}"
    if everything:
        return [base]
    named = [f"{base}:t:{name}" for name in types]
    named += [item_scope(str(connection.uuid), ref) for ref in refs]
    return list(dict.fromkeys(named))


def append_purges(scopes: Sequence[str], *, drop: bool) -> int:
    """Add a line for each scope; the number of the last one, or 0 for no scope.

    The counter's row stays locked until the commit, so numbers become visible in their order.
    """
    if not scopes:
        return 0
    kind = Purge.Kind.DROP if drop else Purge.Kind.SOFT
    with transaction.atomic():
        head = _advance(len(scopes))
        first = head - len(scopes) + 1
        Purge.objects.bulk_create(
            [Purge(n=n, scope=scope, kind=kind) for n, scope in enumerate(scopes, start=first)]
        )
    return head


def read_purges(after: int) -> Log:
    """The epoch, and all lines from number ``after`` on, that one included, in order. One query."""
    # The counter's row comes as a line without a time: an epoch in place of the scope.
    no_kind, no_time = Value("", CharField()), Value(None, DateTimeField())
    counter = PurgeCounter.objects.filter(pk=_COUNTER).values_list(
        Value(0, PositiveBigIntegerField()), "epoch", no_kind, no_time
    )
    lines = Purge.objects.filter(n__gte=after).values_list("n", "scope", "kind", "at")
    rows = list(lines.union(counter, all=True).order_by("n"))
    return Log(
        next((scope for _, scope, _, at in rows if at is None), ""),
        [Line(n, scope, kind == Purge.Kind.DROP, at.timestamp()) for n, scope, kind, at in rows if at],
    )


def begin_epoch(after: int) -> None:
    """The numbers were given before, in a history that this database has forgotten: count them as others.

    ``after`` is the highest count of an epoch that is known of; the new one has a higher one.

    Raises:
        PurgeCounter.DoesNotExist: The database is not all there, as in the middle of a restore.
    """
    known = PurgeCounter.objects.values_list("epoch", flat=True).get(pk=_COUNTER)
    epoch = new_epoch(database_of(known), max(after, count_of(known)) + 1)
    # Where another process was quicker, its epoch is as new as ours would be.
    PurgeCounter.objects.filter(pk=_COUNTER, epoch=known).update(epoch=epoch)


def retention_s() -> float:
    """How long a line concerns anything: the longest that any reading may be held, and a margin."""
    return longest_s(Connection.objects.values_list("freshness", flat=True)) + _MARGIN_S


def prune_purges() -> int:
    """Delete lines that concern nothing any more, never the last one. Returns how many."""
    last = Purge.objects.aggregate(last=Max("n"))["last"]
    if last is None:
        return 0
    before = timezone.now() - timedelta(seconds=retention_s())
    return Purge.objects.filter(at__lt=before, n__lt=last).delete()[0]


def _advance(count: int) -> int:
    while not PurgeCounter.objects.filter(pk=_COUNTER).update(head=F("head") + count):
        try:
            with transaction.atomic():
                PurgeCounter.objects.create(pk=_COUNTER)
        except IntegrityError:
            continue  # Another process made the row; its number is taken up in the next round.
    return PurgeCounter.objects.values_list("head", flat=True).get(pk=_COUNTER)
