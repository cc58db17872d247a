"""Start real systems and leave them running, to be looked at or connected by hand.

::

    python -m tests.real.serve wordpress directus

Each has its seed and is new at every start. Ctrl-C ends them.
"""

from __future__ import annotations

import contextlib
import signal
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.real.systems import SYSTEMS, Running, cache_folder

__all__ = ["main"]


def main(names: Sequence[str]) -> int:
    """Start the systems of these names, say how to reach them, and wait."""
    unknown = [name for name in names if name not in SYSTEMS]
    if unknown or not names:
        sys.stderr.write(f"Not a system: {' '.join(unknown)}. There are: {' '.join(SYSTEMS)}\n")
        return 2
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="onevoice-real-"))
        for name in names:
            running = stack.enter_context(SYSTEMS[name].start(Path(folder), cache=cache_folder()))
            sys.stdout.write(_described(name, running))
            sys.stdout.flush()
        with contextlib.suppress(KeyboardInterrupt):
            signal.signal(signal.SIGTERM, signal.default_int_handler)
            signal.pause()
    return 0


def _described(name: str, running: Running) -> str:
    keys = {"key": running.key, "wrong": running.wrong_key, "narrow": running.narrow_key}
    lines = [f"  {kind:<8}{key.user or '-'}  {key.secret}" for kind, key in keys.items() if key]
    lines += [f"  {note:<8}{value}" for note, value in running.notes.items()]
    return "\n".join([f"{name} {running.version}: {running.base_url}", *lines, ""])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
