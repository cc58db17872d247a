"""Hooks of real systems, taken as the hub takes them."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from connectors.sdk import Ref
from connectors.sdk.testing.serving import Handler, LoopbackServer

__all__ = ["Hooks", "listening"]

_HEADER, _SECRET = "X-Hub-Secret", "the-secret-of-the-hook"


class Hooks(LoopbackServer):
    """Takes what carries the secret, and answers at once."""

    def __init__(self) -> None:
        super().__init__()
        self.taken: list[tuple[dict[str, str], bytes]] = []

    def handle(self, handler: Handler) -> None:
        headers = {name.lower(): value for name, value in handler.headers.items()}
        body = handler.read_body()
        if headers.get(_HEADER.lower()) == _SECRET:
            self.taken.append((headers, body))
        handler.reply(202, [], b"")

    def wait_for(self, wanted: Ref, connector: Any, *, within_s: float) -> None:
        """Wait until a hook names ``wanted``; the connector has to be able to read every one."""
        self._wait(
            lambda: any(wanted in connector.parse_notice(*one).refs for one in list(self.taken)), within_s
        )

    def by_event(self, count: int, *, within_s: float) -> dict[str, Any]:
        """Bodies by the ``event`` that they name, when there are as many."""
        self._wait(lambda: len(self.taken) >= count, within_s)
        bodies = [json.loads(body) for _, body in self.taken]
        return {body["event"]: body for body in bodies}

    def _wait(self, enough: Callable[[], bool], within_s: float) -> None:
        end = time.monotonic() + within_s
        while not enough():
            if time.monotonic() > end:
                raise AssertionError(f"not within {within_s:.0f} s; there came: {self.taken}")
            time.sleep(0.05)


@contextmanager
def listening(running: Any) -> Iterator[Hooks]:
    """Have a system send its hooks here."""
    with Hooks() as hooks:
        sender = running.send_hooks_to(f"{hooks.url}/hook", header=_HEADER, secret=_SECRET)
        try:
            yield hooks
        finally:
            running.stop_hooks(sender)
