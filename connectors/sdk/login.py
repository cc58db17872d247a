"""The base of connectors whose credentials are exchanged for a token that ends.

A connector says how it logs in; every other request carries the token by itself::

    class Shop(LoginConnector[ShopConfig]):
        def log_in(self, call: Call) -> Token:
            key = self.config.key.get_secret_value()
            answer = self.request_without_token("POST", "login", call, json={"key": key})
            login = self.parse(Login, answer.json(), where=answer.where)
            return Token.lasting(login.token, seconds=login.expires_in)

For OAuth 2.0 with client credentials :meth:`LoginConnector.by_client_credentials` is the whole body of it.

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
from typing import Any
from urllib.parse import urlencode

from pydantic import BaseModel

from connectors.sdk.answers import Answer, raise_for_status
from connectors.sdk.assets import Picture
from connectors.sdk.connector import C, Call, Egress
from connectors.sdk.errors import TransientError
from connectors.sdk.rest import MAX_PICTURE_BYTES, PICTURE_TYPES, Params, RestConnector

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


class LoginConnector(RestConnector[C]):
    """A connector with an HTTP API that wants a token."""

    def __init__(self, config: C, *, egress: Egress | None = None) -> None:
        super().__init__(config, egress=egress)
        self._token: Token | None = None
        self._login = threading.Lock()

    @abstractmethod
    def log_in(self, call: Call) -> Token:
        """Exchange the credentials for a token. Called by one thread at a time."""

    def token_headers(self, token: str) -> Mapping[str, str]:
        """How a request carries the token."""
        return {"Authorization": f"Bearer {token}"}

    def request(
        self,
        method: str,
        path: str,
        call: Call,
        *,
        params: Params | None = None,
        headers: Mapping[str, str] | None = None,
        json: Any = None,
        body: bytes | None = None,
        accept: Collection[int] = (),
    ) -> Answer:
        """As :meth:`RestConnector.request`, with the token."""

        def send(token: Token) -> Answer:
            return self.request_without_token(
                method,
                path,
                call,
                params=params,
                headers={**self.token_headers(token.value), **(headers or {})},
                json=json,
                body=body,
                accept={*accept, 401},
            )

        held = self._token
        token = self._usable_token(call)
        answer = send(token)
        if answer.status == 401 and token is held:
            answer = send(self._new_token(call, instead_of=token))
        if answer.status == 401 and 401 not in accept:
            raise_for_status(401, answer.headers, where=answer.where)
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
        """As :meth:`RestConnector.stream`, with the token; a revoked one is replaced by the next request."""
        carried = {**self.token_headers(self._usable_token(call).value), **(headers or {})}
        return super().stream(url, call, headers=carried, content_types=content_types, max_bytes=max_bytes)

    def request_without_token(
        self,
        method: str,
        path: str,
        call: Call,
        *,
        params: Params | None = None,
        headers: Mapping[str, str] | None = None,
        json: Any = None,
        body: bytes | None = None,
        accept: Collection[int] = (),
    ) -> Answer:
        """As :meth:`RestConnector.request`: for logging in, and for what needs no token."""
        return super().request(
            method, path, call, params=params, headers=headers, json=json, body=body, accept=accept
        )

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

    def _usable_token(self, call: Call) -> Token:
        held = self._token
        return held if held is not None and not held.is_over else self._new_token(call, instead_of=held)

    def _new_token(self, call: Call, *, instead_of: Token | None) -> Token:
        """Log in, unless another thread just has."""
        if not self._login.acquire(timeout=call.remaining_s()):
            raise TransientError(f"{self.name}: no login in time", timeout=True)
        try:
            if self._token is None or self._token is instead_of or self._token.is_over:
                self._token = None
                self._token = self.log_in(call)
            return self._token
        finally:
            self._login.release()
