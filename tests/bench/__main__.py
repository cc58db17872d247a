"""``make bench``: what an answer costs, as ratios to floors measured in the same run.

Hub and floor run on one core, sources and load on the other, so the figures are for one core.
"""

from __future__ import annotations

import json
import re
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import requests

from tests.bench.world import (
    GUESTS,
    OTHER_CORE,
    Hub,
    NotMeasurableError,
    require_tools,
    running_floor,
    running_hub,
    running_sources,
)

COLD_ROUNDS = 30
LOAD_S = 8
CALLS = {"dam": "1,2,3,4,5", "pim": "1,2,3,4", "social": "", "help": "1,2", "crm": "M-1"}


@dataclass(frozen=True)
class Cold:
    """Medians in milliseconds and the calls that one request made."""

    hub_ms: float
    floor_ms: float
    calls: int


@dataclass(frozen=True)
class Load:
    """One measurement under load."""

    p50_ms: float
    per_s: float


def main() -> int:
    """Measure and print the table."""
    require_tools()
    with tempfile.TemporaryDirectory(prefix="onevoice-bench-") as name, running_sources() as sources:
        folder = Path(name)
        with running_hub(folder, sources) as hub:
            body = answer(hub)
            cold = measure_cold(hub, sources)
            warm_one, warm_many = (load(hub.arrival, hub.headers, connections=n) for n in (1, 32))
            sample_while_loaded(hub, body)
            memory = measure_memory(hub)
        with running_floor(folder, body) as floor:
            floor_one, floor_many = (load(floor, {}, connections=n) for n in (1, 32))
    print_table(len(body), cold, (warm_one, warm_many), (floor_one, floor_many), memory)
    return 0


def answer(hub: Hub) -> bytes:
    """The public answer; all slots but the guest's are filled."""
    response = requests.get(hub.arrival, headers=hub.headers, timeout=10)
    response.raise_for_status()
    states = {name: slot["state"] for name, slot in response.json()["slots"].items()}
    if set(states.values()) != {"filled", "empty"} or states["guest"] != "empty":
        raise NotMeasurableError(f"the answer is not whole: {states}")
    return response.content


def measure_cold(hub: Hub, sources: str) -> Cold:
    """A personal answer after each source said that everything changed, beside the bare calls."""
    session = requests.Session()
    ask(hub, session)
    hub_ms, floor_ms = [], []
    for _ in range(COLD_ROUNDS):
        hub.forget(session)
        session.get(f"{sources}/reset", timeout=5)
        hub_ms.append(ask(hub, session))
        calls = sum(session.get(f"{sources}/calls", timeout=5).json().values())
        floor_ms.append(fan_out(sources))
    return Cold(statistics.median(hub_ms), statistics.median(floor_ms), calls)


def ask(hub: Hub, session: requests.Session) -> float:
    """Milliseconds for one personal answer; checks that it is whole."""
    started = time.perf_counter()
    response = session.post(hub.arrival, json=GUESTS, headers=hub.headers, timeout=10)
    elapsed_ms = (time.perf_counter() - started) * 1000
    states = {slot["state"] for slot in response.json()["slots"].values()}
    if states != {"filled"}:
        raise NotMeasurableError(f"a cold answer is not whole: HTTP {response.status_code}, {states}")
    return elapsed_ms


_pool = ThreadPoolExecutor(len(CALLS))
_sessions = {name: requests.Session() for name in CALLS}


def fan_out(sources: str) -> float:
    """Milliseconds for the same five calls in parallel threads, without a hub."""
    started = time.perf_counter()
    urls = [(name, f"{sources}/{name}/items" + (f"?ids={ids}" if ids else "")) for name, ids in CALLS.items()]
    for response in _pool.map(lambda call: _sessions[call[0]].get(call[1], timeout=5), urls):
        response.json()
    return (time.perf_counter() - started) * 1000


def load(url: str, headers: dict[str, str], *, connections: int) -> Load:
    """Requests with wrk, after a second to warm up."""
    command = ["taskset", "-c", OTHER_CORE, "wrk", "-t", "1", "-c", str(connections), "--latency"]
    for name, value in headers.items():
        command += ["-H", f"{name}: {value}"]
    subprocess.run([*command, "-d", "1s", url], check=True, capture_output=True)
    output = subprocess.run(
        [*command, "-d", f"{LOAD_S}s", url], check=True, capture_output=True, text=True
    ).stdout
    if "Non-2xx" in output or "Socket errors" in output:
        raise NotMeasurableError(f"errors under load:\n{output}")
    p50, unit = re.search(r"50%\s+([\d.]+)(us|ms|s)", output).groups()  # type: ignore[union-attr]
    per_s = float(re.search(r"Requests/sec:\s+([\d.]+)", output).group(1))  # type: ignore[union-attr]
    return Load(float(p50) * {"us": 0.001, "ms": 1, "s": 1000}[unit], per_s)


def sample_while_loaded(hub: Hub, body: bytes) -> None:
    """Answers under load are the same bytes, and a validator spares them."""
    command = ["taskset", "-c", OTHER_CORE, "wrk", "-t", "1", "-c", "32", "-d", "3s", hub.arrival]
    for name, value in hub.headers.items():
        command += ["-H", f"{name}: {value}"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as running:
        while running.poll() is None:
            response = requests.get(hub.arrival, headers=hub.headers, timeout=10)
            validator = {"If-None-Match": response.headers["ETag"]}
            again = requests.get(hub.arrival, headers=hub.headers | validator, timeout=10)
            if slots(response.content) != slots(body) or again.status_code != 304:
                raise NotMeasurableError("an answer under load differs from the one before")


def slots(body: bytes) -> dict:
    """What an answer shows, without the instants at which it was first read."""
    document = json.loads(body)["slots"]
    return {name: [item["fields"] for item in slot["items"]] for name, slot in document.items()}


def measure_memory(hub: Hub) -> tuple[float, float]:
    """Resident memory in MB before and after 10,000 further requests."""
    before = hub.memory_bytes() / 1e6
    headers = [part for name, value in hub.headers.items() for part in ("-H", f"{name}: {value}")]
    sent = 0
    while sent < 10_000:
        command = [
            "taskset",
            "-c",
            OTHER_CORE,
            "wrk",
            "-t",
            "1",
            "-c",
            "8",
            "-d",
            "5s",
            *headers,
            hub.arrival,
        ]
        output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        sent += int(re.search(r"(\d+) requests in", output).group(1))  # type: ignore[union-attr]
    return before, hub.memory_bytes() / 1e6


def print_table(size: int, cold: Cold, warm: tuple[Load, Load], floor: tuple[Load, Load], memory) -> None:
    """The table, in Markdown."""
    rows = [
        ("size of the public answer", f"{size / 1000:.1f} kB", "", ""),
        (
            "cold, personal: p50 of " + str(COLD_ROUNDS),
            f"{cold.hub_ms:.1f} ms",
            f"{cold.floor_ms:.1f} ms",
            f"+{cold.hub_ms - cold.floor_ms:.1f} ms",
        ),
        ("cold, personal: upstream calls", str(cold.calls), "5", ""),
        _row("warm, public: p50, 1 connection", warm[0].p50_ms, floor[0].p50_ms, "ms"),
        _row("warm, public: requests/s, 1 connection", warm[0].per_s, floor[0].per_s, "/s"),
        _row("warm, public: requests/s, 32 connections", warm[1].per_s, floor[1].per_s, "/s"),
        ("memory before and after 10,000 requests", f"{memory[0]:.0f} MB", "", f"{memory[1]:.0f} MB"),
    ]
    print("| one core | hub | floor | ratio |\n|---|---|---|---|")
    for row in rows:
        print("| " + " | ".join(row) + " |")
    print("\nFloors: the same five calls in parallel threads; a bare Django view with the same bytes.")


def _row(name: str, hub: float, floor: float, unit: str) -> tuple[str, str, str, str]:
    return name, f"{hub:.2f} {unit}", f"{floor:.2f} {unit}", f"{hub / floor:.2f}"


if __name__ == "__main__":
    try:
        sys.exit(main())
    except NotMeasurableError as error:
        sys.exit(f"bench: {error}")
