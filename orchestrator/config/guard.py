"""Ends the programs of a supervisor that was killed before it could do so itself.

Runs as a process of its own: ``python guard.py``, reading lines ``+GROUP`` and ``-GROUP`` (process
groups that started and ended) until its input closes, which it does whenever the supervisor is gone,
whatever killed it. What is then still in the list is ended. Standard library only, so that it is small.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time

PATIENCE_S = 6.0
_STEP_S = 0.1


def main() -> None:
    """Read groups until the input ends, then end what is left of them."""
    # Ctrl-C reaches the whole terminal; this one has to outlive the others.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    groups: set[int] = set()
    for line in sys.stdin:
        (groups.add if line[0] == "+" else groups.discard)(int(line[1:]))
    end_groups(groups)


def end_groups(groups: set[int]) -> None:
    """Ask all groups to end, wait ``PATIENCE_S`` at most, and kill what did not."""
    for group in groups:
        send(group, signal.SIGTERM)
    deadline = time.monotonic() + PATIENCE_S
    while any(send(group, 0) for group in groups) and time.monotonic() < deadline:
        time.sleep(_STEP_S)
    for group in groups:
        send(group, signal.SIGKILL)


def send(group: int, number: int) -> bool:
    """Send a signal to a process group; false when nobody is left in it."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)
        return True
    return False


if __name__ == "__main__":
    main()
