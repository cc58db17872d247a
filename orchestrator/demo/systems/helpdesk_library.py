"""What the help desk's posts belong to: its categories, tags and authors, and its media library.

The library holds the scenes that posts show. WordPress cuts a picture when it is uploaded, so there are a
few sizes and no others.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from orchestrator.demo.systems import pictures
from orchestrator.demo.systems.helpdesk_writing import Row, rendered, slug_of, times
from orchestrator.demo.systems.messages import Response, json_response
from orchestrator.demo.systems.records import Record

__all__ = ["Library", "uploaded_file"]

_UPLOADS = "/wp-content/uploads"
_FILE = re.compile(rf"{_UPLOADS}/([a-z]+?)(?:-(\d+)x(\d+))?\.jpg")
# Cut to this shape, or scaled into this width.
_SIZES = {"thumbnail": (150, 150), "medium": (300, 188), "medium_large": (768, 480), "large": (1024, 640)}
_FULL = (pictures.WIDTH_PX, pictures.HEIGHT_PX)


@dataclass(frozen=True, slots=True)
class Library:
    """Names to ids of ``categories``, ``tags`` and ``users``; ``scenes`` to ids of pictures.

    ``uploaded`` is when the pictures came.
    """

    terms: Mapping[str, Mapping[str, int]]
    scenes: Mapping[str, int]
    uploaded: datetime

    @classmethod
    def of(cls, records: Iterable[Record]) -> Library:
        """What these posts belong to."""
        posts = [record.values for record in records]
        tags = (tag for post in posts for tag in post["tags"])
        return cls(
            {
                "categories": _numbered((post["category"] for post in posts), first=2),
                "tags": _numbered(tags, first=40),
                "users": _numbered((post["author"] for post in posts), first=1),
            },
            _numbered((post["scene"] for post in posts if post["scene"]), first=100),
            min(record.created_at for record in records),
        )

    def terms_called(self, base: str, words: str) -> list[Row]:
        """Categories, tags or authors by a part of their name or slug."""
        rows = [_term(name, number) for name, number in self.terms[base].items()]
        return [row for row in rows if words.lower() in f"{row['name']} {row['slug']}".lower()]

    def media(self, site: str) -> list[Row]:
        """Every picture."""
        return [self.picture(scene, site) for scene in self.scenes]

    def picture(self, scene: str, site: str) -> Row:
        """One picture, in the sizes that there are."""
        files = {name: _file(scene, size) for name, size in _SIZES.items()}
        sizes = {**_SIZES, "full": _FULL}
        address = f"{site}{_UPLOADS}"
        return {
            "id": self.scenes[scene],
            **times(self.uploaded, self.uploaded),
            "slug": scene,
            "status": "inherit",
            "type": "attachment",
            "link": f"{site}/{scene}/",
            "title": rendered(scene.capitalize()),
            "author": 1,
            "caption": {"rendered": ""},
            "alt_text": "",
            "media_type": "image",
            "mime_type": "image/jpeg",
            "media_details": {
                "width": _FULL[0],
                "height": _FULL[1],
                "file": f"{scene}.jpg",
                "sizes": {
                    name: {
                        "width": width,
                        "height": height,
                        "mime_type": "image/jpeg",
                        "source_url": f"{address}/{files.get(name, f'{scene}.jpg')}",
                    }
                    for name, (width, height) in sizes.items()
                },
                "image_meta": {},
            },
            "source_url": f"{address}/{scene}.jpg",
        }


def uploaded_file(path: str) -> Response:
    """A file of the library; everybody may see it."""
    asked = _FILE.fullmatch(path)
    size = (int(asked[2]), int(asked[3])) if asked and asked[2] else None
    if asked is None or asked[1] not in pictures.SCENES or (size and size not in _SIZES.values()):
        return json_response({"code": "not_found", "message": "Not Found"}, status=404)
    width, height = size or _FULL
    picture = pictures.rendition(asked[1], width=width, height=height)
    return Response(200, picture, {"Content-Type": "image/jpeg", "Cache-Control": "public, max-age=86400"})


def _file(scene: str, size: tuple[int, int]) -> str:
    return f"{scene}-{size[0]}x{size[1]}.jpg"


def _numbered(names: Iterable[str], *, first: int) -> dict[str, int]:
    return {name: number for number, name in enumerate(dict.fromkeys(names), start=first)}


def _term(name: str, number: int) -> Row:
    # WordPress keeps names escaped.
    return {"id": number, "name": html.escape(name), "slug": slug_of(name)}
