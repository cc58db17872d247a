"""The base of connectors that speak GraphQL over HTTP.

Every question is a POST to one address, and most servers answer errors with status 200. This module
knows what such an answer means; all else is :class:`~connectors.sdk.rest.RestConnector`'s::

    class Shop(GraphQLConnector[ShopConfig]):
        endpoint = "graphql"

        def base_url(self) -> str:
            return self.config.base_url

        def check(self, call: Call) -> None:
            self.ask("{ shop { name } }", call)

An answer with an error is one of three things. Nothing came: :meth:`GraphQLConnector.ask` raises by the
error's code. Everything came: there is no error. Some came (``data`` and ``errors``): the answer has it,
and ``errors`` says which places are empty for another reason than that nothing is there. Who takes an
absence for a deletion looks at them first (:meth:`Data.is_whole`).

Source: https://spec.graphql.org/October2021/#sec-Response-Format and
https://graphql.github.io/graphql-over-http/draft/
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, ClassVar, NoReturn

from connectors.sdk.answers import Answer, raise_for_status, retry_after_s
from connectors.sdk.connector import C, Call
from connectors.sdk.errors import (
    AccessDeniedError,
    BadResponseError,
    ConfigurationError,
    ConnectorError,
    RateLimitedError,
    TransientError,
)
from connectors.sdk.rest import Params, RestConnector

__all__ = ["CODES", "Data", "FieldError", "GraphQLConnector", "plain_code"]

CODES: Mapping[str, type[ConnectorError]] = MappingProxyType(
    {
        # Apollo Server: https://www.apollographql.com/docs/apollo-server/data/errors
        "GRAPHQL_PARSE_FAILED": ConfigurationError,
        "GRAPHQL_VALIDATION_FAILED": ConfigurationError,
        "BAD_USER_INPUT": ConfigurationError,
        "BAD_REQUEST": ConfigurationError,
        "OPERATION_RESOLUTION_FAILURE": ConfigurationError,
        "PERSISTED_QUERY_NOT_SUPPORTED": ConfigurationError,
        "UNAUTHENTICATED": AccessDeniedError,
        "FORBIDDEN": AccessDeniedError,
        "INTERNAL_SERVER_ERROR": TransientError,
        # Vendure: https://docs.vendure.io/current/core/reference/typescript-api/errors/error-types
        "UNAUTHORIZED": AccessDeniedError,
        "USER_INPUT_ERROR": ConfigurationError,
        # GitHub: https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api
        "INSUFFICIENT_SCOPES": AccessDeniedError,
        "RATE_LIMIT": RateLimitedError,
        "RATE_LIMITED": RateLimitedError,
        # Shopify: https://shopify.dev/docs/api/admin-graphql#status-and-error-codes
        "ACCESS_DENIED": AccessDeniedError,
        "MAX_COST_EXCEEDED": ConfigurationError,
        "THROTTLED": RateLimitedError,
        # Hasura: https://hasura.io/docs/2.0/api-reference/graphql-api/
        "INVALID_JWT": AccessDeniedError,
        "INVALID_HEADERS": AccessDeniedError,
        "VALIDATION_FAILED": ConfigurationError,
    }
)
"""What codes mean that many servers use. A code that is not here says nothing of what to do next."""

# 401, 403 and 429 speak for themselves; the body of others may say more than their status.
_TALKING_STATUSES = frozenset(range(400, 500)) - {401, 403, 408, 425, 429}
# The older type first: asked for the newer one, servers answer errors with other statuses.
_ACCEPT = "application/json, application/graphql-response+json;q=0.9"
_CODE = re.compile(r"[A-Za-z][\w.-]{0,59}", re.ASCII)
# Of several errors the one that tells a person most.
_GRAVITY: Sequence[type[ConnectorError]] = (
    AccessDeniedError,
    RateLimitedError,
    ConfigurationError,
    TransientError,
    BadResponseError,
)


@dataclass(frozen=True, slots=True)
class FieldError:
    """One of an answer's ``errors``, without its text: that may repeat what was asked, or hold a secret.

    Attributes:
        code: As :func:`plain_code` writes it; empty where the server gives none.
        path: The place in ``data`` that is empty for it; empty where it concerns the whole answer.
        line, column: Where in the document, counted from 1; 0 where the server does not say.
    """

    code: str
    path: tuple[str | int, ...] = ()
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        told = self.code or "an error without a code"
        return f"{told} at line {self.line}, column {self.column}" if self.line and not self.path else told


@dataclass(frozen=True, slots=True)
class Data:
    """What came.

    Attributes:
        fields: By the names of the document's root; ``None`` where nothing is, or an error was.
        errors: Why places are empty.
        headers: Of the answer, names in lower case.
        where: The start of every message about it.
    """

    fields: Mapping[str, Any] = field(repr=False)
    errors: Sequence[FieldError]
    headers: Mapping[str, str] = field(repr=False)
    where: str

    def is_whole(self, *, understood: Collection[str] = ()) -> bool:
        """Whether nothing is missing for an error, but for those with an ``understood`` code."""
        return all(error.code in understood for error in self.errors)

    def error_at(self, *path: str | int) -> FieldError | None:
        """The error for which a place, or a place above it, is empty."""
        return next((e for e in self.errors if e.path and e.path == path[: len(e.path)]), None)


class GraphQLConnector(RestConnector[C]):
    """A connector with a GraphQL API.

    Class attributes:
        endpoint: Where questions go, below :meth:`base_url`.
        codes: What the server's codes mean; add those of your system to ``CODES``.
    """

    endpoint: ClassVar[str] = "graphql"
    codes: ClassVar[Mapping[str, type[ConnectorError]]] = CODES

    def ask(
        self,
        document: str,
        call: Call,
        *,
        variables: Mapping[str, Any] | None = None,
        path: str | None = None,
        params: Params | None = None,
        headers: Mapping[str, str] | None = None,
        understood: Collection[str] = (),
    ) -> Data:
        """Ask one document, which holds one query.

        Args:
            path: Another place than ``endpoint``: below :meth:`base_url`, or a whole address of this system.
            understood: Codes that mean nothing bad to the caller, such as one for what is not there. Where
                there are no other errors, an answer without anything comes back with empty ``fields``.

        Raises:
            AccessDeniedError, RateLimitedError, ConfigurationError, TransientError: By :meth:`meaning` of the
                error that says most, if nothing came but errors; else as
                :meth:`~connectors.sdk.rest.RestConnector.request` does.
            BadResponseError: It is no GraphQL answer, or its errors do not say what to do.
        """
        answer = self.request(
            "POST",
            self.endpoint if path is None else path,
            call,
            params=params,
            # What servers answer since ever goes first: the newer type changes their statuses.
            headers={
                "Accept": "application/json, application/graphql-response+json;q=0.9",
                **(headers or {}),
            },
            json={"query": document, "variables": dict(variables or {})},
            accept=_TALKING_STATUSES,
        )
        body = _body_of(answer)
        errors = [_error_of(raw) for raw in body.get("errors") or ()]
        fields = body.get("data")
        unheard = [error for error in errors if error.code not in understood]
        if unheard and (not fields or all(value is None for value in fields.values())):
            self._raise(unheard, answer, executed="data" in body)
        return Data(fields or {}, errors, answer.headers, answer.where)

    def meaning(self, error: FieldError, *, executed: bool) -> type[ConnectorError]:
        """What an error means for the hub.

        Args:
            executed: The server ran the document. If not, the document or its variables are wrong.
        """
        known = self.codes.get(error.code)
        if known is not None:
            return known
        return BadResponseError if executed else ConfigurationError

    def _raise(self, errors: Sequence[FieldError], answer: Answer, *, executed: bool) -> NoReturn:
        found = [(self.meaning(error, executed=executed), error) for error in errors]
        kind, error = min(found, key=lambda one: _gravity(one[0]))
        message = f"{answer.where}: {error}"
        if issubclass(kind, RateLimitedError):
            raise kind(message, retry_after_s=retry_after_s(answer.headers.get("retry-after", "")))
        raise kind(message)


def plain_code(code: object) -> str:
    """A code as ``CODES`` has it: "access-denied" is ``ACCESS_DENIED``. Empty for what is no code."""
    if not isinstance(code, str) or not _CODE.fullmatch(code):
        return ""
    return code.upper().replace("-", "_")


def _body_of(answer: Answer) -> Mapping[str, Any]:
    """The answer's object. An error of the server in front, in whatever form, goes by its status."""
    try:
        body = answer.json()
    except BadResponseError:
        if answer.status < 400:
            raise
        body = None
    if isinstance(body, Mapping) and _is_answer(body):
        return body
    if answer.status >= 400:
        raise_for_status(answer.status, answer.headers, where=answer.where)
    raise BadResponseError(f"{answer.where}: the answer is not one of GraphQL")


def _is_answer(body: Mapping[str, Any]) -> bool:
    errors, fields = body.get("errors"), body.get("data")
    if errors is not None and not (isinstance(errors, list) and all(isinstance(e, Mapping) for e in errors)):
        return False
    return isinstance(fields, Mapping) or (fields is None and bool(errors))


def _error_of(raw: Mapping[str, Any]) -> FieldError:
    extensions = raw.get("extensions")
    held = extensions if isinstance(extensions, Mapping) else {}
    # "type" is GitHub's place, "classification" that of graphql-java.
    given = (held.get("code"), held.get("classification"), raw.get("type"))
    code = next(filter(None, map(plain_code, given)), "")
    path = raw.get("path")
    steps = [step for step in path if isinstance(step, str | int)] if isinstance(path, list) else []
    line, column = _location_of(raw)
    return FieldError(code, tuple(steps), line, column)


def _location_of(raw: Mapping[str, Any]) -> tuple[int, int]:
    locations = raw.get("locations")
    first = locations[0] if isinstance(locations, list) and locations else None
    if not isinstance(first, Mapping):
        return 0, 0
    line, column = first.get("line"), first.get("column")
    return (line, column) if isinstance(line, int) and isinstance(column, int) else (0, 0)


def _gravity(kind: type[ConnectorError]) -> int:
    return next((n for n, known in enumerate(_GRAVITY) if issubclass(kind, known)), len(_GRAVITY))
