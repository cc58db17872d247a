"""How a REST connection reads records by id, and when it believes that one is gone.

No two systems answer alike for a record that is deleted, and a wrong path or a lost permission can
look just the same. So an absence is believed only after something else was seen to work: another
record of the same answer, or one small further call.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from connectors.rest.asking import RestAsking
from connectors.sdk import (
    Asset,
    BadResponseError,
    Call,
    Missing,
    MissingReason,
    Ref,
    Unchanged,
)
from connectors.sdk.mapping import expressions, paths
from connectors.sdk.rest import Answer

__all__ = ["RestReading"]

_REFUSALS = frozenset({401, 403})
# No quoting makes these a segment of a path, so no record can have them as its id.
_NO_SEGMENTS = ("", ".", "..")
# Pages of one batch that are read at most; a batch of the largest size is cut into ten by a page size of 20.
_MAX_BATCH_PAGES = 10

Verdict = Asset | Missing | Unchanged


class RestReading(RestAsking):
    """Reads records by id, alone or in batches, and tests the connection."""

    def fetch(self, refs: Sequence[Ref], call: Call) -> Mapping[Ref, Verdict]:
        """Read by id: in one batch where there is a path for it, else one after the other."""
        own = [ref for ref in dict.fromkeys(refs) if ref.type == self.config.type]
        if not own:
            return {}
        if self.config.batch_path:
            return self._fetch_batch(own, call)
        return self._fetch_each(own, call)

    def check(self, call: Call) -> None:
        """One small call, and a look at whether its first record can be mapped."""
        page = self.probe(call)
        self.check_mapping()
        if page is not None and page.records:
            self.judged(page.records[0])

    # One by one

    def _fetch_each(self, refs: Sequence[Ref], call: Call, *, works: bool = False) -> dict[Ref, Verdict]:
        verdicts = {ref: self._read_one(ref, call) for ref in refs}
        if not works and all(isinstance(verdict, Missing) for verdict in verdicts.values()):
            self.probe(call)
        return verdicts

    def _read_one(self, ref: Ref, call: Call) -> Verdict:
        if ref.external_id in _NO_SEGMENTS:
            return Missing(MissingReason.GONE)
        validator = call.validators.get(ref)
        answer, data = self.ask(
            self.filled(self.config.get_path, call, {"id": ref.external_id}),
            call,
            accept=self._understood(conditional=validator is not None),
            unless=self.config.gone_answer_when,
            headers={"If-None-Match": validator} if validator else None,
        )
        if answer.status == HTTPStatus.NOT_MODIFIED:
            return Unchanged()
        if expressions.holds(self.config.gone_answer_when, data):
            return Missing(MissingReason.GONE)
        if answer.status >= 400:
            return Missing(self._meaning_of(answer.status))
        return self._read_record(ref, answer, data)

    def _understood(self, *, conditional: bool) -> Collection[int]:
        """Statuses that say something of one record."""
        config = self.config
        unchanged = {int(HTTPStatus.NOT_MODIFIED)} if conditional else set()
        return {*_REFUSALS, *config.gone_statuses, *config.hidden_statuses, *unchanged}

    def _meaning_of(self, status: int) -> MissingReason:
        if status in self.config.hidden_statuses:
            return MissingReason.HIDDEN
        return MissingReason.GONE if status in self.config.gone_statuses else MissingReason.FORBIDDEN

    def _read_record(self, ref: Ref, answer: Answer, data: Any) -> Asset | Missing:
        record = expressions.evaluate(self.config.record, data)
        if record is None and expressions.is_null(self.config.record, data):
            return Missing(MissingReason.GONE)
        if not isinstance(record, Mapping):
            raise BadResponseError(f"{answer.where}: no record at “{self.config.record}” (record)")
        verdict = self.judged(record, validator=answer.headers.get("etag"))
        if isinstance(verdict, Asset) and verdict.ref != ref:
            return Missing(MissingReason.MOVED, verdict.ref)
        return verdict

    # Several at once

    def _fetch_batch(self, refs: Sequence[Ref], call: Call) -> Mapping[Ref, Verdict]:
        found, whole = self._read_batch(refs, call)
        verdicts = self.judged_together(
            {ref: found[ref.external_id] for ref in refs if ref.external_id in found}
        )
        absent = [ref for ref in refs if ref.external_id not in found]
        if not absent:
            return verdicts
        if self.config.absent_means == "ask":
            return {**verdicts, **self._fetch_each(absent, call, works=bool(found))}
        gone = self.config.absent_means == "gone" and whole and (bool(found) or self.shows_anything(call))
        return {**verdicts, **dict.fromkeys(absent, Missing(_absence(gone=gone)))}

    def _read_batch(self, refs: Sequence[Ref], call: Call) -> tuple[dict[str, Mapping[str, Any]], bool]:
        """Records by id, and whether the answer was whole: then an id that is not in it is not there.

        A system that answers with records nobody asked for does not read the ids, and proves nothing.
        """
        config = self.config
        wanted = [ref.external_id for ref in refs]
        path, found, cursor = self._batch_path(wanted, call), dict[str, Mapping[str, Any]](), None
        # "ask" settles each id by itself, so a 404 for the whole batch is no failure there.
        empty = config.gone_statuses if config.absent_means == "ask" else ()
        for _ in range(_MAX_BATCH_PAGES):
            page = self.read_page(path, call, cursor=cursor, empty_statuses=empty)
            known = len(found)
            found |= {self.id_of(record): record for record in page.records}
            cursor = page.next_cursor if "{count}" not in config.batch_path else None
            if cursor is None or len(found) == known or found.keys() >= set(wanted):
                return found, found.keys() <= set(wanted)
        return found, False

    def _batch_path(self, ids: Sequence[str], call: Call) -> str:
        config = self.config
        joined = paths.join_ids(ids, separator=config.batch_separator)
        given = ids if config.batch_style == "repeated" else joined
        return self.filled(config.batch_path, call, {"ids": given, "count": str(len(ids))})


def _absence(*, gone: bool) -> MissingReason:
    return MissingReason.GONE if gone else MissingReason.UNKNOWN
