"""Install real systems into the cache, before the tests that start them.

::

    python -m tests.real.install kinto wordpress

Tests may reach loopback only, so this is a program of its own. What is installed already is left as it
is. The first system that cannot be installed ends it, with the reason and a status other than 0.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence

from tests.real.systems import SYSTEMS, cache_folder

__all__ = ["main"]


def main(names: Sequence[str]) -> int:
    """Install the systems of these names."""
    unknown = [name for name in names if name not in SYSTEMS]
    if unknown or not names:
        sys.stderr.write(f"Not a system: {' '.join(unknown)}. There are: {' '.join(SYSTEMS)}\n")
        return 2
    cache = cache_folder()
    for name in names:
        started, was_there = time.monotonic(), SYSTEMS[name].installed(cache)
        try:
            SYSTEMS[name].install(cache)
        except (RuntimeError, OSError) as error:
            sys.stderr.write(f"{name} cannot be installed: {error}\n")
            return 1
        took = "was there" if was_there else f"installed in {time.monotonic() - started:.0f} s"
        sys.stdout.write(f"{name:<12}{took}\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
