"""One entry of a feed as a record: the same names, whatever format it came in.

Source: as :mod:`connectors.rss.feeds`; https://www.rssboard.org/media-rss,
https://web.resource.org/rss/1.0/modules/content/, https://www.dublincore.org/specifications/dublin-core/dces/
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any

from connectors.rss.elements import Element
from connectors.rss.moments import moment_of

__all__ = ["ATOM", "RDF", "RSS1", "RSS2", "atom_record", "rss_record"]

ATOM = "http://www.w3.org/2005/Atom"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
# RSS 2.0 has none; some write one nevertheless.
RSS2 = frozenset({"", "http://backend.userland.com/rss2", "http://blogs.law.harvard.edu/tech/rss"})
RSS1 = frozenset({"http://purl.org/rss/1.0/", "http://my.netscape.com/rdf/simple/0.9/"})
_CONTENT = "http://purl.org/rss/1.0/modules/content/"
_DC = "http://purl.org/dc/elements/1.1/"
_DCTERMS = "http://purl.org/dc/terms/"
_MEDIA = "http://search.yahoo.com/mrss/"
_ITUNES = "http://www.itunes.com/dtds/podcast-1.0.dtd"
_XHTML = "http://www.w3.org/1999/xhtml"
_KNOWN = frozenset({ATOM, _CONTENT, _DC, _DCTERMS, _MEDIA, _XHTML, *RSS2, *RSS1})
_TAG = re.compile(r"<[a-zA-Z/!?][^<>]*>")
_IN_BRACKETS = re.compile(r"\(([^()]+)\)\s*$")


def rss_record(item: Element, *, channel: Element) -> dict[str, Any]:
    """An ``item`` of RSS 2.0 or 1.0."""
    own = item.space
    guid, link = item.text_at(own, "guid"), item.address(item.text_at(own, "link"))
    return {
        "id": guid or item.attributes.get(f"{RDF} about", "").strip() or link,
        "title": _plain(item.text_at(own, "title") or item.text_at(_DC, "title")),
        "link": link or _permalink(item),
        "summary": _decoded(item.text_at(own, "description") or item.text_at(_DC, "description")),
        "content": _decoded(item.text_at(_CONTENT, "encoded")),
        "authors": _authors_of_rss(item),
        "published": _first_moment(item, (own, "pubDate"), (_DCTERMS, "issued"), (_DC, "date")),
        "updated": _first_moment(item, (ATOM, "updated"), (_DCTERMS, "modified")),
        "categories": _texts(item, (own, "category"), (_DC, "subject")),
        "lang": item.text_at(_DC, "language") or item.lang or channel.text_at(own, "language"),
        "comments": item.address(item.text_at(own, "comments")),
        "source": {"title": _plain(channel.text_at(own, "title")), "link": channel.text_at(own, "link")},
        **_attached(item, [_enclosure(one, "url") for one in item.children(own, "enclosure")]),
    }


def atom_record(entry: Element, *, feed: Element) -> dict[str, Any]:
    """An ``entry`` of Atom. What it does not say of its author, its source or the feed says."""
    source = entry.child(ATOM, "source")
    enclosed = [_enclosure(link, "href") for link in _links(entry, "enclosure")]
    return {
        "id": entry.text_at(ATOM, "id"),
        "title": _title_of_atom(entry),
        "link": next((link.address(link.attributes.get("href")) for link in _links(entry, "alternate")), ""),
        "summary": _text_of_atom(entry.child(ATOM, "summary")),
        "content": _text_of_atom(entry.child(ATOM, "content")),
        "authors": _authors_of_atom(*filter(None, (entry, source, feed))),
        "published": _first_moment(entry, (ATOM, "published"), (_DC, "date")),
        "updated": _first_moment(entry, (ATOM, "updated")),
        "categories": [
            term
            for category in entry.children(ATOM, "category")
            if (term := category.attributes.get("label") or category.attributes.get("term", ""))
        ],
        "lang": entry.lang,
        "comments": next((one.address(one.attributes.get("href")) for one in _links(entry, "replies")), ""),
        "source": {"title": _title_of_atom(source or feed), "link": ""},
        **_attached(entry, enclosed),
    }


# What both have


def _attached(entry: Element, enclosures: list[dict[str, str]]) -> dict[str, Any]:
    """Pictures and files, and what is said in modules that are not known here."""
    media = [one for one in _media(entry) if one["url"]]
    enclosures = [one for one in enclosures if one["url"]]
    pictures = [one["url"] for one in [*media, *enclosures] if one["type"].startswith("image")]
    covers = [one.address(one.attributes.get("href")) for one in entry.children(_ITUNES, "image")]
    small = [one.address(one.attributes.get("url")) for one in _deep(entry, "thumbnail")]
    return {
        "images": list(dict.fromkeys(filter(None, [*pictures, *covers, *small]))),
        "enclosures": [*enclosures, *media],
        "more": {
            f"{child.prefix}_{child.name}": child.text()
            for child in entry.children()
            if child.space not in _KNOWN and child.prefix and child.text()
        },
    }


def _media(entry: Element) -> Iterator[dict[str, str]]:
    for content in _deep(entry, "content"):
        kind = content.attributes.get("type", "") or content.attributes.get("medium", "")
        yield {**_enclosure(content, "url"), "type": kind}


def _deep(entry: Element, name: str) -> Iterator[Element]:
    """Elements of Media RSS, in groups or not."""
    yield from entry.children(_MEDIA, name)
    for outer in (*entry.children(_MEDIA, "group"), *entry.children(_MEDIA, "content")):
        yield from _deep(outer, name)


def _enclosure(element: Element, attribute: str) -> dict[str, str]:
    return {
        "url": element.address(element.attributes.get(attribute)),
        "type": element.attributes.get("type", ""),
        "length": element.attributes.get("length", "") or element.attributes.get("fileSize", ""),
    }


def _first_moment(entry: Element, *places: tuple[str, str]) -> str:
    return next(filter(None, (moment_of(entry.text_at(*place)) for place in places)), "")


def _texts(entry: Element, *places: tuple[str, str]) -> list[str]:
    return [text for place in places for one in entry.children(*place) if (text := one.text())]


def _plain(text: str) -> str:
    """A title without tags: by custom it is HTML, whatever the specification says."""
    return _decoded(_TAG.sub("", text).strip())


def _decoded(text: str) -> str:
    """HTML without a tag as the text that it is. Whoever shows text without tags takes it for plain."""
    plain = html.unescape(text) if "&" in text and not _TAG.search(text) else text
    return text if _TAG.search(plain) else plain


# RSS


def _permalink(item: Element) -> str:
    """The guid, where it is an address: it is, unless it says that it is not."""
    guid = item.child(item.space, "guid")
    if guid is None or guid.attributes.get("isPermaLink", "true") != "true":
        return ""
    return guid.text() if guid.text().startswith(("http://", "https://")) else ""


def _authors_of_rss(item: Element) -> list[dict[str, str]]:
    named = _texts(item, (_DC, "creator"))
    # RSS 2.0 has an e-mail address here, with the name in brackets. An address is nobody's name.
    mails = [match[1].strip() for text in _texts(item, (item.space, "author")) if (match := _name_in(text))]
    return [{"name": name, "url": ""} for name in dict.fromkeys([*named, *mails])]


def _name_in(text: str) -> re.Match[str] | None:
    return _IN_BRACKETS.search(text) if "@" in text else re.match(r"(.+)", text)


# Atom


def _links(entry: Element, rel: str) -> Iterator[Element]:
    for link in entry.children(ATOM, "link"):
        if link.attributes.get("rel", "alternate") == rel:
            yield link


def _authors_of_atom(*holders: Element) -> list[dict[str, str]]:
    """Those of the first holder that names any."""
    for holder in holders:
        named = [
            {"name": name, "url": one.address(one.text_at(ATOM, "uri"))}
            for one in holder.children(ATOM, "author")
            if (name := one.text_at(ATOM, "name"))
        ]
        if named:
            return named
        if creators := _texts(holder, (_DC, "creator")):
            return [{"name": name, "url": ""} for name in creators]
    return []


def _title_of_atom(holder: Element) -> str:
    title = holder.child(ATOM, "title")
    if title is None:
        return ""
    if title.attributes.get("type") == "html":
        return _plain(title.text())
    return title.text()


def _text_of_atom(element: Element | None) -> str:
    """A text as HTML, where it has any tags."""
    if element is None:
        return ""
    kind = element.attributes.get("type", "text")
    if kind == "xhtml":
        inner = element.child(_XHTML, "div")
        return inner.markup() if inner is not None else ""
    text = element.text()
    if kind in ("html", "text/html"):
        return _decoded(text)
    if not kind.startswith("text"):
        return ""  # Another media type: XML, or a file in Base64.
    # Text that looks like markup is not meant as such.
    return html.escape(text, quote=False) if _TAG.search(text) else text
