"""How the simulator writes what it holds: the shapes, times and sizes of WordPress 6.1.9."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, timedelta, timezone
from typing import Any

__all__ = ["API", "ZONE", "Row", "links", "made_sizes", "media_view", "post_view", "slug"]

API = "/wp-json/wp/v2/"
# Ahead of UTC, so that whoever mistakes the one for the other sees the future.
ZONE = timezone(timedelta(hours=13))

# Name, greatest width and greatest height; 0 for as high as it gets.
_SIZES = (("thumbnail", 150, 150), ("medium", 300, 300), ("medium_large", 768, 0), ("large", 1024, 1024))

Row = dict[str, Any]


def post_view(row: Row, host: str) -> Row:
    locked = bool(row["password"])
    return {
        "id": row["id"],
        **_times(row),
        "slug": row["slug"],
        "status": row["status"],
        "type": row["type"],
        "link": f"{host}/{row['slug']}/",
        "title": {"rendered": row["title"].replace("&", "&#038;").replace("’", "&#8217;")},
        "content": {"rendered": "" if locked else row["content"], "protected": locked},
        "excerpt": {"rendered": f"<p>{row['excerpt'] or 'About it &hellip;'}</p>\n", "protected": locked},
        "author": row["author"],
        "featured_media": row["featured_media"],
        **{name: row[name] for name in ("categories", "tags") if name in row},
    }


def media_view(row: Row, host: str) -> Row:
    details, kind = dict(row["media_details"]), row["mime_type"].partition("/")[0]
    uploads = f"{host}/wp-content/uploads"
    if kind == "image":
        details["sizes"] = _sizes(details, uploads, row["mime_type"])
    return {
        "id": row["id"],
        **_times(row),
        "slug": row["slug"],
        "status": row["status"],
        "type": "attachment",
        "link": f"{host}/{row['slug']}/",
        "title": {"rendered": row["title"]},
        "author": row["author"],
        "caption": {"rendered": f"<p>{row['caption']}</p>\n"},
        "alt_text": row["alt_text"],
        "media_type": kind if kind == "image" else "file",
        "mime_type": row["mime_type"],
        "media_details": details,
        "source_url": f"{uploads}/{details['file']}",
    }


def _sizes(details: Row, uploads: str, mime: str) -> Row | list[Row]:
    """Sizes smaller than the original, and the original. An empty mapping is a list in PHP."""
    if not details["width"]:
        return []
    made = {name: (size, file) for name, size, file in _made(details)}
    return {
        name: {"width": size[0], "height": size[1], "mime_type": mime, "source_url": f"{uploads}/{file}"}
        for name, (size, file) in made.items()
    }


def made_sizes(details: Row) -> dict[str, tuple[int, int]]:
    """The size of each file of a picture, by its name below the uploads."""
    return {file: size for _, size, file in _made(details)}


def _made(details: Row) -> Iterator[tuple[str, tuple[int, int], str]]:
    width, height, file = details["width"], details["height"], details["file"]
    stem, _, ending = file.rpartition(".")
    for name, most_width, most_height in _SIZES:
        scale = min(most_width / width, most_height / height if most_height else 1.0)
        if scale < 1:
            cut = name == "thumbnail"
            size = (most_width, most_height) if cut else (round(width * scale), round(height * scale))
            yield name, size, f"{stem}-{size[0]}x{size[1]}.{ending}"
    yield "full", (width, height), file


def _times(row: Row) -> Row:
    """As WordPress writes them: the site's own, and UTC, neither with its zone."""
    return {
        f"{name}{suffix}": row[name].astimezone(zone).strftime("%Y-%m-%dT%H:%M:%S")
        for name in ("date", "modified")
        for suffix, zone in (("", ZONE), ("_gmt", UTC))
    }


def links(row: Row, host: str) -> Row:
    links = {"author": [{"embeddable": True, "href": f"{host}{API}users/{row['author']}"}]}
    if row.get("featured_media"):
        links["wp:featuredmedia"] = [
            {"embeddable": True, "href": f"{host}{API}media/{row['featured_media']}"}
        ]
    return links


def slug(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", title.lower().replace("’", "")).strip("-")
