"""What is measured, started: sources, hub and floor, each pinned to its core, and ended again."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import requests

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
HUB_CORE, OTHER_CORE = "0", "1"
CONNECTIONS_WITH_HOOKS = ("dam", "pim", "social", "help")
GUESTS = {"identifiers": {"loyalty_id": "M-1"}}


class NotMeasurableError(RuntimeError):
    """Something needed is missing, or what was started does not answer."""


@dataclass(frozen=True)
class Hub:
    """A running hub and how to speak to it."""

    url: str
    key: str
    process: subprocess.Popen[bytes]
    hooks: Mapping[str, str]
    hook_secret: str

    @property
    def arrival(self) -> str:
        return f"{self.url}/api/v1/experiences/arrival?channel=web&locale=en"

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"}

    def forget(self, session: requests.Session) -> None:
        """Send each source's hook: all it holds must be read again."""
        body = {"ids": [str(number) for number in range(1, 6)]}
        for url in self.hooks.values():
            session.post(url, json=body, headers={"X-Secret": self.hook_secret}, timeout=5).raise_for_status()

    def memory_bytes(self) -> int:
        """Memory of the server's processes; what they share counts once."""
        pids = [self.process.pid, *_children(self.process.pid)]
        return sum(_proportional_bytes(pid) for pid in pids)


@contextlib.contextmanager
def pinned(core: str, command: Sequence[str], env: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program on one core until the block ends."""
    process = subprocess.Popen(
        ["taskset", "-c", core, *command], cwd=ROOT, env={**os.environ, **env}, start_new_session=True
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()


@contextlib.contextmanager
def running_sources() -> Iterator[str]:
    """The five systems; gives their address."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with pinned(OTHER_CORE, [sys.executable, "-m", "tests.bench.sources", str(port)], {}):
        wait_for(f"{url}/calls")
        yield url


@contextlib.contextmanager
def running_hub(folder: Path, sources: str) -> Iterator[Hub]:
    """A hub with the arrival experience, on one core, one worker."""
    port = free_port()
    key, hook_secret = f"ov_{secrets.token_hex(4)}_{secrets.token_urlsafe(32)}", secrets.token_urlsafe(24)
    env = {
        "DATA_DIR": str(folder / "hub"),
        "SECRET_KEY": secrets.token_urlsafe(48),
        "SECRETS_KEYS": secrets.token_urlsafe(48),
        "OUTBOUND_ALLOWED_HOSTS": "127.0.0.1",
        "BENCH_SOURCES": sources,
        "BENCH_KEY": key,
        "BENCH_HOOK_SECRET": hook_secret,
        "LOG_LEVEL": "ERROR",
    }
    _manage(env, "migrate", "--verbosity", "0")
    _manage(env, "apply", str(HERE / "content.yaml"))
    with pinned(HUB_CORE, _hub(port), env) as process:
        url = f"http://127.0.0.1:{port}"
        wait_for(f"{url}/health/live")
        yield Hub(url, key, process, _hook_addresses(env, url), hook_secret)


@contextlib.contextmanager
def running_floor(folder: Path, body: bytes) -> Iterator[str]:
    """The bare view with the same bytes, straight under the server's WSGI; gives its address."""
    port = free_port()
    file = folder / "body.json"
    file.write_bytes(body)
    with pinned(HUB_CORE, _bare_server("tests.bench.floor:application", port), {"BENCH_BODY": str(file)}):
        url = f"http://127.0.0.1:{port}/floor"
        wait_for(url)
        yield url


def require_tools() -> None:
    """Say what has to be installed to measure."""
    missing = [tool for tool in ("wrk", "taskset") if shutil.which(tool) is None]
    if missing:
        raise NotMeasurableError(
            f"install {' and '.join(missing)} to run the bench (Debian: wrk, util-linux)"
        )


def wait_for(url: str, *, seconds: float = 60) -> None:
    """Return when the address answers."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(requests.ConnectionError):
            if requests.get(url, timeout=5).status_code < 500:
                return
        time.sleep(0.1)
    raise NotMeasurableError(f"{url} did not answer within {seconds:.0f} s")


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _hub(port: int) -> list[str]:
    return [
        *(sys.executable, "-m", "orchestrator.config.web"),
        *("--port", str(port), "--workers", "1", "--threads", "16"),
    ]


def _bare_server(application: str, port: int) -> list[str]:
    return [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)),
        *("--workers", "1", "--blocking-threads", "16", "--no-ws", "--log-level", "error", application),
    ]


def _manage(env: Mapping[str, str], *arguments: str) -> str:
    command = [sys.executable, "manage.py", *arguments]
    run = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **env}, capture_output=True, text=True, check=False
    )
    if run.returncode:
        raise NotMeasurableError(f"manage.py {arguments[0]} failed:\n{run.stderr[-2000:]}")
    return run.stdout


def _hook_addresses(env: Mapping[str, str], url: str) -> dict[str, str]:
    program = (
        "from orchestrator.connections.models import Connection\n"
        "for c in Connection.objects.exclude(hook_scheme='none'): print('HOOK', c.slug, c.uuid)"
    )
    rows = (line.split() for line in _manage(env, "shell", "-v", "0", "-c", program).splitlines())
    return {row[1]: f"{url}/api/v1/hooks/{row[2]}" for row in rows if row[:1] == ["HOOK"]}


def _children(pid: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, task.read_text().split()):
            found += [child, *_children(child)]
    return found


def _proportional_bytes(pid: int) -> int:
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")) * 1024
