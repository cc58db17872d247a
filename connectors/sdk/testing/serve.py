"""Serves a simulator on loopback until Ctrl-C, for looking at it through a hub.

::

    python -m connectors.sdk.testing.serve acme_recipes.simulator:AcmeSimulator 8900
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from connectors.sdk.testing.simulator import SimulatorServer

__all__ = ["main", "simulator_at"]


def simulator_at(place: str) -> SimulatorServer:
    """A simulator of the class at ``module:Class``.

    Raises:
        ValueError: There is none; the message says why.
    """
    module, colon, name = place.partition(":")
    if not colon:
        raise ValueError(f"“{place}” is no place of a simulator: give module:Class")
    try:
        cls = getattr(import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise ValueError(f"“{place}”: {error}") from None
    if isinstance(cls, type) and issubclass(cls, SimulatorServer):
        return cls()
    raise ValueError(f"“{place}” is no simulator")


def main(arguments: Sequence[str]) -> int:
    """Serve the simulator named first, at the port named second or a free one."""
    if not 1 <= len(arguments) <= 2 or not all(port.isdigit() for port in arguments[1:]):
        sys.stderr.write("usage: python -m connectors.sdk.testing.serve MODULE:CLASS [PORT]\n")
        return 2
    # As when pytest runs: a package that is not installed yet is found where one stands.
    sys.path.insert(0, str(Path.cwd()))
    signal.signal(signal.SIGTERM, _end)
    try:
        simulator: Any = simulator_at(arguments[0])
        simulator.start(port=int(arguments[1]) if arguments[1:] else 0)
    except (ValueError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{arguments[0]} answers at {simulator.url} until Ctrl-C.\n")
    sys.stdout.flush()
    try:
        signal.pause()
    except KeyboardInterrupt:
        pass
    finally:
        simulator.stop()
    return 0


def _end(*_: Any) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
