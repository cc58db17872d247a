"""A post of the help desk as WordPress answers it, with what it embeds."""

from __future__ import annotations

import html
from collections.abc import Collection

from orchestrator.demo.systems.helpdesk_library import Library
from orchestrator.demo.systems.helpdesk_writing import API, Row, rendered, slug_of, times
from orchestrator.demo.systems.records import Record

__all__ = ["embedded", "links", "post_view", "status_of"]


def status_of(record: Record) -> str:
    """``publish``, ``draft`` or ``trash``."""
    return "trash" if record.deleted else record.values["status"]


def post_view(record: Record, library: Library, site: str) -> Row:
    """A post without its links."""
    values, status = record.values, status_of(record)
    slug = slug_of(values["title"])
    return {
        "id": int(record.id),
        **times(record.created_at, record.updated_at),
        "slug": f"{slug}__trashed" if status == "trash" else slug,
        "status": status,
        "type": "post",
        "link": f"{site}/?p={record.id}",
        "title": rendered(values["title"]),
        "content": {"rendered": values["content"], "protected": False},
        "excerpt": {"rendered": "", "protected": False},
        "author": library.terms["users"][values["author"]],
        "featured_media": library.scenes.get(values["scene"], 0),
        "categories": [library.terms["categories"][values["category"]]],
        "tags": [library.terms["tags"][tag] for tag in values["tags"]],
    }


def links(record: Record, library: Library, site: str) -> Row:
    """What may be embedded; WordPress embeds only what it links to."""
    number = library.terms["users"][record.values["author"]]
    found: Row = {"author": [{"embeddable": True, "href": f"{site}{API}users/{number}"}]}
    if record.values["scene"]:
        picture = library.scenes[record.values["scene"]]
        found["wp:featuredmedia"] = [{"embeddable": True, "href": f"{site}{API}media/{picture}"}]
    found["wp:term"] = [
        {"taxonomy": taxonomy, "embeddable": True, "href": f"{site}{API}{base}?post={record.id}"}
        for base, taxonomy, _ in _terms(record)
    ]
    return found


def embedded(record: Record, library: Library, site: str, wanted: Collection[str]) -> Row:
    """Author, featured picture and terms, as far as they are ``wanted``."""
    name = record.values["author"]
    page = f"{site}/author/{slug_of(name)}/"
    author = {"id": library.terms["users"][name], "name": name, "link": page, "slug": slug_of(name)}
    found: Row = {"author": [author]}
    if record.values["scene"]:
        found["wp:featuredmedia"] = [library.picture(record.values["scene"], site)]
    found["wp:term"] = [
        [{"id": library.terms[base][name], "name": html.escape(name), "taxonomy": taxonomy} for name in names]
        for base, taxonomy, names in _terms(record)
    ]
    return {name: value for name, value in found.items() if name in wanted}


def _terms(record: Record) -> tuple[tuple[str, str, list[str]], ...]:
    return (
        ("categories", "category", [record.values["category"]]),
        ("tags", "post_tag", list(record.values["tags"])),
    )
