"""HTTP as a connector needs it: checked addresses, a deadline that holds, a body that ends.

It stands on the adapter of ``requests``, below its ``Session``: no cookie is kept, no redirect
followed, no proxy, credential or ``.netrc`` taken from the environment.
"""

from __future__ import annotations

import contextlib
import logging
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, cast

import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import DecodeError, HTTPError, ReadTimeoutError

from connectors.sdk.addresses import AddressRefusedError, HostNotFoundError, resolve
from connectors.sdk.connector import Egress
from connectors.sdk.errors import BadResponseError, ConfigurationError, ConnectorError, TransientError
from connectors.sdk.watchdog import Watch, watch_until

__all__ = ["Exchange", "Transport"]

# Its debug lines hold whole addresses, and with them keys that travel in a query.
logging.getLogger("urllib3.connectionpool").setLevel(logging.ERROR)

_CHUNK_BYTES = 65_536
_LONGEST_WAIT_S = 3600.0  # A socket takes no timeout of infinity.
_DECODABLE = frozenset({"", "identity", "gzip", "x-gzip", "deflate"})


class Exchange:
    """One answer on its way in. Read it to the end, or close it."""

    def __init__(self, raw: urllib3.BaseHTTPResponse, watch: Watch, *, where: str) -> None:
        self._raw, self._watch, self._where = raw, watch, where
        self.status = raw.status
        self.headers: Mapping[str, str] = {name.lower(): value for name, value in raw.headers.items()}

    def read(self, max_bytes: int) -> bytes:
        """The whole body, decompressed.

        Raises:
            BadResponseError: It is larger than ``max_bytes``, or not compressed as it says.
            TransientError: It broke off, or the deadline came.
        """
        return b"".join(self.chunks(max_bytes))

    def chunks(self, max_bytes: int) -> Iterator[bytes]:
        """The body, decompressed, in pieces. Raises as :meth:`read` does, between two pieces."""
        left = max_bytes
        try:
            self._refuse_unreadable(max_bytes)
            while chunk := self._next_chunk():
                left -= len(chunk)
                if left < 0:
                    raise self._too_large(max_bytes)
                yield chunk
            if self._watch.finish():
                raise _late(self._where)
        finally:
            self.close()

    def close(self) -> None:
        """End it. A connection whose body was not read to its end is closed, not pooled."""
        self._watch.finish()
        self._raw.close()

    def _refuse_unreadable(self, max_bytes: int) -> None:
        encodings = {e.strip().lower() for e in self.headers.get("content-encoding", "").split(",")}
        if not encodings <= _DECODABLE:
            raise BadResponseError(f"{self._where}: the answer is compressed in a way that was not asked for")
        announced = self.headers.get("content-length", "")
        if announced.isascii() and announced.isdigit() and int(announced) > max_bytes:
            raise self._too_large(max_bytes)

    def _next_chunk(self) -> bytes:
        try:
            return self._raw.read(_CHUNK_BYTES, decode_content=True)
        except _FAILURES as error:
            raise _explain(error, where=self._where, late=self._watch.finish()) from None

    def _too_large(self, max_bytes: int) -> BadResponseError:
        return BadResponseError(f"{self._where}: the answer is larger than {max_bytes} bytes")


class Transport:
    """Pooled connections of one connector. Safe for use by several threads at once."""

    def __init__(self, egress: Egress, *, pool_size: int) -> None:
        self._adapter = _WatchedAdapter(egress, pool_size=pool_size)
        self._ca_bundle = egress.ca_bundle

    def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        body: bytes | None,
        deadline: float,
        where: str,
    ) -> Exchange:
        """Send one request and read the head of its answer.

        ``url`` and ``headers`` may hold secrets; messages begin with ``where`` and hold neither.

        Raises:
            ConfigurationError: The address may not be called, its certificate is not valid, or the
                address or a header holds what cannot be sent.
            TransientError: No connection, no answer, or no time left.
        """
        left_s = min(deadline - time.monotonic(), _LONGEST_WAIT_S)
        if left_s <= 0:
            raise _late(where)
        if self._ca_bundle and not Path(self._ca_bundle).is_file():
            raise ConfigurationError(f"{where}: the file of trusted authorities is not there")
        watch = watch_until(deadline)
        try:
            request = _prepare(method, url, headers, body)
            with _watched_by(watch):
                response = self._adapter.send(
                    request, stream=True, timeout=(left_s, left_s), verify=self._ca_bundle or True
                )
        except _FAILURES as error:
            raise _explain(error, where=where, late=watch.finish()) from None
        return Exchange(response.raw, watch, where=where)

    def close(self) -> None:
        """Close the pooled connections. Another call opens new ones."""
        self._adapter.close()


def normalize(url: str) -> str:
    """The address as it is sent: host in lower case and IDNA, path and query quoted.

    Raises:
        ConfigurationError: It cannot be sent.
    """
    request = requests.PreparedRequest()
    try:
        request.prepare_url(url, None)
    except (requests.RequestException, ValueError):
        raise ConfigurationError("this is not an address that can be called") from None
    return cast("str", request.url)


def _prepare(
    method: str, url: str, headers: Mapping[str, str], body: bytes | None
) -> requests.PreparedRequest:
    request = requests.PreparedRequest()
    request.prepare_method(method)
    request.url = url
    request.prepare_headers(headers)
    request.prepare_body(body, None)
    return request


def _late(where: str) -> TransientError:
    return TransientError(f"{where}: no answer in time", timeout=True)


def _explain(error: Exception, *, where: str, late: bool) -> ConnectorError:  # noqa: PLR0911 - a table.
    """The error as the SDK says it. Texts of the HTTP libraries quote addresses and headers."""
    match error:
        case _ if late:
            return _late(where)
        case AddressRefusedError():
            return ConfigurationError(f"{where}: address not allowed: {error}")
        case HostNotFoundError():
            return TransientError(f"{where}: host not found: {error}")
        case requests.exceptions.SSLError() | urllib3.exceptions.SSLError():
            return _explain_tls(error, where)
        case requests.Timeout() | ReadTimeoutError():
            return _late(where)
        case DecodeError():
            return BadResponseError(f"{where}: the answer is not compressed as it says")
        case requests.ConnectionError() | HTTPError() | OSError() if not isinstance(error, ValueError):
            return TransientError(f"{where}: the connection failed")
        case _:
            return ConfigurationError(f"{where}: the address or a header holds what cannot be sent")


def _explain_tls(error: Exception, where: str) -> ConnectorError:
    if "CERTIFICATE_VERIFY_FAILED" in str(error):
        return ConfigurationError(f"{where}: the certificate of the server is not valid")
    return TransientError(f"{where}: no secure connection")


_FAILURES = (AddressRefusedError, HostNotFoundError, HTTPError, OSError, ValueError)
"""What the HTTP libraries raise: theirs derive from OSError, or from ValueError for what cannot be sent."""

_current = threading.local()
"""The watch of the call that this thread is sending: urllib3 has no way to hand it down."""


@contextlib.contextmanager
def _watched_by(watch: Watch) -> Iterator[None]:
    _current.watch = watch
    try:
        yield
    finally:
        del _current.watch


class _Connection(HTTPConnection):
    """Connects to checked addresses only; ``host`` stays the name, for the Host header and TLS."""

    def __init__(self, *args: Any, egress: Egress, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._egress = egress
        self.watch: Watch | None = None

    def _new_conn(self) -> socket.socket:
        watch = cast("Watch", self.watch)
        host: str = self._dns_host
        addresses = resolve(host, self.port, self._egress, deadline=watch.deadline)
        sock = _connect(addresses, deadline=watch.deadline)
        watch.hold(sock)
        return sock

    def use_under(self, watch: Watch) -> None:
        """From now on, and until :meth:`release`, this call uses the connection."""
        self.watch = watch
        if self.sock is not None:
            watch.hold(self.sock)

    def release(self) -> None:
        """The call ended. A socket that its deadline shut meanwhile is not used again."""
        watch, self.watch = self.watch, None
        if watch is not None:
            watch.let_go()
            if watch.fired:
                self.close()


class _SecureConnection(_Connection, HTTPSConnection):
    """The same over TLS."""


class _WatchedPool(HTTPConnectionPool):
    """Gives each connection it hands out to the watch of the call, and takes it back before pooling."""

    connection_class: type[_Connection] = _Connection

    def __init__(self, *args: Any, egress: Egress, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ConnectionCls = cast("Any", partial(self.connection_class, egress=egress))

    def _get_conn(self, timeout: float | None = None) -> Any:
        connection = super()._get_conn(timeout)
        cast("_Connection", connection).use_under(_current.watch)
        return connection

    def _put_conn(self, conn: Any) -> None:
        if conn is not None:
            cast("_Connection", conn).release()
        super()._put_conn(conn)


class _WatchedSecurePool(_WatchedPool, HTTPSConnectionPool):
    """The same over TLS."""

    connection_class = _SecureConnection


class _WatchedAdapter(HTTPAdapter):
    def __init__(self, egress: Egress, *, pool_size: int) -> None:
        self._egress = egress
        super().__init__(pool_connections=4, pool_maxsize=pool_size, max_retries=0)

    def init_poolmanager(
        self, connections: int, maxsize: int, block: bool = False, **pool_kwargs: Any
    ) -> None:
        super().init_poolmanager(connections, maxsize, block, **pool_kwargs)
        manager = cast("PoolManager", self.poolmanager)
        manager.pool_classes_by_scheme = {
            "http": cast("Any", partial(_WatchedPool, egress=self._egress)),
            "https": cast("Any", partial(_WatchedSecurePool, egress=self._egress)),
        }


def _connect(addresses: Any, *, deadline: float) -> socket.socket:
    """Connect to the first address that answers; each gets its share of the time that is left."""
    failure: OSError = TimeoutError()
    for position, (family, address) in enumerate(addresses):
        share_s = _left_s(deadline) / (len(addresses) - position)
        sock = socket.socket(family, socket.SOCK_STREAM)
        try:
            sock.settimeout(share_s)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.connect(address)
        except OSError as error:
            sock.close()
            failure = error
        else:
            sock.settimeout(_left_s(deadline))
            return sock
    raise failure


def _left_s(deadline: float) -> float:
    """Seconds that a socket may still take; never zero, which would make it non-blocking."""
    return min(max(0.001, deadline - time.monotonic()), _LONGEST_WAIT_S)
