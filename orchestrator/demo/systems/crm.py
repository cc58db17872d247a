"""Guests and loyalty: Kinto's dialect.

Envelope ``data``, UUIDs, the next page in the ``Next-Page`` header with an opaque token, HTTP Basic,
milliseconds since 1970, and tombstones for deleted records in what changed since a time.
"""

from __future__ import annotations

import base64
import hmac
from typing import Any
from urllib.parse import urlencode

from orchestrator.demo.systems.messages import Request, Response, json_response
from orchestrator.demo.systems.records import Column, Manual, Record, System

USER = "hub"
_PATH = "/v1/buckets/meridian/collections/guests/records"
_FILTERS = ("loyalty_id", "email", "tier", "id")


class GuestRecords(System):
    """Meridian's CRM with its loyalty programme. Its people do not exist."""

    slug = "crm"
    name = "Guests and loyalty"
    style = "A record store's dialect: next page in a header, times in milliseconds, tombstones."
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
        user, password = request.basic_auth() or ("", "")
        if user != USER or not hmac.compare_digest(password.encode(), self._password.encode()):
            return _error(401, 104, "Unauthorized", "Please authenticate yourself to use this endpoint.")
        if request.path == _PATH:
            return self._list(request)
        record = self.find(request.path.removeprefix(f"{_PATH}/"))
        if record is None or record.deleted or not request.path.startswith(_PATH):
            return _error(404, 110, "Not Found", "The resource you are looking for could not be found.")
        return json_response({"data": _view(record)}, ETag=f'"{_milliseconds(record)}"')

    def manual(self) -> Manual:
        entries = (
            ("Holds people's data", "yes"),
            ("Address", "{address}/crm/v1/buckets/meridian/collections/guests"),
            ("How it knows us", "User name and password (Basic)"),
            ("User name", USER),
            ("Password", self._password),
            ("Path to test the connection with", "/records?_limit=1"),
            ("Path of one record", "/records/{id}"),
            ("Place of the record in that answer", "data"),
            ("What it gives", "Person"),
            ("Id of a record", "id"),
            ("A person's record by identifier", "/records?in_loyalty_id={values}"),
            ("Place of the person's record", "data"),
            ("Identifiers", "loyalty_id: loyalty_id"),
        )
        credentials = f"-u '{USER}:{self._password}'"
        return Manual("REST", entries, credentials=credentials, example="/records?_limit=1")

    def _list(self, request: Request) -> Response:
        records = self._matching(request.query)
        start = _read_token(request.query.get("_token"))
        limit = request.number("_limit", 100, most=1000)
        newest = max((_milliseconds(record) for record in self.all_records()), default=0)
        headers = {"ETag": f'"{newest}"', "Total_Records": str(len(records))}
        if start + limit < len(records):
            token = base64.urlsafe_b64encode(f"from:{start + limit}".encode()).decode()
            parameters = {**request.query, "_token": token}
            headers["Next_Page"] = f"{request.address}/{self.slug}{_PATH}?{urlencode(parameters)}"
        return json_response(
            {"data": [_view(record) for record in records[start : start + limit]]}, **headers
        )

    def _matching(self, query: dict[str, str]) -> list[Record]:
        records = sorted(self.all_records(), key=_milliseconds, reverse=True)
        since = query.get("_since", "").strip('"')
        if since.isdigit():
            records = [record for record in records if _milliseconds(record) > int(since)]
        else:
            records = [record for record in records if not record.deleted]
        for name in _FILTERS:
            wanted = [query[name]] if name in query else query.get(f"in_{name}", "").split(",")
            if wanted != [""]:
                records = [record for record in records if str(_view(record).get(name)) in wanted]
        return records


def _view(record: Record) -> dict[str, Any]:
    if record.deleted:
        return {"id": record.id, "last_modified": _milliseconds(record), "deleted": True}
    return {**record.values, "id": record.id, "last_modified": _milliseconds(record)}


def _milliseconds(record: Record) -> int:
    return round(record.updated_at.timestamp() * 1000)


def _read_token(text: str | None) -> int:
    try:
        decoded = base64.urlsafe_b64decode(text or "").decode()
    except ValueError:
        return 0
    place = decoded.removeprefix("from:")
    return int(place) if place.isdigit() else 0


def _error(status: int, number: int, error: str, message: str) -> Response:
    return json_response({"code": status, "errno": number, "error": error, "message": message}, status=status)
