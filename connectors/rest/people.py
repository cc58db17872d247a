"""How a REST connection finds a person's record by an identifier.

An identifier's value is personal: it is in the address that the system gets, and nowhere else. A
record is given out only if it holds that very identifier: a system that ignores a filter would
otherwise hand one guest's record to another.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from connectors.rest.asking import RestAsking
from connectors.sdk import (
    Asset,
    BadResponseError,
    Call,
    ConnectorError,
    Identifier,
    Missing,
    MissingReason,
)
from connectors.sdk.mapping import expressions, paths

__all__ = ["Finding"]


class Finding(RestAsking):
    """It finds a person's record by an identifier."""

    @property
    def identifier_kinds(self) -> tuple[str, ...]:
        """Kinds of the settings, in their order."""
        return tuple(self.config.identifiers)

    def find(self, identifiers: Sequence[Identifier], call: Call) -> Mapping[Identifier, Asset | Missing]:
        """One record for each identifier; a kind that is not set up is left out."""
        wanted = [i for i in dict.fromkeys(identifiers) if i.kind in self.config.identifiers and i.value]
        found: dict[Identifier, Asset | Missing] = {}
        for kind in dict.fromkeys(identifier.kind for identifier in wanted):
            found |= self._find_kind(kind, [i for i in wanted if i.kind == kind], call)
        return found

    def _find_kind(
        self, kind: str, identifiers: Sequence[Identifier], call: Call
    ) -> dict[Identifier, Asset | Missing]:
        if "values" in paths.placeholders(self.config.find_path):
            values = paths.join_ids([i.value for i in identifiers], separator=self.config.batch_separator)
            records = self._look_up({"kind": kind, "values": values}, call)
            return {identifier: self._match(identifier, records) for identifier in identifiers}
        return {
            identifier: self._match(
                identifier, self._look_up({"kind": kind, "value": identifier.value}, call)
            )
            for identifier in identifiers
        }

    def _look_up(self, values: Mapping[str, paths.Value], call: Call) -> list[Mapping[str, Any]]:
        """Records of one answer. Messages name the template, never what was filled in."""
        gone = [status for status in self.config.gone_statuses if status not in (401, 403)]
        try:
            answer, data = self.ask(self.filled(self.config.find_path, call, values), call, accept=gone)
            return [] if answer.status >= 400 else self._found_records(data)
        except ConnectorError as error:
            template = self.config.find_path.partition("?")[0]
            error.args = (f"{self.name}: GET {template.lstrip('/')}: {error.code}",)
            raise

    def _found_records(self, data: Any) -> list[Mapping[str, Any]]:
        found = expressions.evaluate(self.config.found, data)
        records = found if isinstance(found, list) else [] if found is None else [found]
        if not all(isinstance(record, Mapping) for record in records):
            raise BadResponseError("no records")
        return records

    def _match(self, identifier: Identifier, records: Iterable[Mapping[str, Any]]) -> Asset | Missing:
        """The one record that holds the identifier. Of several nobody can tell whose it is."""
        place = self.config.identifiers[identifier.kind]
        own = {
            self.id_of(record): record
            for record in records
            if _same(identifier, expressions.evaluate(place, record))
        }
        if not own:
            return Missing(MissingReason.GONE)
        return self.judged(next(iter(own.values()))) if len(own) == 1 else Missing(MissingReason.UNKNOWN)


def _same(identifier: Identifier, held: Any) -> bool:
    if isinstance(held, list):
        return any(_same(identifier, value) for value in held)
    if isinstance(held, bool) or not isinstance(held, str | int):
        return False
    given, own = identifier.value.strip(), str(held).strip()
    # Nobody runs two mailboxes that differ in case only, and systems store addresses in either.
    return given.casefold() == own.casefold() if identifier.kind == "email" else given == own
