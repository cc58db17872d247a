"""How a GraphQL connection asks the documents of its settings, and what an answer means.

Whatever goes wrong with a document names its setting, so that the form can be mended where it is wrong.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from connectors.graphql import documents, paging, places
from connectors.graphql.settings import GraphqlConfig
from connectors.sdk import (
    AccessDeniedError,
    BadResponseError,
    Call,
    ConfigurationError,
    ConnectorError,
    TransientError,
)
from connectors.sdk.graphql import Data, FieldError, GraphQLConnector
from connectors.sdk.mapping import (
    MappedConnector,
    PlaceError,
    credential_headers,
    credential_params,
)

__all__ = ["GraphqlAsking", "Page"]


@dataclass(frozen=True, slots=True)
class Page:
    """Raw records of one page of a list, the cursor of the next, and the answer that they came in."""

    records: Sequence[Mapping[str, Any]]
    next_cursor: str | None
    data: Data


class GraphqlAsking(MappedConnector[GraphqlConfig], GraphQLConnector[GraphqlConfig]):
    """Asks one GraphQL system, in the way of its settings."""

    def base_url(self) -> str:
        """The address from the settings."""
        return self.config.base_url

    def headers(self) -> Mapping[str, str]:
        """Credentials; further headers are added by :meth:`asked`, where they may replace the usual ones."""
        return credential_headers(self.config)

    def auth_params(self) -> Mapping[str, str]:
        """The key, where it belongs in the query."""
        return credential_params(self.config)

    def address_of_records(self) -> str:
        """Relative addresses are those of the system that answers."""
        return self.absolute(self.config.base_url)

    def pictures_need_key(self) -> bool:
        """As the settings say."""
        return self.config.pictures_need_key

    def meaning(self, error: FieldError, *, executed: bool) -> type[ConnectorError]:
        """Codes of the settings go first."""
        if error.code in self.config.denied_codes:
            return AccessDeniedError
        if error.code in self.config.later_codes:
            return TransientError
        return super().meaning(error, executed=executed)

    def asked(self, setting: str, call: Call, **values: Any) -> Data:
        """Ask the document of a setting with the values that it has variables for.

        Raises:
            ConnectorError: As :meth:`~connectors.sdk.graphql.GraphQLConnector.ask` does; the message names
                the setting.
        """
        config, text = self.config, getattr(self.config, setting)
        language = config.language_of(call.locale)
        given = {"locale": call.locale, "lang": language, **values}
        try:
            data = self.ask(
                text,
                call,
                variables=documents.values_for(text, given),
                path=config.base_url,
                params=self._params(call.locale, language),
                headers={"Accept-Language": call.locale, **config.extra_headers},
                understood=config.gone_codes,
            )
        except documents.NotThisTypeError as error:
            raise ConfigurationError(f"{self.name}: ${error} is of another type ({setting})") from None
        except ConnectorError as error:
            error.args = (f"{error} ({setting})",)
            raise
        if self._hangs_on_all() and not data.is_whole(understood=config.gone_codes):
            raise BadResponseError(f"{data.where}: a part is missing: {data.errors[0]} ({setting})")
        return data

    def read_page(
        self,
        setting: str,
        call: Call,
        *,
        cursor: str | None = None,
        size: int | None = None,
        place: str = "",
        place_setting: str = "items",
        **values: Any,
    ) -> Page:
        """One page of the list that a setting asks for. ``size`` is given to ``$count``; systems may cut."""
        asked_at = paging.position(self.config, cursor)
        data = self.asked(setting, call, count=size, **asked_at, **values)
        try:
            records = places.records_at(place or self.config.items, data.fields, setting=place_setting)
            following = paging.next_cursor(self.config, data.fields, cursor=cursor, found=len(records))
        except PlaceError as error:
            raise PlaceError(f"{data.where}: {error}", answer=error.answer) from None
        except BadResponseError as error:
            raise BadResponseError(f"{data.where}: {error}") from None
        return Page(records, following, data)

    def first_page(self, call: Call, *, size: int = 1) -> Page | None:
        """The start of the list, or of a search for nothing; ``None`` where there is neither."""
        if self.config.list_document:
            return self.read_page("list_document", call, size=size)
        if self.config.search_document:
            return self.read_page("search_document", call, size=size, query="")
        return None

    def probe(self, call: Call) -> Page | None:
        """See that the key works at all. Raises what says why it does not."""
        page = self.first_page(call)
        if page is None:
            self.asked("check_document", call)
        return page

    def shows_anything(self, call: Call) -> bool:
        """Whether the key still shows a record, or works at all where there is no list."""
        page = self.probe(call)
        return page is None or bool(page.records)

    def _params(self, locale: str, language: str) -> dict[str, str]:
        return {
            name: text.replace("{locale}", locale).replace("{lang}", language)
            for name, text in self.config.extra_params.items()
        }

    def _hangs_on_all(self) -> bool:
        """Whether a value that an error took away could show what must not be shown."""
        config = self.config
        return bool(config.gone_when or config.hidden_when or config.moved_to or config.valid_until)
