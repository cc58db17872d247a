"""What is read again when it may have changed at its source, though nobody asks for it just then."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from connectors.sdk import Ref
from orchestrator.connections import api as connections
from orchestrator.links.cards import want_of
from orchestrator.links.models import Collection, Link, Use

__all__ = ["collections_in_use", "links_in_use", "sound_links_in_use"]


def links_in_use(concern: connections.Concern, after: int, most: int) -> connections.UsedPage:
    """Links that something uses, and those that are known as broken: they may be back."""
    used = _used("link") | _among(connections.problems())
    return _assets(Link.objects.filter(used), concern, after, most)


def sound_links_in_use(concern: connections.Concern, after: int, most: int) -> connections.UsedPage:
    """Links that something uses and that nobody has found absent."""
    absent = _among(connections.problems()) | _among(connections.doubts())
    return _assets(Link.objects.filter(_used("link")).exclude(absent), concern, after, most)


def collections_in_use(concern: connections.Concern, after: int, most: int) -> connections.UsedPage:
    """Collections that something uses."""
    rows = _page(Collection.objects.filter(concern.queries(), _used("collection")), concern, after, most)
    return connections.UsedPage([want for row in rows if (want := want_of(row))], _last(rows, most))


def _assets(
    links: QuerySet[Link], concern: connections.Concern, after: int, most: int
) -> connections.UsedPage:
    rows = _page(links.filter(concern.assets()), concern, after, most)
    wants = [want_of(row) for row in rows if concern.covers(Ref(row.type, row.external_id))]
    return connections.UsedPage([want for want in wants if want], _last(rows, most))


def _among(problems: QuerySet[Any]) -> Q:
    address = {name: OuterRef(name) for name in ("connection", "type", "external_id")}
    return Q(Exists(problems.order_by().filter(**address)))


def _used(target: str) -> Q:
    return Q(Exists(Use.objects.filter(target=target, target_uuid=OuterRef("uuid"))))


def _page(rows: QuerySet[Any], concern: connections.Concern, after: int, most: int) -> list[Any]:
    found = rows.filter(connection__uuid=concern.connection, pk__gt=after).select_related("connection")
    return list(found.order_by("pk")[:most])


def _last(rows: list[Any], most: int) -> int | None:
    return rows[-1].pk if len(rows) == most else None
