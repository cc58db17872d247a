"""The web program: loads the hub once, then serves it by processes that are copies of this one.

``python -m orchestrator.config.web --port 8000``. Loading costs some seconds of a core. A worker that loads
for itself pays them again, and so does the one that comes after it; a fork has everything already.
"""

from __future__ import annotations

import argparse
import gc
import multiprocessing
import os
import resource
from functools import partial

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels

from orchestrator.config.rsgi import Application

__all__ = ["load", "main"]

# Of one process. Beyond them a new one waits until another ends, so idle ones must end too.
CONNECTIONS = 2048
IDLE_MS = 30_000
_ENDS_WITHIN_S = 5


def main() -> None:
    """Serve until SIGTERM or Ctrl-C."""
    options = _options()
    loader = partial(load, threads=options.threads)
    if multiprocessing.get_start_method() == "fork":
        loader()
        gc.freeze()
    _allow_files(CONNECTIONS * 2)
    server = Granian(
        "orchestrator.config.wsgi:application",
        address=options.host,
        port=options.port,
        interface=Interfaces.RSGI,
        workers=options.workers,
        # In HTTP/2 one connection opens hundreds of requests, and nobody waits for its first bytes.
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=IDLE_MS),
        websockets=False,
        backpressure=CONNECTIONS,
        workers_kill_timeout=_ENDS_WITHIN_S,
        respawn_failed_workers=True,
        log_level=LogLevels.error,
    )
    server.serve(target_loader=loader, wrap_loader=False)


def load(*, threads: int) -> Application:
    """The hub, ready to answer. Opens nothing that a fork must not share: no connection, no thread."""
    # Reads the environment, which the start of the program sets.
    from django.urls import get_resolver  # noqa: PLC0415

    from orchestrator.config.wsgi import application  # noqa: PLC0415

    get_resolver().url_patterns  # noqa: B018 - imports all views.
    return Application(application, threads=threads)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="orchestrator.config.web", description="Serve the hub.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processes")
    parser.add_argument("--threads", type=int, default=16, help="requests that a process answers at once")
    return parser.parse_args()


def _allow_files(count: int) -> None:
    """As many open files as connections need, as far as this machine allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = count if hard == resource.RLIM_INFINITY else min(count, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


if __name__ == "__main__":
    main()
