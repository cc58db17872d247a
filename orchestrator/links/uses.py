"""Where links, collections and bound links are used, as the apps above report it.

An app above tells what each of its things uses, draft and live apart, and registers how its things
are named: so this app knows every user and depends on none.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from orchestrator.links.models import Use

__all__ = ["Named", "UsedBy", "describe_users", "forget_uses", "report_uses", "used_uuids", "uses_of"]

Target = tuple[str, UUID | str]


@dataclass(frozen=True, slots=True)
class Named:
    """What people call a thing, and where they edit it (empty when they may not)."""

    title: str
    edit_url: str = ""


@dataclass(frozen=True, slots=True)
class UsedBy:
    """One thing that uses a link. ``kind`` is as reported ("experience")."""

    kind: str
    uuid: str
    title: str
    edit_url: str
    in_draft: bool
    in_live: bool


Describe = Callable[[Collection[UUID]], Mapping[UUID, Named]]

_describers: dict[str, Describe] = {}


def describe_users(kind: str, describe: Describe) -> None:
    """Say how the things of ``kind`` are named; called once, from ``AppConfig.ready()``.

    ``describe`` gets the uuids of a page of uses and makes one query for all of them.
    """
    _describers[kind] = describe


@transaction.atomic
def report_uses(
    *, used_by: str, used_by_uuid: UUID | str, draft: Iterable[Target], live: Iterable[Target]
) -> None:
    """Replace what one thing uses. The same report twice writes nothing the second time.

    Args:
        draft: ``("link" | "collection" | "bound", uuid)`` for each use in the latest draft.
        live: The same for what is published; empty when nothing is.
    """
    wanted = _wanted(draft, live)
    rows = Use.objects.filter(used_by=used_by, used_by_uuid=used_by_uuid)
    known = {(row.target, row.target_uuid): row for row in rows}
    changed = []
    for key, row in known.items():
        now = wanted.get(key)
        if now and now != (row.in_draft, row.in_live):
            row.in_draft, row.in_live = now
            changed.append(row)
    Use.objects.bulk_update(changed, ["in_draft", "in_live"])
    Use.objects.filter(pk__in=[row.pk for key, row in known.items() if key not in wanted]).delete()
    Use.objects.bulk_create(
        [
            Use(
                target=target,
                target_uuid=uuid,
                used_by=used_by,
                used_by_uuid=used_by_uuid,
                in_draft=in_draft,
                in_live=in_live,
            )
            for (target, uuid), (in_draft, in_live) in wanted.items()
            if (target, uuid) not in known
        ],
        update_conflicts=True,
        unique_fields=["target", "target_uuid", "used_by", "used_by_uuid"],
        update_fields=["in_draft", "in_live"],
    )


def _wanted(draft: Iterable[Target], live: Iterable[Target]) -> dict[tuple[str, UUID], tuple[bool, bool]]:
    in_draft = {_key(target) for target in draft}
    in_live = {_key(target) for target in live}
    return {key: (key in in_draft, key in in_live) for key in sorted(in_draft | in_live)}


def _key(target: Target) -> tuple[str, UUID]:
    kind, uuid = target
    return Use.Target(kind).value, UUID(str(uuid))


def forget_uses(*, used_by: str, used_by_uuid: UUID | str) -> None:
    """Drop what a deleted thing used."""
    Use.objects.filter(used_by=used_by, used_by_uuid=used_by_uuid).delete()


def uses_of(*, kind: str, uuids: Iterable[UUID | str]) -> dict[str, list[UsedBy]]:
    """Who uses each of these, by uuid as text: live ones first, then by title. Unused ones are left out.

    One query for the uses and one for each kind of user.
    """
    rows = list(Use.objects.filter(target=kind, target_uuid__in=set(uuids)))
    names = _names(rows)
    uses: dict[str, list[UsedBy]] = {}
    for row in rows:
        uses.setdefault(str(row.target_uuid), []).append(_used_by(row, names))
    for users in uses.values():
        users.sort(key=lambda user: (not user.in_live, user.title.casefold(), user.uuid))
    return uses


def _names(rows: Iterable[Use]) -> dict[tuple[str, UUID], Named]:
    by_kind: dict[str, set[UUID]] = {}
    for row in rows:
        by_kind.setdefault(row.used_by, set()).add(row.used_by_uuid)
    return {
        (kind, uuid): named
        for kind, uuids in by_kind.items()
        if kind in _describers
        for uuid, named in _describers[kind](uuids).items()
    }


def _used_by(row: Use, names: Mapping[tuple[str, UUID], Named]) -> UsedBy:
    named = names.get((row.used_by, row.used_by_uuid), Named(f"{row.used_by} {row.used_by_uuid}"))
    return UsedBy(
        kind=row.used_by,
        uuid=str(row.used_by_uuid),
        title=named.title,
        edit_url=named.edit_url,
        in_draft=row.in_draft,
        in_live=row.in_live,
    )


def used_uuids(kind: str, *, live: bool | None = None) -> set[UUID]:
    """Uuids of this kind that something uses; with ``live``, only those that are (not) published."""
    rows = Use.objects.filter(target=kind)
    if live is not None:
        rows = rows.filter(in_live=live)
    return set(rows.values_list("target_uuid", flat=True))
