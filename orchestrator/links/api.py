"""The way into links for other apps. The StreamField blocks are in :mod:`orchestrator.links.blocks`."""

from orchestrator.links.additions import refused_additions
from orchestrator.links.addresses import address_of
from orchestrator.links.broken import count_broken
from orchestrator.links.cards import samples_shown_to
from orchestrator.links.listing import identifier_kinds, links_in
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
from orchestrator.links.uses import Named, UsedBy, describe_users, forget_uses, report_uses, uses_of
from orchestrator.links.words import explain, state_words, type_label

__all__ = [
    "AddressError",
    "Named",
    "UsedBy",
    "address_of",
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
    "refused_additions",
    "report_uses",
    "samples_shown_to",
    "save_bound_link",
    "save_collection",
    "state_words",
    "type_label",
    "uses_of",
]
