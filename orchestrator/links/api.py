"""The way into links for other apps. The StreamField blocks are in :mod:`orchestrator.links.blocks`."""

from orchestrator.links.additions import refused_additions
from orchestrator.links.broken import count_broken
from orchestrator.links.listing import identifier_kinds, links_in
from orchestrator.links.media import live_media
from orchestrator.links.registry import (
    AddressError,
    bound_link_by_name,
    bound_links_by_uuid,
    collection_by_name,
    collections_by_uuid,
    ensure_link,
    links_by_uuid,
    save_bound_link,
    save_collection,
)
from orchestrator.links.seeing import Seen, seen_by
from orchestrator.links.uses import Named, UsedBy, describe_users, forget_uses, report_uses, uses_of
from orchestrator.links.words import CLOSED, explain, state_words, type_label

__all__ = [
    "CLOSED",
    "AddressError",
    "Named",
    "Seen",
    "UsedBy",
    "bound_link_by_name",
    "bound_links_by_uuid",
    "collection_by_name",
    "collections_by_uuid",
    "count_broken",
    "describe_users",
    "ensure_link",
    "explain",
    "forget_uses",
    "identifier_kinds",
    "links_by_uuid",
    "links_in",
    "live_media",
    "refused_additions",
    "report_uses",
    "save_bound_link",
    "save_collection",
    "seen_by",
    "state_words",
    "type_label",
    "uses_of",
]
