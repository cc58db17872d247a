"""What a feed says: its entries as records, what it withdrew, and where it goes on.

Three formats, told apart by the namespace of the root, become the same record, so that one mapping does
for all of them.

Source: https://www.rssboard.org/rss-specification (RSS 2.0), RFC 4287 (Atom), RFC 5005 (its pages),
RFC 6721 (its tombstones), https://web.resource.org/rss/1.0/spec (RSS 1.0)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
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
        return root, (atom_record(entry, feed=root) for entry in root.children(ATOM, "entry"))
    if root.name == "rss" and root.space in RSS2:
        channel = next((child for child in root.children(name="channel") if child.space in RSS2), None)
        if channel is not None:
            items = (item for item in channel.children(name="item") if item.space in RSS2)
            return channel, (rss_record(item, channel=channel) for item in items)
    if (root.space, root.name) == (RDF, "RDF"):
        channel = next((child for child in root.children(name="channel") if child.space in RSS1), None)
        if channel is not None:
            items = (item for item in root.children(name="item") if item.space in RSS1)
            return channel, (rss_record(item, channel=channel) for item in items)
    raise UnreadableError("neither RSS 2.0 nor RSS 1.0 nor Atom")


def _next_of(head: Element) -> str:
    for link in head.children(ATOM, "link"):
        if link.attributes.get("rel") == "next":
            return link.address(link.attributes.get("href"))
    return ""
