"""Starts programs, starts again what dies, and ends all of them together.

Knows nothing of Django or of what the programs do. Each program leads a process group of its own, so
that ending it ends its children too; a guard process ends them if this one is killed hard.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from orchestrator.config import guard

__all__ = ["GaveUpError", "PortTakenError", "Program", "Supervisor", "require_free_port"]

QUICK_DEATH_S = 10.0
MOST_QUICK_DEATHS = 5
_STEP_S = 0.1
_PAUSE_S = 0.5


class PortTakenError(OSError):
    """Another program listens there."""


class GaveUpError(RuntimeError):
    """A program dies again and again as soon as it is started."""


@dataclass(frozen=True, slots=True)
class Program:
    """What to run. ``environment`` is added to this process's own; ``log`` takes its output."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    log: Path | None = None


@dataclass(slots=True)
class _Child:
    program: Program
    process: subprocess.Popen[bytes]
    started_at: float
    quick_deaths: int = 0


class Supervisor:
    """Keeps programs running between ``with`` and its end.

    ``say`` gets one line for each thing that people should know.
    """

    def __init__(self, *, say: Callable[[str], None] = print) -> None:
        self._say = say
        self._children: dict[str, _Child] = {}
        self._told_to_stop = threading.Event()

    def __enter__(self) -> Supervisor:
        self._guard = subprocess.Popen(  # noqa: S603 - our own file.
            [sys.executable, "-I", "-S", guard.__file__],
            stdin=subprocess.PIPE,
            bufsize=0,
            start_new_session=True,
        )
        return self

    def __exit__(self, *_: object) -> None:
        self._end_all()
        if self._guard.stdin:
            self._guard.stdin.close()
        self._guard.wait()

    def stop_on_signals(self) -> None:
        """From now on SIGTERM, Ctrl-C and a closed terminal end :meth:`watch`."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, lambda *_: self.stop())

    def stop(self) -> None:
        """End :meth:`watch` and every wait, from any thread or signal handler."""
        self._told_to_stop.set()

    @property
    def stopping(self) -> bool:
        """True once :meth:`stop` was called."""
        return self._told_to_stop.is_set()

    def start(self, program: Program, *, quick_deaths: int = 0) -> None:
        """Start a program and have it ended with the others."""
        output: IO[bytes] | None = program.log.open("ab") if program.log else None
        try:
            process = subprocess.Popen(  # noqa: S603 - commands come from our own code.
                list(program.command),
                env={**os.environ, **program.environment},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT if output else None,
                start_new_session=True,
            )
        finally:
            if output:
                output.close()
        self._children[program.name] = _Child(program, process, time.monotonic(), quick_deaths)
        self._tell_guard(f"+{process.pid}")

    def watch(self) -> None:
        """Start again what dies, until told to stop.

        Raises:
            GaveUpError: A program died ``MOST_QUICK_DEATHS`` times, each within ``QUICK_DEATH_S``.
        """
        while not self._told_to_stop.wait(_STEP_S):
            self.mend()

    def wait_for(self, url: str, *, within_s: float) -> bool:
        """Wait until ``url`` answers 200; false when told to stop before that, or when the time is up."""
        deadline = time.monotonic() + within_s
        while time.monotonic() < deadline and not self.stopping:
            if _answers(url):
                return True
            self.mend()
            self._told_to_stop.wait(_STEP_S)
        return False

    def mend(self) -> None:
        """Look once, and start again what died. Raises as :meth:`watch`."""
        for child in list(self._children.values()):
            status = child.process.poll()
            if status is not None:
                self._start_again(child, status)

    def _start_again(self, child: _Child, status: int) -> None:
        name = child.program.name
        self._forget(child)
        quick = time.monotonic() - child.started_at < QUICK_DEATH_S
        deaths = child.quick_deaths + 1 if quick else 0
        if deaths >= MOST_QUICK_DEATHS:
            where = f" See {child.program.log}." if child.program.log else ""
            raise GaveUpError(f"{name} ended {deaths} times right after its start.{where}")
        self._say(f"{name} ended with status {status}; starting it again.")
        if not self._told_to_stop.wait(_PAUSE_S * deaths):
            self.start(child.program, quick_deaths=deaths)

    def _end_all(self) -> None:
        children = list(self._children.values())
        for child in children:
            guard.send(child.process.pid, signal.SIGTERM)
        deadline = time.monotonic() + guard.PATIENCE_S
        for child in children:
            try:
                child.process.wait(timeout=max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                self._say(f"{child.program.name} did not end in time and is killed.")
            self._forget(child)

    def _forget(self, child: _Child) -> None:
        """Make sure that nothing of its group is left."""
        guard.send(child.process.pid, signal.SIGKILL)
        child.process.wait()
        self._tell_guard(f"-{child.process.pid}")
        self._children.pop(child.program.name, None)

    def _tell_guard(self, line: str) -> None:
        # A guard that somebody killed must not keep the programs from being ended.
        with contextlib.suppress(BrokenPipeError):
            if self._guard.stdin:
                self._guard.stdin.write(f"{line}\n".encode())


def require_free_port(port: int, *, host: str = "127.0.0.1") -> None:
    """Raise ``PortTakenError`` when something listens there already.

    Needed before a server starts: two that both allow sharing a port would share it without a word.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PortTakenError(f"Port {port} is taken by another program.") from error


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 - our own address.
            return answer.status == 200
    except (OSError, urllib.error.URLError):
        return False
