"""Kinto: people and their loyalty programme, found by an identifier. Never searched.

Whatever names a person travels in the body of ``POST /batch``, and messages name paths without ids.

Source: https://docs.kinto-storage.org/en/stable/api/1.x/
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from pydantic import BaseModel

from connectors.kinto.batch import MAX_REQUESTS, BatchAnswer, Part, refuse
from connectors.kinto.records import Record, filters_of, holds, is_id, to_asset
from connectors.kinto.settings import KintoConfig
from connectors.sdk import (
    AccessDeniedError,
    Asset,
    BadResponseError,
    Call,
    Change,
    ChangePage,
    ConfigurationError,
    ConnectorError,
    Identifier,
    Missing,
    MissingReason,
    Ref,
    Unchanged,
)
from connectors.sdk.answers import Answer, retry_after_s
from connectors.sdk.rest import Params, RestConnector

__all__ = ["KintoConnector"]

POLL_SIZE = 200

_SMALLEST: Params = {"_limit": 1, "_fields": "id"}
_ETAG = re.compile(r'"([0-9]{1,19})"')
_GONE = Missing(MissingReason.GONE)

Verdict = Asset | Missing | Unchanged


class Listing(BaseModel):
    """A list of records, each still raw: one that cannot be read must not cost the rest."""

    data: list[dict[str, Any]]


class KintoConnector(RestConnector[KintoConfig]):
    """The people of one collection."""

    name: ClassVar[str] = "Kinto"
    description: ClassVar[str] = "People with their loyalty tier and points, in a Kinto record store."
    config_class = KintoConfig
    types: ClassVar[tuple[str, ...]] = ("Person",)
    max_batch: ClassVar[int] = MAX_REQUESTS

    @property
    def identifier_kinds(self) -> tuple[str, ...]:
        """Kinds of the settings, in their order."""
        return tuple(self.config.identifiers)

    def base_url(self) -> str:
        """The address from the settings."""
        return self.config.base_url

    def headers(self) -> Mapping[str, str]:
        """HTTP Basic, as Kinto's accounts have it."""
        pair = f"{self.config.username}:{self.config.password.get_secret_value()}".encode()
        return {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}

    def check(self, call: Call) -> None:
        """See that the account reads the collection."""
        self._list(call, _SMALLEST)

    def fetch(self, refs: Sequence[Ref], call: Call) -> Mapping[Ref, Verdict]:
        """Read by id: one that is known conditionally, several in one batch."""
        own = [ref for ref in dict.fromkeys(refs) if ref.type == "Person" and is_id(ref.external_id)]
        verdicts: dict[Ref, Verdict] = {ref: _GONE for ref in refs if ref not in own}
        if len(own) == 1 and _ETAG.fullmatch(call.validators.get(own[0], "")):
            verdicts |= self._judged({own[0]: self._read_alone(own[0], call)}, call)
        elif own:
            verdicts |= self._judged(self._read_together(own, call), call)
        return verdicts

    def find(self, identifiers: Sequence[Identifier], call: Call) -> Mapping[Identifier, Asset | Missing]:
        """One record for each identifier; a kind that is not set up is left out."""
        wanted = [i for i in dict.fromkeys(identifiers) if i.kind in self.config.identifiers]
        records = self._look_up(wanted, call)
        found: dict[Identifier, Asset | Missing] = {}
        problems = []
        for identifier in wanted:
            try:
                found[identifier] = self._match(identifier, records)
            except BadResponseError as problem:
                problems.append(problem)
        if problems and not found:
            raise problems[0]
        return found

    def changes_since(self, cursor: str | None, call: Call) -> ChangePage:
        """Changes and deletions by Kinto's own clock, whose marks never repeat. The cursor holds no id."""
        if cursor is None:
            answer, _ = self._list(call, _SMALLEST)
            return ChangePage((), self._clock_of(answer), wait_s=_wait_s(answer))
        etag = f'"{cursor}"'
        if not _ETAG.fullmatch(etag):
            raise BadResponseError("not a cursor of Kinto")
        # Without the field "deleted" among those asked for, a deletion looks like a change.
        params: Params = {"_since": etag, "_sort": "last_modified", "_fields": "deleted", "_limit": POLL_SIZE}
        answer, records = self._list(call, params, headers={"If-None-Match": etag}, accept=(304,))
        newest = max([int(cursor), *(record.last_modified for record in records)])
        return ChangePage(
            [Change(Ref("Person", record.id), deleted=record.deleted) for record in records],
            str(newest),
            more="next-page" in answer.headers and newest > int(cursor),
            wait_s=_wait_s(answer),
        )

    def erase(self, identifier: Identifier, call: Call) -> Mapping[str, Any]:
        """Delete the person's record, and what the history plugin keeps of it.

        The history goes first: after the record nothing would lead to it.
        """
        if identifier.kind not in self.config.identifiers:
            raise ConfigurationError(f"{self.name}: no field is set up for this kind of identifier")
        place = self.config.identifiers[identifier.kind]
        ids = [r.id for r in self._look_up([identifier], call) if holds(r, place, identifier)]
        if len(ids) > 1:
            raise ConfigurationError(f"{self.name}: several records hold this identifier, none was erased")
        if not ids:
            return {"erased": 0}
        entries = self._erase_history(ids[0], call)
        part = self._each([{"method": "DELETE", "path": f"{self._records}/{ids[0]}"}], call)[0]
        left = self._record(_member(part.body, "data"))
        return {"erased": 1, "record": left.id, "at_epoch_ms": left.last_modified, "history_entries": entries}

    # Asking

    @property
    def _records(self) -> str:
        return f"/buckets/{self.config.bucket}/collections/{self.config.collection}/records"

    @property
    def _fields(self) -> str:
        """Never all: what nobody mapped does not leave Kinto."""
        return f"_fields={','.join(self.config.places())}"

    def _list(
        self,
        call: Call,
        params: Params,
        *,
        headers: Mapping[str, str] | None = None,
        accept: Sequence[int] = (),
    ) -> tuple[Answer, list[Record]]:
        answer = self.request("GET", self._records, call, params=params, headers=headers, accept=accept)
        if answer.status == 304:
            return answer, []
        listing = self.parse(Listing, answer.json(), where=answer.where)
        return answer, [self._record(row, where=answer.where) for row in listing.data]

    def _batch(self, requests: Sequence[Mapping[str, Any]], call: Call) -> list[Part]:
        answer = self.post_json("batch", {"requests": requests}, call)
        return self.parse(BatchAnswer, answer, where=f"{self.name}: POST batch").responses

    def _each(self, requests: Sequence[Mapping[str, Any]], call: Call) -> list[Part]:
        """The answers to requests that have to succeed, all of them."""
        parts: list[Part] = []
        for start in range(0, len(requests), MAX_REQUESTS):
            asked = requests[start : start + MAX_REQUESTS]
            answered = self._batch(asked, call)
            refuse(answered, len(asked), where=f"{self.name}: POST batch")
            parts += answered
        return parts

    def _look_up(self, identifiers: Sequence[Identifier], call: Call) -> list[Record]:
        """Records that may hold one of these, each once. Two are enough to know that it is not unique."""
        paths = [
            f"{self._records}?{one}&{self._fields}&_limit=2"
            for identifier in identifiers
            for one in filters_of(self.config.identifiers[identifier.kind], identifier)
        ]
        parts = self._each([{"method": "GET", "path": path} for path in dict.fromkeys(paths)], call)
        listings = [self.parse(Listing, part.body, where=f"{self.name}: POST batch") for part in parts]
        records = [self._record(row) for listing in listings for row in listing.data]
        return list({record.id: record for record in records if not record.deleted}.values())

    def _read_together(self, refs: Sequence[Ref], call: Call) -> dict[Ref, Part]:
        """The answers for each ref that has one. They are matched by their path, which ends with the id.

        Without conditions: one that is met makes Kinto 26.5 answer 500 for the whole batch.
        """
        paths = {ref: f"{self._records}/{ref.external_id}" for ref in refs}
        parts = self._batch([{"method": "GET", "path": f"{p}?{self._fields}"} for p in paths.values()], call)
        by_id = {part.path.rpartition("/")[2]: part for part in parts}
        return {ref: by_id[ref.external_id] for ref in refs if ref.external_id in by_id}

    def _read_alone(self, ref: Ref, call: Call) -> Part:
        path = f"{self._records}/{ref.external_id}"
        condition = {"If-None-Match": call.validators[ref]}
        try:
            answer = self.request(
                "GET", f"{path}?{self._fields}", call, headers=condition, accept=(304, 403, 404)
            )
            body = None if answer.status == 304 else answer.json()
        except ConnectorError as error:
            error.args = (f"{self.name}: GET one record: {error.code}",)
            raise
        return Part(path=path, status=answer.status, body=body)

    def _erase_history(self, id: str, call: Call) -> int:
        """How many entries went; 0 also where no history is kept."""
        place = f"/buckets/{self.config.bucket}/history"
        which = f"resource_name=record&collection_id={self.config.collection}&record_id={id}"
        parts = self._batch([{"method": "DELETE", "path": f"{place}?{which}"}], call)
        if parts and parts[0].status == 404:
            return 0
        refuse(parts, 1, where=f"{self.name}: POST batch")
        return len(self.parse(Listing, parts[0].body, where=f"{self.name}: POST batch").data)

    # Reading

    def _record(self, data: Any, *, where: str = "") -> Record:
        return self.parse(Record, data, where=where or f"{self.name}: POST batch")

    def _clock_of(self, answer: Answer) -> str:
        """The collection's own time: that of its newest change."""
        found = _ETAG.fullmatch(answer.headers.get("etag", ""))
        if found is None:
            raise BadResponseError(f"{answer.where}: no ETag of a collection")
        return found[1]

    def _judged(self, parts: Mapping[Ref, Part], call: Call) -> dict[Ref, Verdict]:
        """What each answer means. One that means nothing is left out; if all do, that is the answer."""
        verdicts: dict[Ref, Verdict] = {}
        problems = []
        for ref, part in parts.items():
            try:
                verdicts[ref] = self._judge(ref, part, call)
            except AccessDeniedError:
                raise
            except ConnectorError as problem:
                problems.append(problem)
        if problems and not verdicts:
            raise problems[0]
        if verdicts and all(v == Missing(MissingReason.FORBIDDEN) for v in verdicts.values()):
            self.check(call)  # Raises if the account may not read anything here.
        return verdicts

    def _judge(self, ref: Ref, part: Part, call: Call) -> Verdict:
        if part.status == 304:
            return Unchanged()
        if part.status == 403:
            return Missing(MissingReason.FORBIDDEN)
        if part.status == 404 and part.missing == "record":
            return _GONE
        if part.status != 200:
            part.fail(where=f"{self.name}: GET one record")
        record = self._record(_member(part.body, "data"))
        if record.id != ref.external_id:
            raise BadResponseError(f"{self.name}: another record than the one that was asked for")
        return Unchanged() if call.validators.get(ref) == record.etag else to_asset(record, self.config)

    def _match(self, identifier: Identifier, records: Sequence[Record]) -> Asset | Missing:
        """The one record that holds the identifier. Of several nobody can tell whose it is."""
        place = self.config.identifiers[identifier.kind]
        own = [record for record in records if holds(record, place, identifier)]
        if not own:
            return _GONE
        return to_asset(own[0], self.config) if len(own) == 1 else Missing(MissingReason.UNKNOWN)


def _member(body: Any, name: str) -> Any:
    return body.get(name) if isinstance(body, Mapping) else None


def _wait_s(answer: Answer) -> float | None:
    """Seconds of ``Backoff``: Kinto is busy and wants no unnecessary requests, such as polls.

    Source: https://docs.kinto-storage.org/en/stable/api/1.x/backoff.html
    """
    return retry_after_s(answer.headers.get("backoff", ""))
