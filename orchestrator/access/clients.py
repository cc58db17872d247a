"""The programs that may fetch, what each may do, and which one a key belongs to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db.models import Count, DateTimeField, Max, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from orchestrator.access.keys import digest_key, looks_like_key
from orchestrator.access.models import ApiClient, ApiKey, Space

__all__ = [
    "NOBODY",
    "RIGHTS",
    "Client",
    "UnknownRightError",
    "client_for_key",
    "clients_in",
    "create_client",
    "save_client",
    "with_keys",
]

RIGHTS: Mapping[str, str] = {
    "experiences:read": _("Fetch experiences"),
    "personal:read": _("Send identifiers and get personal answers"),
    "explain": _("See why an answer is what it is"),
    "links:read": _("List links and where they are used"),
    "connections:read": _("List connections and their health"),
}


class UnknownRightError(ValueError):
    """A right that this hub does not know. The message names it and those it knows."""


@dataclass(frozen=True, slots=True)
class Client:
    """Who is calling: a program of one space, its rights, and with which of its keys."""

    id: int
    uuid: str
    name: str
    space_id: int
    space: str
    rights: frozenset[str]
    key_id: int = 0

    def may(self, right: str) -> bool:
        """Whether it holds ``right``, a key of :data:`RIGHTS`."""
        return right in self.rights


NOBODY = Client(id=0, uuid="", name="", space_id=0, space="", rights=frozenset())


def client_for_key(raw: str) -> Client | None:
    """Whose key this is; ``None`` when it is malformed, unknown or revoked. One query, or none."""
    if not looks_like_key(raw):
        return None
    # Columns, not rows: on the way of each request building those costs more than asking.
    found = ApiKey.objects.filter(digest=digest_key(raw), revoked_at=None).order_by().values_list(*_COLUMNS)
    return next(map(_describe, found), None)


def clients_in(space: Space) -> QuerySet[ApiClient]:
    """The API clients of a space, by name."""
    return ApiClient.objects.filter(space=space)


def with_keys(clients: QuerySet[ApiClient]) -> QuerySet[ApiClient]:
    """The same clients with ``usable_keys``, how many are not revoked, and ``last_used_at`` of any key."""
    usable = Count("keys", filter=Q(keys__revoked_at=None))
    used = Max("keys__last_used_at")
    # Databases differ in where they sort what there is not: here "never" is before every time.
    since = Coalesce(used, Value(datetime(1970, 1, 1, tzinfo=UTC)), output_field=DateTimeField())
    return clients.annotate(usable_keys=usable, last_used_at=used, last_used_order=since)


def create_client(*, space: Space, name: str, rights: Iterable[str] = ()) -> ApiClient:
    """Make a client without a key.

    Raises:
        UnknownRightError: ``rights`` names one that is not in :data:`RIGHTS`.
    """
    return ApiClient.objects.create(space=space, name=name, rights=_sort_rights(rights))


def save_client(*, space: Space, name: str, rights: Iterable[str]) -> ApiClient:
    """Make the client of this name, or set its rights. Raises as :func:`create_client`."""
    client, _made = ApiClient.objects.update_or_create(
        space=space, name=name, defaults={"rights": _sort_rights(rights)}
    )
    return client


def _sort_rights(rights: Iterable[str]) -> list[str]:
    wanted = set(rights)
    if unknown := sorted(wanted - RIGHTS.keys()):
        raise UnknownRightError(f"unknown rights {', '.join(unknown)}; known are {', '.join(RIGHTS)}")
    return [right for right in RIGHTS if right in wanted]


_COLUMNS = (
    "pk",
    "client_id",
    "client__uuid",
    "client__name",
    "client__rights",
    "client__space_id",
    "client__space__slug",
)


def _describe(row: Iterable[Any]) -> Client:
    key_id, client_id, uuid, name, rights, space_id, space = row
    held = frozenset(rights) & RIGHTS.keys()
    return Client(
        id=client_id, uuid=str(uuid), name=name, space_id=space_id, space=space, rights=held, key_id=key_id
    )
