"""The picture library: Directus' dialect.

Envelope ``{"data": …}``, UUIDs, offset or page with a count on request, a static bearer token that the
pictures ask for too, times in UTC without a zone, and 403 alike for deleted, forbidden and unknown ids.
"""

from __future__ import annotations

import hmac
import json
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from orchestrator.demo.systems import pictures
from orchestrator.demo.systems.dam_query import (
    ForbiddenFieldError,
    InvalidQueryError,
    pick_fields,
    read_parameters,
    select,
)
from orchestrator.demo.systems.messages import Request, Response, json_response
from orchestrator.demo.systems.records import Column, Hook, Manual, Record, System

_FOLDER_NAMESPACE = uuid.UUID("5b0c8d2e-71c4-4e0b-9a53-0d6a1f2cf01d")


class PictureLibrary(System):
    """Meridian's DAM."""

    slug = "dam"
    name = "Picture library"
    style = "Directus' dialect: bearer token, also for the pictures; 403 for what is deleted."
    columns = (
        Column("title", "Title"),
        Column("description", "Description", "long"),
        Column("tags", "Tags", "words"),
    )
    sends_hooks = True

    def __init__(self, *, token: str, **options: Any) -> None:
        super().__init__(**options)
        self._token = token

    def answer(self, request: Request) -> Response:
        if request.path == "/server/ping":
            return Response(200, b"pong", {"Content-Type": "text/html; charset=utf-8"})
        if request.path.startswith("/admin/files/"):
            return Response(302, b"", {"Location": f"/edit/dam/{request.path.removeprefix('/admin/files/')}"})
        refusal = self._refuse(request)
        if refusal is not None:
            return refusal
        try:
            return self._route(request)
        except InvalidQueryError as error:
            return _error(400, f"Invalid query. {error}.", "INVALID_QUERY")
        except ForbiddenFieldError as error:
            return _error(
                403,
                f'You don\'t have permission to access field "{error}" in collection "directus_files" '
                "or it does not exist. Queried in root.",
                "FORBIDDEN",
            )

    def manual(self) -> Manual:
        entries = (("Address", "{address}/dam"), ("Static token", self._token))
        credentials = f"-H 'Authorization: Bearer {self._token}'"
        return Manual("Directus", entries, credentials=credentials, example="/files?limit=1")

    def hook_for(self, record: Record, change: str) -> Hook:
        event = {"created": "files.upload", "updated": "files.update", "deleted": "files.delete"}[change]
        body: dict[str, Any] = {"event": event, "collection": "directus_files"}
        if change == "created":
            body |= {"payload": {"title": record.values["title"]}, "key": record.id}
        else:
            payload = [record.id] if change == "deleted" else {"modified_on": _time(record.updated_at)}
            body |= {"payload": payload, "keys": [record.id]}
        return Hook(event, record.id, body)

    def _refuse(self, request: Request) -> Response | None:
        given = request.bearer() or request.query.get("access_token")
        if given is None:
            message = "You don't have permission to access this."
            return _error(403, message, "FORBIDDEN")
        if not hmac.compare_digest(given.encode(), self._token.encode()):
            return _error(401, "Invalid user credentials.", "INVALID_CREDENTIALS")
        return None

    def _route(self, request: Request) -> Response:
        collection, _, row_id = request.path.strip("/").partition("/")
        if collection == "assets":
            return self._asset(row_id, request)
        rows = {"files": self._files, "folders": self._folders}.get(collection)
        if rows is None:
            return _error(404, f"Route {request.path} doesn't exist.", "ROUTE_NOT_FOUND")
        query = _query_of(request)
        if row_id:
            return _one(rows(), row_id, query)
        return _many(rows(), query)

    def _files(self) -> list[dict[str, Any]]:
        return [self._file(record) for record in self.records()]

    def _file(self, record: Record) -> dict[str, Any]:
        values = record.values
        made, changed = _time(record.created_at), _time(record.updated_at)
        return {
            "id": record.id,
            "storage": "local",
            "filename_disk": f"{record.id}.jpg",
            "filename_download": f"{values['scene']}.jpg",
            "title": values["title"],
            "type": "image/jpeg",
            "folder": _folder(values["folder"]),
            "uploaded_by": None,
            "created_on": made,
            "modified_by": None,
            "modified_on": changed,
            "charset": None,
            # Not known before the picture is painted, and a list must not wait for that.
            "filesize": None,
            "width": pictures.WIDTH_PX,
            "height": pictures.HEIGHT_PX,
            "duration": None,
            "embed": None,
            "description": values["description"],
            "location": None,
            "tags": list(values["tags"]),
            "metadata": {},
            "focal_point_x": values["focal_x"],
            "focal_point_y": values["focal_y"],
            "uploaded_on": made,
        }

    def _folders(self) -> list[dict[str, Any]]:
        names = dict.fromkeys(record.values["folder"] for record in self.all_records())
        return [_folder(name) for name in names]

    def _asset(self, file_id: str, request: Request) -> Response:
        record = self.find(file_id.partition("/")[0])
        if record is None or record.deleted:
            return _error(403, "You don't have permission to access this.", "FORBIDDEN")
        # One ETag for the file, whatever the rendition: as recorded.
        etag = f'W/"{int(record.updated_at.timestamp()):x}"'
        if request.headers.get("if-none-match") == etag:
            return Response(304, b"", {"ETag": etag})
        encoding = request.query.get("format", "jpg")
        if encoding == "auto":
            encoding = "webp" if "image/webp" in request.headers.get("accept", "") else "jpg"
        if encoding not in pictures.FORMATS:
            raise InvalidQueryError('"format" is not a supported format')
        picture = pictures.rendition(
            record.values["scene"],
            width=request.number("width", 0, most=4000) if "width" in request.query else None,
            height=request.number("height", 0, most=4000) if "height" in request.query else None,
            fit=request.query.get("fit", "cover"),
            encoding=encoding,
            quality=request.number("quality", 80, most=100),
        )
        kind = pictures.FORMATS[encoding].lower()
        headers = {
            "Content-Type": f"image/{kind}",
            "ETag": etag,
            "Last-Modified": format_datetime(record.updated_at.astimezone(UTC), usegmt=True),
            "Cache-Control": "private, max-age=2592000",
        }
        return Response(200, picture, headers)


def _query_of(request: Request) -> Mapping[str, Any]:
    if request.method != "SEARCH":
        return read_parameters(request.pairs)
    try:
        body = json.loads(request.body or b"{}")
    except ValueError:
        raise InvalidQueryError("Invalid JSON") from None
    return body.get("query", {}) if isinstance(body, dict) else {}


def _one(rows: list[dict[str, Any]], row_id: str, query: Mapping[str, Any]) -> Response:
    row = next((row for row in rows if row["id"] == row_id), None)
    if row is None:
        return _error(403, "You don't have permission to access this.", "FORBIDDEN")
    return _json({"data": pick_fields(row, query.get("fields"), list(row))})


def _many(rows: list[dict[str, Any]], query: Mapping[str, Any]) -> Response:
    known = list(rows[0]) if rows else []
    page, matching = select(rows, query, known)
    body: dict[str, Any] = {"data": [pick_fields(row, query.get("fields"), known) for row in page]}
    counts = {"total_count": len(rows), "filter_count": matching}
    wanted = str(query.get("meta", "")).split(",")
    meta = {name: count for name, count in counts.items() if name in wanted or "*" in wanted}
    if meta:
        body["meta"] = meta
    return _json(body)


def _folder(name: str) -> dict[str, Any]:
    return {"id": str(uuid.uuid5(_FOLDER_NAMESPACE, name)), "name": name, "parent": None}


def _time(value: datetime) -> str:
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")


def _json(body: Any, status: int = 200) -> Response:
    return json_response(
        body, status=status, content_type="application/json; charset=utf-8", Cache_Control="no-cache"
    )


def _error(status: int, message: str, code: str) -> Response:
    return _json({"errors": [{"message": message, "extensions": {"code": code}}]}, status)
