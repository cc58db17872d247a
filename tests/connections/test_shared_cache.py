"""The shared cache: a SQLite file here, Redis where CACHE_URL says so. It may fail; answers may not."""

import sqlite3
import time
from pathlib import Path

import pytest

from connectors.sdk import Asset, Ref
from orchestrator.connections.cache import Address, Cache, LocalCache, SharedCache
from orchestrator.connections.cache.redis import RedisStore
from orchestrator.connections.cache.shared import open_store
from orchestrator.connections.cache.sqlite import SqliteStore
from orchestrator.connections.configuring.freshness import Windows
from orchestrator.connections.gateway.answers import EntryMaker
from orchestrator.connections.process import forget_process, this_process
from tests.connections.conftest import FRESH, settle

LOBBY = Ref("ImageObject", "a-1")
FAR = 4_000_000_000.0


def make_entry(
    id="a-1",
    *,
    connection="c-1",
    epoch="e",
    generation=0,
    now=FAR,
    fields=None,
    result=None,
    windows=(10, 20, 100),
):
    address = Address.of(
        connection=connection,
        version=1,
        epoch=epoch,
        kind="asset",
        type="ImageObject",
        id=id,
        locale="en",
    )
    result = result or Asset(address.ref, fields or {"name": id, "size": 3, "tags": ["ä", None, {"x": 1.5}]})
    return EntryMaker(Windows(*windows), now, generation).make(result, address, known=None)


@pytest.fixture
def store(settings, tmp_path):
    """The kind of store that this run is about, with nothing in it."""
    url = settings.CACHE_URL
    store = open_store(f"sqlite:///{tmp_path / 'cache.sqlite3'}" if url.startswith("sqlite") else url)
    store.clear()
    yield store
    store.clear()
    store.close()


@pytest.fixture
def file(settings, tmp_path):
    """This process's cache is a file that the test may damage."""
    path = tmp_path / "own" / "cache.sqlite3"
    settings.CACHE_URL = f"sqlite:///{path}"
    forget_process()
    return path


def test_what_is_put_comes_back_the_same(store):
    from datetime import UTC, datetime

    from connectors.sdk import Missing, MissingReason

    whole = Asset(
        LOBBY,
        {"name": "Lobby"},
        lang="en",
        updated_at=datetime(2026, 1, 2, tzinfo=UTC),
        valid_until=datetime(2200, 1, 2, 3, 4, 5, 678, tzinfo=UTC),
        validator='"v"',
        edit_url="https://dam.example/edit/1",
        protected=True,
    )
    entries = [
        make_entry(result=whole),
        make_entry("gone", result=Missing(MissingReason.GONE)),
        make_entry("moved", result=Missing(MissingReason.MOVED, moved_to=Ref("ImageObject", "b"))),
        make_entry("x" * 400),
    ]
    store.put_many(entries)
    found = {entry.key: entry for entry in store.get_many([e.key for e in entries] + ["none"])}
    assert len(found) == 4
    for entry in entries:
        same = found[entry.key]
        assert (same.asset, same.absent, same.moved_to) == (entry.asset, entry.absent, entry.moved_to)
        assert same.to_row() == entry.to_row()


def test_a_reading_that_began_earlier_does_not_replace_a_later_one(store):
    new, old = (
        make_entry(generation=5, fields={"name": "new"}),
        make_entry(generation=4, fields={"name": "old"}),
    )
    store.put_many([new])
    store.put_many([old])
    assert [e.asset.fields for e in store.get_many([new.key])] == [{"name": "new"}]


def test_a_later_number_of_an_earlier_epoch_stands_in_nobodys_way(store):
    before, now = make_entry(epoch="e.1", generation=9), make_entry(epoch="e.2", generation=1)
    local = LocalCache()
    for entry in (before, now, before):
        store.put_many([entry])
        local.put(entry)
    assert [e.address.epoch for e in store.get_many([now.key])] == ["e.2"]
    assert local.get(now.key) == now


def test_a_drop_takes_what_it_covers_and_was_read_before(store):
    store.put_many(
        [make_entry("a"), make_entry("b"), make_entry("c", generation=9), make_entry("a", connection="c-2")]
    )
    store.drop({"c:c-1:i:ImageObject:a": 7, "c:c-9:t:ImageObject": 7})
    assert sorted(e.address.id for e in store.entries() if e.address.connection == "c-1") == ["b", "c"]
    store.drop({"c:c-1": 8})
    assert [(e.address.connection, e.address.id) for e in sorted(store.entries(), key=lambda e: e.key)] == [
        ("c-1", "c"),
        ("c-2", "a"),
    ]


def test_when_something_was_read_is_known_for_half_a_day_be_it_held_or_not(store):
    now = time.time()
    read = [make_entry("a", now=now - 60), make_entry("b", now=now - 7200)]
    store.put_many(read)
    keys = [entry.key for entry in (*read, make_entry("never"))]
    store.drop({f"c:{read[0].address.connection}": 10_000})
    assert store.read_since(keys, now - 3600) == {keys[0]}
    assert store.read_since(keys, now - 43_200) == set(keys[:2])
    store.prune(now + 60)
    assert store.read_since(keys, now - 43_200) == set(keys[:2])


def test_two_processes_that_read_the_same_value_agree_since_when_it_is_known(store):
    """Else each of them would answer with bytes of its own, and an ETag would hold at one of them only."""
    first, second = (Cache(LocalCache(), SharedCache(store)) for _ in range(2))
    earlier = make_entry(now=FAR, fields={"name": "Lobby", "extra": {"a": 1, "b": 2}})
    later = make_entry(now=FAR + 3, fields={"extra": {"b": 2, "a": 1}, "name": "Lobby"})
    other = make_entry("a-2", now=FAR + 3)
    for cache, entries in ((first, [earlier]), (second, [later, other])):
        cache.keep(entries)
        cache.share(entries)
    known = second.local.get(later.key)
    assert (known.as_of, known.stored_at) == (earlier.as_of, later.stored_at)
    assert list(known.asset.fields) == ["name", "extra"]
    assert list(known.asset.fields["extra"]) == ["a", "b"]
    assert second.local.get(other.key).as_of == FAR + 3
    changed = make_entry(now=FAR + 9, fields={"name": "Foyer"})
    first.keep([changed])
    first.share([changed])
    assert first.local.get(changed.key).as_of == FAR + 9


def test_many_keys_are_asked_at_once(store):
    entries = [make_entry(f"a-{n}") for n in range(1500)]
    store.put_many(entries)
    assert len(store.get_many([e.key for e in entries])) == 1500


def test_a_file_is_bounded_and_what_ended_goes(tmp_path):
    store = SqliteStore(tmp_path / "cache.sqlite3", most_entries=3)
    store.put_many([make_entry(str(n), now=FAR + n) for n in range(6)])
    assert store.prune(0) == 3
    assert sorted(e.address.id for e in store.entries()) == ["3", "4", "5"]
    assert store.prune(FAR + 4 + 110) == 2
    store.close()


def test_memory_is_bounded_in_number_and_bytes():
    local = LocalCache(most_entries=3, most_bytes=10_000)
    for n in range(5):
        local.put(make_entry(str(n)))
    assert [e.address.id for e in local.entries()] == ["2", "3", "4"]
    local.get(make_entry("2").key)
    local.put(make_entry("big", fields={"name": "x" * 9_000}))
    assert [e.address.id for e in local.entries()][-1] == "big"
    assert sum(e.size_bytes for e in local.entries()) <= 10_000


def test_a_file_that_vanishes_is_made_anew(file, connect, read):
    dam = connect()
    dam.script.put("ImageObject", "a-1", name="Lobby")
    read(dam.want(LOBBY))
    settle()
    for path in file.parent.iterdir():
        path.unlink()
    other = dam.script.put("ImageObject", "a-2", name="Other")
    assert read(dam.want(LOBBY)).state is FRESH
    assert read(dam.want(other)).state is FRESH
    settle()
    assert [e.address.id for e in this_process().cache.shared.entries()] == ["a-2"]


def test_a_damaged_file_never_breaks_an_answer_and_is_replaced(file, connect, read, caplog):
    dam = connect()
    dam.script.put("ImageObject", "a-1", name="Lobby")
    file.parent.mkdir()
    file.write_bytes(b"this is no database at all, only text" * 100)
    this_process().cache.shared.rest_s = 0
    assert read(dam.want(LOBBY)).state is FRESH
    settle()
    forget_process()
    assert read(dam.want(LOBBY)).state is FRESH
    assert dam.script.count() == 1
    assert sum("shared cache does not work" in line for line in caplog.messages) == 1


def test_a_folder_that_cannot_be_written_never_breaks_an_answer(settings, connect, read, tmp_path):
    (tmp_path / "file").write_text("not a folder")
    settings.CACHE_URL = f"sqlite:///{tmp_path / 'file' / 'cache.sqlite3'}"
    forget_process()
    dam = connect()
    dam.script.put("ImageObject", "a-1", name="Lobby")
    assert read(dam.want(LOBBY)).state is FRESH
    assert read(dam.want(LOBBY)).state is FRESH
    assert dam.script.count() == 1
    assert not this_process().cache.shared.answers()


def test_a_row_that_nobody_can_read_is_a_miss(file, connect, read):
    dam = connect()
    dam.script.put("ImageObject", "a-1", name="Lobby")
    read(dam.want(LOBBY))
    settle()
    with sqlite3.connect(file) as db:
        db.execute("UPDATE entries SET value = 'not JSON'")
    db.close()
    forget_process()
    assert read(dam.want(LOBBY)).state is FRESH
    assert dam.script.count() == 2


def test_values_are_stored_as_plain_json(file, connect, read):
    dam = connect()
    dam.script.put("ImageObject", "a-1", name="Lobby")
    read(dam.want(LOBBY))
    settle()
    with sqlite3.connect(file) as db:
        row = db.execute("SELECT value, purpose, type, id, locale FROM entries").fetchone()
    db.close()
    assert row[0].startswith(b'{"asset":{"ref":["ImageObject","a-1"],"fields":{"name":"Lobby"}')
    assert row[1:] == ("delivery", "ImageObject", "a-1", "en")


def test_without_redis_answers_go_on(settings, connect, read):
    settings.CACHE_URL = "redis://127.0.0.1:1/0"
    forget_process()
    dam = connect()
    dam.script.put("ImageObject", "a-1", name="Lobby")
    assert read(dam.want(LOBBY)).state is FRESH
    assert read(dam.want(LOBBY)).state is FRESH
    assert dam.script.count() == 1
    assert not this_process().cache.shared.answers()


@pytest.mark.services
def test_redis_ends_entries_by_itself_and_wakes_listeners(settings):
    import threading
    import time

    store = RedisStore(settings.CACHE_URL)
    store.clear()
    entry = make_entry(now=time.time(), windows=(60, 0, 0))
    store.put_many([entry, make_entry("ended", now=time.time() - 100, windows=(1, 0, 0))])
    assert [e.address.id for e in store.entries()] == ["a-1"]
    assert 0 < store._redis.pttl("onevoice:2:entry:" + entry.key) <= 60_000
    store.wait_for_news(0.05)
    woken = threading.Event()
    listener = threading.Thread(target=lambda: (store.wait_for_news(20), woken.set()))
    listener.start()
    RedisStore(settings.CACHE_URL).announce(7)
    assert woken.wait(10)
    listener.join()
    store.clear()
    store.close()


@pytest.mark.services
def test_hubs_in_other_databases_of_one_redis_do_not_wake_each_other(settings):
    server, _, number = settings.CACHE_URL.rpartition("/")
    own, other = RedisStore(settings.CACHE_URL), RedisStore(f"{server}/{int(number or 0) + 8}")
    own.wait_for_news(0.01)
    # The first message of a subscription is its confirmation.
    own._heard.get_message(timeout=5)
    other.announce(7)
    own.announce(8)
    news = own._heard.get_message(timeout=5)
    assert int(news["data"]) == 8
    own.close()
    other.close()


@pytest.mark.services
def test_a_failure_elsewhere_does_not_end_the_listening(settings):
    """The connection on which news come is the listener's own: who heals must not close it under it."""
    import threading
    import time

    import redis

    shared = SharedCache(RedisStore(settings.CACHE_URL), rest_s=0)
    stop, woken = threading.Event(), threading.Event()
    shared.wait_for_news(0.01, stop)
    listener = threading.Thread(target=lambda: (shared.store.wait_for_news(20), woken.set()))
    listener.start()
    time.sleep(0.1)
    shared._rest(redis.TimeoutError("another thread's"))
    assert not woken.wait(0.2)
    shared.announce(7)
    assert woken.wait(10)
    listener.join()
    shared.close()


def test_a_cache_url_of_another_kind_is_refused():
    from django.core.exceptions import ImproperlyConfigured

    with pytest.raises(ImproperlyConfigured, match="CACHE_URL"):
        open_store("memcached://127.0.0.1")


def test_a_relative_and_an_absolute_file():
    assert open_store("sqlite:///var/cache.sqlite3").path == Path("var/cache.sqlite3")
    assert open_store("sqlite:////var/cache.sqlite3").path == Path("/var/cache.sqlite3")


def test_a_store_that_fails_rests_before_it_is_tried_again(tmp_path):
    (tmp_path / "file").write_text("x")
    shared = SharedCache(SqliteStore(tmp_path / "file" / "c.sqlite3"), rest_s=60)
    assert shared.get_many(["a"]) == []
    (tmp_path / "file").unlink()
    shared.put_many([make_entry()])
    assert shared.entries() == []
    shared._resting_until = 0
    shared.put_many([make_entry()])
    assert len(shared.entries()) == 1
    shared.close()
