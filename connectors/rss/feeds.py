"""What a feed says: its entries as records, what it withdrew, and where it goes on.

Three formats, told apart by the namespace of the root, become the same record, so that one mapping does
for all of them.

Source: https://www.rssboard.org/rss-specification (RSS 2.0), RFC 4287 (Atom), RFC 5005 (its pages),
RFC 6721 (its tombstones), https://web.resource.org/rss/1.0/spec (RSS 1.0)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from connectors.rss.elements import Element, UnreadableError
from connectors.rss.entries import ATOM, RDF, RSS1, RSS2, atom_record, rss_record

__all__ = ["Feed", "Record", "read_feed"]

Record = Mapping[str, Any]
_TOMBSTONES = "http://purl.org/atompub/tombstones/1.0"


@dataclass(frozen=True, slots=True)
class Feed:
    """One document: its entries in its order, which is newest first by custom, and ids that it withdrew."""

    records: Sequence[Record] = ()
    withdrawn: frozenset[str] = field(default_factory=frozenset)
    next_address: str = ""


def read_feed(root: Element) -> Feed:
    """What a document says.

    Raises:
        UnreadableError: It is no feed.
    """
    head, records = _taken_apart(root)
    graves = head.children(_TOMBSTONES, "deleted-entry")
    withdrawn = {grave.attributes.get("ref", "").strip() for grave in graves} - {""}
    return Feed(tuple(records), frozenset(withdrawn), _next_of(head))


def _taken_apart(root: Element) -> tuple[Element, Iterator[Record]]:
    """The element with what is said of the feed, and its entries."""
    if (root.space, root.name) == (ATOM, "feed"):
        head = _head(root, "entry")
        return head, (atom_record(entry, feed=head) for entry in root.children(ATOM, "entry"))
    spaces = RSS2 if root.name == "rss" and root.space in RSS2 else ()
    spaces = RSS1 if (root.space, root.name) == (RDF, "RDF") else spaces
    channel = next((child for child in root.children(name="channel") if child.space in spaces), None)
    if channel is None:
        raise UnreadableError("neither RSS 2.0 nor RSS 1.0 nor Atom")
    head, holder = _head(channel, "item"), channel if spaces is RSS2 else root
    items = (item for item in holder.children(name="item") if item.space in spaces)
    return head, (rss_record(item, channel=head) for item in items)


def _head(whole: Element, name: str) -> Element:
    """What is said of the feed, without its entries: each of them asks it, and would pass all others by."""
    content = [one for one in whole.content if not (isinstance(one, Element) and one.name == name)]
    return replace(whole, content=content)


def _next_of(head: Element) -> str:
    for link in head.children(ATOM, "link"):
        if link.attributes.get("rel") == "next":
            return link.address(link.attributes.get("href"))
    return ""
