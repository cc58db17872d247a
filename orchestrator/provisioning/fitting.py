"""Whether what a file says fits what its connections can do: types, questions, identifiers.

The apps below take these as they come, since a connection may change later. In a file a word that nothing
answers to is a mistake, and would be found only when a slot stays empty.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from connectors.sdk.refusals import did_you_mean
from connectors.sdk.types import TYPES
from orchestrator.connections import api as connections
from orchestrator.provisioning import shapes
from orchestrator.provisioning.errors import Place

__all__ = ["Finding", "Fitting"]

# A place inside of the entry that is judged, and what is wrong there.
Finding = tuple[Place, str]

ANY_TYPE = "*"


class Fitting:
    """Judges the entries of one space; asks each connection once what it can do, and no system."""

    def __init__(self) -> None:
        self._known: dict[int, connections.Abilities | None] = {}

    def connection(self, row: Any, shape: shapes.Connection) -> Iterator[Finding]:
        """Types whose freshness is set must be there."""
        types = {ANY_TYPE, *self._types(row), *TYPES}
        for name in shape.freshness:
            if name not in types:
                yield ("freshness", name), f"there is no such type{did_you_mean(name, types)}"

    def collection(self, row: Any, shape: shapes.Collection) -> Iterator[Finding]:
        """Its type, and what it asks."""
        yield from self._type(row, shape.type, ("type",))
        if able := self._of(row):
            yield from _query(row, able.query_schema, shape.query)

    def bound_link(self, row: Any, shape: shapes.BoundLink) -> Iterator[Finding]:
        """By which identifiers people are found there."""
        able = self._of(row)
        if able and shape.identifier not in able.identifier_kinds:
            meant = did_you_mean(shape.identifier, able.identifier_kinds)
            yield ("identifier",), f"“{row.slug}” does not find people by this{meant}"

    def link(self, row: Any, type: str) -> Iterator[Finding]:
        """The type of one asset."""
        yield from self._type(row, type, ("type",))

    def accepts(self, types: list[str], rows: Iterator[Any]) -> Iterator[Finding]:
        """The types that a slot is limited to."""
        known = {*TYPES, *(name for row in rows for name in self._types(row))}
        for number, name in enumerate(types):
            if name not in known:
                yield ("accepts", number), f"there is no such type{did_you_mean(name, known)}"

    def _type(self, row: Any, type: str, place: Place) -> Iterator[Finding]:
        types = self._types(row)
        if types and type not in types:
            yield place, f"“{row.slug}” gives no such type{did_you_mean(type, types)}"

    def _types(self, row: Any) -> tuple[str, ...]:
        able = self._of(row)
        return able.types if able else ()

    def _of(self, row: Any) -> connections.Abilities | None:
        if row.pk not in self._known:
            self._known[row.pk] = connections.abilities(row)
        return self._known[row.pk]


def _query(row: Any, schema: Mapping[str, Any], query: Mapping[str, Any]) -> Iterator[Finding]:
    if not schema:
        yield ("query",), f"“{row.slug}” answers no collections, as it is set up"
        return
    names = schema.get("properties", {})
    for name in query:
        if name not in names:
            yield ("query", name), f"“{row.slug}” does not ask this{did_you_mean(name, names)}"
    for name in schema.get("required", ()):
        if query.get(name) in (None, "", []):
            yield ("query", name), f"is missing: “{row.slug}” cannot answer without it"
