"""What a collection (a stored query) asks of Vendure, and what a search does.

Vendure has two lists. ``search`` knows words, collections and facets, and orders by name or price.
``products`` orders by time. "The newest of a collection" takes both: the first finds, the second orders.

Source: https://docs.vendure.io/current/core/reference/graphql-api/shop/input-types (SearchInput,
ProductListOptions)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from connectors.sdk import ConfigurationError

__all__ = ["ORDERS", "SCHEMA", "Selection", "picture_options", "read_query"]

_BY_SEARCH: Mapping[str, Mapping[str, str]] = {
    "name": {"name": "ASC"},
    "cheapest": {"price": "ASC"},
    "dearest": {"price": "DESC"},
    "best match": {},
}
# By one field: a second one to break ties would come first, for GraphQL gives the fields of an input in
# the order of its schema, where "id" is before the times.
_BY_LIST: Mapping[str, Mapping[str, str]] = {
    "newest": {"createdAt": "DESC"},
    "changed": {"updatedAt": "DESC"},
}
ORDERS = (*_BY_LIST, *_BY_SEARCH)

SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "properties": {
        "collection": {"type": "string", "title": "Collection", "description": "Its slug"},
        "facet": {
            "type": "string",
            "title": "Facet value",
            "description": "Its code or name, such as oak; material:oak where several facets have one",
        },
        "search": {"type": "string", "title": "Words"},
        "sort": {"type": "string", "title": "Order", "enum": list(ORDERS), "default": "newest"},
    },
    "required": [],
    "additionalProperties": False,
}


@dataclass(frozen=True, slots=True)
class Selection:
    """Which products, in which order. ``facet_id`` is that of the value that ``facet`` names."""

    words: str = ""
    collection: str = ""
    facet: str = ""
    facet_id: str = ""
    order: str = "newest"

    @property
    def is_ordered_by_search(self) -> bool:
        """Whether ``search`` gives this order by itself."""
        return self.order in _BY_SEARCH

    @property
    def is_narrowed(self) -> bool:
        """Whether it asks for less than everything."""
        return bool(self.words or self.collection or self.facet_id)

    def with_facet(self, id: str) -> Selection:
        """The same, for a facet value whose id was found."""
        return replace(self, facet_id=id)

    def search_input(self, *, skip: int, take: int) -> dict[str, Any]:
        """The input of ``search``."""
        asked = {
            "term": self.words,
            "collectionSlug": self.collection,
            "facetValueFilters": [{"and": self.facet_id}] if self.facet_id else None,
            "sort": dict(_BY_SEARCH.get(self.order, {})),
        }
        return {"groupByProduct": True, "skip": skip, "take": take} | {k: v for k, v in asked.items() if v}

    def list_options(self, *, skip: int, take: int, only: Sequence[str] | None) -> dict[str, Any]:
        """The options of ``products``; ``only`` are the ids among which they are."""
        among = {} if only is None else {"id": {"in": list(only)}}
        return {
            "skip": skip,
            "take": take,
            "sort": dict(_BY_LIST[self.order]),
            "filter": {"enabled": {"eq": True}, **among},
        }


def read_query(query: Mapping[str, Any], *, name: str) -> Selection:
    """What the parameters of a stored query ask for.

    Raises:
        ConfigurationError: Something that cannot be asked; the message names it.
    """
    unknown = [key for key in query if key not in SCHEMA["properties"]]
    if unknown:
        raise ConfigurationError(f"{name}: a collection cannot ask for “{unknown[0]}”")
    asked = {key: str(value or "").strip() for key, value in query.items()}
    order = asked.get("sort") or "newest"
    if order not in ORDERS:
        raise ConfigurationError(f"{name}: a collection's order is one of {', '.join(ORDERS)}")
    return Selection(
        words=asked.get("search", ""),
        collection=asked.get("collection", ""),
        facet=asked.get("facet", ""),
        order=order,
    )


def picture_options(words: str, *, skip: int, take: int) -> dict[str, Any]:
    """The options of ``assets``: pictures by name, the newest first."""
    named = {"name": {"contains": words}} if words else {}
    return {
        "skip": skip,
        "take": take,
        "sort": {"createdAt": "DESC"},
        "filter": {"type": {"eq": "IMAGE"}, **named},
    }
