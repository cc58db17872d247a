"""What a connection to a feed can do beyond reading by id. All of it is read from what the feed holds."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from connectors.rss.feeds import Record
from connectors.rss.reading import FeedReading
from connectors.sdk import AssetPage, Call, ConfigurationError
from connectors.sdk.gathering import gather

__all__ = ["Collecting", "Sampling", "Searching"]

_TAG = re.compile(r"<[^<>]*>")


class _Listing(FeedReading):
    def _listed(
        self, keep: Callable[[Record], bool], *, limit: int, cursor: str | None, call: Call
    ) -> AssetPage:
        """Entries that are kept, in the feed's order, from a cursor on."""

        def read(at: str | None) -> AssetPage:
            page = self.read_page(call, cursor=at)
            if page is None:
                return AssetPage(())
            kept = [record for record in page.entries.values() if keep(record)]
            return AssetPage(self.judged_all(kept), page.next_cursor)

        return gather(read, limit=limit, cursor=cursor)


class Searching(_Listing):
    """People can pick its entries. Nobody can search a feed: what it holds is filtered."""

    def search(self, query: str, types: Sequence[str], cursor: str | None, call: Call) -> AssetPage:
        """Entries that hold all words, in the feed's order."""
        if types and self.config.type not in types:
            return AssetPage(())
        words = query.casefold().split()
        return self._listed(
            lambda record: not words or _holds(record, words),
            limit=self.config.page_size,
            cursor=cursor,
            call=call,
        )


class Collecting(_Listing):
    """It answers stored queries: the newest of a category."""

    def query_schema(self) -> Mapping[str, Any]:
        """A category, or none for all."""
        category = {"type": "string", "title": "Category"}
        return {"type": "object", "properties": {"category": category}, "additionalProperties": False}

    def query(
        self, type: str, query: Mapping[str, Any], limit: int, cursor: str | None, call: Call
    ) -> AssetPage:
        """The newest entries of a category, whatever its case."""
        unknown = [name for name in query if name != "category"]
        if unknown:
            raise ConfigurationError(f"{self.name}: a collection cannot ask for “{unknown[0]}” here")
        if type != self.config.type or limit < 1:
            return AssetPage(())
        wanted = str(query.get("category") or "").strip().casefold()
        return self._listed(
            lambda record: not wanted or wanted in map(str.casefold, record["categories"]),
            limit=limit,
            cursor=cursor,
            call=call,
        )


class Sampling(FeedReading):
    """It shows an entry as a mapping sees it."""

    def sample(self, call: Call) -> Mapping[str, Any]:
        """The newest entry.

        Raises:
            ConfigurationError: There is none.
        """
        page = self.read_page(call)
        if page is None or not page.entries:
            raise ConfigurationError(f"{self.name}: the feed is empty, so there is no sample to show")
        return next(iter(page.entries.values()))


def _holds(record: Record, words: Sequence[str]) -> bool:
    told = [record["title"], record["summary"], record["content"], *record["categories"]]
    told += [author["name"] for author in record["authors"]]
    text = _TAG.sub(" ", " ".join(told)).casefold()
    return all(word in text for word in words)
