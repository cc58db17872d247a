"""How a feed is read: asked for only if it changed, page by page, and by id.

A feed holds its newest entries. One that is not in it may be deleted or only older, so its absence proves
nothing and is ``unknown``; only a tombstone says that an entry is gone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import ClassVar

from connectors.rss import paging
from connectors.rss.elements import UnreadableError, parse
from connectors.rss.feeds import Feed, Record, read_feed
from connectors.rss.settings import FeedConfig
from connectors.sdk import (
    Asset,
    BadResponseError,
    Call,
    ConfigurationError,
    Missing,
    MissingReason,
    Ref,
    Unchanged,
)
from connectors.sdk.answers import Answer
from connectors.sdk.documents import DocumentConnector
from connectors.sdk.revalidation import validator_of, validator_of_all

__all__ = ["FeedReading", "Page"]

_PAST_THE_END = (HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND, HTTPStatus.GONE)


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a feed: its entries by id in its order, ids that it withdrew, and the cursor of the next.

    ``validator`` is what to ask with whether it changed, where that can be relied upon.
    """

    entries: Mapping[str, Record] = field(default_factory=dict)
    withdrawn: frozenset[str] = frozenset()
    next_cursor: str | None = None
    validator: str | None = None


class FeedReading(DocumentConnector[FeedConfig]):
    """Reads one feed, and entries of it by id."""

    accepts: ClassVar[str] = (
        "application/atom+xml, application/rss+xml, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.1"
    )

    def fetch(self, refs: Sequence[Ref], call: Call) -> Mapping[Ref, Asset | Missing | Unchanged]:
        """All ids from one reading; further pages only for those that are not on the first."""
        wanted = {ref.external_id: ref for ref in refs if ref.type == self.config.type}
        if not wanted:
            return {}
        found: dict[str, tuple[Record, str | None]] = {}
        withdrawn: set[str] = set()
        for page in self.pages(call, unless=validator_of_all(wanted.values(), call)):
            if page is None:
                return dict.fromkeys(wanted.values(), Unchanged())
            withdrawn |= page.withdrawn
            here = {one: (page.entries[one], page.validator) for one in wanted if one in page.entries}
            found = {**here, **found}
            if found.keys() >= wanted.keys() - withdrawn:
                break
        verdicts = self.judged_together({wanted[one]: record for one, (record, _) in found.items()})
        absent = {
            ref: Missing(MissingReason.GONE if one in withdrawn else MissingReason.UNKNOWN)
            for one, ref in wanted.items()
            if one not in found
        }
        return {**absent, **{ref: _marked(one, found[ref.external_id][1]) for ref, one in verdicts.items()}}

    def check(self, call: Call) -> None:
        """One reading, and its first entry tried."""
        page = self.read_page(call)
        self.check_mapping()
        for record in list(page.entries.values())[:1] if page else ():
            self.judged(record)

    def pages(self, call: Call, *, unless: str | None = None) -> Iterator[Page | None]:
        """The pages that the settings allow; ``None`` alone if the first is what ``unless`` stands for."""
        cursor = None
        for number in range(self.config.pages if self.config.paging != "none" else 1):
            page = self.read_page(call, cursor=cursor, unless=None if number else unless)
            yield page
            cursor = page.next_cursor if page else None
            if cursor is None:
                return

    def read_page(self, call: Call, *, cursor: str | None = None, unless: str | None = None) -> Page | None:
        """One page; ``None`` if it is what ``unless``, an earlier page's validator, stands for.

        Raises:
            BadResponseError: It is no feed.
        """
        answer = self.document(
            paging.address_at(self.config, cursor),
            call,
            unless=unless,
            accept=_PAST_THE_END if cursor is not None else (),
        )
        if answer is None:
            return None
        if answer.status >= 400:
            return Page()
        feed = self._feed_of(answer)
        entries = self._by_id(feed, where=answer.where)
        if paging.repeats(self.config, ids=entries, cursor=cursor):
            return Page()
        try:
            following = paging.next_cursor(
                self.config, ids=entries, next_address=feed.next_address, cursor=cursor
            )
        except BadResponseError as error:
            raise ConfigurationError(f"{answer.where}: {error}") from None
        # A tombstone has the id of the feed itself.
        withdrawn = feed.withdrawn - entries.keys() if self.config.id_field == "id" else frozenset()
        return Page(entries, withdrawn, following, validator_of(answer) if cursor is None else None)

    def _feed_of(self, answer: Answer) -> Feed:
        try:
            root = parse(answer.body, charset=answer.content_type[1], address=self.config.base_url)
            return read_feed(root)
        except UnreadableError as error:
            raise BadResponseError(f"{answer.where}: not a feed that can be read: {error}") from None

    def _by_id(self, feed: Feed, *, where: str) -> dict[str, Record]:
        """Entries by id. One without is left out; of two with the same the first counts, which is newer."""
        entries: dict[str, Record] = {}
        for record in feed.records:
            try:
                entries.setdefault(self.id_of(record), record)
            except BadResponseError:
                continue
        if feed.records and not entries:
            raise BadResponseError(f"{where}: no entry has an id at “{self.config.id_field}” (id_field)")
        return entries


def _marked(verdict: Asset | Missing, validator: str | None) -> Asset | Missing:
    return replace(verdict, validator=validator) if isinstance(verdict, Asset) else verdict
