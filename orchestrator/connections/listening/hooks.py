"""What systems tell us by themselves: ``POST /api/v1/hooks/<connection uuid>``.

A hook is a hint that something changed. Nothing it says is used but which assets to read again. When a
genuine sender has more to tell than is read one by one, all of it is read again.
"""

from __future__ import annotations

import hmac
import logging
import math
from asyncio import CancelledError
from collections.abc import Mapping
from typing import Any

import orjson
from django.conf import settings
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.views.decorators.csrf import csrf_exempt
from standardwebhooks import Webhook, WebhookVerificationError

from connectors.sdk import BadResponseError, Connector, Notice, Notifies, Ref
from orchestrator.connections.configuring.secrets import Secrets
from orchestrator.connections.configuring.sources import Source
from orchestrator.connections.errors import SecretsUnreadableError
from orchestrator.connections.failures import Failure
from orchestrator.connections.listening.buckets import Buckets
from orchestrator.connections.listening.floods import owe_purge
from orchestrator.connections.models import Connection, HookScheme
from orchestrator.connections.process import this_process
from orchestrator.connections.purges.purging import purge
from orchestrator.connections.seldom import Seldom

__all__ = ["receive_hook"]

log = logging.getLogger(__name__)
_seldom = Seldom()
_MOST_BYTES = 64 * 1024
# For a connector that is being made.
_PATIENCE_S = 1.0
# So many of one connection are read one by one; whoever guesses a secret gets few tries.
_hooks = Buckets(burst=100, per_s=20)
_refused = Buckets(burst=10, per_s=0.2)


@csrf_exempt
def receive_hook(request: HttpRequest, uuid: object) -> HttpResponse:
    """Verify who sends, then have what changed read again: 202.

    401 the sender is not who it should be, 404 no hooks here, 405 not a POST, 413 more than 64 kB,
    422 nobody can read it, 429 refused too often.
    """
    if request.method != "POST":
        return _problem(405, "method_not_allowed", "Hooks are sent by POST.", {"Allow": "POST"})
    sender = (str(uuid), _address_of(request))
    if (wait_s := _refused.wait_s(sender)) > 0:
        return _too_many(wait_s)
    # Before the body: a stranger who sends one slowly, or never to its end, must not hold a thread.
    connection = (
        Connection.objects.filter(uuid=uuid, enabled=True).exclude(hook_scheme=HookScheme.NONE).first()
    )
    if connection is None:
        _refused.take(sender)
        return _problem(404, "not_found", "No hooks are expected here.")
    body = _body(request)
    if body is None:
        return _problem(413, "body_too_large", "A hook holds at most 64 kB.")
    headers = {name.lower(): value for name, value in request.headers.items()}
    if not _is_genuine(connection, headers, body):
        # A signature cannot be guessed: whoever sends wrong ones need not be told from the real sender.
        if connection.hook_scheme == HookScheme.HEADER:
            _refused.take(sender)
        return _problem(401, "hook_refused", "The sender could not be verified.")
    return _act(connection, headers, body)


def _act(connection: Connection, headers: Mapping[str, str], body: bytes) -> HttpResponse:
    # Counted only now: what anybody may send must not use up what the real sender needs.
    if _hooks.take(connection.pk) > 0:
        owe_purge(connection)
        return HttpResponse(status=202)
    lane = this_process().lanes.of(Source.of(connection), within_s=_PATIENCE_S)
    if isinstance(lane, Failure):
        # Something changed, and what it was cannot be read now: the sender must not have to say it again.
        owe_purge(connection)
        return HttpResponse(status=202)
    notice = _read(connection, lane.connector, headers, body)
    if notice is None:
        return _problem(422, "hook_unreadable", "The hook does not say what changed.")
    purge(connection=connection, refs=notice.refs, types=notice.types)
    return HttpResponse(status=202)


def _address_of(request: HttpRequest) -> str:
    """Who sends: behind a proxy the last address is what it saw; those before it anybody may write."""
    if settings.BEHIND_PROXY:
        return request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    return str(request.META.get("REMOTE_ADDR", ""))


def _body(request: HttpRequest) -> bytes | None:
    """The raw bytes, which are what was signed; ``None`` beyond the limit."""
    try:
        if int(request.META.get("CONTENT_LENGTH") or 0) > _MOST_BYTES:
            return None
        body = request.read(_MOST_BYTES + 1)
    except (ValueError, UnreadablePostError):
        return None
    return None if len(body) > _MOST_BYTES else body


def _is_genuine(connection: Connection, headers: Mapping[str, str], body: bytes) -> bool:
    try:
        secret = Secrets.unseal(connection.secrets).hook
    except SecretsUnreadableError:
        secret = ""
    if not secret:
        if _seldom.due(connection.pk):
            log.warning("%s: hooks are refused: there is no secret to verify them with", connection.slug)
        return False
    if connection.hook_scheme == HookScheme.STANDARD:
        return _is_signed(secret, headers, body)
    given = headers.get(connection.hook_header.lower(), "")
    return hmac.compare_digest(given.encode(), secret.encode())


def _is_signed(secret: str, headers: Mapping[str, str], body: bytes) -> bool:
    try:
        Webhook(secret).verify(body, dict(headers), json_parse=False)
    # The package lets through what splitting and decoding a malformed header raise.
    except (WebhookVerificationError, ValueError, RuntimeError):
        return False
    return True


def _read(
    connection: Connection, connector: Connector[Any], headers: Mapping[str, str], body: bytes
) -> Notice | None:
    """What the notice says; ``None`` if its connector cannot read it."""
    try:
        notice = connector.parse_notice(headers, body) if isinstance(connector, Notifies) else None
    except BadResponseError:
        return None
    # A plugin may raise anything at all; polling and freshness make up for what it could not read.
    except (Exception, CancelledError, SystemExit) as error:  # noqa: BLE001
        if _seldom.due((connection.pk, type(error))):
            log.warning("%s: a hook could not be read: %s", connection.slug, type(error).__name__)
        return None
    return notice if isinstance(notice, Notice) and all(isinstance(ref, Ref) for ref in notice.refs) else None


def _too_many(wait_s: float) -> HttpResponse:
    headers = {"Retry-After": str(math.ceil(wait_s))}
    return _problem(429, "too_many_hooks", "Send fewer hooks.", headers)


def _problem(status: int, code: str, detail: str, headers: Mapping[str, str] | None = None) -> HttpResponse:
    """An RFC 9457 document."""
    document = {"type": "about:blank", "title": detail, "status": status, "code": code}
    return HttpResponse(
        orjson.dumps(document),
        status=status,
        content_type="application/problem+json",
        headers={"Cache-Control": "no-store", **(headers or {})},
    )
