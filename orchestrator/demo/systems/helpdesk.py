"""The help desk: the dialect of ticket systems.

A page number with the address of the next page, numbers as ids, HTTP Basic, seconds since 1970, no
hooks, and a deleted article that still answers 200, with ``"status": "deleted"``.
"""

from __future__ import annotations

import hmac
from typing import Any
from urllib.parse import urlencode

from orchestrator.demo.systems.messages import Request, Response, json_response
from orchestrator.demo.systems.records import Column, Manual, Record, System

USER = "hub@meridian.example/token"
_KINDS = {"articles": "article", "questions": "question"}


class HelpDesk(System):
    """Meridian's knowledge base."""

    slug = "help"
    name = "Help desk"
    style = "A help desk's dialect: page numbers, HTTP Basic, no hooks; a deleted article answers “deleted”."
    columns = (Column("title", "Title"), Column("body", "Text (HTML)", "long"))

    def __init__(self, *, password: str, **options: Any) -> None:
        super().__init__(**options)
        self._password = password

    def answer(self, request: Request) -> Response:
        user, password = request.basic_auth() or ("", "")
        if user != USER or not hmac.compare_digest(password.encode(), self._password.encode()):
            return json_response(
                {"error": "Couldn't authenticate you"}, status=401, WWW_Authenticate='Basic realm="Help"'
            )
        collection, _, record_id = request.path.removeprefix("/api/v2/").partition("/")
        kind = _KINDS.get(collection)
        if kind is None:
            return _not_found()
        if not record_id:
            return self._list(collection, kind, request)
        record = self.find(record_id)
        if record is None or record.values["kind"] != kind:
            return _not_found()
        return json_response({kind: _view(record)})

    def manual(self) -> Manual:
        entries = (
            ("Address", "{address}/help/api/v2"),
            ("How it knows us", "User name and password (Basic)"),
            ("User name", USER),
            ("Password", self._password),
            ("Path of a list, newest first", "/articles"),
            ("Path of a search", "/articles?query={query}"),
            ("Place of the records in a list", "articles"),
            ("Path of one record", "/articles/{id}"),
            ("Place of the record in that answer", "article"),
            ("What it gives", "Article"),
            ("Id of a record", "id"),
        )
        credentials = f"-u '{USER}:{self._password}'"
        return Manual("REST", entries, credentials=credentials, example="/articles/41007")

    def _list(self, collection: str, kind: str, request: Request) -> Response:
        records = [record for record in self._matching(request.query) if record.values["kind"] == kind]
        size, page = request.number("per_page", 30, most=100), request.number("page", 1, most=10_000)
        shown = records[(page - 1) * size : page * size]
        following = None
        if page * size < len(records):
            parameters = {**request.query, "page": str(page + 1)}
            following = f"{request.address}/{self.slug}/api/v2/{collection}?{urlencode(parameters)}"
        return json_response(
            {
                collection: [_view(record) for record in shown],
                "count": len(records),
                "page": page,
                "per_page": size,
                "next_page": following,
            }
        )

    def _matching(self, query: dict[str, str]) -> list[Record]:
        # By ids and by time of change deleted ones come too: so it tells what went away.
        records = sorted(self.all_records(), key=lambda record: (record.updated_at, record.id), reverse=True)
        if query.get("ids"):
            wanted = query["ids"].split(",")
            return [record for record in records if record.id in wanted]
        if query.get("updated_since"):
            since = (
                float(query["updated_since"]) if query["updated_since"].replace(".", "", 1).isdigit() else 0
            )
            return [record for record in records if record.updated_at.timestamp() >= since]
        words = query.get("query", "").lower().split()
        return [
            record
            for record in records
            if not record.deleted
            and all(word in f"{record.values['title']} {record.values['body']}".lower() for word in words)
            and query.get("section", "") in ("", record.values["section"])
            and query.get("locale", "") in ("", record.values["locale"])
        ]


def _view(record: Record) -> dict[str, Any]:
    if record.deleted:
        return {"id": int(record.id), "status": "deleted", "updated_at": int(record.updated_at.timestamp())}
    values = record.values
    return {
        "id": int(record.id),
        "status": "published",
        "title": values["title"],
        "body": values["body"],
        "section": {"name": values["section"]},
        "locale": values["locale"],
        "vote_sum": values["votes"],
        "author": {"name": "Meridian guest services"},
        "html_url": f"https://help.example/{values['locale']}/{values['kind']}s/{record.id}",
        "created_at": int(record.created_at.timestamp()),
        "updated_at": int(record.updated_at.timestamp()),
    }


def _not_found() -> Response:
    return json_response({"error": "RecordNotFound", "description": "Not found"}, status=404)
