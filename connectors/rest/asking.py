"""How a REST connection asks, and what an answer and a record mean.

Nothing here knows a vendor: what differs is in the settings. What an answer means is decided once,
in :meth:`RestAsking.ask`; what a record is, in :mod:`connectors.sdk.mapping`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from connectors.rest import paging
from connectors.rest.settings import RestApiConfig
from connectors.sdk import AccessDeniedError, BadResponseError, Call
from connectors.sdk.answers import raise_for_status
from connectors.sdk.mapping import (
    MappedConnector,
    PlaceError,
    credential_headers,
    credential_params,
    expressions,
    paths,
)
from connectors.sdk.rest import Answer, RestConnector

__all__ = ["Page", "RestAsking"]

# Errors whose body may say more than their status. 401, 403 and 429 speak for themselves.
_TALKING_STATUSES = frozenset(range(400, 500)) - {401, 403, 429}


@dataclass(frozen=True, slots=True)
class Page:
    """Raw records of one page of a list, the cursor of the next, and the headers that they came with."""

    records: Sequence[Mapping[str, Any]]
    next_cursor: str | None
    headers: Mapping[str, str]


class RestAsking(MappedConnector[RestApiConfig], RestConnector[RestApiConfig]):
    """Asks one REST system, in the way of its settings."""

    def base_url(self) -> str:
        """The address from the settings."""
        return self.config.base_url

    def headers(self) -> Mapping[str, str]:
        """Credentials; further headers are added by :meth:`ask`, where they may replace the usual ones."""
        return credential_headers(self.config)

    def auth_params(self) -> Mapping[str, str]:
        """The key, where it belongs in the query."""
        return credential_params(self.config)

    def address_of_records(self) -> str:
        """Relative addresses are below that of the settings."""
        return self.absolute("")

    def pictures_need_key(self) -> bool:
        """As the settings say."""
        return self.config.pictures_need_key

    def ask(
        self,
        path: str,
        call: Call,
        *,
        accept: Collection[int] = (),
        headers: Mapping[str, str] | None = None,
        unless: str = "",
    ) -> tuple[Answer, Any]:
        """Call a path; its answer, and the JSON of it (``None`` for 304 and for errors that say nothing).

        Args:
            accept: Statuses beside 2xx that the caller understands.
            unless: An expression that, where it is true of the answer, makes it no error of any kind.

        Raises:
            AccessDeniedError: Also where ``denied_when`` is true of the answer.
            BadResponseError: Also where ``error_when`` is true of it.
        """
        listened = set(accept) | (_TALKING_STATUSES if self.config.denied_when or unless else set())
        answer = self.request(
            "GET",
            path,
            call,
            accept=listened,
            headers={"Accept-Language": call.locale, **self.config.extra_headers, **(headers or {})},
        )
        data = None if answer.status == HTTPStatus.NOT_MODIFIED else _json_of(answer)
        if expressions.holds(self.config.denied_when, data):
            raise AccessDeniedError(f"{answer.where}: the answer refuses the key")
        if expressions.holds(unless, data):
            return answer, data
        if answer.status >= 400 and answer.status not in accept:
            raise_for_status(answer.status, answer.headers, where=answer.where)
        if answer.status < 400 and expressions.holds(self.config.error_when, data):
            raise BadResponseError(f"{answer.where}: the answer says that it is an error")
        return answer, data

    def read_page(
        self,
        path: str,
        call: Call,
        *,
        cursor: str | None = None,
        size: int | None = None,
        empty_statuses: Collection[int] = (),
    ) -> Page:
        """One page of a list. ``size`` is asked for, ``None`` asks for none; the system may cut at its own.

        Past the end is an empty page, whatever status says so, and so are ``empty_statuses``.
        """
        asked = paging.path_at(self.config, path, cursor=cursor, size=size)
        accept = {*empty_statuses, *(self.config.end_statuses if cursor is not None else ())}
        answer, data = self.ask(asked, call, accept=accept)
        if answer.status >= 400:
            return Page((), None, answer.headers)
        records = self.located(self.config.items, data, answer=answer, setting="items")
        following = paging.next_cursor(
            self.config, data, answer.headers, asked=asked, cursor=cursor, found=len(records)
        )
        return Page(records, following, answer.headers)

    def filled(self, template: str, call: Call, values: Mapping[str, paths.Value] | None = None) -> str:
        """A path with the request's locale and these values."""
        locale: dict[str, paths.Value] = {"locale": call.locale, "lang": call.locale.partition("-")[0]}
        return paths.fill(template, {**locale, **(values or {})})

    def first_page(self, call: Call) -> Page | None:
        """The start of the list, or of a search for nothing; ``None`` where there is neither."""
        if self.config.list_path:
            return self.read_page(self.filled(self.config.list_path, call), call, size=1)
        if self.config.search_path:
            return self.read_page(self.filled(self.config.search_path, call), call, size=1)
        return None

    def probe(self, call: Call) -> Page | None:
        """See that the key works at all. Raises what says why it does not."""
        page = self.first_page(call)
        if page is None:
            self.ask(self.filled(self.config.check_path, call), call)
        return page

    def shows_anything(self, call: Call) -> bool:
        """Whether the key still shows a record, or works at all where there is no list."""
        page = self.probe(call)
        return page is None or bool(page.records)

    def located(self, place: str, data: Any, *, answer: Answer, setting: str) -> list[Mapping[str, Any]]:
        """The records at a place of an answer. ``BadResponseError`` names the path and the setting."""
        try:
            return expressions.listed(place, data, field=setting)
        except PlaceError as error:
            raise PlaceError(f"{answer.where}: {error}", answer=data) from None
        except BadResponseError as error:
            raise BadResponseError(f"{answer.where}: {error}") from None


def _json_of(answer: Answer) -> Any:
    """The JSON of an answer; an error may be without."""
    try:
        return answer.json()
    except BadResponseError:
        if answer.status < 400:
            raise
        return None
