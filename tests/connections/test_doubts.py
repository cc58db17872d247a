"""What is found absent is looked at a second time before it counts: one strange answer costs nothing."""

from datetime import timedelta

import pytest
from django.utils import timezone

from connectors.sdk import Missing, MissingReason, RateLimitedError, Ref, TransientError
from orchestrator.connections.configuring.saving import save_connection
from orchestrator.connections.listening.rereading import reread
from orchestrator.connections.models import AssetProblem, ConnectionHealth, Purge, Reread
from orchestrator.connections.process import forget_process, this_process
from orchestrator.connections.purges.rereads import claim_mark, due_marks
from orchestrator.engine.outcome import LinkState
from tests.connections.conftest import FRESH, STALE, settle
from tests.connections.working import LONG, broken, doubted, link, make_due, use, work

LOBBY, POOL, SPA = (Ref("ImageObject", name) for name in ("a-1", "a-2", "a-3"))
TEA = Ref("Product", "p-1")


@pytest.fixture
def dam(connect):
    """A system with three pictures and a product, all in use."""
    system = connect(freshness=LONG)
    for ref in (LOBBY, POOL, SPA, TEA):
        system.script.put(ref.type, ref.external_id, name=ref.external_id)
    use(*(link(system, ref) for ref in (LOBBY, POOL, SPA, TEA)))
    return system


@pytest.fixture
def find_gone(dam, read, clock):
    """Read assets, and again when they are gone."""

    def find(*refs):
        for ref in refs:
            read(dam.want(ref))
        settle()
        for ref in refs:
            dam.script.delete(ref)
        clock.advance(5000)
        for ref in refs:
            assert read(dam.want(ref)).state is LinkState.GONE
        settle()
        this_process().findings.flush()

    return find


def look():
    """Let the pause pass, and one look be made."""
    make_due()
    reread(this_process(), Reread.objects.get(cause="doubts").pk)
    settle()


def drops():
    return Purge.objects.filter(kind="drop").count()


def later_s():
    """Until the next look."""
    return (Reread.objects.get(cause="doubts").due_at - timezone.now()).total_seconds()


def asked(system):
    """The assets asked for, call by call."""
    return [set(called.refs) for called in system.script.log if called.method == "fetch"]


# One answer.


def test_one_strange_answer_lists_nothing_and_drops_nothing(dam, find_gone, name_of, clock):
    find_gone(LOBBY)
    assert (broken(), doubted(), drops()) == ([], [("a-1", "gone")], 0)
    dam.script.error = TransientError("down")
    clock.advance(60)
    assert name_of(dam.want(LOBBY)) == (STALE, ["a-1"]), "the last good copy is still there"
    forget_process()
    this_process().gateway.clock = clock
    assert name_of(dam.want(LOBBY)) == (STALE, ["a-1"]), "in another process, too"


def test_a_slot_that_takes_no_old_copy_says_gone(dam, find_gone, read, clock):
    find_gone(LOBBY)
    dam.script.error = TransientError("down")
    clock.advance(60)
    assert read(dam.want(LOBBY), limit_s=0).state is LinkState.GONE


def test_the_pause_is_kept(dam, find_gone):
    find_gone(LOBBY)
    assert 2 < later_s() <= 3
    Reread.objects.update(due_at=timezone.now())
    before = dam.script.count()
    work_once()
    assert dam.script.count() == before, "the doubt is younger than the pause"
    assert 1 < later_s() <= 3


def work_once():
    for pk in due_marks():
        reread(this_process(), pk)


# The second look.


def test_a_second_answer_lists_it_and_drops_its_bytes(dam, find_gone, read, clock):
    find_gone(LOBBY)
    look()
    assert (broken(), doubted(), drops()) == ([("a-1", "gone")], [], 1)
    assert not due_marks()
    dam.script.error = TransientError("down")
    clock.advance(60)
    assert read(dam.want(LOBBY)).state is LinkState.ERROR, "nothing is left to stand in"
    assert not any(
        entry.asset for entry in this_process().cache.shared.entries() if entry.address.id == "a-1"
    )


def test_the_second_look_is_past_the_cache_and_without_conditions(dam, find_gone):
    find_gone(LOBBY)
    dam.script.honours_validators = True
    before = len(asked(dam))
    look()
    assert asked(dam)[before:] == [{LOBBY, POOL, SPA}], "one call, for it and for others"


@pytest.mark.parametrize(
    ("reason", "state"), [(MissingReason.HIDDEN, "hidden"), (MissingReason.FORBIDDEN, "denied")]
)
def test_hidden_and_denied_are_looked_at_again_and_drop_nothing(dam, read, reason, state):
    dam.script.assets[LOBBY] = Missing(reason)
    read(dam.want(LOBBY))
    this_process().findings.flush()
    assert (broken(), doubted()) == ([], [("a-1", state)])
    look()
    assert (broken(), doubted(), drops()) == ([("a-1", state)], [], 0)


def test_one_that_is_back_before_the_second_look_is_forgotten_and_read_by_all(dam, find_gone, name_of):
    find_gone(LOBBY)
    dam.script.put("ImageObject", "a-1", name="back")
    look()
    assert (broken(), doubted(), drops()) == ([], [], 0)
    assert Purge.objects.filter(scope__endswith=":i:ImageObject:a-1", kind="soft").exists()
    work()
    assert name_of(dam.want(LOBBY)) == (FRESH, ["back"])


def test_one_that_is_back_after_it_was_listed_is_listed_no_more(dam, find_gone, read, clock):
    find_gone(LOBBY)
    look()
    dam.script.put("ImageObject", "a-1", name="back")
    clock.advance(60)
    read(dam.want(LOBBY))
    this_process().findings.flush()
    assert broken() == []


def test_what_is_absent_in_another_way_is_a_new_doubt(dam, find_gone):
    find_gone(LOBBY)
    dam.script.assets[LOBBY] = Missing(MissingReason.HIDDEN)
    look()
    assert (broken(), doubted(), drops()) == ([], [("a-1", "hidden")], 0)
    look()
    assert broken() == [("a-1", "hidden")]


def test_many_doubts_are_few_calls(dam, read):
    refs = [Ref("ImageObject", f"n-{n}") for n in range(120)]
    this_process().gateway.resolve([dam.want(ref) for ref in refs], locale="en", budget_s=20)
    settle()
    this_process().findings.flush()
    before = len(asked(dam))
    work()
    assert len(broken()) == 120
    assert len(asked(dam)) - before <= 6
    assert dam.script.count("check") == 2


# A source that fails, or has lost everything.


def test_a_source_that_fails_in_between_is_waited_for(dam, find_gone):
    find_gone(LOBBY)
    dam.script.error = TransientError("down")
    fetches = len(asked(dam))
    pauses = []
    for _ in range(8):
        look()
        pauses.append(round(later_s()))
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60]
    assert len(asked(dam)) == fetches, "it is asked whether it works, and nothing else"
    assert (broken(), doubted()) == ([], [("a-1", "gone")])
    dam.script.error = None
    look()
    assert broken() == [("a-1", "gone")]


def test_a_source_that_asks_for_rest_gets_it(dam, find_gone):
    find_gone(LOBBY)
    dam.script.errors["fetch"] = RateLimitedError("dam: HTTP 429", retry_after_s=40)
    look()
    assert 38 < later_s() <= 40
    calls = dam.script.count()
    look()
    assert dam.script.count() == calls
    assert doubted() == [("a-1", "gone")]


def test_one_of_which_a_working_source_will_not_speak_is_forgotten_after_some_tries(dam, find_gone):
    find_gone(LOBBY)
    dam.script.assets[LOBBY] = Missing(MissingReason.UNKNOWN)
    for _ in range(4):
        look()
        assert doubted() == [("a-1", "gone")]
    look()
    assert (broken(), doubted(), drops()) == ([], [], 0)


def test_a_source_that_is_empty_as_a_whole_is_not_believed(dam, find_gone, name_of):
    find_gone(LOBBY)
    kept = dict(dam.script.assets)
    dam.script.assets.clear()
    for _ in range(3):
        look()
    assert (broken(), drops()) == ([], 0)
    assert AssetProblem.objects.filter(with_all_others=True).count() >= 3, "those asked for beside it, too"
    dam.script.assets.update(kept)
    work(most=8)
    assert broken() == [("a-1", "gone")], "the others are there again: it alone is gone"
    assert doubted() == []


def test_an_emptied_source_is_believed_after_a_day(dam, find_gone):
    find_gone(LOBBY, POOL, SPA, TEA)
    look()
    assert (broken(), len(doubted())) == ([], 4)
    AssetProblem.objects.update(first_seen_at=timezone.now() - timedelta(hours=23, minutes=59))
    look()
    assert broken() == []
    AssetProblem.objects.update(first_seen_at=timezone.now() - timedelta(hours=24))
    look()
    assert (len(broken()), doubted()) == (4, [])


def test_each_type_needs_one_of_its_own(dam, find_gone):
    find_gone(LOBBY, POOL, SPA)
    look()
    assert (broken(), len(doubted())) == ([], 3), (
        "that the product is there says nothing of an index of pictures"
    )


def test_the_only_one_of_its_type_is_vouched_for_by_others(dam, find_gone):
    find_gone(TEA)
    look()
    assert broken() == [("p-1", "gone")]


def test_the_only_one_of_a_source_stands_for_itself(connect, read):
    help_desk = connect("help")
    read(help_desk.want(Ref("Question", "q-1")))
    this_process().findings.flush()
    look()
    assert broken() == [("q-1", "gone")]


# Who works.


def test_the_look_of_a_worker_that_died_is_taken_up(dam, find_gone):
    find_gone(LOBBY)
    make_due()
    claim_mark(Reread.objects.get(cause="doubts").pk, lease_s=600)
    assert not due_marks()
    work()
    assert broken() == [("a-1", "gone")]


def test_a_look_that_dies_before_it_is_written_down_confirms_nothing_and_drops_nothing(
    dam, find_gone, monkeypatch
):
    find_gone(LOBBY)
    with monkeypatch.context() as dying:
        dying.setattr("orchestrator.connections.purges.purging.append_purges", _die)
        with pytest.raises(KeyboardInterrupt):
            look()
    assert (broken(), doubted(), drops()) == ([], [("a-1", "gone")], 0)
    work()
    assert (broken(), drops()) == ([("a-1", "gone")], 1)


def _die(*_args, **_more):
    raise KeyboardInterrupt


def test_what_is_found_during_a_look_is_looked_at_next(dam, find_gone):
    find_gone(LOBBY)
    make_due()
    mark = claim_mark(Reread.objects.get(cause="doubts").pk, lease_s=600)
    find_gone(POOL)
    assert Reread.objects.get(pk=mark.pk).purged_n == mark.walk_n + 1
    work()
    assert sorted(broken()) == [("a-1", "gone"), ("a-2", "gone")]


def test_people_are_not_asked_for(dam, find_gone, space):
    find_gone(LOBBY)
    save_connection(
        space=space, slug="dam", name="DAM", connector="scripted", config={"script": "dam"}, personal=True
    )
    calls = dam.script.count()
    work()
    assert (dam.script.count(), doubted(), broken()) == (calls, [], [])


def test_a_connection_that_is_off_waits(dam, find_gone):
    find_gone(LOBBY)
    type(dam.connection).objects.update(enabled=False)
    calls = dam.script.count()
    work()
    assert (dam.script.count(), doubted()) == (calls, [("a-1", "gone")])


def test_health_is_what_the_look_found(dam, find_gone):
    find_gone(LOBBY)
    dam.script.error = TransientError("down")
    look()
    assert ConnectionHealth.objects.get(connection=dam.connection).state == "failing"
