"""A Directus that answers as version 12.4.0 was recorded to: envelope, headers, errors, hooks.

Files live in memory. Besides what was recorded it knows, from the documentation, the filters that
the connector uses, and it makes real PNGs in the size that is asked.

Run one by hand: ``python -m connectors.directus.simulator``.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import sys
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NoReturn

from connectors.sdk.testing.pictures import made_size, picture
from connectors.sdk.testing.simulator import SimAnswer, SimRequest, SimulatorServer

__all__ = ["TOKEN", "DirectusSimulator"]

TOKEN = "directus-static-t0ken"
HOOK_SECRET = "s3cret-of-the-flow"
QUERY_LIMIT = 100

_NAMESPACE = uuid.UUID("07982a0c-e025-4045-a1ad-29069630e7d7")
_OWN_FIELDS = (
    *("id", "storage", "filename_disk", "filename_download", "title", "type", "folder", "uploaded_by"),
    *("created_on", "modified_by", "modified_on", "charset", "filesize", "width", "height", "duration"),
    *("embed", "description", "location", "tags", "metadata", "focal_point_x", "focal_point_y", "tus_id"),
    *("tus_data", "uploaded_on"),
)
_JSON_FIELDS = frozenset({"tags", "metadata", "tus_data"})
_FILTER = re.compile(r"filter((?:\[\w+\])+)")


class _RefusedError(Exception):
    """What ends a request with an error of Directus."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


class DirectusSimulator(SimulatorServer):
    """Files, folders, renditions, and the deliveries that its flow would send.

    ``added_fields`` are fields that an administrator added to ``directus_files``; ``forbidden`` are
    ids that the token's role may not read; ``public_pictures`` opens ``/assets`` to everybody.
    """

    def __init__(self, *, added_fields: Sequence[str] = ()) -> None:
        super().__init__()
        self.now = datetime.now(UTC) - timedelta(hours=1)
        self.is_open = False
        self.token = TOKEN
        self.files: dict[str, dict[str, Any]] = {}
        self.folders: dict[str, str] = {}
        self.added_fields = tuple(added_fields)
        self.forbidden: set[str] = set()
        self.public_pictures = False
        self.deliveries: list[tuple[dict[str, str], bytes]] = []
        for title, folder, tags, size in _LIBRARY:
            self.upload(title, folder=folder, tags=tags, size=size)
        self.is_open = True

    # What a person does in the Directus app.

    def upload(
        self,
        title: str,
        *,
        folder: str = "Products",
        tags: Sequence[str] = (),
        size: tuple[int, int] = (1200, 800),
        media: str = "image/png",
        **fields: Any,
    ) -> str:
        """Add a file; its id."""
        file_id = str(uuid.uuid5(_NAMESPACE, f"{title} {len(self.deliveries)}"))
        folder_id = str(uuid.uuid5(_NAMESPACE, folder))
        self.folders[folder_id] = folder
        stamp = self._tick()
        width, height = size
        ending = media.partition("/")[2]
        self.files[file_id] = {
            **dict.fromkeys((*_OWN_FIELDS, *self.added_fields)),
            "id": file_id,
            "storage": "local",
            "title": title,
            "type": media,
            "folder": folder_id,
            "filename_disk": f"{file_id}.{ending}",
            "filename_download": f"{title}.{ending}",
            "created_on": stamp,
            "uploaded_on": stamp,
            "modified_on": stamp,
            "metadata": {},
            "filesize": width * height // 2,
            "width": width,
            "height": height,
            "description": f"Alt for {title}",
            "tags": list(tags),
            **fields,
        }
        self._deliver("files.upload", payload={"title": title, "type": media}, key=file_id)
        return file_id

    def change(self, id: str, **fields: Any) -> None:
        """Edit a file."""
        self.files[id] |= {**fields, "modified_on": self._tick()}
        self._deliver("files.update", payload=fields, keys=[id])

    def delete(self, id: str) -> None:
        """Delete a file."""
        del self.files[id]
        self._tick()
        self._deliver("files.delete", payload=[id], keys=[id])

    def _tick(self) -> str:
        """Now, as Directus on SQLite writes it: in UTC, without a zone, in whole seconds, so that two
        changes may have the same time. The seed is older, a second apart.
        """
        self.now = datetime.now(UTC) if self.is_open else self.now + timedelta(seconds=1)
        return self.now.strftime("%Y-%m-%dT%H:%M:%S")

    def _deliver(self, event: str, **body: Any) -> None:
        data = {"event": event, **body, "collection": "directus_files"}
        headers = {"content-type": "application/json", "x-hub-secret": HOOK_SECRET}
        self.deliveries.append((headers, json.dumps(data).encode()))

    # What the API answers.

    def answer(self, request: SimRequest) -> SimAnswer:
        """Routes: ``/files``, ``/files/ID``, ``/assets/ID``."""
        try:
            return self._answer(request)
        except _RefusedError as refused:
            error = {"message": refused.message, "extensions": {"code": refused.code}}
            return _json({"errors": [error]}, status=refused.status)

    def _answer(self, request: SimRequest) -> SimAnswer:
        known = self._authenticate(request)
        kind, _, file_id = request.path.strip("/").partition("/")
        if kind == "assets" and (known or self.public_pictures):
            return self._asset(file_id, request)
        if not known:
            _refuse_collection()
        if kind == "files" and not file_id:
            return self._list(request)
        if kind == "files" and file_id in self._readable():
            return self._conditional({"data": self.files[file_id]}, request)
        if kind == "files":
            _refuse_item()
        raise _RefusedError(404, "ROUTE_NOT_FOUND", f"Route {request.path} doesn't exist.")

    def _authenticate(self, request: SimRequest) -> bool:
        given = request.headers.get("authorization", "")
        if given and given != f"Bearer {self.token}":
            raise _RefusedError(401, "INVALID_CREDENTIALS", "Invalid user credentials.")
        return bool(given)

    def _readable(self) -> dict[str, dict[str, Any]]:
        return {key: file for key, file in self.files.items() if key not in self.forbidden}

    def _list(self, request: SimRequest) -> SimAnswer:
        found = [file for file in self._readable().values() if self._matches(file, request)]
        words = request.arg("search").lower()
        if words:
            found = [file for file in found if words in f"{file['title']} {file['description']}".lower()]
        for key in reversed(request.arg("sort", "id").split(",")):
            field = key.lstrip("-")
            found.sort(key=lambda file, field=field: str(file[field]), reverse=key.startswith("-"))  # type: ignore[misc]
        limit, offset = self._paging(request)
        fields = self._fields(request)
        data: dict[str, Any] = {
            "data": [{field: file[field] for field in fields} for file in found[offset : offset + limit]]
        }
        counts = {"total_count": len(self._readable()), "filter_count": len(found)}
        if request.arg("meta"):
            data["meta"] = {name: counts[name] for name in request.arg("meta").split(",")}
        return self._conditional(data, request)

    def _paging(self, request: SimRequest) -> tuple[int, int]:
        limit = int(request.arg("limit", str(QUERY_LIMIT)))
        if limit < -1:
            message = 'Invalid query. "limit" must be greater than or equal to -1.'
            raise _RefusedError(400, "INVALID_QUERY", message)
        size = len(self.files) if limit == -1 else limit
        page = int(request.arg("page", "1"))
        return size, int(request.arg("offset") or (page - 1) * size)

    def _fields(self, request: SimRequest) -> Sequence[str]:
        every = (*_OWN_FIELDS, *self.added_fields)
        asked = request.arg("fields", "*").split(",")
        if "*" in asked:
            return every
        for field in asked:
            if field not in every:
                _refuse_field(field)
        return asked

    def _matches(self, file: Mapping[str, Any], request: SimRequest) -> bool:
        alternatives: dict[str, bool] = {}
        for name, values in request.query.items():
            matched = _FILTER.fullmatch(name)
            if not matched:
                continue
            path = re.findall(r"\w+", matched[1])
            if path[0] == "_or":
                alternatives[path[1]] = self._compares(file, path[2:], values[0])
            elif not self._compares(file, path, values[0]):
                return False
        return not alternatives or any(alternatives.values())

    def _compares(self, file: Mapping[str, Any], path: Sequence[str], value: str) -> bool:
        *place, operator = path
        if place[0] not in file:
            _refuse_field(place[0])
        if place[0] in _JSON_FIELDS:
            # Since 9.15; https://github.com/directus/directus/issues/14894
            message = f'"json" field type does not contain the "{operator}" filter operator'
            raise _RefusedError(400, "INVALID_QUERY", f"Invalid query. {message}.")
        held = self.folders.get(file["folder"]) if place == ["folder", "name"] else file[place[0]]
        return _OPERATORS[operator]("" if held is None else str(held), value)

    def _conditional(self, data: Mapping[str, Any], request: SimRequest) -> SimAnswer:
        answer = _json(data)
        if request.headers.get("if-none-match") == answer.headers["ETag"]:
            return SimAnswer(304, {"ETag": answer.headers["ETag"]})
        return answer

    def _asset(self, id: str, request: SimRequest) -> SimAnswer:
        file = self._readable().get(id)
        if file is None:
            _refuse_item()
        asked = int(request.arg("width", "0")), int(request.arg("height", "0"))
        size = made_size((file["width"] or 1, file["height"] or 1), *asked)
        # The same for every rendition, as it was recorded: the file's time.
        tag = f'W/"{file["modified_on"]}"'
        headers = {"ETag": tag, "Cache-Control": "max-age=2592000"}
        if not file["type"].startswith("image/"):
            return SimAnswer(200, {**headers, "Content-Type": file["type"]}, b"\0" * 64)
        red, green, blue = hashlib.sha256(id.encode()).digest()[:3]
        wanted = f"image/{request.arg('format')}"
        media, data = picture(*size, (red, green, blue), media_type=wanted)
        return SimAnswer(200, {**headers, "Content-Type": media}, data)


_OPERATORS: Mapping[str, Callable[[str, str], bool]] = {
    "_eq": lambda held, value: held == value,
    "_in": lambda held, value: held in value.split(","),
    "_gte": lambda held, value: held >= value.rstrip("Z"),
    "_starts_with": lambda held, value: held.startswith(value),
}
_LIBRARY: Iterable[tuple[str, str, tuple[str, ...], tuple[int, int]]] = (
    ("red-chair", "Products", ("furniture", "red"), (1200, 800)),
    ("blue-lamp", "Products", ("furniture", "blue"), (800, 1200)),
    ("green-sofa", "Products", ("furniture", "green"), (640, 640)),
    *((f"spa-{n}", "Spa", ("spa", "wellness"), (900, 600)) for n in range(1, 20)),
    *((f"space-{n}", "Meeting rooms", ("space",), (900, 600)) for n in range(1, 9)),
)


def _json(data: Mapping[str, Any], *, status: int = 200) -> SimAnswer:
    body = json.dumps(data, ensure_ascii=False).encode()
    digest = base64.b64encode(hashlib.sha1(body, usedforsecurity=False).digest()).decode().rstrip("=")
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "Cache-Control": "no-cache",
        "Vary": "Origin, Cache-Control",
        # Express tags errors too, which says nothing about a file.
        "ETag": f'W/"{len(body):x}-{digest}"',
    }
    return SimAnswer(status, headers, body)


def _refuse_item() -> NoReturn:
    raise _RefusedError(403, "FORBIDDEN", "You don't have permission to access this.")


def _refuse_collection() -> NoReturn:
    message = (
        'You don\'t have permission to access collection "directus_files" or it does not exist. '
        "Queried in root."
    )
    raise _RefusedError(403, "FORBIDDEN", message)


def _refuse_field(field: str) -> NoReturn:
    message = (
        f'You don\'t have permission to access field "{field}" in collection "directus_files" or it does '
        "not exist. Queried in root."
    )
    raise _RefusedError(403, "FORBIDDEN", message)


if __name__ == "__main__":
    sys.stdout.write(f"{DirectusSimulator().start().url}\n")
