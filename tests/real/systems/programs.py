"""Programs that tests start: with a log, in a process group of their own, and gone when the tests are."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

__all__ = ["Program", "free_port", "is_on_loopback_only", "is_taken", "run"]

# The shell becomes the program. The one it leaves behind reads from a pipe that ends with the tests,
# however they end, and then kills the group: no worker of a worker outlives them.
_GUARDED = 'exec 3<&0; { cat <&3 >/dev/null; kill -KILL 0; } & exec "$@" 3<&- </dev/null'
_LOG_END_CHARS = 3000


class Program:
    """One program and everything that it starts.

    Args:
        command: Program and arguments; it stays in the foreground.
        log: Where both its outputs go, one run after the other.
        environment: Added to that of the tests.
    """

    def __init__(
        self, command: Sequence[str], *, folder: Path, log: Path, environment: Mapping[str, str] | None = None
    ) -> None:
        self._command, self._folder, self._log = list(command), folder, log
        self._environment = {**os.environ, **(environment or {})}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, ready: Callable[[], bool], *, within_s: float) -> None:
        """Start it, and return when ``ready`` says so.

        Raises:
            RuntimeError: It ended, or is not ready in time; the message ends with the end of its log.
        """
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                ["/bin/sh", "-c", _GUARDED, "sh", *self._command],
                cwd=self._folder,
                env=self._environment,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        end = time.monotonic() + within_s
        while not ready():
            if self._process.poll() is not None:
                self._fail("ended")
            if time.monotonic() > end:
                self._fail(f"was not ready in {within_s:.0f} s")
            time.sleep(0.05)

    def stop(self, *, within_s: float = 15.0) -> None:
        """Ask it to end; after ``within_s``, and for all that it left behind, kill."""
        if self._process is None:
            return
        self._process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(within_s)
        self.kill()

    def kill(self) -> None:
        """Kill it and everything that it started, with no chance to clean up (``kill -9``)."""
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if process.stdin:
            process.stdin.close()

    def _fail(self, what: str) -> None:
        self.kill()
        end = self._log.read_text(errors="replace")[-_LOG_END_CHARS:]
        raise RuntimeError(f"{Path(self._command[0]).name} {what}. The end of {self._log}:\n{end}")


def run(
    command: Sequence[str], *, folder: Path, log: Path, environment: Mapping[str, str] | None = None
) -> None:
    """Run a program to its end.

    Raises:
        RuntimeError: It failed; the message ends with the end of its log.
    """
    with log.open("ab") as out:
        done = subprocess.run(
            list(command),
            cwd=folder,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if done.returncode:
        end = log.read_text(errors="replace")[-_LOG_END_CHARS:]
        raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}:\n{end}")


def free_port() -> int:
    """A port of loopback that nobody listens at now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def is_taken(port: int) -> bool:
    """Whether somebody listens at a port of loopback."""
    with socket.socket() as caller:
        caller.settimeout(2)
        return caller.connect_ex(("127.0.0.1", port)) == 0


def is_on_loopback_only(port: int) -> bool:
    """Whether somebody listens at this port, and at no address but 127.0.0.1."""
    addresses = []
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in Path(table).read_text().splitlines()[1:]:
            local, state = line.split()[1], line.split()[3]
            if state == "0A" and int(local.rpartition(":")[2], 16) == port:
                addresses.append(local.rpartition(":")[0])
    # As the kernel writes 127.0.0.1, in the byte order of the machine.
    return bool(addresses) and set(addresses) <= {"0100007F", "7F000001"}
