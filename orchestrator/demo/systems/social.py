"""The social network: a dialect like the AT Protocol's.

``{"posts": […], "cursor": …}``, long ids with slashes, an opaque cursor, a bearer token whose refusal
is a 400, times in UTC with ``Z``, and deleted posts that a batch leaves out without a word.
"""

from __future__ import annotations

import base64
import hmac
from datetime import UTC, datetime
from typing import Any

from orchestrator.demo.systems import pictures
from orchestrator.demo.systems.messages import Request, Response, json_response
from orchestrator.demo.systems.records import Column, Hook, Manual, Record, System

ACCOUNT = "did:plc:meridianhotels"
_POST = f"at://{ACCOUNT}/app.feed.post/"


class SocialNetwork(System):
    """Where Meridian posts."""

    slug = "social"
    name = "Social network"
    style = (
        "A dialect that nobody wrote a connector for; settings alone read it: opaque cursors, ids with "
        "slashes; deleted posts are simply not there."
    )
    columns = (Column("text", "Text", "long"), Column("tags", "Tags", "words"))
    sends_hooks = True

    def __init__(self, *, token: str, **options: Any) -> None:
        super().__init__(**options)
        self._token = token

    def answer(self, request: Request) -> Response:
        if request.path.startswith("/img/"):
            return _picture(request)
        token = request.bearer()
        if token is None:
            return _error(401, "AuthMissing", "Authentication Required")
        if not hmac.compare_digest(token.encode(), self._token.encode()):
            return _error(400, "InvalidToken", "Token could not be verified")
        methods = {
            "app.feed.getPosts": self._get_posts,
            "app.feed.getAuthorFeed": self._author_feed,
            "app.feed.searchPosts": self._search_posts,
        }
        method = methods.get(request.path.removeprefix("/xrpc/"))
        if method is None:
            return _error(501, "MethodNotImplemented", "Method Not Implemented")
        return method(request)

    def manual(self) -> Manual:
        entries = (
            ("Address", "{address}/social/xrpc"),
            ("How it knows us", "A token (Bearer)"),
            ("Token", self._token),
            ("Path of a list, newest first", "/app.feed.searchPosts"),
            ("Path of a search", "/app.feed.searchPosts?q={query}"),
            ("Place of the records in a list", "posts"),
            ("What it gives", "Post"),
            ("Id of a record", "uri"),
            ("Path of several records", "/app.feed.getPosts?uris={ids}"),
            ("How several ids are given", "Repeated: id=1&id=2&id=3"),
        )
        credentials = f"-H 'Authorization: Bearer {self._token}'"
        example = "/app.feed.searchPosts?limit=1"
        return Manual("REST", entries, credentials=credentials, example=example, maps=True)

    def hook_for(self, record: Record, change: str) -> Hook:
        event = f"post.{change}"
        return Hook(event, record.id, {"type": event, "data": {"uri": _POST + record.id}})

    def newest(self) -> list[Record]:
        """Posts by the time they were made: an edit does not bring an old one to the top."""
        return sorted(self.records(), key=lambda record: (record.created_at, record.id), reverse=True)

    def _get_posts(self, request: Request) -> Response:
        wanted = [value for name, value in request.pairs if name == "uris"]
        if not wanted:
            return _error(400, "InvalidRequest", 'Error: Params must have the property "uris"')
        if len(wanted) > 25:
            return _error(400, "InvalidRequest", "Error: uris must not have more than 25 elements")
        posts = [post for post in map(self._view, self._read(wanted, request.address)) if post]
        return json_response({"posts": posts})

    def _read(self, uris: list[str], address: str) -> list[tuple[Record, str]]:
        found = [self.find(uri.removeprefix(_POST)) for uri in uris if uri.startswith(_POST)]
        return [(record, address) for record in found if record is not None and not record.deleted]

    def _author_feed(self, request: Request) -> Response:
        page, cursor = _page(self.newest(), request)
        feed = [{"post": self._view((record, request.address))} for record in page]
        return json_response({"feed": feed, **cursor})

    def _search_posts(self, request: Request) -> Response:
        words = request.query.get("q", "").lower().split()
        tag = request.query.get("tag", "").lstrip("#").lower()
        records = [
            record
            for record in self.newest()
            if all(word in record.values["text"].lower() for word in words)
            and (not tag or tag in [known.lower() for known in record.values["tags"]])
            and _time(record.updated_at) >= request.query.get("since", "")
        ]
        page, cursor = _page(records, request)
        return json_response({"posts": [self._view((record, request.address)) for record in page], **cursor})

    def _view(self, found: tuple[Record, str]) -> dict[str, Any]:
        record, address = found
        values = record.values
        picture = f"{address}/{self.slug}/img"
        return {
            "uri": _POST + record.id,
            "cid": f"bafyrei{int(record.updated_at.timestamp() * 1000):x}",
            "author": {"did": ACCOUNT, "handle": "meridian.test", "displayName": "Meridian Hotels"},
            "record": {
                "$type": "app.feed.post",
                "text": values["text"],
                "langs": [values["lang"]],
                "tags": values["tags"],
                "createdAt": _time(record.created_at),
            },
            "embed": {
                "images": [
                    {
                        "thumb": f"{picture}/thumb/{values['scene']}.jpg",
                        "fullsize": f"{picture}/full/{values['scene']}.jpg",
                        "alt": "",
                    }
                ]
            },
            "url": f"https://social.example/profile/meridian.test/post/{record.id}",
            "likeCount": values["likes"],
            "indexedAt": _time(record.updated_at),
        }


def _page(records: list[Record], request: Request) -> tuple[list[Record], dict[str, str]]:
    limit = request.number("limit", 25, most=100)
    start = _read_cursor(request.query.get("cursor"))
    page = records[start : start + limit]
    more = start + limit < len(records)
    return page, {"cursor": _cursor(start + limit)} if more else {}


def _cursor(place: int) -> str:
    return base64.urlsafe_b64encode(f"meridian:{place}".encode()).decode().rstrip("=")


def _read_cursor(text: str | None) -> int:
    try:
        decoded = base64.urlsafe_b64decode((text or "") + "=" * (-len(text or "") % 4)).decode()
    except ValueError:
        return 0
    place = decoded.removeprefix("meridian:")
    return int(place) if place.isdigit() else 0


def _picture(request: Request) -> Response:
    _, _, size, file_name = request.path.split("/") if request.path.count("/") == 3 else ("", "", "", "")
    scene = file_name.removesuffix(".jpg")
    if scene not in pictures.SCENES or size not in ("thumb", "full"):
        return _error(404, "NotFound", "Blob not found")
    picture = pictures.rendition(scene, width=480 if size == "thumb" else 1200)
    return Response(200, picture, {"Content-Type": "image/jpeg", "Cache-Control": "public, max-age=31536000"})


def _time(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _error(status: int, name: str, message: str) -> Response:
    return json_response({"error": name, "message": message}, status=status)
