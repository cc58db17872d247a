"""Install real systems into the cache, before the tests that start them.

::

    python -m tests.real.install kinto wordpress

Tests may reach loopback only, so this is a program of its own. What is installed already is left as it
is. A system that cannot be installed is named with the reason; the status is then other than 0.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence

from tests.real.systems import SYSTEMS, System, cache_folder

__all__ = ["main"]


def main(names: Sequence[str]) -> int:
    """Install the systems of these names."""
    unknown = [name for name in names if name not in SYSTEMS]
    if unknown or not names:
        sys.stderr.write(f"Not a system: {' '.join(unknown)}. There are: {' '.join(SYSTEMS)}\n")
        return 2
    done = [_install(SYSTEMS[name]) for name in names]
    return 0 if all(done) else 1


def _install(system: System) -> bool:
    cache, started = cache_folder(), time.monotonic()
    was_there = system.installed(cache)
    try:
        system.install(cache)
    except (RuntimeError, OSError) as error:
        sys.stderr.write(f"{system.name} cannot be installed: {error}\n")
        return False
    took = "was there" if was_there else f"installed in {time.monotonic() - started:.0f} s"
    sys.stdout.write(f"{system.name:<12}{took}\n")
    sys.stdout.flush()
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
