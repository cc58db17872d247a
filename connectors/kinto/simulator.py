"""A Kinto that answers as version 26.5.0 was recorded to: records, tombstones, batches, errors.

People live in memory. Besides what was recorded it does what the real one was seen to do: a condition
that is met inside a batch makes it answer 500, and an account that may read single records only gets
403 for every other id, be it deleted, unknown or somebody else's.

Run one by hand: ``python -m connectors.kinto.simulator``.
"""

from __future__ import annotations

import base64
import itertools
import json
import re
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from email.utils import formatdate
from typing import Any, NoReturn
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from connectors.sdk.testing.simulator import SimAnswer, SimRequest, SimulatorServer

__all__ = ["PASSWORD", "USER", "KintoSimulator"]

USER = "hub"
PASSWORD = "kinto-account-passw0rd"
MAX_REQUESTS = 25

_COLLECTION = "/v1/buckets/crm/collections/contacts"
_RECORDS = f"{_COLLECTION}/records"
_HISTORY = "/v1/buckets/crm/history"
_OPERATORS = re.compile(r"(eq|in)_([\w.]+)")
Row = dict[str, Any]


class _RefusedError(Exception):
    """What ends a request with an error of Kinto."""

    def __init__(self, status: int, errno: int, error: str, **more: Any) -> None:
        super().__init__(error)
        self.status = status
        self.body = {"code": status, "errno": errno, "error": error, **more}
        self.headers = {"Www-Authenticate": 'Basic realm="Realm"'} if status == 401 else {}


class KintoSimulator(SimulatorServer):
    """People of one collection.

    ``readable`` are the ids that the account may read, ``None`` for all; ``may_write`` lets it delete;
    ``keeps_history`` is the history plugin; ``backoff_s`` is sent with every success.
    """

    def __init__(self) -> None:
        super().__init__()
        self.password = PASSWORD
        self.rows: dict[str, Row] = {}
        self.tombstones: dict[str, Row] = {}
        self.history: list[str] = []
        self.keeps_history = True
        self.readable: set[str] | None = None
        self.may_write = True
        self.backoff_s: int | None = None
        self._newest = int(time.time() * 1000) - 3_600_000
        for number, (name, tier, points) in enumerate(_PEOPLE, start=1):
            self.put(
                f"c{number}",
                name=name,
                email=f"ann{number}@example.test",
                loyalty_id=f"ML-{number:03}",
                tier=tier,
                points=points,
            )

    # What people do in Kinto.

    def put(self, id: str, **fields: Any) -> Row:
        """Make a record, also one that was deleted."""
        self.tombstones.pop(id, None)
        self.rows[id] = {**fields, "id": id, "last_modified": self._tick()}
        self.history.append(id)
        return self.rows[id]

    def change(self, id: str, **fields: Any) -> None:
        """Edit a record."""
        own = {name: value for name, value in self.rows[id].items() if name not in ("id", "last_modified")}
        self.put(id, **{**own, **fields})

    def delete(self, id: str) -> Row:
        """Delete a record; its tombstone."""
        del self.rows[id]
        self.tombstones[id] = {"id": id, "last_modified": self._tick(), "deleted": True}
        return self.tombstones[id]

    def _tick(self) -> int:
        """Milliseconds since 1970; never the same twice."""
        self._newest = max(self._newest + 1, int(time.time() * 1000))
        return self._newest

    # What the API answers.

    def answer(self, request: SimRequest) -> SimAnswer:
        """Routes: the collection's records, one record, the history, ``/batch``."""
        try:
            answer = self._batch(request) if request.path == "/v1/batch" else self._answer(request)
        except _RefusedError as refused:
            return _json(refused.body, status=refused.status, headers=refused.headers)
        if self.backoff_s is None:
            return answer
        return replace(answer, headers={**answer.headers, "Backoff": str(self.backoff_s)})

    def _answer(self, request: SimRequest) -> SimAnswer:
        pair = base64.b64encode(f"{USER}:{self.password}".encode()).decode()
        if request.headers.get("authorization") != f"Basic {pair}":
            raise _RefusedError(
                401, 104, "Unauthorized", message="Please authenticate yourself to use this endpoint."
            )
        if request.path == _RECORDS:
            return self._list(request)
        if request.path.startswith(f"{_RECORDS}/"):
            return self._one(request, request.path.removeprefix(f"{_RECORDS}/"))
        if request.path == _HISTORY and self.keeps_history:
            return self._forget(request)
        raise _no_such_path(request.path)

    def _batch(self, request: SimRequest) -> SimAnswer:
        asked = request.json()["requests"]
        if len(asked) > MAX_REQUESTS:
            message = f"Number of requests is limited to {MAX_REQUESTS}"
            raise _RefusedError(400, 107, "Invalid parameters", message=message)
        return _json({"responses": [self._part(one, request) for one in asked]})

    def _part(self, asked: Mapping[str, Any], request: SimRequest) -> Row:
        parts = urlsplit(asked["path"])
        path = parts.path if parts.path.startswith("/v1/") else f"/v1{parts.path}"
        headers = {**request.headers, **{k.lower(): v for k, v in asked.get("headers", {}).items()}}
        query = parse_qs(parts.query, keep_blank_values=True)
        part = SimRequest(asked["method"], unquote(path), query, headers)
        try:
            answer = self._answer(part)
        except _RefusedError as refused:
            answer = _json(refused.body, status=refused.status, headers=refused.headers)
        if answer.status == 304:
            # Seen with 26.5.0: the answer without a body is taken for a redirect without an address.
            message = "A programmatic error occurred, developers have been informed."
            raise _RefusedError(500, 999, "Internal Server Error", message=message)
        headers = {("ETag" if name == "Etag" else name): value for name, value in answer.headers.items()}
        return {
            "path": part.path,
            "status": answer.status,
            "headers": headers,
            "body": json.loads(answer.body),
        }

    def _list(self, request: SimRequest) -> SimAnswer:
        if self.readable == set():
            _refuse_user()
        headers = _clock(max((row["last_modified"] for row in self._all()), default=self._newest))
        if request.headers.get("if-none-match") == headers["Etag"]:
            return SimAnswer(304, headers)
        ascending = request.arg("_sort") == "last_modified"
        found = sorted(self._filtered(request), key=lambda row: row["last_modified"], reverse=not ascending)
        after = int(base64.b64decode(request.arg("_token") or "MA=="))
        limit = int(request.arg("_limit") or len(found) or 1)
        page = found[after : after + limit]
        if len(found) > after + limit:
            token = base64.b64encode(str(after + limit).encode()).decode()
            query = {**{name: values[0] for name, values in request.query.items()}, "_token": token}
            headers["Next-Page"] = f"http://{request.headers.get('host', '')}{_RECORDS}?{urlencode(query)}"
        return _json({"data": [_projected(row, request) for row in page]}, headers=headers)

    def _one(self, request: SimRequest, id: str) -> SimAnswer:
        if self.readable is not None and id not in self.readable:
            _refuse_user()
        if id not in self.rows:
            raise _RefusedError(404, 110, "Not Found", details={"id": id, "resource_name": "record"})
        if request.method == "DELETE":
            self._need_write()
            row = self.delete(id)
            return _json({"data": row}, headers=_clock(row["last_modified"]))
        row = self.rows[id]
        headers = _clock(row["last_modified"])
        if request.headers.get("if-none-match") == headers["Etag"]:
            return SimAnswer(304, headers)
        if "_fields" in request.query:
            return _json({"data": _projected(row, request)}, headers=headers)
        permissions = {"write": [f"account:{USER}"]} if self.may_write else {}
        return _json({"permissions": permissions, "data": row}, headers=headers)

    def _forget(self, request: SimRequest) -> SimAnswer:
        self._need_write()
        gone = [entry for entry in self.history if entry == request.arg("record_id")]
        self.history = [entry for entry in self.history if entry != request.arg("record_id")]
        rows = [{"id": f"h{n}", "last_modified": self._tick(), "deleted": True} for n, _ in enumerate(gone)]
        return _json({"data": rows}, headers=_clock(self._newest))

    def _need_write(self) -> None:
        if not self.may_write:
            _refuse_user()

    def _all(self) -> Iterator[Row]:
        return itertools.chain(self.rows.values(), self.tombstones.values())

    def _filtered(self, request: SimRequest) -> Sequence[Row]:
        since = request.arg("_since").strip('"')
        rows = [row for row in self._all() if self.readable is None or row["id"] in self.readable]
        if since:
            rows = [row for row in rows if row["last_modified"] > int(since)]
        else:
            rows = [row for row in rows if not row.get("deleted")]
        for name, values in request.query.items():
            matched = _OPERATORS.fullmatch(name)
            if matched:
                wanted = values[0].split(",") if matched[1] == "in" else [values[0]]
                natives = [_native(value) for value in wanted]
                rows = [row for row in rows if _is_among(_at(row, matched[2]), natives)]
        return rows


_FIRST = ("Ann", "Bo", "Chiara", "Dmitri", "Élodie", "Fatima", "Goran")
_TIERS = ("gold", "silver", "platinum")
_PEOPLE = tuple((f"{_FIRST[n % 7]} {n + 1}", _TIERS[n % 3], 100 * (n + 1)) for n in range(30))


def _native(value: str) -> Any:
    """Anything that is not JSON is text."""
    try:
        return json.loads(value)
    except ValueError:
        return value


def _is_among(held: Any, wanted: Sequence[Any]) -> bool:
    """JSON knows numbers from texts."""
    return any(type(held) is type(value) and held == value for value in wanted)


def _at(row: Mapping[str, Any], place: str) -> Any:
    value: Any = row
    for part in place.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def _projected(row: Row, request: SimRequest) -> Row:
    asked = request.arg("_fields")
    if not asked:
        return row
    heads = {place.partition(".")[0] for place in asked.split(",")} | {"id", "last_modified"}
    return {name: value for name, value in row.items() if name in heads}


def _clock(milliseconds: int) -> dict[str, str]:
    return {
        "Etag": f'"{milliseconds}"',
        "Last-Modified": formatdate(milliseconds / 1000, usegmt=True),
        "Cache-Control": "no-cache, no-store",
    }


def _json(data: Any, *, status: int = 200, headers: Mapping[str, str] | None = None) -> SimAnswer:
    more = {"Content-Type": "application/json", "X-Content-Type-Options": "nosniff", **(headers or {})}
    return SimAnswer(status, more, json.dumps(data, ensure_ascii=False).encode())


def _refuse_user() -> NoReturn:
    raise _RefusedError(403, 121, "Forbidden", message="This user cannot access this resource.")


def _no_such_path(path: str) -> _RefusedError:
    collection = re.fullmatch(r"/v1/buckets/crm/collections/([\w-]+)/records(/.*)?", path)
    if collection:
        details = {"id": collection[1], "resource_name": "collection"}
        return _RefusedError(404, 111, "Not Found", details=details)
    message = "The resource you are looking for could not be found."
    return _RefusedError(404, 111, "Not Found", message=message)


if __name__ == "__main__":
    sys.stdout.write(f"{KintoSimulator().start().url}/v1\n")
