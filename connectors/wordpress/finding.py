"""Finding at a WordPress: the search of the picker, and the stored queries of collections."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from connectors.sdk import Asset, AssetPage, BadResponseError, Call, ConfigurationError
from connectors.sdk.rest import Params
from connectors.wordpress.asking import MEDIA, whole
from connectors.wordpress.reading import Reading
from connectors.wordpress.text import plain_text

__all__ = ["Finding"]

SEARCH_SIZE = 20
_LARGEST_PAGE = 100
_SORTS: Mapping[str, Params] = {
    "newest": {"orderby": "date", "order": "desc"},
    "changed": {"orderby": "modified", "order": "desc"},
    "title": {"orderby": "title", "order": "asc"},
}
_KINDS_OF_FILES = {"ImageObject": "image", "VideoObject": "video"}
_CURSOR = re.compile(r"([1-9][0-9]{0,5}) ([a-z0-9_ /-]{1,2000})")


class Finding(Reading):
    """People can pick its assets, and collections ask for them."""

    def search(self, query: str, types: Sequence[str], cursor: str | None, call: Call) -> AssetPage:
        """Find by WordPress's own search; an empty query lists the newest. A page holds some of each list."""
        number, places = self._read_cursor(cursor) if cursor else (1, self._places(types))
        assets: list[Asset] = []
        going_on = []
        for place in places:
            base, _, kind = place.partition("/")
            page = self.listed(
                base,
                {
                    **whole(base),
                    **_SORTS["newest"],
                    "search": query or None,
                    "media_type": kind or None,
                    "per_page": SEARCH_SIZE,
                    "page": number,
                },
                call,
            )
            assets += self.assets(base, page.rows)
            if page.rows and (len(page.rows) >= SEARCH_SIZE if page.pages is None else page.pages > number):
                going_on.append(place)
        return AssetPage(assets, f"{number + 1} {' '.join(going_on)}" if going_on else None)

    def query_schema(self) -> Mapping[str, Any]:
        """Category, tag, author, words, the order; and which articles, where there are several types."""
        texts = {"category": "Category", "tag": "Tag", "author": "Author", "search": "Words"}
        properties: dict[str, Any] = {n: {"type": "string", "title": title} for n, title in texts.items()}
        properties["category"]["description"] = "Its name or its slug; not those below it"
        properties["sort"] = {"type": "string", "title": "Order", "enum": list(_SORTS), "default": "newest"}
        if len(self.config.post_types) > 1:
            properties["articles"] = {
                "type": "string",
                "title": "Articles from",
                "enum": list(self.config.post_types),
                "default": self.config.post_types[0],
            }
        return {"type": "object", "properties": properties, "required": [], "additionalProperties": False}

    def query(
        self, type: str, query: Mapping[str, Any], limit: int, cursor: str | None, call: Call
    ) -> AssetPage:
        """The first of a list. The cursor counts rows, so that no page hides another."""
        if type not in self.asset_types() or limit < 1:
            return AssetPage(())
        base = self._base_for(type, query)
        terms = self._terms(query, call)
        if terms is None:
            return AssetPage(())
        offset = _read_offset(cursor)
        page = self.listed(
            base,
            {
                **whole(base),
                **_SORTS[str(query.get("sort") or "newest")],
                **terms,
                "search": query.get("search") or None,
                "media_type": _KINDS_OF_FILES.get(type),
                "per_page": min(limit, _LARGEST_PAGE),
                "offset": offset or None,
            },
            call,
        )
        self._see_that_it_filtered(base, page.rows, terms)
        end = offset + len(page.rows)
        more = bool(page.rows) and (page.total is None or page.total > end)
        return AssetPage(self.assets(base, page.rows), str(end) if more else None)

    def _places(self, types: Sequence[str]) -> list[str]:
        """Lists that hold these types: "posts", "media", "media/image"."""
        wanted = [own for own in self.asset_types() if not types or own in types]
        files = [kind for name, kind in _KINDS_OF_FILES.items() if name in wanted]
        lists = list(self.config.post_types) if "Article" in wanted else []
        # Both kinds in one call, with what is neither.
        return [*lists, *([MEDIA] if len(files) == len(_KINDS_OF_FILES) else [f"{MEDIA}/{k}" for k in files])]

    def _read_cursor(self, cursor: str) -> tuple[int, list[str]]:
        """Number of the page, and the lists that go on; none but those of the settings."""
        found = _CURSOR.fullmatch(cursor)
        places = found[2].split(" ") if found else []
        if found is None or not {place.partition("/")[0] for place in places} <= set(self.bases()):
            raise BadResponseError("not a cursor of WordPress")
        return int(found[1]), places

    def _base_for(self, type: str, query: Mapping[str, Any]) -> str:
        """The list that answers a query, once the query is one that it can answer."""
        schema = self.query_schema()["properties"]
        for name, value in query.items():
            if name not in schema:
                raise ConfigurationError(f"{self.name}: a collection cannot ask for “{name}”")
            if value and "enum" in schema[name] and value not in schema[name]["enum"]:
                raise ConfigurationError(f"{self.name}: “{name}” is one of {', '.join(schema[name]['enum'])}")
        if type == "Article":
            return str(query.get("articles") or self.config.post_types[0])
        if query.get("category") or query.get("tag"):
            raise ConfigurationError(f"{self.name}: files of the media library have no category and no tag")
        return MEDIA

    def _terms(self, query: Mapping[str, Any], call: Call) -> dict[str, int] | None:
        """Ids for the names that people use; ``None`` if there is nothing of such a name."""
        places = {"category": "categories", "tag": "tags", "author": "users"}
        terms: dict[str, int] = {}
        for name, base in places.items():
            text = str(query.get(name) or "").strip()
            number = self._term_called(base, text, call) if text else None
            if text and number is None:
                return None
            if number is not None:
                terms["author" if name == "author" else base] = number
        return terms

    def _term_called(self, base: str, text: str, call: Call) -> int | None:
        """The id of a category, a tag or an author by name or slug.

        WordPress keeps names escaped ("Spa &amp; wellness") and finds them by that only. So it is asked for
        the longest word, and names are compared here.
        """
        words = re.findall(r"\w+", text)
        if not words:
            return None
        params: Params = {"search": max(words, key=len), "per_page": _LARGEST_PAGE, "_fields": "id,name,slug"}
        for row in self.listed(base, params, call).rows:
            names = {plain_text(str(row.get("name"))).casefold(), str(row.get("slug")).casefold()}
            if text.casefold() in names and isinstance(row.get("id"), int):
                return int(row["id"])
        return None

    def _see_that_it_filtered(
        self, base: str, rows: Sequence[Mapping[str, Any]], terms: Mapping[str, int]
    ) -> None:
        """A list that knows no categories (pages) ignores the parameter, and answers everything."""
        for name, number in terms.items():
            for row in rows:
                held = row.get(name)
                if held != number and not (isinstance(held, list) and number in held):
                    raise ConfigurationError(f"{self.name}: GET {base}: it is not filtered by “{name}”")


def _read_offset(cursor: str | None) -> int:
    if cursor is None:
        return 0
    if not re.fullmatch(r"[0-9]{1,9}", cursor):
        raise BadResponseError("not a cursor of WordPress")
    return int(cursor)
