"""The base of connectors whose credentials are exchanged for a token that ends.

A connector says how it logs in; every other request carries the token by itself::

    class Shop(LoginConnector[ShopConfig]):
        def log_in(self, call: Call) -> Token:
            key = self.config.key.get_secret_value()
            answer = self.request_without_token("POST", "login", call, json={"key": key})
            login = self.parse(Login, answer.json(), where=answer.where)
            return Token.lasting(login.token, seconds=login.expires_in)

For OAuth 2.0 with client credentials :meth:`LoginConnector.by_client_credentials` is the whole body of it.
A token that is carried in another way than ``Authorization: Bearer`` has its ``token_headers``, and a system
that refuses one with another status than 401 its ``token_refused``.

The token is the one thing that a connector keeps between calls: in memory, for as long as the system
said. One that is refused before its end (a restart, a revocation) is replaced once in the same request;
if a new one is refused, too, it is the credentials that are.
"""

from __future__ import annotations

import threading
import time
from abc import abstractmethod
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Unpack
from urllib.parse import urlencode

from pydantic import BaseModel

from connectors.sdk.answers import Answer
from connectors.sdk.assets import Picture
from connectors.sdk.connector import C, Call, Egress
from connectors.sdk.errors import AccessDeniedError, TransientError
from connectors.sdk.rest import MAX_PICTURE_BYTES, PICTURE_TYPES, Asked, RestConnector
from connectors.sdk.transport import Exchange

__all__ = ["LoginConnector", "Token"]

# A token that ends while a request is on its way is refused: it is left before.
_MARGIN_S = 10.0
# Of a system that does not say how long; one that is refused is replaced anyway.
_UNSAID_S = 3600.0


@dataclass(frozen=True, slots=True)
class Token:
    """A token, and until when to use it, by ``time.monotonic()``."""

    value: str = field(repr=False)
    until: float

    @classmethod
    def lasting(cls, value: str, *, seconds: float | None) -> Token:
        """A token that was given now for so many seconds; a short one is used for half of its time."""
        lasts = _UNSAID_S if seconds is None else seconds
        return cls(value, time.monotonic() + max(lasts - _MARGIN_S, lasts / 2))

    @property
    def is_over(self) -> bool:
        """Whether another one is due."""
        return time.monotonic() >= self.until


class _OAuthAnswer(BaseModel):
    """RFC 6749, 5.1."""

    access_token: str
    expires_in: float | None = None


class _TokenRefusedError(AccessDeniedError):
    """A status of ``token_refused`` came."""


class LoginConnector(RestConnector[C]):
    """A connector with an HTTP API that wants a token.

    Class attributes:
        token_refused: Statuses by which the system refuses a token: some say 403, or one of their own.
            Each that comes costs a login, so a status that it has for other things, too, is dear here.
    """

    token_refused: ClassVar[frozenset[int]] = frozenset({401})

    def __init__(self, config: C, *, egress: Egress | None = None) -> None:
        super().__init__(config, egress=egress)
        self._token: Token | None = None
        self._login = threading.Lock()
        self._logging_in: int | None = None

    @abstractmethod
    def log_in(self, call: Call) -> Token:
        """Exchange the credentials for a token, with ``request_without_token``; one thread at a time."""

    def token_headers(self, token: str) -> Mapping[str, str]:
        """How a request carries the token."""
        return {"Authorization": f"Bearer {token}"}

    def request(self, method: str, path: str, call: Call, **how: Unpack[Asked]) -> Answer:
        """As :meth:`RestConnector.request`, with the token."""

        accept = how.get("accept", ())

        def send(token: Token) -> Answer:
            carried = {**self.token_headers(token.value), **(how.get("headers") or {})}
            asked: Asked = {**how, "headers": carried, "accept": {*accept, *self.token_refused}}
            return self.request_without_token(method, path, call, **asked)

        held = self._token
        token = self._usable_token(call)
        answer = send(token)
        if answer.status in self.token_refused and token is held:
            answer = send(self._new_token(call, instead_of=token))
        if answer.status in self.token_refused and answer.status not in accept:
            raise AccessDeniedError(f"{answer.where}: HTTP {answer.status}")
        return answer

    def stream(
        self,
        url: str,
        call: Call,
        *,
        headers: Mapping[str, str] | None = None,
        content_types: Collection[str] = PICTURE_TYPES,
        max_bytes: int = MAX_PICTURE_BYTES,
    ) -> Picture:
        """As :meth:`RestConnector.stream`, with the token."""

        def opened(token: Token) -> Picture:
            carried = {**self.token_headers(token.value), **(headers or {})}
            return super(LoginConnector, self).stream(
                url, call, headers=carried, content_types=content_types, max_bytes=max_bytes
            )

        url = self._picture_address(url)  # Nobody logs in for one that is not asked for.
        held = self._token
        token = self._usable_token(call)
        try:
            return opened(token)
        except _TokenRefusedError:
            if token is not held:
                raise
        return opened(self._new_token(call, instead_of=token))

    def request_without_token(self, method: str, path: str, call: Call, **how: Unpack[Asked]) -> Answer:
        """As :meth:`RestConnector.request`: for logging in, and for what needs no token."""
        return super().request(method, path, call, **how)

    def by_client_credentials(
        self, path: str, call: Call, *, client_id: str, client_secret: str, scope: str = ""
    ) -> Token:
        """A token of OAuth 2.0's client credentials grant (RFC 6749, 4.4), the secret in the body."""
        form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": client_secret}
        answer = self.request_without_token(
            "POST",
            path,
            call,
            headers={"Content-Type": "application/x-www-form-urlencoded"},
            body=urlencode(form | ({"scope": scope} if scope else {})).encode(),
        )
        given = self.parse(_OAuthAnswer, answer.json(), where=answer.where)
        return Token.lasting(given.access_token, seconds=given.expires_in)

    def _exchange(
        self,
        method: str,
        url: str,
        call: Call,
        *,
        headers: Mapping[str, str],
        body: bytes | None = None,
        accept: Collection[int] = (),
        own_only: bool = False,
    ) -> tuple[Exchange, str]:
        """A refused token is an error of its own, whatever its status."""
        understood = {*accept, *self.token_refused}
        exchange, url = super()._exchange(
            method, url, call, headers=headers, body=body, accept=understood, own_only=own_only
        )
        if exchange.status in self.token_refused and exchange.status not in accept:
            exchange.close()
            raise _TokenRefusedError(f"{self._where(method, url)}: HTTP {exchange.status}")
        return exchange, url

    def _usable_token(self, call: Call) -> Token:
        held = self._token
        return held if held is not None and not held.is_over else self._new_token(call, instead_of=held)

    def _new_token(self, call: Call, *, instead_of: Token | None) -> Token:
        """Log in, unless another thread just has."""
        if self._logging_in == threading.get_ident():
            # It would wait for itself until the deadline.
            raise RuntimeError(f"{type(self).__name__}.log_in asks with a token: use request_without_token")
        if not self._login.acquire(timeout=call.remaining_s()):
            raise TransientError(f"{self.name}: no login in time", timeout=True)
        try:
            if self._token is None or self._token is instead_of or self._token.is_over:
                self._token = None
                self._logging_in = threading.get_ident()
                self._token = self.log_in(call)
            return self._token
        finally:
            self._logging_in = None
            self._login.release()
