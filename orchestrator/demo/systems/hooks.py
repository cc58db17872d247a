"""Sends hooks as vendors do: one attempt each, proven by a signature or by a fixed header."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import queue
import threading
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from orchestrator.demo.systems.records import Hook, SentHook, System

_TIMEOUT_S = 5
_STOP = None

Headers = Callable[[bytes], Mapping[str, str]]


def signed(secret: str) -> Headers:
    """Headers of Standard Webhooks (standardwebhooks.com); ``secret`` is ``whsec_`` and base64."""
    key = base64.b64decode(secret.removeprefix("whsec_"))

    def headers(body: bytes) -> Mapping[str, str]:
        hook_id, moment = f"msg_{uuid.uuid4().hex}", str(int(datetime.now(UTC).timestamp()))
        content = f"{hook_id}.{moment}.".encode() + body
        signature = base64.b64encode(hmac.digest(key, content, hashlib.sha256)).decode()
        return {
            "webhook-id": hook_id,
            "webhook-timestamp": moment,
            "webhook-signature": f"v1,{signature}",
        }

    return headers


def with_header(name: str, secret: str) -> Headers:
    """One fixed header, as Directus' flows and the usual webhook plugin of Vendure send it."""
    return lambda _: {name: secret}


class HookSender:
    """A queue and the thread that empties it. :meth:`close` sends what is waiting and ends it."""

    def __init__(self, proofs: Mapping[str, Headers]) -> None:
        self._proofs = proofs
        self._waiting: queue.SimpleQueue[tuple[System, Hook] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="hooks", daemon=True)
        self._thread.start()

    def send(self, system: System, hook: Hook) -> None:
        """Queue a hook; the outcome is noted with the system."""
        self._waiting.put((system, hook))

    def close(self) -> None:
        """Send what is waiting, then end."""
        self._waiting.put(_STOP)
        self._thread.join(timeout=_TIMEOUT_S + 1)

    def _run(self) -> None:
        while (item := self._waiting.get()) is not _STOP:
            system, hook = item
            outcome = _post(system.behaviour.hook_url, hook, self._proofs[system.slug])
            system.sent_hooks.appendleft(SentHook(datetime.now(UTC), hook.event, hook.record_id, outcome))


def _post(url: str, hook: Hook, prove: Headers) -> str:
    body = json.dumps(hook.body).encode()
    headers = {"Content-Type": "application/json", "User-Agent": "meridian/1", **prove(body)}
    request = urllib.request.Request(url, body, headers, method="POST")  # noqa: S310 - control checks it.
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as answer:  # noqa: S310
            return str(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return str(error.code)
    except OSError:
        return "not reached"
