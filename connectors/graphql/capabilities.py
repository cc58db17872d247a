"""What a GraphQL connection can do beyond reading by id: one class for each capability.

:class:`connectors.graphql.connector.GraphqlConnector` takes those whose settings are there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from connectors.graphql import documents
from connectors.graphql.asking import GraphqlAsking
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
from connectors.sdk.graphql_language import Variable
from connectors.sdk.mapping import paths
from connectors.sdk.mapping.renditions import wish_for
from connectors.sdk.types import picture_of

__all__ = ["Collecting", "Rendering", "Sampling", "Searching", "ServingPictures"]

_KINDS = {"Int": "integer", "Float": "number", "Boolean": "boolean"}


class Searching(GraphqlAsking):
    """People can pick its assets."""

    def search(self, query: str, types: Sequence[str], cursor: str | None, call: Call) -> AssetPage:
        """Find by words; an empty query lists, where there is a list."""
        if types and self.config.type not in types:
            return AssetPage(())
        lists = not query and bool(self.config.list_document)
        words = {} if lists else {"query": query}
        setting = "list_document" if lists else "search_document"
        page = self.read_page(setting, call, cursor=cursor, size=self.config.page_size, **words)
        return AssetPage(self.judged_all(page.records), page.next_cursor)


class Collecting(GraphqlAsking):
    """It answers stored queries."""

    def query_schema(self) -> Mapping[str, Any]:
        """A question for each variable of the document that the hub does not give itself."""
        asked = documents.questions(self.config.query_document)
        return {
            "type": "object",
            "properties": {name: self._property(variable) for name, variable in asked.items()},
            "required": [name for name, variable in asked.items() if variable.required],
            "additionalProperties": False,
        }

    def query(
        self, type: str, query: Mapping[str, Any], limit: int, cursor: str | None, call: Call
    ) -> AssetPage:
        """The first ``limit`` assets; of a longer page the rest is kept for the next cursor."""
        if type != self.config.type or limit < 1:
            return AssetPage(())
        values = self._answers(query)

        def read(at: str | None) -> AssetPage:
            page = self.read_page("query_document", call, cursor=at, size=min(limit, 100), **values)
            return AssetPage(self.judged_all(page.records), page.next_cursor)

        return gather(read, limit=limit, cursor=cursor)

    def _answers(self, query: Mapping[str, Any]) -> dict[str, Any]:
        schema = self.query_schema()
        unknown = [name for name in query if name not in schema["properties"]]
        if unknown:
            raise ConfigurationError(f"{self.name}: a collection cannot ask for “{unknown[0]}” here")
        given = {name: value for name, value in query.items() if value not in (None, "")}
        missing = [name for name in schema["required"] if name not in given]
        if missing:
            raise ConfigurationError(f"{self.name}: a collection needs “{missing[0]}” here")
        return given

    def _property(self, variable: Variable) -> dict[str, str]:
        label = variable.name.replace("_", " ").capitalize()
        return {
            "type": _KINDS.get(variable.type, "string"),
            "title": self.config.query_parameters.get(variable.name, label),
        }


class Rendering(GraphqlAsking):
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
        """The address of its picture with the parameters; those for what is not asked are left out."""
        picture = picture_of(asset.fields, asset.ref.type)
        if picture is None:
            return None
        template = f"?{self.config.rendition_params}"
        wish = wish_for(
            asset,
            paths.placeholders(template),
            width=width,
            height=height,
            encoding_format=encoding_format,
            focal_point=focal_point,
        )
        query = paths.fill(template, wish.values).lstrip("?")
        joint = "&" if "?" in picture else "?"
        url = f"{picture}{joint}{query}" if query else picture
        return Rendition(url, *wish.size, wish.encoding_format, protected=asset.protected)


class ServingPictures(GraphqlAsking):
    """Its pictures need the connection's key."""

    def open_picture(self, url: str, call: Call) -> Picture:
        """Open a picture at this system's own address."""
        return self.stream(url, call)


class Sampling(GraphqlAsking):
    """It shows a raw record."""

    def sample(self, call: Call) -> Mapping[str, Any]:
        """The first record of the list, or of a search for nothing.

        Raises:
            ConfigurationError: There is none.
        """
        page = self.first_page(call)
        if page is None:
            raise ConfigurationError(f"{self.name}: a sample needs a list or a search (list_document)")
        if not page.records:
            raise ConfigurationError(f"{self.name}: the list is empty, so there is no sample to show")
        return page.records[0]
