"""How a GraphQL connection reads records by id, and when it believes that one is gone.

A ``null`` is what most systems answer for a record that is deleted, and some for one that the key may
not see, or for an error of their own. So an absence is believed only after something else was seen to
work: another record of the same answer, or one small further call; and never from an answer of which a
part is missing for an error.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from connectors.graphql import documents, places
from connectors.graphql.asking import GraphqlAsking
from connectors.sdk import (
    AccessDeniedError,
    Asset,
    BadResponseError,
    Call,
    ConfigurationError,
    Missing,
    MissingReason,
    Ref,
)
from connectors.sdk.graphql import Data
from connectors.sdk.mapping import PlaceError

__all__ = ["GraphqlReading"]

Verdict = Asset | Missing


class GraphqlReading(GraphqlAsking):
    """Reads records by id, alone or in batches, and tests the connection."""

    def fetch(self, refs: Sequence[Ref], call: Call) -> Mapping[Ref, Verdict]:
        """Read by id: in one batch where there is a query for it, else one after the other."""
        own = [ref for ref in dict.fromkeys(refs) if ref.type == self.config.type and ref.external_id]
        if not own:
            return {}
        if self.config.batch_document:
            return self._fetch_batch(own, call)
        return self._fetch_each(own, call)

    def check(self, call: Call) -> None:
        """A small call, a look at whether its first record can be mapped, and reading that one by its id."""
        page = self.probe(call)
        self.check_mapping()
        if page is None or not page.records:
            return
        first = self.judged(page.records[0])
        if not isinstance(first, Asset):
            return
        again = self.fetch([first.ref], call).get(first.ref)
        if not isinstance(again, Asset):
            told = again.reason.value if again else "left out"
            setting = "batch_document" if self.config.batch_document else "get_document"
            message = f"the first record of the list is {told} when it is read by its id ({setting})"
            raise ConfigurationError(f"{self.name}: {message}")

    # One by one

    def _fetch_each(self, refs: Sequence[Ref], call: Call, *, works: bool = False) -> dict[Ref, Verdict]:
        verdicts = {ref: self._read_one(ref, call) for ref in refs}
        if not works and all(isinstance(verdict, Missing) for verdict in verdicts.values()):
            self.probe(call)
        return verdicts

    def _read_one(self, ref: Ref, call: Call) -> Verdict:
        if not self._can_be_asked("get_document", "id", ref.external_id):
            return Missing(MissingReason.GONE)
        try:
            data = self.asked("get_document", call, id=ref.external_id)
        except AccessDeniedError:
            # Of this one only; whether the key works at all is seen once all were read.
            return Missing(MissingReason.FORBIDDEN)
        record = self._record_of(data)
        if record is None:
            by_code = bool(data.errors)
            return Missing(MissingReason.GONE if by_code else MissingReason(self.config.null_means))
        verdict = self.judged(record)
        if isinstance(verdict, Asset) and verdict.ref != ref:
            return Missing(MissingReason.MOVED, verdict.ref)
        return verdict

    def _record_of(self, data: Data) -> Mapping[str, Any] | None:
        if not data.fields:  # Nothing but an error with a code that means deleted.
            return None
        try:
            return places.record_at(self.config.record, data.fields)
        except PlaceError as error:
            raise PlaceError(f"{data.where}: {error}", answer=error.answer) from None

    def _can_be_asked(self, setting: str, variable: str, external_id: str) -> bool:
        """Whether the id can be of its variable's type: no text is the id of a numbered record."""
        try:
            documents.values_for(getattr(self.config, setting), {variable: external_id})
        except documents.NotThisTypeError:
            return False
        return True

    # Several at once

    def _fetch_batch(self, refs: Sequence[Ref], call: Call) -> Mapping[Ref, Verdict]:
        asked = [ref for ref in refs if self._can_be_asked("batch_document", "ids", ref.external_id)]
        nobodys = {ref: Missing(MissingReason.GONE) for ref in refs if ref not in asked}
        if not asked:
            return nobodys
        found, whole = self._read_batch(asked, call)
        verdicts = self.judged_together(
            {ref: found[ref.external_id] for ref in asked if ref.external_id in found}
        )
        absent = [ref for ref in asked if ref.external_id not in found]
        if absent and self.config.absent_means == "ask":
            return {**nobodys, **verdicts, **self._fetch_each(absent, call, works=bool(found))}
        gone = (
            bool(absent)
            and self.config.absent_means == "gone"
            and whole
            and (bool(found) or self.shows_anything(call))
        )
        reason = MissingReason.GONE if gone else MissingReason.UNKNOWN
        return {**nobodys, **verdicts, **dict.fromkeys(absent, Missing(reason))}

    def _read_batch(self, refs: Sequence[Ref], call: Call) -> tuple[dict[str, Mapping[str, Any]], bool]:
        """Records by id, and whether the answer was whole: then an id that is not in it is not there.

        A system that answers with records nobody asked for does not read the ids, and proves nothing; nor
        does one that cuts the list or could not give a part of it.
        """
        wanted = [ref.external_id for ref in refs]
        data = self.asked("batch_document", call, ids=wanted, count=len(wanted))
        if not any(value is not None for value in data.fields.values()) and data.errors:
            return {}, True  # Nothing but errors with a code that means deleted.
        records = self._records_of(data)
        found = {self.id_of(record): record for record in records}
        complete = data.is_whole(understood=self.config.gone_codes) and not self._is_cut(data, len(records))
        return found, complete and found.keys() <= set(wanted)

    def _records_of(self, data: Data) -> list[Mapping[str, Any]]:
        place = self.config.batch_items or self.config.items
        try:
            return places.records_at(place, data.fields, setting="batch_items")
        except PlaceError as error:
            raise PlaceError(f"{data.where}: {error}", answer=error.answer) from None

    def _is_cut(self, data: Data, found: int) -> bool:
        """Whether the answer itself says that there are more."""
        try:
            if places.page_info(self.config.page_info, data.fields)["hasNextPage"]:
                return True
        except BadResponseError:
            pass  # Many answer a batch without pageInfo.
        total = places.total_at("" if self.config.batch_items else self.config.total, data.fields)
        return total is not None and total > found
