"""One small shop that answers in six dialects.

Each dialect has the shape, the manners and the errors of a kind of system that was recorded: envelope,
id form, paging, auth, batch, answer to a deleted record, to one that never was and to a wrong key,
times. The settings that absorb them are in the tests of this connector.

Run one by hand: ``python -m connectors.rest.simulator numbered``.
"""

from __future__ import annotations

import base64
import hashlib
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from urllib.parse import urlencode

from connectors.sdk.testing.pictures import made_size, picture
from connectors.sdk.testing.simulator import SimAnswer, SimRequest, SimulatorServer, json_answer

__all__ = [
    "DIALECTS",
    "CountedShop",
    "CursorShop",
    "Item",
    "LinkedShop",
    "NumberedShop",
    "PagedShop",
    "ShopSimulator",
    "TwoHundredShop",
]

SECRET = "s3cret-k3y"
USER = "hub"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that the shop sells. ``price`` is in cents."""

    number: int
    title: str
    price: int
    tag: str
    changed: datetime
    draft: bool = False


class ShopSimulator(SimulatorServer):
    """The shop itself; a dialect says how it is asked and how it answers."""

    page_size: ClassVar[int] = 25
    largest_page: ClassVar[int] = 100

    def __init__(self) -> None:
        super().__init__()
        self.now = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
        self.is_open = False
        self.items: dict[int, Item] = {}
        self.deleted: list[int] = []
        self.log: list[tuple[int, bool]] = []
        self.forbidden: set[int] = set()
        for title, tag in _STOCK:
            self.add(title, tag=tag)
        self.is_open = True

    # What a person at the shop does.

    def add(self, title: str, *, tag: str = "new", price: int = 12_900, draft: bool = False) -> str:
        """Sell one thing more; its id as text."""
        number = max([100, *self.items, *self.deleted]) + 1
        self.items[number] = Item(number, title, price, tag, self._tick(), draft)
        self.log.append((number, False))
        return str(number)

    def change(self, id: str, **values: Any) -> None:
        """Change some values of one thing."""
        self.items[int(id)] = replace(self.items[int(id)], changed=self._tick(), **values)
        self.log.append((int(id), False))

    def delete(self, id: str) -> None:
        """Sell it no more."""
        self.deleted.append(self.items.pop(int(id)).number)
        self.log.append((int(id), True))
        self._tick()

    def _tick(self) -> datetime:
        earliest = datetime.now(UTC).replace(microsecond=0) if self.is_open else self.now
        self.now = max(self.now + timedelta(seconds=1), earliest)
        return self.now

    # What the dialects share.

    def newest(self, *, words: str = "", tag: str = "", since: datetime | None = None) -> list[Item]:
        """What is on sale, newest first."""
        found = [
            item
            for item in self.items.values()
            if words.lower() in item.title.lower()
            and tag in ("", item.tag)
            and (since is None or item.changed >= since)
            and not item.draft
        ]
        return sorted(found, key=lambda item: (item.changed, item.number), reverse=True)

    def known(self, ids: Sequence[str]) -> list[Item]:
        """Those that are there, in the shop's order, not in the order asked."""
        wanted = [self.items.get(int(one)) for one in ids if one.isdigit()]
        return sorted(filter(None, wanted), key=lambda item: item.number)

    def size(self, given: str) -> int:
        """The size of a page: what is asked, as far as the system goes along."""
        return min(int(given or self.page_size), self.largest_page)


class NumberedShop(ShopSimulator):
    """Page numbers from 1, a total, numeric ids, a key in a header, 410 for what is deleted, milliseconds.

    Cuts pages at 3, whatever is asked.
    """

    page_size = 3
    largest_page = 3

    def answer(self, request: SimRequest) -> SimAnswer:
        """Routes: ``/products``, ``/products/ID``."""
        if request.headers.get("x-api-key") != SECRET:
            return json_answer({"message": "Unauthorized"}, status=401)
        if request.path == "/v2/products":
            return self._list(request)
        number = request.path.removeprefix("/v2/products/")
        if number.isdigit() and int(number) in self.deleted:
            return json_answer({"message": "Gone"}, status=410)
        found = self.known([number])
        if not found:
            return json_answer({"message": "Not Found"}, status=404)
        return json_answer({"product": self._product(found[0])})

    def _list(self, request: SimRequest) -> SimAnswer:
        if "ids" in request.query:
            items = self.known(request.arg("ids").split(","))
        else:
            since = request.arg("since")
            moment = datetime.fromtimestamp(int(since) / 1000, tz=UTC) if since else None
            items = self.newest(words=request.arg("q"), tag=request.arg("tag"), since=moment)
        size, page = self.size(request.arg("per_page")), int(request.arg("page", "1"))
        shown = items[(page - 1) * size : page * size]
        return json_answer(
            {"products": [self._product(item) for item in shown], "meta": {"total": len(items), "page": page}}
        )

    def _product(self, item: Item) -> Mapping[str, Any]:
        return {
            "product_id": item.number,
            "titles": {"en": item.title},
            "price": {"cents": item.price, "currency": "CHF"},
            "media": [{"url": f"/media/{item.number}.jpg"}],
            "labels": [item.tag],
            "changed": int(item.changed.timestamp() * 1000),
            "offer_ends": int((item.changed + timedelta(days=3650)).timestamp() * 1000),
            "draft": item.draft,
        }


class CursorShop(ShopSimulator):
    """A mark in the body, repeated ids, text ids, a bearer token.

    As the AT Protocol: a deleted record is left out of a batch and is a 400 alone; a token that is not
    right is a 400 as well; times end in Z.
    """

    def answer(self, request: SimRequest) -> SimAnswer:
        """Routes: ``/xrpc/getPosts``, ``/xrpc/getPost``, ``/xrpc/searchPosts``, ``/xrpc/changes``."""
        if request.headers.get("authorization") != f"Bearer {SECRET}":
            return json_answer({"error": "InvalidToken", "message": "Malformed token"}, status=400)
        if request.path == "/xrpc/getPosts":
            numbers = [uri.removeprefix("at-") for uri in request.query.get("uris", [])]
            return json_answer({"posts": [self._post(item) for item in self.known(numbers)]})
        if request.path == "/xrpc/getPost":
            found = self.known([request.arg("uri").removeprefix("at-")])
            if not found:
                return json_answer({"error": "RecordNotFound", "message": "Could not locate"}, status=400)
            return json_answer(self._post(found[0]))
        if request.path == "/xrpc/changes":
            return self._changes(request)
        return self._search(request)

    def _search(self, request: SimRequest) -> SimAnswer:
        items = self.newest(words=request.arg("q"), tag=request.arg("tag"))
        size, start = self.size(request.arg("limit")), _decoded(request.arg("cursor"))
        answer: dict[str, Any] = {"posts": [self._post(item) for item in items[start : start + size]]}
        if start + size < len(items):
            answer["cursor"] = _encoded(start + size)
        return json_answer(answer)

    def _changes(self, request: SimRequest) -> SimAnswer:
        start = _decoded(request.arg("since")) if request.arg("since") else len(self.log)
        entries = [{"uri": f"at-{number}", "deleted": deleted} for number, deleted in self.log[start:]]
        return json_answer({"posts": entries, "seq": _encoded(len(self.log))})

    def _post(self, item: Item) -> Mapping[str, Any]:
        return {
            "uri": f"at-{item.number}",
            "record": {"text": item.title, "createdAt": item.changed.strftime("%Y-%m-%dT%H:%M:%S.000Z")},
            "author": {"displayName": "Meridian", "handle": "meridian.example.com"},
            "tags": [item.tag],
        }


class PagedShop(ShopSimulator):
    """Django REST framework: ``count/next/previous/results``, 404 past the last page, Basic, no batch.

    Times have no zone and are Zurich's; single records have an ETag and answer 304; a draft is there
    with its status; ``next`` names a host that is not the one that was asked, as behind a proxy.
    """

    page_size = 2

    def answer(self, request: SimRequest) -> SimAnswer:
        """Routes: ``/api/articles/``, ``/api/articles/ID/``."""
        pair = base64.b64encode(f"{USER}:{SECRET}".encode()).decode()
        if request.headers.get("authorization") != f"Basic {pair}":
            return json_answer({"detail": "Invalid username/password."}, status=401)
        if request.path == "/api/articles/":
            return self._list(request)
        found = self.known([request.path.removeprefix("/api/articles/").rstrip("/")])
        if not found:
            return json_answer({"detail": "No Article matches the given query."}, status=404)
        if found[0].number in self.forbidden:
            detail = "You do not have permission to perform this action."
            return json_answer({"detail": detail}, status=403)
        return _conditional(request, self._article(found[0]))

    def _list(self, request: SimRequest) -> SimAnswer:
        items = self.newest(words=request.arg("search"), tag=request.arg("tag"))
        page, size = int(request.arg("page", "1")), self.page_size
        shown = items[(page - 1) * size : page * size]
        if page > 1 and not shown:
            return json_answer({"detail": "Invalid page."}, status=404)
        kept = {name: values[0] for name, values in request.query.items() if name != "page"}
        more = page * size < len(items)
        address = f"http://internal.invalid/api/articles/?{urlencode({**kept, 'page': page + 1})}"
        return json_answer(
            {
                "count": len(items),
                "next": address if more else None,
                "previous": None,
                "results": [self._article(item) for item in shown],
            }
        )

    def _article(self, item: Item) -> Mapping[str, Any]:
        zurich = item.changed + timedelta(hours=1)
        return {
            "id": item.number,
            "headline": item.title,
            "status": "draft" if item.draft else "published",
            "modified": zurich.strftime("%Y-%m-%dT%H:%M:%S"),
        }


class LinkedShop(ShopSimulator):
    """WordPress: a bare list, ``Link`` headers, ``include=``, 400 past the last page, a key in the query.

    What was trashed is a 401, as a draft is; the key comes back in the ``Link`` header. Its pictures
    are for those with the key only.
    """

    def answer(self, request: SimRequest) -> SimAnswer:
        """Below ``/wp-json/wp/v2``: ``media``, ``media/ID``, ``renditions/ID``; and ``/wp-content/NAME``."""
        if request.arg("api_key") != SECRET:
            return json_answer({"code": "rest_not_logged_in", "data": {"status": 401}}, status=401)
        if request.path.startswith(("/wp-content/", "/wp-json/wp/v2/renditions/")):
            return self._picture(request)
        if request.path == "/wp-json/wp/v2/media":
            return self._list(request)
        number = request.path.removeprefix("/wp-json/wp/v2/media/")
        found = self.known([number])
        if found:
            return json_answer(self._media(found[0]))
        if number.isdigit() and int(number) in self.deleted:
            return json_answer({"code": "rest_forbidden", "data": {"status": 401}}, status=401)
        return json_answer({"code": "rest_post_invalid_id", "data": {"status": 404}}, status=404)

    def _list(self, request: SimRequest) -> SimAnswer:
        include = request.arg("include")
        items = self.known(include.split(",")) if include else self.newest(words=request.arg("search"))
        page, size = int(request.arg("page", "1")), self.size(request.arg("per_page", "10"))
        shown = items[(page - 1) * size : page * size]
        if page > 1 and not shown:
            return json_answer({"code": "rest_post_invalid_page_number"}, status=400)
        headers = {"X-WP-Total": str(len(items))}
        if page * size < len(items):
            kept = {name: values[0] for name, values in request.query.items()}
            query = urlencode({**kept, "page": page + 1})
            headers["Link"] = f'<{self.url}/wp-json/wp/v2/media?{query}>; rel="next"'
        return json_answer([self._media(item) for item in shown], headers=headers)

    def _picture(self, request: SimRequest) -> SimAnswer:
        size = made_size(_SIZE_PX, int(request.arg("w", "0")), int(request.arg("h", "0")))
        media, data = picture(*size, (90, 120, 150), media_type=f"image/{request.arg('type')}")
        return SimAnswer(200, {"Content-Type": media}, data)

    def _media(self, item: Item) -> Mapping[str, Any]:
        return {
            "id": item.number,
            "title": {"rendered": item.title},
            "media_details": dict(zip(("width", "height"), _SIZE_PX, strict=True)),
            "alt_text": f"Picture of {item.title}",
            "source_url": f"/wp-content/{item.number}.png",
            "modified_gmt": item.changed.strftime("%Y-%m-%dT%H:%M:%S"),
        }


class CountedShop(ShopSimulator):
    """Directus-like: ``limit`` and ``offset``, a total, ``data``, 403 for all that is not there, seconds.

    It also keeps its guests, who are found by the number of their card, and says who changed since a time.
    """

    def __init__(self) -> None:
        super().__init__()
        stamp = int(self.now.timestamp())
        self.guests: dict[str, dict[str, Any]] = {
            str(guest["id"]): {**guest, "updated": stamp} for guest in _GUESTS
        }

    def edit_guest(self, id: str, **values: Any) -> None:
        """Change some values of one guest."""
        self.guests[id] |= {**values, "updated": int(self._tick().timestamp())}

    def answer(self, request: SimRequest) -> SimAnswer:
        """Routes: ``/items/services``, ``/items/services/ID``, ``/items/guests``, ``/items/guests/ID``."""
        if request.headers.get("authorization") != f"Bearer {SECRET}":
            return _directus_error("INVALID_CREDENTIALS", 401)
        if request.path.startswith("/items/guests"):
            return self._answer_guests(request)
        if request.path == "/items/services":
            return self._list(request)
        found = self.known([request.path.removeprefix("/items/services/").removeprefix("sku-")])
        if not found:
            return _directus_error("FORBIDDEN", 403)
        return json_answer({"data": self._service(found[0])})

    def _list(self, request: SimRequest) -> SimAnswer:
        ids = request.arg("filter[id][_in]")
        if ids:
            items = self.known([one.removeprefix("sku-") for one in ids.split(",")])
        else:
            items = self.newest(words=request.arg("search"), tag=request.arg("filter[tag][_eq]"))
        start, size = int(request.arg("offset", "0")), self.size(request.arg("limit"))
        shown = [self._service(item) for item in items[start : start + size]]
        return json_answer({"data": shown, "meta": {"filter_count": len(items)}})

    def _answer_guests(self, request: SimRequest) -> SimAnswer:
        external_id = request.path.removeprefix("/items/guests").lstrip("/")
        if external_id and external_id not in self.guests:
            return _directus_error("FORBIDDEN", 403)
        if external_id:
            return json_answer({"data": self.guests[external_id]})
        guests = list(self.guests.values())
        if "filter[card][_in]" in request.query:
            wanted = request.arg("filter[card][_in]").split(",")
            guests = [guest for guest in guests if guest["card"] in wanted]
        since = int(request.arg("filter[updated][_gte]", "0"))
        return json_answer({"data": [guest for guest in guests if guest["updated"] >= since]})

    def _service(self, item: Item) -> Mapping[str, Any]:
        return {
            "id": f"sku-{item.number}",
            "name": item.title,
            "price": f"{item.price / 100:.2f}",
            "tag": item.tag,
            "updated": int(item.changed.timestamp()),
        }


class TwoHundredShop(ShopSimulator):
    """Every answer is a 200: errors, refusals and absence are in the envelope. Pages count from 0."""

    page_size = 4

    def answer(self, request: SimRequest) -> SimAnswer:
        """Routes: ``/rpc/list``, ``/rpc/get``."""
        if request.arg("token") != SECRET:
            return json_answer({"ok": False, "error": "not_authed"})
        if request.path == "/rpc/get":
            found = self.known([request.arg("id")])
            if not found:
                return json_answer({"ok": False, "error": "not_found"})
            return json_answer({"ok": True, "result": self._question(found[0])})
        if request.path != "/rpc/list":
            return json_answer({"ok": False, "error": "unknown_method"})
        items = self.newest(words=request.arg("query"))
        page, size = int(request.arg("page", "0")), self.page_size
        shown = items[page * size : (page + 1) * size]
        return json_answer({"ok": True, "result": [self._question(item) for item in shown]})

    def _question(self, item: Item) -> Mapping[str, Any]:
        return {
            "key": str(item.number),
            "question": item.title,
            "answer": f"<p>Ask at the desk for {item.title}.</p>",
            "edited": item.changed.strftime("%a, %d %b %Y %H:%M:%S GMT"),
        }


DIALECTS: Mapping[str, type[ShopSimulator]] = {
    "numbered": NumberedShop,
    "cursor": CursorShop,
    "paged": PagedShop,
    "linked": LinkedShop,
    "counted": CountedShop,
    "two_hundred": TwoHundredShop,
}

# Of each picture.
_SIZE_PX = (1200, 800)
_STOCK = (
    ("Hot stone massage", "spa"),
    ("Sauna evening", "spa"),
    ("Bicycle for a day", "outdoors"),
    ("Late checkout", "room"),
    ("Breakfast in bed", "room"),
    ("Guided hike", "outdoors"),
    ("Airport shuttle", "travel"),
)
_GUESTS = (
    {"id": 7, "card": "M-1001", "first": "Ada", "last": "Keller", "tier": "Gold", "points": 4200},
    {"id": 8, "card": "M-1002", "first": "Ben", "last": "Frei", "tier": "Silver", "points": 900},
    {"id": 9, "card": "M-1003", "first": "Chloé", "last": "Rey", "tier": "Blue", "points": 10},
)


def _encoded(position: int) -> str:
    return base64.urlsafe_b64encode(str(position).encode()).decode()


def _decoded(mark: str) -> int:
    return int(base64.urlsafe_b64decode(mark)) if mark else 0


def _conditional(request: SimRequest, data: Mapping[str, Any]) -> SimAnswer:
    digest = hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()[:16]
    tag = f'"{digest}"'
    if request.headers.get("if-none-match") == tag:
        return SimAnswer(304, {"ETag": tag})
    return json_answer(data, headers={"ETag": tag})


def _directus_error(code: str, status: int) -> SimAnswer:
    return json_answer({"errors": [{"message": code, "extensions": {"code": code}}]}, status=status)


if __name__ == "__main__":
    shop = DIALECTS[sys.argv[1] if len(sys.argv) > 1 else "numbered"]().start()
    sys.stdout.write(f"{shop.url}\n")
