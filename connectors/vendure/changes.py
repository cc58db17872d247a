"""What changed at Vendure: products, their variants, and pictures, by ``updatedAt``.

Three lists in one question, paged side by side. They are ordered by id, not by time: a second order
cannot be asked for (see selections), and with one whose values tie a page could hide what it skips.
The time decides only where the next pass begins.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.sdk import BadResponseError, Call, Change, ChangePage, Ref
from connectors.sdk.graphql import Data
from connectors.sdk.polling import PollPosition, clock_of
from connectors.vendure import documents
from connectors.vendure.asking import VendureAsking
from connectors.vendure.rows import Row, id_of, skip_of

__all__ = ["read_changes"]

POLL_SIZE = 100  # What the Shop API gives at most, unless it is told otherwise.
OVERLAP = timedelta(seconds=10)
# List, type, and the field with the id.
_LISTS = (
    ("products", "Product", "id"),
    ("productVariants", "Product", "productId"),
    ("assets", "ImageObject", "id"),
)


def read_changes(connector: VendureAsking, cursor: str | None, call: Call) -> ChangePage:
    """One page of changes after a cursor."""
    if cursor is None:
        data = connector.question(documents.ANY_PRODUCT, call, market=connector.home(call))
        if not isinstance(data.fields.get("products"), Mapping):
            raise BadResponseError(f"{data.where}: no list of products")
        return ChangePage((), PollPosition.at(_clock(data)).to_text())
    position = PollPosition.from_text(cursor)
    skip = skip_of(position.page)
    data = _ask(connector, position.since - OVERLAP, skip, call)
    seen, more = dict[Change, datetime](), False
    for name, kind, field in _LISTS:
        if name not in data.fields:
            continue
        rows, total = connector.window(data, name)
        more = more or skip + POLL_SIZE < total
        for change, at in _read(rows, kind, field):
            seen[change] = max(at, seen.get(change, at))
    following = str(skip + POLL_SIZE) if more else None
    return position.advance(
        list(seen.items()), next_page=following, overlap=OVERLAP, answered_at=_clock(data)
    )


def _clock(data: Data) -> datetime:
    return clock_of(data.headers, otherwise=datetime.now(UTC))


def _ask(connector: VendureAsking, since: datetime, skip: int, call: Call) -> Data:
    options: dict[str, Any] = {
        "skip": skip,
        "take": POLL_SIZE,
        "sort": {"id": "ASC"},
        "filter": {"updatedAt": {"after": since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}},
    }
    # Of the connection's own channel: what a locale's has, the default channel has as well.
    market = connector.home(call)
    if not connector.uses_key(market):
        return connector.question(documents.SHOP_CHANGES, call, market=market, products=options)
    library = connector.has_library
    lists = {"products": options, "variants": options, "assets": options}
    return connector.question(documents.ADMIN_CHANGES, call, market=market, library=library, **lists)


def _read(rows: Iterable[Row], kind: str, field: str) -> Iterator[tuple[Change, datetime]]:
    for row in rows:
        yield Change(Ref(kind, id_of(row, field))), _moment(row)


def _moment(row: Row) -> datetime:
    try:
        moment = datetime.fromisoformat(row["updatedAt"])
    except (KeyError, TypeError, ValueError):
        raise BadResponseError("Vendure: a change without a time") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
