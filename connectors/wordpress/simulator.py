"""A WordPress that answers as version 6.1.9 was recorded to: posts, pages, media, terms, users, errors.

It lives in memory, its clock is a zone's, and it has what the real one was seen to do: a wrong
application password is answered as nobody's, a time without a zone is its own zone's, a parameter that
a list does not know is ignored, and names of terms are found as they are stored, escaped.

Run one by hand: ``python -m connectors.wordpress.simulator``.
"""

from __future__ import annotations

import base64
import html
import json
import math
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from connectors.sdk.testing.pictures import png
from connectors.sdk.testing.simulator import SimAnswer, SimRequest, SimulatorServer
from connectors.wordpress.simulated import API, ZONE, Row, links, made_sizes, media_view, post_view, slug

__all__ = ["EDITOR", "PASSWORD", "SUBSCRIBER", "WordPressSimulator"]

EDITOR, SUBSCRIBER = "editor", "reader"
PASSWORD = "HZ6e CVkS bXq4 1yvo Rr0P 9wLm"

_EMBEDDED_OF_MEDIA = (
    *("id", "date", "slug", "type", "link", "title", "author", "caption", "alt_text", "media_type"),
    *("mime_type", "media_details", "source_url"),
)
_MEDIA_STATUSES = ("inherit", "private", "trash")


class _RefusedError(Exception):
    """What ends a request with an error of WordPress."""

    def __init__(self, status: int, code: str, message: str, **data: Any) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"code": code, "message": message, "data": {"status": status, **data}}


class WordPressSimulator(SimulatorServer):
    """Posts, pages and media with their terms and authors.

    ``answers_401`` makes it refuse a wrong password at once, as sites with certain plugins do.
    """

    def __init__(self) -> None:
        super().__init__()
        self.now = datetime.now(UTC).replace(microsecond=0) - timedelta(days=1)
        self.is_open = False
        self.answers_401 = False
        self.rows: dict[int, Row] = {}
        self.terms: dict[str, dict[int, str]] = {
            "categories": {1: "Uncategorized", 2: "Spa & wellness", 3: "House"},
            "tags": {4: "harbour", 5: "hot stone"},
        }
        self.users = {1: "Ada Lindqvist", 2: "Bo Harbour"}
        self._next_id = 4
        for title, size in (
            ("red-chair", (1200, 800)),
            ("blue-lamp", (800, 1200)),
            ("green-sofa", (640, 640)),
        ):
            self.upload(title, size=size)
        for n in range(1, 29):
            self.post(f"How to assemble chair {n}", categories=[2 if n % 3 == 0 else 3], tags=[4][: n % 2])
        self.post(
            "Don’t touch the lamp", categories=[3], featured_media=5, content="<p>It is <b>hot</b>.</p>"
        )
        self.post("About us", type="page")
        self.is_open = True

    # What people do in wp-admin.

    def post(self, title: str, *, type: str = "post", status: str = "publish", **fields: Any) -> int:
        """Write a post or a page; its id."""
        return self._add(
            {
                "type": type,
                "status": status,
                "title": title,
                "content": f"<p>About {title}.</p>",
                "excerpt": "",
                "author": 1,
                "featured_media": 0,
                **({"categories": [1], "tags": []} if type == "post" else {}),
                "password": "",
                **fields,
            }
        )

    def upload(
        self, title: str, *, size: tuple[int, int] = (0, 0), mime: str = "image/png", **more: Any
    ) -> int:
        """Add a file to the media library; its id."""
        file = f"2026/11/{title}.{mime.partition('/')[2]}"
        details: Row = {"file": file, "filesize": 1000 + size[0], **more}
        if mime.startswith("image/"):
            details |= {"width": size[0], "height": size[1], "image_meta": {"credit": "", "copyright": ""}}
        return self._add(
            {
                "type": "attachment",
                "status": "inherit",
                "title": title,
                "caption": f"Caption {title}",
                "alt_text": f"Alt for {title}",
                "author": 1,
                "mime_type": mime,
                "media_details": details,
            }
        )

    def change(self, id: int, **fields: Any) -> None:
        """Edit something: also its status, "draft" or "trash"."""
        self.rows[id] |= {**fields, "modified": self._tick()}

    def go_live(self, id: int) -> None:
        """What cron does with a planned post at its time. It is not changed by it."""
        self.rows[id] |= {"status": "publish", "date": self._tick()}

    def delete(self, id: int) -> None:
        """Delete for good."""
        del self.rows[id]

    def _add(self, row: Row) -> int:
        number, stamp = self._next_id, self._tick()
        self._next_id += 1
        self.rows[number] = {
            "id": number,
            "slug": slug(row["title"]),
            "date": stamp,
            "modified": stamp,
            **row,
        }
        return number

    def _tick(self) -> datetime:
        """A second later at least."""
        earliest = datetime.now(UTC).replace(microsecond=0) if self.is_open else self.now
        self.now = max(self.now + timedelta(seconds=1), earliest)
        return self.now

    # What the API answers.

    def answer(self, request: SimRequest) -> SimAnswer:
        """Routes: ``/wp-json/wp/v2/`` posts, pages, media, categories, tags, users; each alone by id.

        And ``/wp-content/uploads/``: a file is what its name says, as WordPress made it at the upload.
        """
        if request.path.startswith("/wp-content/uploads/"):
            return self._file(request)
        try:
            return self._answer(request)
        except _RefusedError as refused:
            return _json(refused.body, status=refused.status)

    def _answer(self, request: SimRequest) -> SimAnswer:
        user = self._user(request)
        base, _, one = request.path.removeprefix(API).partition("/")
        if base in self.terms and not one:
            return self._found_by_name(request, self.terms[base])
        if base == "users" and not one:
            return self._found_by_name(request, self.users)
        if base not in _TYPES or (one and not one.isdecimal()) or not request.path.startswith(API):
            message = "No route was found matching the URL and request method."
            raise _RefusedError(404, "rest_no_route", message)
        if not one:
            return self._list(base, request, user)
        row = self.rows.get(int(one))
        if row is None or row["type"] != _TYPES[base]:
            raise _RefusedError(404, "rest_post_invalid_id", "Invalid post ID.")
        if not _may_read(row, user):
            status = 403 if user else 401
            raise _RefusedError(status, "rest_forbidden", "Sorry, you are not allowed to do that.")
        return _json(self._view(row, request))

    def _file(self, request: SimRequest) -> SimAnswer:
        name = request.path.removeprefix("/wp-content/uploads/")
        for row in self.rows.values():
            details = row.get("media_details", {})
            size = made_sizes(details).get(name) if details.get("width") else None
            if size:
                return SimAnswer(200, {"Content-Type": "image/png"}, png(*size, (90, 120, 150)))
        return SimAnswer(404, {"Content-Type": "text/html"}, b"<p>Not found</p>")

    def _user(self, request: SimRequest) -> str:
        """The user of the key; nobody without one, or with a wrong one."""
        given = request.headers.get("authorization", "").removeprefix("Basic ")
        for user in (EDITOR, SUBSCRIBER):
            if given == base64.b64encode(f"{user}:{PASSWORD}".encode()).decode():
                return user
        if given and self.answers_401:
            message = "The provided password is an invalid application password."
            raise _RefusedError(401, "incorrect_password", message)
        return ""

    def _list(self, base: str, request: SimRequest, user: str) -> SimAnswer:
        size = int(request.arg("per_page", "10"))
        if not 1 <= size <= 100:
            message = "per_page must be between 1 (inclusive) and 100 (inclusive)"
            _refuse_parameter(
                "per_page", message, {"code": "rest_out_of_bounds", "message": message, "data": None}
            )
        found = [row for row in self._of(base, request, user) if _matches(row, request)]
        found.sort(key=lambda row: _order(row, request), reverse=request.arg("order", "desc") == "desc")
        page, offset = int(request.arg("page", "1")), int(request.arg("offset", "0"))
        pages = math.ceil(len(found) / size)
        if page > max(pages, 1) and found:
            message = "The page number requested is larger than the number of pages available."
            raise _RefusedError(400, "rest_post_invalid_page_number", message)
        start = offset or (page - 1) * size
        shown = [row for row in found[start : start + size] if _may_read(row, user)]
        headers = {"X-WP-Total": str(len(found)), "X-WP-TotalPages": str(pages)}
        if page < pages:
            query = {**{name: values[0] for name, values in request.query.items()}, "page": page + 1}
            url = f"http://{request.headers.get('host', '')}{request.path}?{urlencode(query)}"
            headers["Link"] = f'<{url}>; rel="next"'
        return _json([self._view(row, request) for row in shown], headers=headers)

    def _of(self, base: str, request: SimRequest, user: str) -> list[Row]:
        """Rows of a list in the statuses that are asked for, as far as the user may ask."""
        usual = "inherit" if base == "media" else "publish"
        asked = request.arg("status", usual).split(",")
        if asked != [usual] and user != EDITOR:
            refused = {"code": "rest_forbidden_status", "message": "Status is forbidden."}
            data = {"status": 403 if user else 401}
            _refuse_parameter("status", "Status is forbidden.", {**refused, "data": data})
        if base == "media" and not set(asked) <= set(_MEDIA_STATUSES):
            message = "status[0] is not one of inherit, private, and trash."
            _refuse_parameter(
                "status", message, {"code": "rest_not_in_enum", "message": message, "data": None}
            )
        own = [row for row in self.rows.values() if row["type"] == _TYPES[base]]
        return [r for r in own if r["status"] in asked or ("any" in asked and r["status"] != "trash")]

    def _found_by_name(self, request: SimRequest, names: Mapping[int, str]) -> SimAnswer:
        words = request.arg("search").lower()
        rows = [{"id": n, "name": html.escape(name), "slug": slug(name)} for n, name in names.items()]
        found = [row for row in rows if words in f"{row['name']} {row['slug']}".lower()]
        return _json(found, headers={"X-WP-Total": str(len(found)), "X-WP-TotalPages": "1"})

    def _view(self, row: Row, request: SimRequest) -> Row:
        """A row as it is answered, with the fields that are asked for."""
        host = f"http://{request.headers.get('host', '')}"
        view = media_view(row, host) if row["type"] == "attachment" else post_view(row, host)
        view["_links"] = links(row, host)
        if "_embed" in request.query:
            view["_embedded"] = self._embedded(row, request, host)
        asked = request.arg("_fields")
        heads = {name.partition(".")[0] for name in asked.split(",")}
        return {name: value for name, value in view.items() if not asked or name in heads}

    def _embedded(self, row: Row, request: SimRequest, host: str) -> Row:
        author = {
            "id": row["author"],
            "name": self.users[row["author"]],
            "link": f"{host}/author/{row['author']}/",
        }
        embedded: Row = {"author": [author]}
        picture = self.rows.get(row.get("featured_media", 0))
        if picture:
            view = media_view(picture, host)
            embedded["wp:featuredmedia"] = [{name: view[name] for name in _EMBEDDED_OF_MEDIA}]
        if "categories" in row:
            embedded["wp:term"] = [
                [{"id": n, "name": html.escape(self.terms[base][n]), "taxonomy": taxonomy} for n in row[base]]
                for base, taxonomy in (("categories", "category"), ("tags", "post_tag"))
            ]
        return {name: value for name, value in embedded.items() if name in request.arg("_embed").split(",")}


_TYPES: Mapping[str, str] = {"posts": "post", "pages": "page", "media": "attachment"}


def _may_read(row: Row, user: str) -> bool:
    return row["status"] in ("publish", "inherit") or user == EDITOR


def _matches(row: Row, request: SimRequest) -> bool:
    query = request.query
    included = [abs(int(n)) for n in request.arg("include").split(",") if n]
    if included and row["id"] not in included:
        return False
    text = f"{row['title']} {row.get('content', '')} {row.get('excerpt', '')}".lower()
    if not all(word in text for word in request.arg("search").lower().split()):
        return False
    if "media_type" in query and not row["mime_type"].startswith(f"{request.arg('media_type')}/"):
        return False
    for name in ("categories", "tags"):
        # A list without them has never heard of the parameter.
        if name in query and name in row and int(request.arg(name)) not in row[name]:
            return False
    if "author" in query and int(request.arg("author")) != row["author"]:
        return False
    times = (("modified_after", "modified"), ("after", "date"))
    return all(row[field] > _moment(request.arg(name)) for name, field in times if name in query)


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=ZONE)


def _order(row: Row, request: SimRequest) -> Any:
    by = request.arg("orderby", "date")
    if by == "include":
        return -request.arg("include").split(",").index(str(row["id"]))
    return (row["title"].lower() if by == "title" else row[by], row["id"])


def _json(data: Any, *, status: int = 200, headers: Mapping[str, str] | None = None) -> SimAnswer:
    more = {
        "Content-Type": "application/json; charset=UTF-8",
        "X-Content-Type-Options": "nosniff",
        "Date": datetime.now(UTC).strftime("%a, %d %b %Y %H:%M:%S GMT"),
        **(headers or {}),
    }
    return SimAnswer(status, more, json.dumps(data).encode())


def _refuse_parameter(name: str, message: str, details: Mapping[str, Any]) -> None:
    raise _RefusedError(
        400,
        "rest_invalid_param",
        f"Invalid parameter(s): {name}",
        params={name: message},
        details={name: details},
    )


if __name__ == "__main__":
    sys.stdout.write(f"{WordPressSimulator().start().url}\n")
