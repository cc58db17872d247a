"""What a purge promises: nothing read before it is served as fresh after it, in this process or another."""

import tempfile
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import connection as database
from django.db import connections as databases
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from connectors.sdk import Asset, Ref, TransientError
from connectors.sdk.testing.scripted import Script
from orchestrator.connections.cache import Address, Cache, LocalCache, SharedCache
from orchestrator.connections.cache.sqlite import SqliteStore
from orchestrator.connections.configuring.freshness import Windows
from orchestrator.connections.gateway.answers import EntryMaker
from orchestrator.connections.gateway.judging import Verdict, judge, last_good_s
from orchestrator.connections.models import Purge, PurgeCounter
from orchestrator.connections.process import clear_process, forget_process, this_process
from orchestrator.connections.purges.generations import DEAF_AFTER_S, Generations, Line, Log
from orchestrator.connections.purges.listener import Listener
from orchestrator.connections.purges.log import append_purges, prune_purges, read_purges
from orchestrator.connections.purges.purging import purge
from orchestrator.engine.outcome import LinkState
from tests.connections.conftest import FRESH, STALE, opened, settle

LOBBY = Ref("ImageObject", "a-1")
LONG = {"*": {"fresh_for_s": 3600, "revalidate_for_s": 3600}}


@pytest.fixture
def dam(connect):
    system = connect(freshness=LONG)
    system.script.put("ImageObject", "a-1", name="old", keywords=["spa"])
    return system


@pytest.mark.parametrize(
    "scope",
    [{"refs": [LOBBY]}, {"types": ["ImageObject"]}, {"everything": True}],
    ids=["item", "type", "all"],
)
def test_a_purged_value_is_read_before_it_is_served(dam, name_of, django_capture_on_commit_callbacks, scope):
    assert name_of(dam.want(LOBBY)) == (FRESH, ["old"])
    assert name_of(dam.want_tag("ImageObject", "spa")) == (FRESH, ["old"])
    dam.script.edit(LOBBY, name="new")
    with django_capture_on_commit_callbacks(execute=True):
        purge(connection=dam.connection, **scope)
    assert name_of(dam.want(LOBBY)) == (FRESH, ["new"])
    assert name_of(dam.want_tag("ImageObject", "spa")) == (FRESH, ["new"])


def test_a_purge_reaches_no_other_item_type_or_connection(dam, connect, name_of):
    other = connect("other", freshness=LONG)
    for system in (dam, other):
        system.script.put("ImageObject", "a-2", name="x")
        system.script.put("Product", "a-1", name="x")
    wants = [
        dam.want(Ref("ImageObject", "a-2")),
        dam.want(Ref("Product", "a-1")),
        dam.want_tag("Product", "y"),
    ]
    wants.append(other.want(Ref("ImageObject", "a-2")))
    for want in wants:
        name_of(want)
    before = dam.script.count() + other.script.count()
    purge(connection=dam.connection, refs=[LOBBY])
    for want in wants:
        name_of(want)
    assert dam.script.count() + other.script.count() == before


def test_a_new_item_appears_in_lists_over_its_type(dam, name_of):
    assert name_of(dam.want_tag("ImageObject", "spa")) == (FRESH, ["old"])
    new = dam.script.put("ImageObject", "a-9", name="added", keywords=["spa"])
    purge(connection=dam.connection, refs=[new])
    assert name_of(dam.want_tag("ImageObject", "spa")) == (FRESH, ["old", "added"])


def test_a_soft_purge_keeps_the_value_for_a_source_that_fails(dam, read):
    read(dam.want(LOBBY))
    purge(connection=dam.connection, refs=[LOBBY])
    dam.script.error = TransientError("down")
    outcome = read(dam.want(LOBBY))
    assert (outcome.state, outcome.reason) == (STALE, "unavailable")
    assert read(dam.want(LOBBY), limit_s=0).state is LinkState.ERROR


def test_a_drop_deletes_bytes_everywhere_and_is_never_served_again(dam, read):
    read(dam.want(LOBBY))
    settle()
    purge(connection=dam.connection, refs=[LOBBY], drop=True)
    this_process().generations.catch_up()
    assert [e for e in this_process().cache.local.entries() if e.asset] == []
    assert [e for e in this_process().cache.shared.entries() if e.asset] == []
    dam.script.error = TransientError("down")
    assert read(dam.want(LOBBY)).state is LinkState.ERROR


def test_ids_of_any_length_and_letters_are_purged(dam, name_of):
    for external_id in ("x" * 400, "with:colons:in:it", "ünïcode/#?%", " "):
        ref = dam.script.put("ImageObject", external_id, name="old")
        assert name_of(dam.want(ref)) == (FRESH, ["old"])
        dam.script.edit(ref, name="new")
        purge(connection=dam.connection, refs=[ref])
        assert name_of(dam.want(ref)) == (FRESH, ["new"])
    assert max(map(len, Purge.objects.values_list("scope", flat=True))) <= 400


def test_a_flood_of_items_is_one_line_for_each_type(dam):
    purge(connection=dam.connection, refs=[Ref("ImageObject", str(n)) for n in range(1000)])
    assert list(Purge.objects.values_list("scope", flat=True)) == [f"c:{dam.uuid}:t:ImageObject"]


def test_purges_are_numbered_without_gaps(dam):
    assert [append_purges(["c:x", "c:y"], drop=False) for _ in range(3)] == [2, 4, 6]
    assert [line.n for line in read_purges(0).lines] == [1, 2, 3, 4, 5, 6]
    assert PurgeCounter.objects.get().head == 6


def test_naming_nothing_purges_nothing(dam):
    assert purge(connection=dam.connection) == 0
    assert not Purge.objects.exists()


def test_old_lines_are_pruned_but_never_the_last(dam, django_assert_num_queries):
    append_purges(["c:x", "c:y", "c:z"], drop=False)
    generations = this_process().generations
    generations.catch_up()
    Purge.objects.update(at="2020-01-01T00:00:00Z")
    assert prune_purges() == 2
    assert [line.n for line in read_purges(0).lines] == [3]


def test_a_log_of_another_database_makes_all_readings_void(dam, read):
    purge(connection=dam.connection, types=["Product"])
    read(dam.want(LOBBY))
    settle()
    Purge.objects.all().delete()
    PurgeCounter.objects.update(head=0)
    assert read(dam.want(LOBBY)).state is FRESH
    assert dam.script.count() == 2


def test_a_process_that_hears_no_purges_serves_nothing_beyond_freshness(dam, clock, settings, read):
    read(dam.want(LOBBY))
    process = this_process()
    process.gateway.hear = lambda: None
    process.generations._heard_at = time.monotonic() - DEAF_AFTER_S - 1
    assert process.generations.deaf
    assert read(dam.want(LOBBY)).state is FRESH
    dam.script.error = TransientError("down")
    clock.advance(3601)
    assert read(dam.want(LOBBY)).state is LinkState.ERROR
    process.gateway.hear = process.hear
    assert read(dam.want(LOBBY)).state is FRESH, "within its grace again"


# Races, with real threads and transactions.


def in_thread(run):
    """Run in a thread with a database connection of its own."""
    results = []

    def work():
        try:
            results.append(run())
        finally:
            databases.close_all()

    thread = threading.Thread(target=work)
    thread.start()

    def join():
        thread.join(20)
        assert results, "the thread failed"
        return results[0]

    return join


@pytest.mark.django_db(transaction=True)
def test_equal_misses_at_the_same_time_make_one_call(dam, name_of):
    dam.script.gate = threading.Event()
    board = this_process().gateway.board
    with opened(
        dam.script.gate, when=lambda: [len(f.listeners) for f in list(board._flights.values())] == [8]
    ):
        joins = [in_thread(lambda: name_of(dam.want(LOBBY), budget_s=20)) for _ in range(8)]
        assert [join() for join in joins] == [(FRESH, ["old"])] * 8
    assert dam.script.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_patient_request_does_not_share_the_end_of_a_hasty_one(dam, name_of):
    dam.script.gate = threading.Event()
    hasty = in_thread(lambda: name_of(dam.want(LOBBY), budget_s=3))
    while dam.script.running < 1:
        time.sleep(0.005)
    with opened(dam.script.gate, when=lambda: dam.script.count("fetch") == 2):
        assert name_of(dam.want(LOBBY), budget_s=20) == (FRESH, ["old"])
    hasty()


@pytest.mark.django_db(transaction=True)
def test_a_request_after_a_purge_does_not_join_a_read_from_before_it(dam, name_of):
    dam.script.gate = threading.Event()
    before = in_thread(lambda: name_of(dam.want(LOBBY), budget_s=20))
    while dam.script.running < 1:
        time.sleep(0.005)
    purge(connection=dam.connection, refs=[LOBBY])
    dam.script.edit(LOBBY, name="new")
    with opened(dam.script.gate, when=lambda: dam.script.running == 2):
        assert name_of(dam.want(LOBBY), budget_s=20) == (FRESH, ["new"])
        assert before() == (FRESH, ["new"])


class LateScript(Script):
    """A system that takes its value when it is asked, and is slow to send it: the worst case of a race."""

    def __init__(self):
        super().__init__()
        self.taken, self.send = threading.Event(), threading.Event()

    def snapshot(self):
        assets = super().snapshot()
        self.taken.set()
        self.send.wait(20)
        return assets


@pytest.mark.django_db(transaction=True)
def test_a_value_that_a_purge_overtook_is_neither_served_nor_kept_as_fresh(connect, name_of):
    system = connect("late", script=LateScript(), freshness=LONG)
    system.script.put("ImageObject", "a-1", name="old")
    before = in_thread(lambda: name_of(system.want(LOBBY), budget_s=20))
    assert system.script.taken.wait(20)
    system.script.edit(LOBBY, name="new")
    purge(connection=system.connection, refs=[LOBBY])
    system.script.send.set()
    assert before() == (FRESH, ["new"])
    assert name_of(system.want(LOBBY)) == (FRESH, ["new"])
    settle()
    assert [e.asset.fields["name"] for e in this_process().cache.shared.entries()] == ["new"]
    assert system.script.count("fetch") == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("fails", [False, True])
def test_a_member_of_a_list_that_a_purge_overtook_is_not_served_as_fresh(connect, read, clock, fails):
    """The list is held; the member alone is read, because its price is over."""
    script = LateScript()
    system = connect("late", script=script, freshness=LONG)
    ends = datetime.fromtimestamp(clock.now + 60, UTC)
    fields = {"name": "old", "keywords": ["spa"]}
    script.put("ImageObject", "a-1", asset=Asset(LOBBY, fields, valid_until=ends))
    want = system.want_tag("ImageObject", "spa")
    script.send.set()
    assert read(want).state is FRESH
    settle()
    clock.advance(61)
    script.put("ImageObject", "a-1", **fields)
    script.taken.clear()
    script.send.clear()
    before = in_thread(lambda: read(want, budget_s=20))
    assert script.taken.wait(20)
    script.edit(LOBBY, name="new")
    if fails:
        script.errors["query"] = TransientError("down")
    purge(connection=system.connection, refs=[LOBBY])
    script.send.set()
    outcome = before()
    assert [reading.asset.fields["name"] for reading in outcome.readings] == ["old" if fails else "new"]
    assert outcome.state is (STALE if fails else FRESH)


@pytest.mark.django_db(transaction=True)
def test_other_processes_hear_a_purge_by_themselves(dam, name_of, settings):
    settings.CONNECTIONS_BACKGROUND = True
    forget_process()
    try:
        assert name_of(dam.want(LOBBY)) == (FRESH, ["old"])
        dam.script.edit(LOBBY, name="new")
        # As another process would: no call into this one.
        n = append_purges([f"c:{dam.uuid}"], drop=False)
        heard = threading.Event()
        for _ in range(400):
            if this_process().generations.head >= n:
                break
            heard.wait(0.02)
        assert name_of(dam.want(LOBBY)) == (FRESH, ["new"])
        counting = _Counting()
        with database.execute_wrapper(counting):
            name_of(dam.want(LOBBY))
        assert counting.count == 1, "a warm request asks the database for its connections only"
    finally:
        clear_process()


@pytest.mark.django_db(transaction=True)
def test_the_listener_outlives_whatever_happens_and_forgets_what_concerns_nothing(space):
    failures = [ZeroDivisionError("a driver's bug"), OSError("gone")]

    def read(after):
        if failures:
            raise failures.pop()
        return Log("e", [line for line in log if line.n >= after])

    log = [Line(1, "c:old", True, 1.0), Line(2, "c:x", False, time.time())]
    drops = []
    generations = Generations(read, begin_epoch=lambda after: None, rewound=drops.clear, dropped=drops.append)
    listener = Listener(generations, SharedCache(SqliteStore(Path("unused"))))
    listener.start()
    try:
        until = time.monotonic() + 10
        while generations._drop or generations.head < 2:
            assert time.monotonic() < until
            time.sleep(0.01)
    finally:
        listener.stop()
    assert (drops, set(generations._soft)) == ([{"c:old": 1}], {"c:x"})


class _Counting:
    """Counts the queries of this thread."""

    def __init__(self):
        self.count = 0

    def __call__(self, execute, sql, params, many, context):
        self.count += 1
        return execute(sql, params, many, context)


# The law, under every interleaving that hypothesis finds.


class _World(RuleBasedStateMachine):
    """One source, one log, two processes with a shared cache; reads begin and end whenever they like."""

    reads = Bundle("reads")

    def __init__(self):
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.log = []
        self.version = 0
        self.purged_at = {}
        self.now = 1_000_000.0
        self.address = Address.of(
            connection="c-1", version=1, epoch="e", kind="asset", type="Product", id="p-1", locale="en"
        )
        self.processes = [self._process() for _ in range(2)]
        self.ended = 0

    def _process(self):
        generations = Generations(
            lambda after: Log("e", [line for line in self.log if line.n >= after]),
            begin_epoch=lambda after: None,
            rewound=lambda: pytest.fail("the log was taken for another one"),
            dropped=lambda purges: None,
        )
        store = SqliteStore(Path(self.folder.name) / "cache.sqlite3")
        return generations, Cache(LocalCache(), SharedCache(store))

    @rule(scope=st.sampled_from(["c:c-1", "c:c-1:t:Product", "c:c-1:i:Product:p-1"]), drop=st.booleans())
    def change_and_purge(self, scope, drop):
        self.version += 1
        n = len(self.log) + 1
        self.log.append(Line(n, scope, drop, self.now))
        self.purged_at[n] = (self.version, drop)

    @rule(who=st.integers(0, 1))
    def hear(self, who):
        self.processes[who][0].catch_up()

    @rule(seconds=st.sampled_from([1.0, 9.0, 11.0, 40.0]))
    def wait(self, seconds):
        self.now += seconds

    @rule(target=reads, who=st.integers(0, 1))
    def begin_read(self, who):
        return who, self.processes[who][0].head, self.version

    @rule(read=reads)
    def end_read(self, read):
        who, generation, version = read
        asset = Asset(self.address.ref, {"version": version})
        entry = EntryMaker(Windows(10, 20, 100), self.now, generation).make(asset, self.address, known=None)
        cache = self.processes[who][1]
        cache.keep([entry])
        cache.share([entry])
        self.ended += 1

    @rule(who=st.integers(0, 1))
    def serve(self, who):
        generations, cache = self.processes[who]
        entry = cache.look_up([self.address], suffices=lambda entry: False)[self.address.key]
        if entry is None:
            return
        overtaken = generations.overtaking(self.address, entry.generation)
        heard = [self.purged_at[n] for n in range(1, generations.head + 1)]
        verdict = judge(entry, now=self.now, overtaken=overtaken, deaf=False)
        if verdict is not Verdict.READ:
            assert entry.asset.fields["version"] >= max((version for version, _ in heard), default=0)
            assert self.now < entry.stored_at + 30
        good = last_good_s(
            entry,
            now=self.now,
            overtaken=overtaken,
            dropped=generations.has_dropped(entry),
            deaf=False,
            limit_s=None,
        )
        if good is not None:
            assert entry.asset.fields["version"] >= max((v for v, drop in heard if drop), default=0)
            assert self.now < entry.stored_at + 110

    @invariant()
    def the_log_is_known_up_to_the_head(self):
        for generations, _ in self.processes:
            assert generations.head <= len(self.log)

    def teardown(self):
        for _, cache in self.processes:
            cache.close()
        self.folder.cleanup()


TestPurgeLaw = _World.TestCase
TestPurgeLaw.settings = settings(
    max_examples=60, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
)
