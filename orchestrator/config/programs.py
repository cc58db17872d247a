"""The programs that make a running hub: web, worker, scheduler."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from orchestrator.config.supervision import Program

__all__ = ["PROGRAMS", "hub_programs", "reachable"]

PROGRAMS = ("web", "worker", "scheduler")

_CELERY = (sys.executable, "-m", "celery", "--quiet", "-A", "orchestrator.config")
# No chatter between workers: the file-based queue has no broadcast, and one worker needs none.
_ALONE = ("--without-gossip", "--without-mingle", "--without-heartbeat")


def hub_programs(
    *, host: str, port: int, workers: int | None = None, threads: int = 16, logs: Path | None = None
) -> list[Program]:
    """Web server, worker and scheduler; with ``logs`` each writes to a file of its name in that folder."""
    environment = {"PUBLIC_URL": os.environ.get("PUBLIC_URL") or f"http://{reachable(host)}:{port}"}
    commands = {
        "web": _web(host, port, workers or os.cpu_count() or 1, threads),
        "worker": (*_CELERY, "worker", "-P", "threads", "-c", "4", "-l", "WARNING", *_ALONE),
        "scheduler": (*_CELERY, "beat", "-l", "WARNING", "--pidfile="),
    }
    return [_program(name, command, environment, logs) for name, command in commands.items()]


def reachable(host: str) -> str:
    """Where a server that listens on ``host`` answers on this machine."""
    return {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)  # noqa: S104 - read, not bound.


def _program(
    name: str, command: tuple[str, ...], environment: Mapping[str, str], logs: Path | None
) -> Program:
    return Program(name, command, environment, logs / f"{name}.log" if logs else None)


def _web(host: str, port: int, workers: int, threads: int) -> tuple[str, ...]:
    return (
        *(sys.executable, "-m", "orchestrator.config.web", "--host", host, "--port", str(port)),
        *("--workers", str(workers), "--threads", str(threads)),
    )
