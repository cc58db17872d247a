"""A database comes back from a backup beside a cache that survived: what was purged since is not fresh."""

from dataclasses import replace

import pytest
from django.db import DatabaseError

from connectors.sdk import Ref, TransientError
from orchestrator.connections.cache import Position
from orchestrator.connections.cache.entry import database_of
from orchestrator.connections.models import Purge, PurgeCounter, new_epoch
from orchestrator.connections.process import forget_process, this_process
from orchestrator.connections.purges.generations import Generations, Line, Log
from orchestrator.connections.purges.purging import purge
from orchestrator.engine.outcome import LinkState
from tests.connections.conftest import FRESH, settle
from tests.connections.test_purging import LateScript, in_thread
from tests.connections.test_shared_cache import make_entry

LOBBY = Ref("ImageObject", "a-1")
OTHER = Ref("ImageObject", "a-2")
LONG = {"*": {"fresh_for_s": 3600, "revalidate_for_s": 3600}}


@pytest.fixture(params=["sqlite", pytest.param("redis", marks=pytest.mark.services)], autouse=True)
def cache_that_survives(request, settings, tmp_path):
    """A shared cache of its own: it outlives each process of the test."""
    if request.param == "sqlite":
        settings.CACHE_URL = f"sqlite:///{tmp_path / 'cache.sqlite3'}"
    forget_process()
    this_process().cache.shared.store.clear()


@pytest.fixture
def dam(connect):
    system = connect(freshness=LONG)
    for ref in (LOBBY, OTHER):
        system.script.put(ref.type, ref.external_id, name="old")
    return system


def purge_heard(system, *refs):
    """A purge that this process has heard, as every process has within a moment."""
    settle()
    purge(connection=system.connection, refs=refs)
    this_process().hear()


def back_up():
    settle()
    return list(Purge.objects.values()), PurgeCounter.objects.values().get()


def restore(backup):
    """Bring the database back as it was. Nobody tells the cache."""
    lines, counter = backup
    Purge.objects.all().delete()
    for line in lines:
        at = line.pop("at")
        Purge.objects.create(**line)
        Purge.objects.filter(n=line["n"]).update(at=at)
        line["at"] = at
    PurgeCounter.objects.filter(pk=counter["id"]).update(**counter)


def restart():
    settle()
    forget_process()


def test_a_reading_from_after_the_backup_is_not_taken_for_newer_than_a_new_purge(dam, name_of):
    purge_heard(dam, OTHER)
    backup = back_up()
    for _ in range(3):
        purge_heard(dam, OTHER)
    assert name_of(dam.want(LOBBY)) == (FRESH, ["old"])
    restart()
    restore(backup)
    dam.script.edit(LOBBY, name="new")
    purge(connection=dam.connection, refs=[LOBBY])
    assert name_of(dam.want(LOBBY)) == (FRESH, ["new"])


def test_a_purge_that_the_restore_forgot_still_counts(dam, name_of):
    purge_heard(dam, OTHER)
    assert name_of(dam.want(LOBBY)) == (FRESH, ["old"])
    backup = back_up()
    dam.script.edit(LOBBY, name="new")
    purge_heard(dam, LOBBY)
    restart()
    restore(backup)
    assert name_of(dam.want(LOBBY)) == (FRESH, ["new"])


def test_a_purge_before_the_first_backup_line_still_counts(dam, name_of):
    backup = back_up()
    assert name_of(dam.want(LOBBY)) == (FRESH, ["old"])
    dam.script.edit(LOBBY, name="new")
    purge_heard(dam, LOBBY)
    restart()
    restore(backup)
    assert name_of(dam.want(LOBBY)) == (FRESH, ["new"])


def test_a_log_that_has_passed_the_lost_numbers_is_still_known_for_another(dam, name_of):
    purge_heard(dam, OTHER)
    assert name_of(dam.want(LOBBY)) == (FRESH, ["old"])
    backup = back_up()
    dam.script.edit(LOBBY, name="new")
    purge_heard(dam, LOBBY)
    restart()
    restore(backup)
    for _ in range(5):
        purge(connection=dam.connection, refs=[OTHER])
    forget_process()
    assert name_of(dam.want(LOBBY)) == (FRESH, ["new"])


def test_a_value_from_before_the_restore_stands_in_for_nobody(dam, read):
    """What was dropped for good may be among what the log forgot."""
    purge_heard(dam, OTHER)
    backup = back_up()
    read(dam.want(LOBBY))
    purge_heard(dam, OTHER)
    restart()
    restore(backup)
    dam.script.error = TransientError("down")
    assert read(dam.want(LOBBY)).state is LinkState.ERROR
    assert this_process().cache.shared.entries() == []


def test_a_process_that_ran_all_the_time_sees_it_too_and_all_agree_on_the_epoch(dam, name_of):
    purge_heard(dam, OTHER)
    backup = back_up()
    assert name_of(dam.want(LOBBY)) == (FRESH, ["old"])
    dam.script.edit(LOBBY, name="new")
    purge_heard(dam, OTHER)
    restore(backup)
    assert name_of(dam.want(LOBBY)) == (FRESH, ["new"])
    epoch = PurgeCounter.objects.get().epoch
    assert epoch != backup[1]["epoch"]
    assert database_of(epoch) == database_of(backup[1]["epoch"])
    restart()
    assert name_of(dam.want(LOBBY)) == (FRESH, ["new"])
    assert this_process().generations.epoch == epoch
    assert dam.script.count("fetch") == 2, "the second process read again what the first had read"


def test_an_epoch_that_another_process_began_is_taken_up(dam, name_of):
    assert name_of(dam.want(LOBBY)) == (FRESH, ["old"])
    settle()
    dam.script.edit(LOBBY, name="new")
    noted = Position(new_epoch("db", 7), 3, 3.0)
    this_process().cache.shared.store.note(noted)
    PurgeCounter.objects.update(epoch=noted.epoch)
    assert name_of(dam.want(LOBBY)) == (FRESH, ["new"])
    assert PurgeCounter.objects.get().epoch == this_process().generations.epoch
    settle()
    held = this_process().cache.local.entries()
    assert [e.asset.fields["name"] for e in held] == ["new"], "what nobody can reach is not held"
    assert noted in this_process().cache.shared.positions(), "what the other has noted is lost"


def test_a_note_of_an_epoch_that_the_restore_forgot_is_of_another_history(dam, name_of):
    purge_heard(dam, OTHER)
    assert name_of(dam.want(LOBBY)) == (FRESH, ["old"])
    settle()
    shared, heard = this_process().cache.shared, this_process().generations.position
    shared.store.note(replace(heard, epoch=new_epoch(database_of(heard.epoch))))
    restart()
    assert name_of(dam.want(LOBBY)) == (FRESH, ["old"])
    assert dam.script.count("fetch") == 2


def test_the_cache_is_compared_with_the_log_once(dam, name_of):
    purge_heard(dam, OTHER)
    heard = this_process().generations.position
    this_process().cache.shared.store.note(replace(heard, n=heard.n + 1))
    this_process().hear()
    assert this_process().generations.epoch == heard.epoch


def test_a_second_restore_of_the_same_backup_is_seen(dam, name_of):
    purge_heard(dam, OTHER)
    backup = back_up()
    for name in ("second", "third"):
        purge_heard(dam, OTHER)
        name_of(dam.want(LOBBY))
        restart()
        restore(backup)
        dam.script.edit(LOBBY, name=name)
        assert name_of(dam.want(LOBBY)) == (FRESH, [name])
    assert PurgeCounter.objects.get().epoch != backup[1]["epoch"]


def test_a_start_without_a_restore_keeps_what_is_held(dam, name_of):
    purge_heard(dam, OTHER)
    assert name_of(dam.want(LOBBY)) == (FRESH, ["old"])
    purge_heard(dam, OTHER)
    epoch = PurgeCounter.objects.get().epoch
    for _ in range(3):
        restart()
        assert name_of(dam.want(LOBBY)) == (FRESH, ["old"])
    assert (dam.script.count("fetch"), PurgeCounter.objects.get().epoch) == (1, epoch)


def test_the_log_of_another_hub_in_the_same_cache_says_nothing(dam, name_of):
    purge_heard(dam, OTHER)
    assert name_of(dam.want(LOBBY)) == (FRESH, ["old"])
    settle()
    this_process().cache.shared.store.note(Position(new_epoch(), 900, 1.0))
    restart()
    assert name_of(dam.want(LOBBY)) == (FRESH, ["old"])
    assert dam.script.count("fetch") == 1


def test_a_cache_that_did_not_work_at_the_start_is_not_read_before_it_was_compared(dam, name_of):
    purge_heard(dam, OTHER)
    assert name_of(dam.want(LOBBY)) == (FRESH, ["old"])
    backup = back_up()
    dam.script.edit(LOBBY, name="new")
    purge_heard(dam, LOBBY)
    restart()
    restore(backup)
    shared = this_process().cache.shared
    shared._resting_until = float("inf")
    this_process().hear()
    shared._resting_until = 0.0
    assert not shared.trusted
    process = this_process()
    process.gateway.hear = lambda: None
    assert name_of(dam.want(LOBBY)) == (FRESH, ["new"]), "read from what was not compared"


def test_how_far_the_log_was_heard_is_written_with_every_entry(dam, name_of):
    """A cache that was emptied under a process that runs has no other sign of what was heard."""
    purge_heard(dam, OTHER)
    backup = back_up()
    purge_heard(dam, OTHER)
    heard = this_process().generations.position
    this_process().cache.shared.store.clear()
    assert name_of(dam.want(LOBBY)) == (FRESH, ["old"])
    settle()
    assert this_process().cache.shared.positions() == [heard]
    restart()
    restore(backup)
    dam.script.edit(LOBBY, name="new")
    assert name_of(dam.want(LOBBY)) == (FRESH, ["new"])


def test_a_reading_that_is_ahead_of_the_log_is_seen_without_any_note(dam, name_of):
    """A cache may lose its notes and keep its entries."""
    purge_heard(dam, OTHER)
    backup = back_up()
    purge_heard(dam, OTHER)
    assert name_of(dam.want(LOBBY)) == (FRESH, ["old"])
    settle()
    forget_notes(this_process().cache.shared.store)
    forget_process()
    restore(backup)
    dam.script.edit(LOBBY, name="new")
    assert name_of(dam.want(LOBBY)) == (FRESH, ["old"]), "nothing is known of the restore yet"
    assert name_of(dam.want(LOBBY)) == (FRESH, ["new"])


def forget_notes(store):
    entries = list(store.entries())
    store.clear()
    store.put_many(entries)


def test_an_emptied_cache_gets_no_note_of_the_log_before():
    shared = this_process().cache.shared
    shared.note(Position("a.1", 3, 3.0))
    shared.clear()
    shared.put_many([make_entry()])
    assert (len(shared.entries()), shared.positions()) == (1, [])


def test_positions_are_the_furthest_of_each_epoch():
    store = this_process().cache.shared.store
    for n in (3, 7, 5):
        store.note(Position("a.1", n, n + 0.123456))
    store.note(Position("a.2", 2, 1_790_000_000.000001))
    assert store.positions() == [Position("a.1", 7, 7.123456), Position("a.2", 2, 1_790_000_000.000001)]


@pytest.mark.django_db(transaction=True)
def test_a_read_that_was_under_way_is_made_again(connect, name_of):
    system = connect("late", script=LateScript(), freshness=LONG)
    system.script.put("ImageObject", "a-1", name="old")
    purge_heard(system, OTHER)
    backup = back_up()
    purge_heard(system, OTHER)
    before = in_thread(lambda: name_of(system.want(LOBBY), budget_s=20))
    assert system.script.taken.wait(20)
    restore(backup)
    this_process().hear()
    system.script.edit(LOBBY, name="new")
    system.script.send.set()
    assert before() == (FRESH, ["new"])
    settle()
    assert [e.asset.fields["name"] for e in this_process().cache.shared.entries()] == ["new"]


@pytest.mark.django_db(transaction=True)
def test_a_list_that_was_under_way_is_read_again(connect, name_of):
    system = connect("late", script=LateScript(), freshness=LONG)
    system.script.put("ImageObject", "a-1", name="old", keywords=["spa"])
    purge_heard(system, OTHER)
    backup = back_up()
    purge_heard(system, OTHER)
    before = in_thread(lambda: name_of(system.want_tag("ImageObject", "spa"), budget_s=20))
    assert system.script.taken.wait(20)
    restore(backup)
    this_process().hear()
    epoch = this_process().generations.epoch
    system.script.edit(LOBBY, name="new")
    system.script.send.set()
    assert before() == (FRESH, ["new"])
    assert name_of(system.want(LOBBY)) == (FRESH, ["new"])
    this_process().hear()
    assert this_process().generations.epoch == epoch, "a member was held with a number of the epoch before"


# A database that takes no epoch: this process stays alone with its readings until it does.


@pytest.mark.parametrize("seen_by", ["the process", "the cache", "the count"])
def test_while_the_log_takes_no_epoch_nothing_from_before_is_used_and_the_caches_are_emptied_once(seen_by):
    taken, emptied = [], []
    log = Log("db.0.1", [Line(n, "c:x", False, float(n)) for n in (1, 2, 3)])

    def begin_epoch(after):
        if not taken:
            raise DatabaseError("read-only")

    generations = Generations(
        lambda after: replace(log, lines=[line for line in log.lines if line.n >= after]),
        begin_epoch=begin_epoch,
        rewound=lambda: emptied.append(1),
        dropped=lambda purges: None,
    )
    generations.catch_up()
    heard_at = generations._heard_at
    if seen_by == "the process":
        log = Log("db.0.1", log.lines[:1])
    elif seen_by == "the cache":
        generations._doubted = True
    else:
        generations._count = 1
    for _ in range(3):
        with pytest.raises(DatabaseError):
            generations.catch_up()
    assert generations.epoch not in ("", "db.0.1")
    assert (emptied, generations.position, generations._heard_at) == ([1], None, heard_at)
    taken.append(1)
    log = Log("db.2.1", log.lines[:1])
    generations.catch_up()
    assert (emptied, generations.epoch, generations.head) == ([1], "db.2.1", 1)


def test_a_database_in_the_middle_of_a_restore_is_not_written_to(dam, name_of):
    purge_heard(dam, OTHER)
    assert name_of(dam.want(LOBBY)) == (FRESH, ["old"])
    backup = back_up()
    Purge.objects.all().delete()
    PurgeCounter.objects.all().delete()
    with pytest.raises(PurgeCounter.DoesNotExist):
        this_process().hear()
    assert not PurgeCounter.objects.exists()
    PurgeCounter.objects.create(**backup[1])
    restore(backup)
    dam.script.edit(LOBBY, name="new")
    assert name_of(dam.want(LOBBY)) == (FRESH, ["new"])
    assert PurgeCounter.objects.get().epoch != backup[1]["epoch"]
