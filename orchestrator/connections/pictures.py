"""Pictures that answer only with the connection's credentials: our own address for them, and the way through.

An address of ours is the source's address, sealed with AES-SIV: nobody can read or make one, and the
same picture has the same address, so that an answer does not change by waiting. It opens until the end
of the next UTC day, or until the asset's hard end if that is earlier. Nothing of a picture is stored.
"""

from __future__ import annotations

import base64
import binascii
import json
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.views.decorators.http import require_safe

from connectors.sdk import Call, ConnectorError, Picture, Renders, ServesPictures
from orchestrator.connections.configuring.secrets import derive_key
from orchestrator.connections.configuring.sources import load_sources
from orchestrator.connections.gateway.lanes import Lane
from orchestrator.connections.process import this_process
from orchestrator.engine.outcome import Reading

__all__ = [
    "PICTURE_NAMES",
    "address_for_all",
    "deliverable",
    "edit_url",
    "picture_token",
    "show_picture",
    "thumbnail",
    "token_day",
]

PATH = "/api/v1/pictures/"
# Fields that hold the address of a picture, or pictures with addresses of their own.
PICTURE_NAMES = ("contentUrl", "thumbnailUrl", "image", "photo", "logo", "thumbnail")
_IMAGE_TYPES = frozenset(
    {"image/jpeg", "image/png", "image/webp", "image/gif", "image/avif", "image/svg+xml"}
)
_MOST_BYTES = 25_000_000
_PATIENCE_S = 15.0
_DAY_S = 86_400
# A slow source must not take all of the server's threads.
_streams = threading.BoundedSemaphore(16)
_HEADERS = {
    "Cache-Control": "private, max-age=300",
    "X-Content-Type-Options": "nosniff",
    # An SVG is a document: opened by itself it must not run anything.
    "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Content-Disposition": "inline",
}


@dataclass(frozen=True, slots=True)
class _Sealed:
    """What a token says. ``until`` is seconds since the epoch."""

    connection: str
    url: str
    until: int


def thumbnail(reading: Reading, *, width: int) -> str | None:
    """An address that an admin page may use for a picture of about this width; ``None`` if there is none.

    The source's own rendition, or ours where the source asks for credentials. No I/O but, for a
    connection that this process has not used yet, the database.
    """
    connector = this_process().lanes.connector_of(reading.connection) or _connector(reading.connection)
    rendition = connector.rendition(reading.asset, width=width) if isinstance(connector, Renders) else None
    url = rendition.url if rendition else next(iter(_addresses(reading.asset.fields)), None)
    if url is None:
        return None
    protected = rendition.protected if rendition else reading.asset.protected
    return PATH + picture_token(reading, url) if protected else url


def deliverable(reading: Reading) -> Reading:
    """The reading for the outside: its protected pictures at addresses of ours that open without a key."""
    asset = reading.asset
    if not asset.protected:
        return reading
    fields = {
        name: _delivered(reading, name, value) if name in PICTURE_NAMES else value
        for name, value in asset.fields.items()
    }
    return replace(reading, asset=replace(asset, fields=fields))


def edit_url(reading: Reading) -> str | None:
    """Where a person edits the asset in its system."""
    return reading.asset.edit_url


def address_for_all(reading: Reading, url: str) -> str:
    """Our address of a picture that its source shows only to us."""
    return settings.PUBLIC_URL.rstrip("/") + PATH + picture_token(reading, url)


def token_day() -> int:
    """The UTC day, counted from the epoch: tokens of one picture are the same on one day."""
    return int(time.time()) // _DAY_S


def picture_token(reading: Reading, url: str) -> str:
    """The sealed address of a picture."""
    until = (token_day() + 2) * _DAY_S
    if reading.asset.valid_until is not None:
        until = min(until, int(reading.asset.valid_until.timestamp()))
    text = json.dumps([reading.connection, url, until], separators=(",", ":"))
    sealed = _cipher(settings.SECRET_KEY).encrypt(text.encode(), None)
    return base64.urlsafe_b64encode(sealed).rstrip(b"=").decode()


@require_safe
def show_picture(request: HttpRequest, token: str) -> HttpResponseBase:
    """Stream a picture through. Who has its address may open it, until it ends."""
    sealed = _unseal(token)
    connector = _connector(sealed.connection)
    if not isinstance(connector, ServesPictures):
        raise Http404
    if not _streams.acquire(timeout=1):
        return HttpResponse(status=503, headers={"Retry-After": "1"})
    try:
        picture = connector.open_picture(sealed.url, Call.within(_PATIENCE_S))
        refusal = _refusal(picture)
        if refusal or request.method == "HEAD":
            _close(picture)
            _streams.release()
            return refusal or HttpResponse(content_type=picture.content_type, headers=_HEADERS)
    # A plugin may raise anything at all; of a picture that does not come there is nothing to say.
    except Exception as error:  # noqa: BLE001
        _streams.release()
        return HttpResponse(status=502 if isinstance(error, ConnectorError) else 500)
    headers = dict(_HEADERS)
    if picture.size_bytes:
        headers["Content-Length"] = str(picture.size_bytes)
    return StreamingHttpResponse(_Stream(picture), content_type=picture.content_type, headers=headers)


class _Stream:
    """A picture's chunks up to the limit. Gives its place back when the response is closed."""

    def __init__(self, picture: Picture) -> None:
        self._picture = picture
        self._left = _MOST_BYTES
        self._open = True

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._picture.chunks:
            self._left -= len(chunk)
            if self._left < 0:
                # A connection that breaks says "incomplete"; a clean end would say "all there".
                raise ConnectionError("a picture is larger than allowed")
            yield chunk

    def close(self) -> None:
        """Give back the source's connection and the place."""
        if self._open:
            self._open = False
            _close(self._picture)
            _streams.release()


def _refusal(picture: Picture) -> HttpResponse | None:
    kind = picture.content_type.partition(";")[0].strip().lower()
    if kind not in _IMAGE_TYPES or (picture.size_bytes or 0) > _MOST_BYTES:
        return HttpResponse(status=502)
    return None


def _close(picture: Picture) -> None:
    close = getattr(picture.chunks, "close", None)
    if close is not None:
        close()


def _unseal(token: str) -> _Sealed:
    try:
        sealed = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        connection, url, until = json.loads(_cipher(settings.SECRET_KEY).decrypt(sealed, None))
    except (InvalidTag, binascii.Error, ValueError):
        raise Http404 from None
    if until <= time.time():
        raise Http404
    return _Sealed(connection, url, until)


@lru_cache(maxsize=2)
def _cipher(secret: str) -> AESSIV:
    return AESSIV(derive_key(secret, "onevoice: addresses of pictures", length=64))


def _connector(uuid: str) -> Any:
    """The connector of a connection in use, or ``None``."""
    source = load_sources([uuid]).get(uuid)
    if source is None or not source.enabled:
        return None
    lane = this_process().lanes.of(source, within_s=source.timeout_s)
    return lane.connector if isinstance(lane, Lane) else None


def _delivered(reading: Reading, name: str, value: Any) -> Any:
    """A field of a picture with our addresses in place of the source's."""
    if isinstance(value, str):
        is_address = value.startswith(("http://", "https://"))
        return address_for_all(reading, value) if is_address else value
    if isinstance(value, list):
        return [_delivered(reading, name, inner) for inner in value]
    if isinstance(value, Mapping):
        return {
            key: _delivered(reading, key, inner) if key in (*PICTURE_NAMES, "url") else inner
            for key, inner in value.items()
        }
    return value


def _addresses(fields: Mapping[str, Any]) -> Iterator[str]:
    """Addresses of pictures in an asset's fields, the smaller ones first."""
    for name in ("thumbnailUrl", "thumbnail", "image", "photo", "logo", "contentUrl"):
        yield from _within(fields.get(name))


def _within(value: Any) -> Iterator[str]:
    if isinstance(value, str) and value.startswith(("http://", "https://")):
        yield value
    elif isinstance(value, list):
        for inner in value:
            yield from _within(inner)
    elif isinstance(value, Mapping):
        for name in ("thumbnailUrl", "contentUrl", "url"):
            yield from _within(value.get(name))
