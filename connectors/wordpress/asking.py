"""How WordPress is asked for lists and single things, and what its errors mean.

A wrong application password is not refused: what is public is answered to it, by 200, as to anybody
(seen with 6.1.9). So what a key alone may ask goes along wherever it matters who asks.

Source: https://developer.wordpress.org/rest-api/using-the-rest-api/
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from connectors.sdk import AccessDeniedError, BadResponseError, Call, ConfigurationError
from connectors.sdk.answers import Answer, raise_for_status
from connectors.sdk.rest import Params, RestConnector
from connectors.wordpress.media import MEDIA_FIELDS
from connectors.wordpress.posts import EMBEDDED, POST_FIELDS
from connectors.wordpress.settings import WordPressConfig

__all__ = ["MEDIA", "Asking", "Page", "Problem", "whole"]

MEDIA = "media"
# "any" leaves out the trash; the media library refuses the word.
_POST_STATUSES, _MEDIA_STATUSES = "any,trash", "inherit,private,trash"


class Problem(BaseModel):
    """An error of WordPress."""

    code: str
    data: Any = None

    @property
    def status_refused(self) -> int | None:
        """401 or 403 if the key may not ask for drafts: nobody's, or of somebody with fewer rights."""
        inner = self.data
        for name in ("details", "status", "data", "status"):
            inner = inner.get(name) if isinstance(inner, Mapping) else None
        return inner if self.code == "rest_invalid_param" and inner in (401, 403) else None


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of a list, each still raw: one that cannot be read must not cost the rest.

    ``total`` and ``pages`` are of the whole list, ``None`` where the headers got lost on the way.
    """

    rows: list[dict[str, Any]]
    total: int | None
    pages: int | None
    headers: Mapping[str, str]


class Asking(RestConnector[WordPressConfig]):
    """Asks WordPress, as everybody or as the user of the settings."""

    def base_url(self) -> str:
        """Where the REST API begins. Sites with plain permalinks have it elsewhere."""
        return f"{self.config.base_url}/wp-json/wp/v2"

    def headers(self) -> Mapping[str, str]:
        """HTTP Basic with the application password, if there is one."""
        if not self.config.has_key:
            return {}
        pair = f"{self.config.username}:{self.config.application_password.get_secret_value()}".encode()
        return {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}

    def bases(self) -> tuple[str, ...]:
        """Every list that this connection reads."""
        return (*self.config.post_types, *((MEDIA,) if self.config.media else ()))

    def listed(self, base: str, params: Params, call: Call) -> Page:
        """A page of what is published."""
        page = self._page(base, params, call)
        if isinstance(page, Problem):
            raise self._refusal(base, page)
        return page

    def listed_whatever_status(self, base: str, params: Params, call: Call) -> Page:
        """A page of everything, drafts and trash too, as far as the key reaches; else of what is published.

        Raises:
            AccessDeniedError: There is a key, and WordPress does not know it.
        """
        if self.config.has_key:
            statuses = _MEDIA_STATUSES if base == MEDIA else _POST_STATUSES
            page = self._page(base, {**params, "status": statuses}, call)
            if isinstance(page, Page):
                return page
            if page.status_refused == 401:
                raise AccessDeniedError(f"{self.name}: GET {base}: the application password is refused")
            if page.status_refused is None:
                raise self._refusal(base, page)
        return self.listed(base, params, call)

    def one(self, base: str, id: str, call: Call) -> dict[str, Any] | Problem:
        """One thing, or why WordPress does not give it.

        Raises:
            AccessDeniedError: There is a key, and WordPress does not know it.
        """
        answer = self.request("GET", f"{base}/{id}", call, params=whole(base), accept=(401, 403, 404))
        if answer.status == 401 and self.config.has_key:
            # Whoever it knows gets 403.
            raise AccessDeniedError(f"{answer.where}: the application password is refused")
        if answer.status != 200:
            return self._problem(answer)
        row = answer.json()
        if not isinstance(row, dict):
            raise BadResponseError(f"{answer.where}: not an object")
        return row

    def _page(self, base: str, params: Params, call: Call) -> Page | Problem:
        answer = self.request("GET", base, call, params=params, accept=(400,))
        if answer.status == 400:
            problem = self._problem(answer)
            beyond = problem.code == "rest_post_invalid_page_number"
            return Page([], None, 0, answer.headers) if beyond else problem
        rows = answer.json()
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise BadResponseError(f"{answer.where}: not a list of objects")
        return Page(
            rows,
            _count(answer.headers.get("x-wp-total", "")),
            _count(answer.headers.get("x-wp-totalpages", "")),
            answer.headers,
        )

    def _refusal(self, base: str, problem: Problem) -> ConfigurationError:
        # Its own words are fine; what a firewall writes in their place stays out of messages.
        told = f": {problem.code}" if re.fullmatch(r"rest_[a-z_]{1,60}", problem.code) else ""
        return ConfigurationError(f"{self.name}: GET {base}: HTTP 400{told}")

    def _problem(self, answer: Answer) -> Problem:
        """WordPress's own error; one of a firewall or of the web server is what its status says."""
        try:
            return self.parse(Problem, answer.json(), where=answer.where)
        except BadResponseError:
            raise_for_status(answer.status, answer.headers, where=answer.where)


def whole(base: str) -> Params:
    """Parameters that bring all that an asset is made of."""
    return {"_fields": MEDIA_FIELDS} if base == MEDIA else {"_fields": POST_FIELDS, "_embed": EMBEDDED}


def _count(header: str) -> int | None:
    return int(header) if header.isascii() and header.isdigit() and len(header) < 10 else None
