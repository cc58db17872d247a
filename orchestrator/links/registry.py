"""The rows of links, collections and bound links: found in bulk, made once for each address."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext as _

from orchestrator.links.models import BoundLink, Collection, Link

__all__ = [
    "AddressError",
    "bound_link_by_name",
    "bound_links_by_uuid",
    "collection_by_name",
    "collections_by_uuid",
    "ensure_link",
    "links_by_uuid",
    "save_bound_link",
    "save_collection",
]

M = TypeVar("M", bound=Model)


class AddressError(ValueError):
    """An address that no link can have. The message is for people and names no content."""


def ensure_link(*, connection: Any, type: str, external_id: str) -> Link:
    """The link to one asset; picking the same asset twice gives the same link.

    The id is kept as its system wrote it, whatever characters it holds.

    Raises:
        AddressError: Type or id is empty or too long, or the connection holds people.
    """
    _check_address(connection=connection, type=type, external_id=external_id)
    link, _made = Link.objects.select_related("connection").get_or_create(
        connection=connection, type=type, external_id=external_id
    )
    return link


def _check_address(*, connection: Any, type: str, external_id: str) -> None:
    if connection.personal:
        raise AddressError(_("People are never picked. Use a bound link."))
    for name, value in (("type", type), ("external_id", external_id)):
        limit = Link._meta.get_field(name).max_length or 0
        if not value:
            raise AddressError(_("An asset needs a type and an id."))
        # PostgreSQL cannot store a NUL, and no system has one in an id.
        if len(value) > limit or "\x00" in value:
            raise AddressError(_("The type or the id of this asset cannot be stored as an address."))


def save_collection(
    *, connection: Any, name: str, type: str, query: Mapping[str, Any], limit: int = 5
) -> Collection:
    """Make or change the collection that ``name`` stands for at ``connection``.

    Raises:
        ValidationError: A value is refused; nothing is stored.
    """
    return _save(Collection, connection, name, type=type, query=dict(query), limit=limit)


def save_bound_link(
    *, connection: Any, name: str, identifier_kind: str, type: str = "Person", sample_value: str = ""
) -> BoundLink:
    """Make or change the bound link that ``name`` stands for at ``connection``.

    Raises:
        ValidationError: A value is refused, or the connection does not hold people's data.
    """
    if not connection.personal:
        raise ValidationError(_("A bound link needs a connection that holds people's data."))
    return _save(
        BoundLink, connection, name, type=type, identifier_kind=identifier_kind, sample_value=sample_value
    )


def collection_by_name(*, connection: Any, name: str) -> Collection | None:
    """The collection that :func:`save_collection` would change."""
    return _named(Collection, connection, name)


def bound_link_by_name(*, connection: Any, name: str) -> BoundLink | None:
    """The bound link that :func:`save_bound_link` would change."""
    return _named(BoundLink, connection, name)


def _named(model: type[M], connection: Any, name: str) -> M | None:
    return model._default_manager.filter(connection=connection, name=name).first()


def _save(model: type[M], connection: Any, name: str, **values: Any) -> M:
    row = _named(model, connection, name) or model(connection=connection, name=name)
    for field, value in values.items():
        setattr(row, field, value)
    row.full_clean()
    row.save()
    return row


def links_by_uuid(uuids: Iterable[UUID | str]) -> dict[str, Link]:
    """Links by their uuid as text, with their connections, in one query; unknown ones are left out."""
    return _by_uuid(Link, uuids)


def collections_by_uuid(uuids: Iterable[UUID | str]) -> dict[str, Collection]:
    """As :func:`links_by_uuid`, for collections."""
    return _by_uuid(Collection, uuids)


def bound_links_by_uuid(uuids: Iterable[UUID | str]) -> dict[str, BoundLink]:
    """As :func:`links_by_uuid`, for bound links."""
    return _by_uuid(BoundLink, uuids)


def _by_uuid(model: type[Any], uuids: Iterable[UUID | str]) -> dict[str, Any]:
    wanted = set(uuids)
    if not wanted:
        return {}
    rows = model.objects.select_related("connection").filter(uuid__in=wanted)
    return {str(row.uuid): row for row in rows}
