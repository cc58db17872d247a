"""One small magazine whose feed is written in three ways.

``WordPressFeed`` is RSS 2.0 with the manners of WordPress 6.1 as they were seen: pages by ``?paged=``, 404
behind the last, 304 by a tag that is made of a time. ``AtomFeed`` goes on by ``rel="next"`` and tells what
was withdrawn. ``RdfFeed`` is RSS 1.0 in another character set, whole, and without any mark.

Run one by hand: ``python -m connectors.sdk.testing.serve connectors.rss.simulator:AtomFeed 8900``.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any, ClassVar
from xml.sax.saxutils import escape, quoteattr

from connectors.sdk.testing.simulator import SimAnswer, SimRequest, SimulatorServer

__all__ = ["SECRET", "USER", "AtomFeed", "Entry", "FeedSimulator", "RdfFeed", "WordPressFeed"]

SECRET = "s3cret-k3y"
USER = "reader"
_STORIES = (
    ("A walk along the harbour wall", "Guides"),
    ("Spa etiquette", "Spa"),
    ("Breakfast hours", "House"),
    ("How to reach Meridian Bay", "Guides"),
    ("The keeper’s café", "House"),
    ("Hot stones", "Spa"),
    ("Opening night", "House"),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One story."""

    number: int
    title: str
    category: str
    written: datetime
    changed: datetime


class FeedSimulator(SimulatorServer):
    """The magazine; a dialect says how its feed is asked for and written."""

    page_size: ClassVar[int] = 3
    content_type: ClassVar[str]

    def __init__(self) -> None:
        super().__init__()
        self._now = datetime.now(UTC).replace(microsecond=0) - timedelta(days=1)
        self.entries: dict[int, Entry] = {}
        self.withdrawn: dict[int, datetime] = {}
        for title, category in _STORIES:
            self._now += timedelta(hours=1)
            self._put(title, category)

    # What a person at the magazine does.

    def add(self, title: str, *, category: str = "House") -> int:
        """Publish one story more; its number."""
        self._tick()
        return self._put(title, category)

    def change(self, number: int, **values: Any) -> None:
        """Change some values of one story."""
        self.entries[number] = replace(self.entries[number], changed=self._tick(), **values)

    def delete(self, number: int) -> None:
        """Take a story back."""
        del self.entries[number]
        self.withdrawn[number] = self._tick()

    def _put(self, title: str, category: str) -> int:
        number = max([100, *self.entries, *self.withdrawn]) + 1
        self.entries[number] = Entry(number, title, category, self._now, self._now)
        return number

    def _tick(self) -> datetime:
        self._now = max(self._now + timedelta(seconds=1), datetime.now(UTC).replace(microsecond=0))
        return self._now

    # What the dialects share.

    def newest(self) -> list[Entry]:
        """All stories, newest first."""
        return sorted(self.entries.values(), key=lambda entry: (entry.written, entry.number), reverse=True)

    def page(self, number: int) -> list[Entry]:
        """One page of them."""
        return self.newest()[(number - 1) * self.page_size : number * self.page_size]

    def written(self, text: str, *, encoding: str = "UTF-8", **headers: str) -> SimAnswer:
        """A document."""
        body = f'<?xml version="1.0" encoding="{encoding}"?>\n{text}'.encode(encoding, "xmlcharrefreplace")
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return SimAnswer(200, {"Content-Type": self.content_type, **named}, body)


class WordPressFeed(FeedSimulator):
    """RSS 2.0, behind Basic."""

    content_type = "application/rss+xml; charset=UTF-8"

    def answer(self, request: SimRequest) -> SimAnswer:
        pair = base64.b64encode(f"{USER}:{SECRET}".encode()).decode()
        if request.headers.get("authorization") != f"Basic {pair}":
            return _plain(401)
        if request.path != "/feed/":
            return _plain(404)
        changed = max([entry.changed for entry in self.entries.values()])
        modified = format_datetime(changed, usegmt=True)
        # As WordPress does: of the time of the newest change, so that a deletion may leave it as it was.
        tag = f'"{hashlib.md5(modified.encode(), usedforsecurity=False).hexdigest()}"'
        if request.headers.get("if-none-match") == tag:
            return SimAnswer(304, {"ETag": tag, "Last-Modified": modified})
        found = self.page(int(request.arg("paged", "1")))
        if not found:
            return _plain(404)
        items = "".join(map(_rss_item, found))
        return self.written(
            '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
            ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom"'
            ' xmlns:media="http://search.yahoo.com/mrss/" xmlns:slash="http://purl.org/rss/1.0/modules/slash/">\n'
            "<channel><title>Meridian Magazine</title><link>https://magazine.example</link><description></description>"
            f"<lastBuildDate>{modified}</lastBuildDate><language>en-GB</language>{items}</channel></rss>",
            ETag=tag,
            Last_Modified=modified,
        )


def _rss_item(entry: Entry) -> str:
    address = f"https://magazine.example/{entry.number}/"
    return (
        f"<item><title>{escape(entry.title)}</title><link>{address}</link>"
        f"<comments>{address}#respond</comments><dc:creator><![CDATA[Ada Keeper]]></dc:creator>"
        f"<pubDate>{format_datetime(entry.written)}</pubDate>"
        f"<category><![CDATA[{entry.category}]]></category>"
        f'<guid isPermaLink="false">https://magazine.example/?p={entry.number}</guid>'
        f"<description><![CDATA[About: {entry.title} [&#8230;]]]></description>"
        f"<content:encoded><![CDATA[<p>About: {entry.title}</p>\n]]></content:encoded>"
        f'<media:content url="https://magazine.example/{entry.number}.jpg" medium="image" />'
        "<slash:comments>3</slash:comments></item>\n"
    )


class AtomFeed(FeedSimulator):
    """Atom with a key in the address, pages and tombstones."""

    content_type = "application/atom+xml"

    def answer(self, request: SimRequest) -> SimAnswer:
        if request.arg("key") != SECRET:
            return _plain(403)
        if request.path != "/news.atom":
            return _plain(404)
        number = int(request.arg("at", "1"))
        more = len(self.newest()) > number * self.page_size
        # The key is in it, and a host that is known inside only.
        following = f"http://inside:8080/news.atom?at={number + 1}&key={SECRET}"
        link = f"<link rel='next' href={quoteattr(following)} />" if more else ""
        graves = "".join(
            f'<at:deleted-entry ref="tag:magazine.example,2026:{number}" when="{when.isoformat()}" />'
            for number, when in self.withdrawn.items()
        )
        text = (
            "<feed xmlns='http://www.w3.org/2005/Atom' xmlns:at='http://purl.org/atompub/tombstones/1.0'"
            " xml:lang='en' xml:base='https://magazine.example/news/'>"
            f"<id>tag:magazine.example,2026:feed</id><title>Meridian</title>{link}"
            f"<author><name>Ada Keeper</name><uri>/people/ada</uri></author>{graves}"
            f"{''.join(map(_atom_entry, self.page(number)))}</feed>"
        )
        tag = f'W/"{hashlib.sha256(text.encode()).hexdigest()[:16]}"'
        if request.headers.get("if-none-match") == tag:
            return SimAnswer(304, {"ETag": tag})
        return self.written(text, ETag=tag)


def _atom_entry(entry: Entry) -> str:
    title = escape(escape(entry.title))
    return (
        f"<entry><id>tag:magazine.example,2026:{entry.number}</id><title type='html'>{title}</title>"
        f"<link href='{entry.number}' /><link rel='enclosure' type='image/jpeg' href='{entry.number}.jpg' />"
        f"<published>{entry.written.isoformat()}</published><updated>{entry.changed.isoformat()}</updated>"
        f"<category term='{entry.category.lower()}' label='{entry.category}' />"
        "<content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>"
        f"<p>About: <em>{escape(entry.title)}</em><br /></p></div></content></entry>"
    )


class RdfFeed(FeedSimulator):
    """RSS 1.0 in ISO 8859-1, behind a key in a header."""

    content_type = "text/xml"

    def answer(self, request: SimRequest) -> SimAnswer:
        if request.headers.get("x-api-key") != SECRET:
            return _plain(401)
        if request.path != "/index.rdf":
            return _plain(404)
        items = "".join(map(_rdf_item, self.newest()))
        return self.written(
            '<rdf:RDF xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
            ' xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
            '<channel rdf:about="https://magazine.example/"><title>Meridian</title>'
            f"<link>https://magazine.example/</link></channel>{items}</rdf:RDF>",
            encoding="ISO-8859-1",
        )


def _rdf_item(entry: Entry) -> str:
    address = f"https://magazine.example/{entry.number}"
    return (
        f'<item rdf:about="{address}"><title>{escape(entry.title)}</title><link>{address}</link>'
        f"<description>About: {escape(entry.title)}</description><dc:creator>Ada Keeper</dc:creator>"
        f"<dc:subject>{entry.category}</dc:subject><dc:date>{entry.written.isoformat()}</dc:date></item>"
    )


def _plain(status: int) -> SimAnswer:
    return SimAnswer(status, {"Content-Type": "text/html"}, b"<html>no</html>")
