"""The way into links for other apps. The StreamField blocks are in :mod:`orchestrator.links.blocks`."""

from orchestrator.links.registry import (
    AddressError,
    bound_links_by_uuid,
    collections_by_uuid,
    ensure_link,
    links_by_uuid,
    save_bound_link,
    save_collection,
)
from orchestrator.links.uses import Named, UsedBy, describe_users, forget_uses, report_uses, uses_of

__all__ = [
    "AddressError",
    "Named",
    "UsedBy",
    "bound_links_by_uuid",
    "collections_by_uuid",
    "describe_users",
    "ensure_link",
    "forget_uses",
    "links_by_uuid",
    "report_uses",
    "save_bound_link",
    "save_collection",
    "uses_of",
]
