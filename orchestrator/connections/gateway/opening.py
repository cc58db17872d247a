"""A connector that is being made. Its constructor is a plugin's code: it may take its time, or never end."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from connectors.sdk import Connector
from orchestrator.connections.configuring.sources import Source, refusal_of
from orchestrator.connections.failures import Failure

__all__ = ["NOT_READY", "Made", "Opening"]

log = logging.getLogger(__name__)

NOT_READY = Failure("timeout", "the connector is not ready in time")
# Nobody waits for it any longer after this. A connector that is ready later is used all the same.
_PATIENCE_S = 5.0

Made = Connector[Any] | Failure


class Opening:
    """One constructor, in a thread of its own: one that hangs must not hold a thread of the pool.

    ``take`` gets the connector before anybody else is told, and says what those who wait shall get.
    ``number`` is higher than that of every opening that began before.
    """

    def __init__(
        self,
        source: Source,
        make: Callable[[], Connector[Any]],
        take: Callable[[Opening, Made], Any],
        *,
        number: int,
    ) -> None:
        self.number = number
        self._make = make
        self._take = take
        self._until = time.monotonic() + _PATIENCE_S
        self._waiting: list[Callable[[Any], None]] = []
        self._result: Any = None
        self._lock = threading.Lock()
        name = f"connections-opening-{source.slug}"
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._end_of_patience = threading.Timer(_PATIENCE_S, self._tell_all, [NOT_READY])
        self._end_of_patience.daemon = True

    def start(self) -> None:
        """Begin."""
        self._end_of_patience.start()
        self._thread.start()

    def tell(self, then: Callable[[Any], None]) -> None:
        """Call ``then`` once: with the result or, when patience is over, that there is none.

        Now, or from another thread.
        """
        with self._lock:
            if self._result is None and time.monotonic() < self._until:
                self._waiting.append(then)
                return
            result = self._result
        then(NOT_READY if result is None else result)

    def _run(self) -> None:
        made: Made
        try:
            made = self._make()
        # A plugin's constructor may raise anything at all; asyncio's CancelledError is no Exception.
        except BaseException as error:  # noqa: BLE001
            made = refusal_of(error)
        result = self._take(self, made)
        with self._lock:
            self._result = result
        self._end_of_patience.cancel()
        self._tell_all(result)

    def _tell_all(self, result: Any) -> None:
        with self._lock:
            waiting, self._waiting = self._waiting, []
        for then in waiting:
            try:
                then(result)
            # The others must not wait in vain.
            except Exception:
                log.exception("who waited for a connector failed")
