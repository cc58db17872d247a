"""What a REST connection can do beyond reading by id: one class for each capability.

:class:`connectors.rest.connector.RestApiConnector` takes those whose settings are there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from connectors.rest.asking import RestAsking
from connectors.sdk import (
    Asset,
    AssetPage,
    Call,
    ConfigurationError,
    FocalPoint,
    Picture,
    Rendition,
)
from connectors.sdk.gathering import gather
from connectors.sdk.mapping import expressions, paths
from connectors.sdk.mapping.renditions import wish_for

__all__ = ["Collecting", "Rendering", "Sampling", "Searching", "ServingPictures"]

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

        def read(at: str | None) -> AssetPage:
            page = self.read_page(path, call, cursor=at, size=min(limit, 100))
            return AssetPage(self.judged_all(page.records), page.next_cursor)

        return gather(read, limit=limit, cursor=cursor)

    def _query_path(self, query: Mapping[str, Any], call: Call) -> str:
        schema = self.query_schema()
        unknown = [name for name in query if name not in schema["properties"]]
        if unknown:
            raise ConfigurationError(f"{self.name}: a collection cannot ask for “{unknown[0]}” here")
        missing = [name for name in schema["required"] if not query.get(name)]
        if missing:
            raise ConfigurationError(f"{self.name}: a collection needs “{missing[0]}” here")
        return self.filled(self.config.query_path, call, {name: str(value) for name, value in query.items()})


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
        template = self.config.rendition_path
        wish = wish_for(
            asset,
            paths.placeholders(template),
            width=width,
            height=height,
            encoding_format=encoding_format,
            focal_point=focal_point,
        )
        url = self.absolute(paths.fill(template, {"id": asset.ref.external_id, **wish.values}))
        return Rendition(url, *wish.size, wish.encoding_format, protected=self.config.pictures_need_key)


class ServingPictures(RestAsking):
    """Its pictures need the connection's key."""

    def open_picture(self, url: str, call: Call) -> Picture:
        """Open a picture at this system's own address."""
        return self.stream(url, call)


class Sampling(RestAsking):
    """It shows a raw record."""

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

    def _records_at_check(self, call: Call) -> list[Mapping[str, Any]]:
        """Records where the test path shows some, in the place where people or items are found."""
        _, data = self.ask(self.filled(self.config.check_path, call), call)
        place = self.config.found if self.config.find_path else self.config.items
        found = expressions.evaluate(place, data)
        records = found if isinstance(found, list) else [found]
        return [record for record in records if isinstance(record, Mapping)]
