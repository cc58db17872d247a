"""A connector that is being made. Its constructor is a plugin's code: it may take its time, or never end."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from connectors.sdk import Connector
from orchestrator.connections.configuring.sources import Source, refusal_of
from orchestrator.connections.failures import Failure

__all__ = ["NOT_READY", "Made", "Opening"]

NOT_READY = Failure("timeout", "the connector is not ready in time")
# Nobody waits for it any longer after this. A connector that is ready later is used all the same.
_PATIENCE_S = 5.0

Made = Connector[Any] | Failure


class Opening:
    """One constructor, in a thread of its own: one that hangs must not hold a thread of the pool.

    ``take`` gets the connector before anybody else is told, and says what those who wait shall get.
    """

    def __init__(
        self, source: Source, make: Callable[[], Connector[Any]], take: Callable[[Made], Any]
    ) -> None:
        self._make = make
        self._take = take
        self._until = time.monotonic() + _PATIENCE_S
        self._waiting: list[Callable[[Any], None]] = []
        self._result: Any = None
        self._lock = threading.Lock()
        self._thread = threading.Thread(
            target=self._run, name=f"connections-opening-{source.slug}", daemon=True
        )

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def tell(self, then: Callable[[Any], None]) -> None:
        """Call ``then`` with the result: in its thread, or now if there is one or nobody waits any longer."""
        with self._lock:
            if self._result is None and time.monotonic() < self._until:
                self._waiting.append(then)
                return
            # Those who waited had deadlines of their own, which are past.
            self._waiting.clear()
            result = self._result
        then(NOT_READY if result is None else result)

    def _run(self) -> None:
        made: Made
        try:
            made = self._make()
        # A plugin's constructor may raise anything at all.
        except Exception as error:  # noqa: BLE001
            made = refusal_of(error)
        result = self._take(made)
        with self._lock:
            self._result = result
            waiting, self._waiting = self._waiting, []
        for then in waiting:
            then(result)
