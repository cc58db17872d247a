"""What a REST connection can do beyond reading by id: one class for each capability.

:class:`connectors.rest.connector.RestApiConnector` takes those whose settings are there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from connectors.rest import expressions, mapping, paths
from connectors.rest.asking import RestAsking
from connectors.sdk import (
    Asset,
    AssetPage,
    BadResponseError,
    Call,
    ConfigurationError,
    FocalPoint,
    MappingTrial,
    Notice,
    Picture,
    Ref,
    Rendition,
)

__all__ = ["Collecting", "Noticing", "Rendering", "Sampling", "Searching", "ServingPictures"]

# Pages that one collection may take; a system that cuts pages small gives up to this many.
_MAX_QUERY_PAGES = 5
# Names in braces that the request answers, not the editor.
_OWN_NAMES = frozenset({"locale", "lang"})


class Searching(RestAsking):
    """People can pick its assets."""

    def search(self, query: str, types: Sequence[str], cursor: str | None, call: Call) -> AssetPage:
        """Find by words; an empty query lists, where there is a list."""
        if types and self.config.type not in types:
            return AssetPage(())
        template = self.config.search_path if query or not self.config.list_path else self.config.list_path
        path = self.filled(template, call, {"query": query})
        page = self.read_page(path, call, cursor=cursor, size=self.config.page_size)
        return AssetPage(self.judged_all(page.records), page.next_cursor)


class Collecting(RestAsking):
    """It answers stored queries."""

    def query_schema(self) -> Mapping[str, Any]:
        """A text for each name in the braces of the path; those of the path itself are required."""
        names = [name for name in paths.placeholders(self.config.query_path) if name not in _OWN_NAMES]
        labels = self.config.query_parameters
        return {
            "type": "object",
            "properties": {
                name: {"type": "string", "title": labels.get(name, name.replace("_", " ").capitalize())}
                for name in names
            },
            "required": [name for name in paths.required(self.config.query_path) if name in names],
            "additionalProperties": False,
        }

    def query(
        self, type: str, query: Mapping[str, Any], limit: int, cursor: str | None, call: Call
    ) -> AssetPage:
        """The first ``limit`` assets; of a longer page the rest is kept for the next cursor."""
        if type != self.config.type or limit < 1:
            return AssetPage(())
        path = self._query_path(query, call)
        at, skipped = _split_cursor(cursor)
        assets: list[Asset] = []
        for _ in range(_MAX_QUERY_PAGES):
            page = self.read_page(path, call, cursor=at, size=min(limit, 100))
            fresh = self.judged_all(page.records)[skipped:]
            taken = fresh[: limit - len(assets)]
            assets += taken
            if len(taken) < len(fresh):
                return AssetPage(assets, _join_cursor(at, skipped + len(taken)))
            at, skipped = page.next_cursor, 0
            if at is None or len(assets) >= limit:
                break
        return AssetPage(assets, None if at is None else _join_cursor(at, 0))

    def _query_path(self, query: Mapping[str, Any], call: Call) -> str:
        schema = self.query_schema()
        unknown = [name for name in query if name not in schema["properties"]]
        if unknown:
            raise ConfigurationError(f"{self.name}: a collection cannot ask for “{unknown[0]}” here")
        missing = [name for name in schema["required"] if not query.get(name)]
        if missing:
            raise ConfigurationError(f"{self.name}: a collection needs “{missing[0]}” here")
        return self.filled(self.config.query_path, call, {name: str(value) for name, value in query.items()})


class Noticing(RestAsking):
    """It sends hooks."""

    def parse_notice(self, headers: Mapping[str, str], body: bytes) -> Notice:  # noqa: ARG002 - the protocol's.
        """The ids of a hook; one without ids means that anything may have changed."""
        data = _json_body(body, name=self.name)
        if self.config.notice_when and not expressions.holds(self.config.notice_when, data):
            return Notice()
        found = expressions.evaluate(self.config.notice_ids, data)
        ids = found if isinstance(found, list) else [found]
        refs = [Ref(self.config.type, str(one)) for one in ids if _is_id(one)]
        return Notice(refs=tuple(dict.fromkeys(refs))) if refs else Notice(types=(self.config.type,))


class Rendering(RestAsking):
    """It gives pictures in other sizes."""

    def rendition(
        self,
        asset: Asset,
        *,
        width: int | None = None,
        height: int | None = None,
        encoding_format: str | None = None,
        focal_point: FocalPoint | None = None,
    ) -> Rendition | None:
        """The address by the template; what is not asked for is left out of its query."""
        if asset.ref.type != "ImageObject":
            return None
        values: dict[str, paths.Value] = {
            "id": asset.ref.external_id,
            "width": str(width) if width else None,
            "height": str(height) if height else None,
            "format": (encoding_format or "").rpartition("/")[2] or None,
            "x": f"{focal_point.x:g}" if focal_point else None,
            "y": f"{focal_point.y:g}" if focal_point else None,
        }
        url = self.absolute(paths.fill(self.config.rendition_path, values))
        return Rendition(url, width, height, encoding_format, protected=self.config.pictures_need_key)


class ServingPictures(RestAsking):
    """Its pictures need the connection's key."""

    def open_picture(self, url: str, call: Call) -> Picture:
        """Open a picture at this system's own address."""
        return self.stream(url, call)


class Sampling(RestAsking):
    """It shows a raw record, and what the mapping makes of it."""

    def sample(self, call: Call) -> Mapping[str, Any]:
        """The first record of the list, of a search for nothing, or of what the test path shows.

        Raises:
            ConfigurationError: There is none.
        """
        page = self.first_page(call)
        records = self._records_at_check(call) if page is None else page.records
        if not records:
            raise ConfigurationError(f"{self.name}: the list is empty, so there is no sample to show")
        return records[0]

    def try_mapping(self, record: Mapping[str, Any]) -> MappingTrial:
        """Each field on this record: its value, or what is wrong."""
        return mapping.try_record(self.config, record, address=self.absolute(""))

    def _records_at_check(self, call: Call) -> list[Mapping[str, Any]]:
        """Records where the test path shows some, in the place where people or items are found."""
        _, data = self.ask(self.filled(self.config.check_path, call), call)
        place = self.config.found if self.config.find_path else self.config.items
        found = expressions.evaluate(place, data)
        records = found if isinstance(found, list) else [found]
        return [record for record in records if isinstance(record, Mapping)]


def _json_body(body: bytes, *, name: str) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise BadResponseError(f"{name}: a hook is not JSON") from None


def _is_id(value: Any) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool) and value != ""


def _split_cursor(cursor: str | None) -> tuple[str | None, int]:
    """``skipped~place``: how many of the page at ``place`` were given already."""
    if cursor is None:
        return None, 0
    skipped, tilde, place = cursor.partition("~")
    if not tilde or not skipped.isdigit() or len(skipped) > 6:
        raise BadResponseError("not a cursor of this collection")
    return place or None, int(skipped)


def _join_cursor(place: str | None, skipped: int) -> str:
    return f"{skipped}~{place or ''}"
