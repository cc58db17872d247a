"""A space, scripted systems in it, and a clock that tests move."""

import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from connectors.sdk.testing.scripted import Script, scripts
from orchestrator.access.models import Space
from orchestrator.connections.configuring.saving import save_connection
from orchestrator.connections.models import Connection
from orchestrator.connections.process import this_process
from orchestrator.engine.outcome import LinkState, Outcome, WantAsset, WantQuery


class Clock:
    """Seconds since the epoch: whole ones, from now on."""

    def __init__(self):
        self.now = float(int(time.time()))

    def __call__(self):
        return self.now

    def advance(self, seconds):
        self.now += seconds


@dataclass
class System:
    """A connection and the script of the system behind it."""

    connection: Connection
    script: Script

    @property
    def uuid(self):
        return str(self.connection.uuid)

    def want(self, ref):
        return WantAsset(self.uuid, ref)

    def want_tag(self, type, tag, limit=5):
        return WantQuery(self.uuid, type, f'{{"tag":"{tag}"}}', limit)


@pytest.fixture
def space(db):
    return Space.objects.create(slug="meridian", name="Meridian")


@pytest.fixture
def connect(scripted, space):
    """Make a connection to a scripted system."""

    def make(slug="dam", *, script=None, timeout_ms=10_000, **more):
        scripts[slug] = script or Script()
        config = {"script": slug, "password": f"secret of {slug}"}
        row = save_connection(
            space=space,
            slug=slug,
            name=slug.upper(),
            connector="scripted",
            config=config,
            timeout_ms=timeout_ms,
            **more,
        )
        return System(row, scripts[slug])

    return make


@pytest.fixture
def clock(db):
    """The clock of this process's gateway."""
    clock = Clock()
    this_process().gateway.clock = clock
    return clock


@pytest.fixture
def read():
    """Resolve one want and give its outcome."""

    def resolve(want, *, budget_s=10.0, limit_s=None, locale="en") -> Outcome:
        resolution = this_process().gateway.resolve(
            [want], locale=locale, budget_s=budget_s, limits={want: limit_s}
        )
        return resolution.outcomes[want]

    return resolve


@pytest.fixture
def name_of(read):
    """The name that is served for an asset, and its state."""

    def names(want, **how):
        outcome = read(want, **how)
        return (outcome.state, [reading.asset.fields["name"] for reading in outcome.readings])

    return names


def settle():
    """Wait until nothing is under way: background reads included."""
    assert this_process().pool.wait_until_idle(timeout_s=10), "reads are still under way"


FRESH, STALE = LinkState.FRESH, LinkState.STALE


@contextmanager
def opened(gate, *, when):
    """Open a gate as soon as a condition holds; fail if it never does."""
    stop, met = threading.Event(), threading.Event()

    def watch():
        while not stop.is_set() and not met.is_set():
            if when():
                met.set()
                gate.set()
            stop.wait(0.005)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield
    finally:
        stop.set()
        watcher.join()
        gate.set()
    assert met.is_set(), "the condition for opening the gate never held"
