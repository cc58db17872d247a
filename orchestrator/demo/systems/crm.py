"""Guests and loyalty: Kinto's dialect.

Envelope ``data``, UUIDs, the next page in the ``Next-Page`` header with an opaque token, HTTP Basic,
milliseconds since 1970, several requests in one (``POST /batch``), and tombstones for deleted records in
what changed since a time.

Source: https://docs.kinto-storage.org/en/stable/api/1.x/ and recorded answers.
"""

from __future__ import annotations

import base64
import hmac
import json
import re
from collections.abc import Mapping
from email.utils import formatdate
from typing import Any
from urllib.parse import unquote, urlencode, urlsplit

from orchestrator.demo.systems.messages import Request, Response, json_response
from orchestrator.demo.systems.records import Column, Manual, Record, System

USER = "hub"
_MOST_IN_A_BATCH = 25
_COLLECTION = "/v1/buckets/meridian/collections/guests"
_RECORDS = f"{_COLLECTION}/records"
_ANY_RECORDS = re.compile(r"/v1/buckets/meridian/collections/([\w-]+)/records(/.*)?")
_FILTER = re.compile(r"(eq|in)_(\w+)")


class GuestRecords(System):
    """Meridian's CRM with its loyalty programme. Its people do not exist."""

    slug = "crm"
    name = "Guests and loyalty"
    style = (
        "Kinto's dialect: several questions in one POST, so that no address names a guest; times in "
        "milliseconds; tombstones for who was deleted."
    )
    columns = (
        Column("first_name", "First name"),
        Column("last_name", "Last name"),
        Column("tier", "Tier"),
        Column("points", "Points", "number"),
    )

    def __init__(self, *, password: str, **options: Any) -> None:
        super().__init__(**options)
        self._password = password

    def answer(self, request: Request) -> Response:
        if request.path == "/v1/batch" and request.method == "POST":
            return self._batch(request)
        return self._answer_one(request)

    def manual(self) -> Manual:
        fields = (
            "givenName: first_name",
            "familyName: last_name",
            "memberOf.membershipNumber: loyalty_id",
            "memberOf.membershipPointsEarned: points",
            "memberOf.tier.name: tier",
        )
        entries = (
            ("Holds people's data", "yes"),
            ("Address", "{address}/crm/v1"),
            ("Account", USER),
            ("Password", self._password),
            ("Bucket", "meridian"),
            ("Collection", "guests"),
            ("Identifiers", "loyalty_id: loyalty_id"),
            ("Fields", "\n".join(fields)),
            ("Name of the loyalty programme", "Meridian Circle"),
        )
        credentials = f"-u '{USER}:{self._password}'"
        example = f"{_RECORDS.removeprefix('/v1')}?_limit=1"
        return Manual("Kinto", entries, credentials=credentials, example=example)

    def _answer_one(self, request: Request) -> Response:
        user, password = request.basic_auth() or ("", "")
        if user != USER or not hmac.compare_digest(password.encode(), self._password.encode()):
            return _error(
                401,
                104,
                "Unauthorized",
                headers={"WWW-Authenticate": 'Basic realm="Realm"'},
                message="Please authenticate yourself to use this endpoint.",
            )
        if request.path == _RECORDS:
            return self._list(request)
        if request.path.startswith(f"{_RECORDS}/"):
            return self._one(request)
        return _no_such_path(request.path)

    def _batch(self, request: Request) -> Response:
        """Each part is answered by itself; the credentials are those of the whole."""
        try:
            asked = [_part(one, request) for one in json.loads(request.body)["requests"]]
        except (ValueError, KeyError, TypeError):
            return _error(400, 107, "Invalid parameters", message="requests in body: Required")
        if len(asked) > _MOST_IN_A_BATCH:
            message = f"Number of requests is limited to {_MOST_IN_A_BATCH}"
            return _error(400, 107, "Invalid parameters", message=message)
        return json_response({"responses": [_told(part, self._answer_one(part)) for part in asked]})

    def _one(self, request: Request) -> Response:
        record = self.find(request.path.removeprefix(f"{_RECORDS}/"))
        if record is None or record.deleted:
            details = {"id": request.path.rpartition("/")[2], "resource_name": "record"}
            return _error(404, 110, "Not Found", details=details)
        if request.method == "DELETE":
            record = self.delete(record.id)
        headers = _clock(_milliseconds(record))
        if request.headers.get("if-none-match") == headers["ETag"]:
            return Response(304, b"", headers)
        return json_response({"data": _projected(_view(record), request)}, **headers)

    def _list(self, request: Request) -> Response:
        headers = _clock(max((_milliseconds(record) for record in self.all_records()), default=0))
        if request.headers.get("if-none-match") == headers["ETag"]:
            return Response(304, b"", headers)
        rows = self._matching(request.query)
        start = _read_token(request.query.get("_token"))
        end = start + request.number("_limit", max(len(rows), 1), most=1000)
        if end < len(rows):
            token = base64.urlsafe_b64encode(f"from:{end}".encode()).decode()
            parameters = {**request.query, "_token": token}
            headers["Next-Page"] = f"{request.address}/{self.slug}{_RECORDS}?{urlencode(parameters)}"
        return json_response({"data": [_projected(row, request) for row in rows[start:end]]}, **headers)

    def _matching(self, query: Mapping[str, str]) -> list[dict[str, Any]]:
        rows = [_view(record) for record in self.all_records()]
        since = query.get("_since", "").strip('"')
        if since.isdigit():
            rows = [row for row in rows if row["last_modified"] > int(since)]
        else:
            rows = [row for row in rows if "deleted" not in row]
        for name, text in query.items():
            asked = _FILTER.fullmatch(name)
            if asked:
                wanted = [_native(one) for one in (text.split(",") if asked[1] == "in" else [text])]
                rows = [row for row in rows if _is_among(row.get(asked[2]), wanted)]
        newest_first = query.get("_sort") != "last_modified"
        return sorted(rows, key=lambda row: row["last_modified"], reverse=newest_first)


def _part(asked: Mapping[str, Any], request: Request) -> Request:
    parts = urlsplit(asked["path"])
    path = unquote(parts.path if parts.path.startswith("/v1/") else f"/v1{parts.path}")
    own = {name.lower(): value for name, value in asked.get("headers", {}).items()}
    headers = {**request.headers, **own}
    return Request(asked.get("method", "GET"), path, parts.query, headers, b"", request.address)


def _told(part: Request, answer: Response) -> dict[str, Any]:
    body = json.loads(answer.body) if answer.body else None
    return {"path": part.path, "status": answer.status, "headers": dict(answer.headers), "body": body}


def _view(record: Record) -> dict[str, Any]:
    if record.deleted:
        return {"id": record.id, "last_modified": _milliseconds(record), "deleted": True}
    return {**record.values, "id": record.id, "last_modified": _milliseconds(record)}


def _projected(row: dict[str, Any], request: Request) -> dict[str, Any]:
    """Only the fields asked for; id and time always come."""
    asked = request.query.get("_fields")
    if not asked:
        return row
    names = {*asked.split(","), "id", "last_modified"}
    return {name: value for name, value in row.items() if name in names}


def _milliseconds(record: Record) -> int:
    return round(record.updated_at.timestamp() * 1000)


def _clock(milliseconds: int) -> dict[str, str]:
    return {
        "ETag": f'"{milliseconds}"',
        "Last-Modified": formatdate(milliseconds / 1000, usegmt=True),
        "Cache-Control": "no-cache, no-store",
    }


def _native(text: str) -> Any:
    """Filters compare JSON values; what is no JSON is text."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def _is_among(held: Any, wanted: list[Any]) -> bool:
    """A text is another than a number."""
    return any(type(held) is type(value) and held == value for value in wanted)


def _read_token(text: str | None) -> int:
    try:
        decoded = base64.urlsafe_b64decode(text or "").decode()
    except ValueError:
        return 0
    place = decoded.removeprefix("from:")
    return int(place) if place.isdigit() else 0


def _no_such_path(path: str) -> Response:
    known = _ANY_RECORDS.fullmatch(path)
    if known:
        return _error(404, 111, "Not Found", details={"id": known[1], "resource_name": "collection"})
    message = "The resource you are looking for could not be found."
    return _error(404, 111, "Not Found", message=message)


def _error(
    status: int, number: int, error: str, *, headers: Mapping[str, str] | None = None, **more: Any
) -> Response:
    body = {"code": status, "errno": number, "error": error, **more}
    return json_response(body, status=status, **(headers or {}))
