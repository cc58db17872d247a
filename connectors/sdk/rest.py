"""The base of connectors that speak HTTP.

It owns the connection pool, the deadline, the outbound guard, redirects and the meaning of statuses.
A connector gives its base address and credentials, and asks for paths::

    class Shop(RestConnector[ShopConfig]):
        def base_url(self) -> str:
            return self.config.base_url

        def headers(self) -> Mapping[str, str]:
            return {"Authorization": f"Bearer {self.config.token.get_secret_value()}"}

        def check(self, call: Call) -> None:
            self.get_json("products", call, params={"limit": 1})
"""

from __future__ import annotations

import json as jsonlib
from abc import abstractmethod
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple, TypedDict, TypeVar
from urllib.parse import parse_qsl, quote, urlencode, urljoin, urlsplit

from pydantic import BaseModel, ValidationError

from connectors.sdk.addresses import check_address, is_listed
from connectors.sdk.answers import Answer, raise_for_status
from connectors.sdk.assets import Picture
from connectors.sdk.connector import C, Call, Connector, Egress
from connectors.sdk.errors import BadResponseError, ConfigurationError
from connectors.sdk.transport import Exchange, Transport, normalize

__all__ = ["PICTURE_TYPES", "Answer", "Asked", "Params", "RestConnector", "check_address", "segment"]

PICTURE_TYPES = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp", "image/avif"})
"""What browsers show and cannot run: no SVG."""

MAX_PICTURE_BYTES = 20_000_000
MAX_REDIRECTS = 3

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PORTS = {"http": 80, "https": 443}
_COMMON_HEADERS = {"Accept-Encoding": "gzip, deflate", "User-Agent": "Onevoice"}

Scalar = str | int | float | bool
Params = Mapping[str, Scalar | Sequence[Scalar] | None]
"""Query parameters. A sequence repeats the key, ``None`` leaves it out, booleans are "true" and "false"."""


class Asked(TypedDict, total=False):
    """What :meth:`RestConnector.request` is told beside method, path and call."""

    params: Params | None
    headers: Mapping[str, str] | None
    json: Any
    body: bytes | None
    accept: Collection[int]


S = TypeVar("S", bound=BaseModel)


def segment(value: str) -> str:
    """One segment of a path, quoted, so that an id cannot reach another path.

    Raises:
        BadResponseError: No quoting makes it a segment ("", "." and ".."). Such an id exists nowhere.
    """
    if value in ("", ".", ".."):
        raise BadResponseError("an empty or dotted id cannot stand in a path")
    return quote(value, safe="")


class RestConnector(Connector[C]):
    """A connector with an HTTP API.

    Credentials go to the origin of :meth:`base_url` only. Where a path is expected, an absolute
    address may stand (a link to the next page): of that origin, or of a host that an administrator
    listed, which then gets no credentials.
    """

    def __init__(self, config: C, *, egress: Egress | None = None) -> None:
        super().__init__(config, egress=egress)
        self._transport = Transport(self.egress, pool_size=max(10, self.max_concurrency))

    @abstractmethod
    def base_url(self) -> str:
        """The address under which all paths lie, with or without a closing slash."""

    def headers(self) -> Mapping[str, str]:
        """Headers of every request to the system itself: the place for credentials."""
        return {}

    def auth_params(self) -> Mapping[str, str]:
        """Query parameters of every request to the system itself, for systems that take a key there."""
        return {}

    def get_json(
        self,
        path: str,
        call: Call,
        *,
        params: Params | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        """Read a path as JSON. Raises as :meth:`request` and :meth:`Answer.json` do."""
        return self.request("GET", path, call, params=params, headers=headers).json()

    def get(
        self,
        path: str,
        shape: type[S],
        call: Call,
        *,
        params: Params | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> S:
        """Read a path as JSON of a shape."""
        answer = self.request("GET", path, call, params=params, headers=headers)
        return self.parse(shape, answer.json(), where=answer.where)

    def post_json(
        self,
        path: str,
        json: Any,
        call: Call,
        *,
        params: Params | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        """Post JSON and read JSON."""
        return self.request("POST", path, call, params=params, headers=headers, json=json).json()

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
        """Send one request and read its answer to the end.

        Args:
            path: Below :meth:`base_url`; it may carry a query.
            json: Sent as the body; or give ``body`` and its content type in ``headers``.
            accept: Statuses besides 2xx that the caller understands, such as 404 or 304.

        Raises:
            AccessDeniedError: HTTP 401 or 403.
            RateLimitedError: HTTP 429, or 503 with ``Retry-After`` (of which at most a minute counts).
            TransientError: HTTP 5xx, no connection, a broken answer; or the deadline came.
            ConfigurationError: Any other 4xx; an address that may not be called.
            BadResponseError: An answer that is too large or badly compressed; a redirect without end.
        """
        if json is not None:
            body = jsonlib.dumps(json, ensure_ascii=False, allow_nan=False).encode()
            headers = {"Content-Type": "application/json", **(headers or {})}
        url = self._address(path, params)
        exchange, url = self._exchange(
            method,
            url,
            call,
            headers={"Accept": "application/json", **(headers or {})},
            body=body,
            accept=accept,
        )
        return Answer(
            status=exchange.status,
            headers=exchange.headers,
            body=exchange.read(self.egress.max_body_bytes),
            url=_without_query(url),
            where=self._where(method, url),
        )

    def stream(
        self,
        url: str,
        call: Call,
        *,
        headers: Mapping[str, str] | None = None,
        content_types: Collection[str] = PICTURE_TYPES,
        max_bytes: int = MAX_PICTURE_BYTES,
    ) -> Picture:
        """Open a picture of this system, for connectors that serve theirs.

        The caller reads ``chunks`` or calls its ``close``; both end the connection's use.

        Raises:
            BadResponseError: Another origin than :meth:`base_url`'s, another content type, or more
                than ``max_bytes`` (also while the chunks are read).
        """
        url = self._picture_address(url)
        wanted = {"Accept": ", ".join(sorted(content_types)), **(headers or {})}
        exchange, url = self._exchange("GET", url, call, headers=wanted, own_only=True)
        content_type = exchange.headers.get("content-type", "").partition(";")[0].strip().lower()
        if content_type not in content_types:
            exchange.close()
            raise BadResponseError(f"{self._where('GET', url)}: the answer is not a picture")
        length = exchange.headers.get("content-length", "")
        size = int(length) if length.isdigit() and "content-encoding" not in exchange.headers else None
        return Picture(content_type=content_type, chunks=_Chunks(exchange, max_bytes), size_bytes=size)

    def parse(self, shape: type[S], data: Any, *, where: str = "") -> S:
        """Read decoded JSON into a shape.

        Raises:
            BadResponseError: It does not fit; the message names the fields, never their values.
        """
        try:
            return shape.model_validate(data)
        except ValidationError as error:
            raise BadResponseError(f"{where or self.name}: {_misfits(error)}") from None

    def absolute(self, path: str) -> str:
        """The whole address of a path of this system, without credentials."""
        return self._address(path, None)

    def close(self) -> None:
        """Close the pooled connections."""
        self._transport.close()

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
        """Send, follow redirects, and raise for a status that nobody understands."""
        for _ in range(MAX_REDIRECTS + 1):
            exchange = self._send(method, url, call, headers=headers, body=body)
            status, where = exchange.status, self._where(method, url)
            if 200 <= status < 300 or status in accept:
                return exchange, url
            exchange.close()
            if status not in _REDIRECTS or "location" not in exchange.headers:
                raise_for_status(status, exchange.headers, where=where)
            if method not in ("GET", "HEAD"):
                raise ConfigurationError(f"{where}: HTTP {status}: the address has moved")
            url = self._checked(_joined(url, exchange.headers["location"], where), where)
            if own_only and not self._is_own(url):
                raise BadResponseError(f"{where}: redirected to another host")
        raise BadResponseError(f"{self._where(method, url)}: redirected too often")

    def _send(
        self, method: str, url: str, call: Call, *, headers: Mapping[str, str], body: bytes | None
    ) -> Exchange:
        own = self._is_own(url)
        sent = {**_COMMON_HEADERS, **({**self.headers(), **headers} if own else {})}
        if call.traceparent and own:
            sent["traceparent"] = call.traceparent
        return self._transport.send(
            method,
            self._with_key(url) if own else url,
            headers=sent,
            body=body,
            deadline=call.deadline,
            where=self._where(method, url),
        )

    def _with_key(self, url: str) -> str:
        """Add the parameters of the key that the address does not have yet: a redirect may repeat them."""
        present = {name for name, _ in parse_qsl(urlsplit(url).query, keep_blank_values=True)}
        return _with_query(url, {k: v for k, v in self.auth_params().items() if k not in present})

    def _address(self, path: str, params: Params | None) -> str:
        url = path if _is_whole(path) else f"{_base(self.base_url()).url}/{path.lstrip('/')}"
        return self._checked(_with_query(url, params or {}), self.name)

    def _picture_address(self, url: str) -> str:
        """The address of a picture, if it is one of this system's own."""
        if not _is_whole(url) or not self._is_own(url := self._address(url, None)):
            raise BadResponseError(f"{self.name}: the picture is not at this system's own address")
        return url

    def _checked(self, url: str, where: str) -> str:
        """The address as it is sent, if it is one that this connector may call."""
        try:
            url = normalize(url)
        except ConfigurationError as error:
            raise ConfigurationError(f"{where}: {error}") from None
        parts = urlsplit(url)
        if parts.scheme not in _PORTS or parts.username is not None or parts.password is not None:
            raise ConfigurationError(f"{where}: only plain http and https addresses are called")
        host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
        if not self._is_own(url) and not is_listed(host, port, self.egress):
            raise ConfigurationError(f"{where}: leads to another address: {parts.scheme}://{host}")
        return url

    def _is_own(self, url: str) -> bool:
        return _origin(url) == _base(self.base_url()).origin

    def _where(self, method: str, url: str) -> str:
        """The start of messages: connector, method, and the path below the base address."""
        parts = urlsplit(url)
        if not self._is_own(url):
            return f"{self.name}: {method} {parts.hostname}{parts.path}"[:300]
        path = parts.path.removeprefix(_base(self.base_url()).path).lstrip("/")
        return f"{self.name}: {method} {path or '/'}"[:300]


class _Chunks:
    """The bytes of a picture; ``close`` ends the connection, read or not."""

    def __init__(self, exchange: Exchange, max_bytes: int) -> None:
        self._exchange, self._pieces = exchange, exchange.chunks(max_bytes)

    def __iter__(self) -> Iterator[bytes]:
        return self._pieces

    def close(self) -> None:
        self._exchange.close()


class _Base(NamedTuple):
    """A base address, taken apart. ``url`` and ``path`` have no closing slash."""

    url: str
    path: str
    origin: tuple[str, str, int]


@lru_cache(maxsize=1024)
def _base(base_url: str) -> _Base:
    url = normalize(base_url)
    parts = urlsplit(url)
    if parts.query or parts.fragment:
        raise ConfigurationError("the base address must not hold a query")
    return _Base(url.rstrip("/"), parts.path.rstrip("/"), _origin(url))


def _is_whole(path: str) -> bool:
    return path.lower().startswith(("http://", "https://"))


def _joined(url: str, location: str, where: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError:
        raise BadResponseError(f"{where}: redirected to what is no address") from None


def _origin(url: str) -> tuple[str, str, int]:
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".")
    return parts.scheme, host, parts.port or _PORTS.get(parts.scheme, 0)


def _with_query(url: str, params: Params) -> str:
    pairs = [(name, _as_text(value)) for name, values in params.items() for value in _each(values)]
    url = url.partition("#")[0]
    if not pairs:
        return url
    return f"{url}{'&' if '?' in url else '?'}{urlencode(pairs)}"


def _each(values: Scalar | Sequence[Scalar] | None) -> Sequence[Scalar]:
    if values is None:
        return ()
    return values if isinstance(values, Sequence) and not isinstance(values, str) else (values,)


def _as_text(value: Scalar) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _without_query(url: str) -> str:
    return url.partition("?")[0]


def _misfits(error: ValidationError) -> str:
    paths = (
        ".".join(map(str, problem["loc"])) or "the answer" for problem in error.errors(include_input=False)
    )
    return f"not the shape expected at {', '.join(sorted(set(paths))[:5])}"
