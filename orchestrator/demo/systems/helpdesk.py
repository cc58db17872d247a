"""The help desk: WordPress' dialect.

Lists of plain JSON with their totals in headers, numbers as ids, an application password by HTTP Basic,
texts as HTML, times in UTC without a zone, drafts and a trash that only editors see, and no hooks. A wrong
password is nobody's: what is public is answered to it.

Source: https://developer.wordpress.org/rest-api/reference/ and recorded answers.
"""

from __future__ import annotations

import hmac
import math
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, NoReturn
from urllib.parse import quote, urlencode

from orchestrator.demo.systems.helpdesk_library import Library, uploaded_file
from orchestrator.demo.systems.helpdesk_posts import embedded, links, post_view
from orchestrator.demo.systems.helpdesk_writing import API, ZONE, Row
from orchestrator.demo.systems.messages import Request, Response, json_response
from orchestrator.demo.systems.records import Column, Manual, System

USER = "hub"
_MOST_IN_A_PAGE = 100


class _RefusedError(Exception):
    """What ends a request with an error of WordPress."""

    def __init__(self, status: int, code: str, message: str, **data: Any) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"code": code, "message": message, "data": {"status": status, **data}}


class HelpDesk(System):
    """Meridian's knowledge base."""

    slug = "help"
    name = "Help desk"
    style = (
        "WordPress' dialect: totals in headers, texts as HTML, an application password, no hooks; what is "
        "deleted is in the trash, which only an editor can tell from a draft."
    )
    deleted_is = "in the trash"
    columns = (
        Column("title", "Title"),
        Column("status", "Status", "choice", choices=("publish", "draft")),
        Column("content", "Text (HTML)", "long"),
    )

    def __init__(self, *, password: str, **options: Any) -> None:
        super().__init__(**options)
        self._password = password

    @property
    def _library(self) -> Library:
        return Library.of(self.all_records())

    def answer(self, request: Request) -> Response:
        if request.path.startswith("/wp-content/uploads/"):
            return uploaded_file(request.path)
        number = request.query.get("p") or request.query.get("post") or ""
        if number and request.path in ("/", "/wp-admin/post.php"):
            return Response(302, b"", {"Location": f"/edit/help/{quote(number)}"})
        try:
            return self._route(request)
        except _RefusedError as refused:
            return json_response(refused.body, status=refused.status)

    def manual(self) -> Manual:
        entries = (
            ("Address", "{address}/help"),
            ("User name", USER),
            ("Application password", self._password),
            ("Language of the site", "en"),
        )
        credentials = f"-u '{USER}:{self._password}'"
        return Manual("WordPress", entries, credentials=credentials, example=f"{API}posts/41007")

    def _route(self, request: Request) -> Response:
        base, _, number = request.path.removeprefix(API).partition("/")
        known = base in ("posts", "media") or (base in self._library.terms and not number)
        if not request.path.startswith(API) or not known:
            message = "No route was found matching the URL and request method."
            raise _RefusedError(404, "rest_no_route", message)
        if base in self._library.terms:
            rows = self._library.terms_called(base, request.query.get("search", ""))
            return self._page(rows, base, request, lambda row: row)
        return self._one(base, number, request) if number else self._list(base, request)

    def _one(self, base: str, number: str, request: Request) -> Response:
        row = next((row for row in self._rows(base, request) if str(row["id"]) == number), None)
        if row is None:
            raise _RefusedError(404, "rest_post_invalid_id", "Invalid post ID.")
        if row["status"] not in ("publish", "inherit") and not self._is_editor(request):
            raise _RefusedError(401, "rest_forbidden", "Sorry, you are not allowed to do that.")
        return json_response(self._shown(row, request), content_type="application/json; charset=UTF-8")

    def _list(self, base: str, request: Request) -> Response:
        wanted = self._statuses(base, request)
        rows = [row for row in self._rows(base, request) if row["status"] in wanted]
        found = [row for row in rows if _matches(row, request.query)]
        order = _order(request.query)
        found.sort(key=order, reverse=request.query.get("order", "desc") == "desc")
        return self._page(found, base, request, lambda row: self._shown(row, request))

    def _rows(self, base: str, request: Request) -> list[Row]:
        site = f"{request.address}/{self.slug}"
        if base == "media":
            return self._library.media(site)
        return [post_view(record, self._library, site) for record in self.all_records()]

    def _statuses(self, base: str, request: Request) -> set[str]:
        """Those that are asked for; who is no editor may ask for the usual one only."""
        usual = "inherit" if base == "media" else "publish"
        asked = set(request.query.get("status", usual).split(","))
        if asked != {usual} and not self._is_editor(request):
            details = {"code": "rest_forbidden_status", "message": "Status is forbidden."}
            _refuse_parameter("status", "Status is forbidden.", {**details, "data": {"status": 401}})
        return asked | {"publish", "draft"} if "any" in asked else asked

    def _is_editor(self, request: Request) -> bool:
        """Spaces in an application password are for people."""
        user, password = request.basic_auth() or ("", "")
        given = password.replace(" ", "")
        return user == USER and hmac.compare_digest(given.encode(), self._password.encode())

    def _shown(self, row: Row, request: Request) -> Row:
        """With what is embedded, and of it only the fields that are asked for."""
        site = f"{request.address}/{self.slug}"
        record = self.find(str(row["id"])) if row["type"] == "post" else None
        if record is not None:
            row = {**row, "_links": links(record, self._library, site)}
            if "_embed" in request.query:
                wanted = request.query["_embed"].split(",")
                row["_embedded"] = embedded(record, self._library, site, wanted)
        asked = {name.partition(".")[0] for name in request.query.get("_fields", "").split(",") if name}
        return {name: value for name, value in row.items() if not asked or name in asked}

    def _page(self, rows: Sequence[Row], base: str, request: Request, show: Callable[[Row], Row]) -> Response:
        size, page = _page_size(request), request.number("page", 1, most=1_000_000)
        pages = math.ceil(len(rows) / size)
        if page > max(pages, 1):
            message = "The page number requested is larger than the number of pages available."
            raise _RefusedError(400, "rest_post_invalid_page_number", message)
        offset = request.query.get("offset", "")
        start = int(offset) if offset.isdigit() else (page - 1) * size
        headers = {"X-WP-Total": str(len(rows)), "X-WP-TotalPages": str(pages)}
        if page < pages:
            following = urlencode({**request.query, "page": str(page + 1)})
            headers["Link"] = f'<{request.address}/{self.slug}{API}{base}?{following}>; rel="next"'
        shown = [show(row) for row in rows[start : start + size]]
        return json_response(shown, content_type="application/json; charset=UTF-8", **headers)


def _page_size(request: Request) -> int:
    text = request.query.get("per_page", "10")
    if not text.isdigit() or not 1 <= int(text) <= _MOST_IN_A_PAGE:
        message = "per_page must be between 1 (inclusive) and 100 (inclusive)"
        details = {"code": "rest_out_of_bounds", "message": message, "data": None}
        _refuse_parameter("per_page", message, details)
    return int(text)


def _matches(row: Row, query: Mapping[str, str]) -> bool:
    included = query.get("include", "")
    if included and str(row["id"]) not in included.split(","):
        return False
    words = query.get("search", "").lower().split()
    text = f"{row['title']['rendered']} {row.get('content', {}).get('rendered', '')}".lower()
    if not all(word in text for word in words):
        return False
    kind = query.get("media_type")
    if kind and not row.get("mime_type", "").startswith(f"{kind}/"):
        return False
    for name in ("categories", "tags", "author"):
        # A list without them has never heard of the parameter.
        if name in query and name in row:
            held = row[name] if isinstance(row[name], list) else [row[name]]
            if query[name] not in map(str, held):
                return False
    since = ((query.get("modified_after"), row["modified"]), (query.get("after"), row["date"]))
    return all(_moment(local) > _moment(asked) for asked, local in since if asked)


def _order(query: Mapping[str, str]) -> Callable[[Row], Any]:
    by = query.get("orderby", "date")
    if by == "include":
        wanted = query.get("include", "").split(",")
        return lambda row: -wanted.index(str(row["id"]))
    if by == "title":
        return lambda row: (row["title"]["rendered"].lower(), row["id"])
    return lambda row: (row[by if by in ("id", "modified") else "date"], row["id"])


def _moment(text: str) -> datetime:
    """A time without a zone is the site's own."""
    try:
        moment = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError:
        _refuse_parameter("after", "Invalid date.", {"code": "rest_invalid_date", "message": "Invalid date."})
    return moment if moment.tzinfo else moment.replace(tzinfo=ZONE)


def _refuse_parameter(name: str, message: str, details: Mapping[str, Any]) -> NoReturn:
    told = {"params": {name: message}, "details": {name: details}}
    raise _RefusedError(400, "rest_invalid_param", f"Invalid parameter(s): {name}", **told)
