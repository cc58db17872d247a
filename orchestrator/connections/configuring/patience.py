"""Running a plugin's code that is given no deadline, without waiting for it for ever."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, TypeVar

from connectors.sdk import TransientError

__all__ = ["ExitedError", "within"]

T = TypeVar("T")


class ExitedError(Exception):
    """A plugin's code wanted to end the program. Its text is the type of what it raised."""


def within(seconds: float, run: Callable[[], T], *, name: str) -> T:
    """What ``run`` gives, or raises, if it ends in time. It has a thread of its own, and may use no database.

    Raises:
        TransientError: It did not end; its thread is left behind.
        ExitedError: It raised what would end the program that waits: SystemExit, say.
    """
    ended: list[tuple[bool, Any]] = []

    def go() -> None:
        try:
            ended.append((True, run()))
        # For whoever waits: a plugin may raise anything, SystemExit too.
        except BaseException as error:  # noqa: BLE001
            ended.append((False, error))

    thread = threading.Thread(target=go, name=name, daemon=True)
    thread.start()
    thread.join(seconds)
    if not ended:
        raise TransientError("the connector is not ready in time", timeout=True)
    ok, given = ended[0]
    if not ok:
        raise given if isinstance(given, Exception) else ExitedError(type(given).__name__)
    result: T = given
    return result
