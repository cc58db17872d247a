"""One small shop that answers GraphQL in three dialects.

Each has the manners of a kind of system: how lists go on, what an unknown id is answered with, how a
wrong key is refused, ids, times. The settings that absorb them are in the tests of this connector.

Run one by hand: ``python -m connectors.graphql.simulator relay``.
"""

from __future__ import annotations

import base64
import sys
from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, ClassVar

from connectors.sdk.testing.graphql import InvalidError, RefusedError, graphql_answer
from connectors.sdk.testing.pictures import made_size, picture
from connectors.sdk.testing.simulator import SimAnswer, SimRequest, SimulatorServer, json_answer

__all__ = ["DIALECTS", "SECRET", "NumberedShop", "OffsetShop", "RelayShop", "ShopSimulator"]

SECRET = "s3cret-k3y"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that the shop sells. ``cents`` is its price."""

    number: int
    title: str
    german: str
    cents: int
    tag: str
    changed: datetime
    draft: bool = False


class ShopSimulator(SimulatorServer):
    """The shop itself; a dialect says how it is asked and how it answers."""

    path: ClassVar[str] = "/graphql"

    def __init__(self) -> None:
        super().__init__()
        self.now = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
        self.is_open = False
        self.items: dict[int, Item] = {}
        self.forbidden: set[int] = set()
        for title, german, tag in _STOCK:
            self.add(title, german=german, tag=tag)
        self.is_open = True

    # What a person at the shop does.

    def add(self, title: str, *, german: str = "", tag: str = "new", cents: int = 12_900) -> int:
        """Sell one thing more; its number."""
        number = max([100, *self.items]) + 1
        self.items[number] = Item(number, title, german or title, cents, tag, self._tick())
        return number

    def change(self, number: int, **values: Any) -> None:
        """Change some values of one thing."""
        self.items[number] = replace(self.items[number], changed=self._tick(), **values)

    def delete(self, number: int) -> None:
        """Sell it no more."""
        del self.items[number]
        self._tick()

    def _tick(self) -> datetime:
        earliest = datetime.now(UTC).replace(microsecond=0) if self.is_open else self.now
        self.now = max(self.now + timedelta(seconds=1), earliest)
        return self.now

    # What the dialects share.

    def answer(self, request: SimRequest) -> SimAnswer:
        """The one route of the dialect."""
        if request.path != self.path or request.method != "POST":
            return SimAnswer(404, {"Content-Type": "text/html"}, b"<h1>Not found</h1>")
        return self.refusal(request) or graphql_answer(request, self.root())

    @abstractmethod
    def refusal(self, request: SimRequest) -> SimAnswer | None:
        """How a wrong key is answered; ``None`` for the right one."""

    @abstractmethod
    def root(self) -> dict[str, Callable[..., Any]]:
        """The fields of a query."""

    def newest(
        self, *, words: str | None = "", tag: str | None = None, since: datetime | None = None
    ) -> list[Item]:
        """What is on sale, newest first."""
        found = [
            item
            for item in self.items.values()
            if (words or "").lower() in item.title.lower()
            and tag in (None, "", item.tag)
            and (since is None or item.changed >= since)
        ]
        return sorted(found, key=lambda item: (item.changed, item.number), reverse=True)


class RelayShop(ShopSimulator):
    """Connections with ``edges`` and ``pageInfo``, ids that tell nobody anything, a bearer token.

    As GitHub: an unknown id is ``null`` and an error with a ``type`` beside it; a wrong token is a 401
    without any GraphQL. Gives at most three of a list, whatever is asked. Its pictures are open to everybody.
    """

    def refusal(self, request: SimRequest) -> SimAnswer | None:
        """401, as of the server in front."""
        if request.headers.get("authorization") == f"Bearer {SECRET}":
            return None
        return json_answer({"message": "Bad credentials"}, status=401)

    def root(self) -> dict[str, Callable[..., Any]]:
        """``node``, ``nodes``, ``products``."""
        return {
            "node": self._node,
            "nodes": lambda ids: [partial(self._node, one) for one in ids],
            "products": self._products,
        }

    def answer(self, request: SimRequest) -> SimAnswer:
        """Errors of ``node`` get GitHub's ``type`` in place of a code; pictures are under ``/media/``."""
        if request.path.startswith("/media/"):
            return self._picture(request)
        answer = super().answer(request)
        if b'"NOT_FOUND"' not in answer.body:
            return answer
        told = answer.body.replace(b'"extensions": {"code": "NOT_FOUND"}', b'"type": "NOT_FOUND"')
        return SimAnswer(answer.status, answer.headers, told)

    def _picture(self, request: SimRequest) -> SimAnswer:
        size = made_size((1200, 800), int(request.arg("w", "0")), int(request.arg("h", "0")))
        media, data = picture(*size, (90, 120, 150), media_type=f"image/{request.arg('type')}")
        return SimAnswer(200, {"Content-Type": media}, data)

    def _node(self, id: str) -> dict[str, Any]:
        item = self.items.get(_number_of(id))
        if item is None:
            raise RefusedError("NOT_FOUND", f"Could not resolve to a node with the id '{id}'", whole=False)
        return self._tell(item)

    def _products(
        self,
        *,
        first: int = 3,
        after: str | None = None,
        query: str | None = None,
        tag: str | None = None,
        updatedAfter: str | None = None,  # noqa: N803 - the API's name.
    ) -> dict[str, Any]:
        since = datetime.fromisoformat(updatedAfter) if updatedAfter else None
        found = self.newest(words=query, tag=tag, since=since)
        start, size = _number_of(after) if after else 0, min(first, 3)
        shown = found[start : start + size]
        edges = [
            {"cursor": _opaque(start + n), "node": self._tell(one)} for n, one in enumerate(shown, start=1)
        ]
        last = edges[-1]["cursor"] if edges else None
        return {
            "edges": edges,
            "nodes": [edge["node"] for edge in edges],
            "pageInfo": {"endCursor": last, "hasNextPage": start + size < len(found)},
            "totalCount": len(found),
        }

    def _tell(self, item: Item) -> dict[str, Any]:
        return {
            "__typename": "Product",
            "id": _opaque(item.number),
            "title": item.title,
            "status": "DRAFT" if item.draft else "ACTIVE",
            "price": {"amount": f"{item.cents / 100:.2f}", "currencyCode": "CHF"},
            "tags": [item.tag],
            "image": {"url": f"/media/{item.number}.jpg?v=1"},
            "updatedAt": item.changed.strftime("%Y-%m-%dT%H:%M:%SZ"),
        }


class OffsetShop(ShopSimulator):
    """``limit`` and ``offset``, a total, numbers as ids, a key in a header, errors with status 200.

    What is not there is missing in a batch and ``null`` alone. Like Hasura it has codes in small letters,
    and no ``data`` beside an error.
    """

    path = "/v1/graphql"

    def refusal(self, request: SimRequest) -> SimAnswer | None:
        """An error with status 200."""
        if request.headers.get("x-api-key") == SECRET:
            return None
        error = {"message": "invalid key", "extensions": {"path": "$", "code": "access-denied"}}
        return json_answer({"errors": [error]})

    def root(self) -> dict[str, Callable[..., Any]]:
        """``service``, ``services``."""
        return {"service": self._service, "services": self._services}

    def _service(self, id: int) -> dict[str, Any] | None:
        if not isinstance(id, int):
            raise InvalidError("BAD_USER_INPUT", "Int cannot represent a text.")
        return self._tell(self.items[id]) if id in self.items else None

    def _services(
        self,
        *,
        limit: int = 25,
        offset: int = 0,
        search: str | None = None,
        tag: str | None = None,
        ids: Sequence[int] | None = None,
        since: int | None = None,
    ) -> dict[str, Any]:
        moment = datetime.fromtimestamp(since, tz=UTC) if since is not None else None
        found = [
            item
            for item in self.newest(words=search, tag=tag, since=moment)
            if ids is None or item.number in ids
        ]
        shown = [self._tell(item) for item in found[offset : offset + limit]]
        return {"items": shown, "totalItems": len(found)}

    def _tell(self, item: Item) -> dict[str, Any]:
        return {
            "id": item.number,
            "name": item.title,
            "hidden": item.draft,
            "cents": item.cents,
            "changed": int(item.changed.timestamp()),
        }


class NumberedShop(ShopSimulator):
    """Pages by number, no batch, one language at a time, a key in the address.

    A record that the key may not see is ``null`` with an error beside it, and so is a refused key; a
    list is an array at the root.
    """

    key = ""

    def refusal(self, request: SimRequest) -> SimAnswer | None:
        """Refused where data is resolved."""
        self.key = request.arg("key")
        return None

    def root(self) -> dict[str, Callable[..., Any]]:
        """``article``, ``articles``."""

        def guarded(resolver: Callable[..., Any]) -> Callable[..., Any]:
            def resolve(**arguments: Any) -> Any:
                if self.key != SECRET:
                    raise RefusedError("UNAUTHENTICATED", "Who are you?", whole=False)
                return resolver(**arguments)

            return resolve

        return {"article": guarded(self._article), "articles": guarded(self._articles)}

    def _article(self, id: str, language: str = "EN") -> dict[str, Any] | None:
        number = int(id) if id.isdecimal() else 0
        if number in self.forbidden:
            raise RefusedError("FORBIDDEN", "Not for you.", whole=False)
        return self._tell(self.items[number], language) if number in self.items else None

    def _articles(
        self, page: int = 0, size: int = 2, query: str | None = None, language: str = "EN"
    ) -> list[dict[str, Any]]:
        found = [item for item in self.newest(words=query) if item.number not in self.forbidden]
        return [self._tell(item, language) for item in found[page * size : (page + 1) * size]]

    def _tell(self, item: Item, language: str) -> dict[str, Any]:
        return {
            "id": str(item.number),
            "headline": item.german if language == "DE" else item.title,
            "language": language.lower(),
            "published": not item.draft,
            "modified": item.changed.strftime("%Y-%m-%dT%H:%M:%S+00:00"),
        }


DIALECTS: Mapping[str, type[ShopSimulator]] = {
    "relay": RelayShop,
    "offset": OffsetShop,
    "numbered": NumberedShop,
}

_STOCK = (
    ("Hot stone massage", "Massage mit heissen Steinen", "spa"),
    ("Sauna evening", "Saunaabend", "spa"),
    ("Bicycle for a day", "Velo für einen Tag", "outdoors"),
    ("Late checkout", "Spätes Auschecken", "room"),
    ("Breakfast in bed", "Frühstück im Bett", "room"),
    ("Guided hike", "Geführte Wanderung", "outdoors"),
    ("Airport shuttle", "Flughafentransfer", "travel"),
)


def _opaque(number: int) -> str:
    return base64.urlsafe_b64encode(f"Product:{number}".encode()).decode()


def _number_of(id: str) -> int:
    try:
        return int(base64.urlsafe_b64decode(id).decode().removeprefix("Product:"))
    except ValueError:
        return 0


if __name__ == "__main__":
    shop = DIALECTS[sys.argv[1] if len(sys.argv) > 1 else "relay"]().start()
    sys.stdout.write(f"{shop.url}{shop.path}\n")
