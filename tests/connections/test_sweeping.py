"""The nightly sweep: what nobody has read for half a day is read once, as far as sources take it."""

from datetime import UTC, datetime, time, timedelta
from io import StringIO

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.utils import timezone

from connectors.sdk import RateLimitedError, Ref, TransientError
from orchestrator.config import environment
from orchestrator.connections.listening.nights import Nights
from orchestrator.connections.listening.rereading import reread
from orchestrator.connections.management.commands import sweep as command
from orchestrator.connections.models import ConnectionHealth, Reread, Sweep
from orchestrator.connections.process import forget_process, this_process
from orchestrator.connections.purges.rereads import claim_mark, due_marks
from orchestrator.connections.tasks import tidy
from tests.connections.conftest import settle
from tests.connections.working import broken, link, make_due, use

LOBBY = Ref("ImageObject", "a-1")
DAY_S = 86_400


@pytest.fixture(autouse=True)
def night(settings):
    """It is night all day."""
    settings.SWEEP_AT, settings.SWEEP_HOURS = time(0), 24


@pytest.fixture
def dam(connect):
    """Seven pictures in use, at a system that takes three at once."""
    system = connect()
    system.script.max_batch = 3
    refs = [system.script.put("ImageObject", f"a-{n}", name="x") for n in range(1, 8)]
    use(*(link(system, ref) for ref in refs))
    return system


@pytest.fixture
def pim(connect):
    system = connect("pim")
    use(link(system, system.script.put("Product", "p-1", name="x")))
    return system


def mark_of(system):
    return Reread.objects.get(connection=system.connection, cause="sweep")


def night_comes():
    tidy()
    Reread.objects.filter(cause="sweep").update(due_at=timezone.now() - timedelta(seconds=1))


def step():
    """Let the pauses of a night pass, and a worker do once what is due."""
    soon = timezone.now() + timedelta(minutes=10)
    Reread.objects.filter(due_at__lt=soon).update(due_at=timezone.now() - timedelta(seconds=1))
    work_once()


def work_once():
    for pk in due_marks():
        reread(this_process(), pk)
    settle()


def later_s(system):
    return (mark_of(system).due_at - timezone.now()).total_seconds()


def asked(system):
    return [len(called.refs) for called in system.script.log if called.method == "fetch"]


def test_all_that_is_used_is_read_once_in_full_batches_one_call_at_a_time(dam):
    link(dam, dam.script.put("ImageObject", "unused", name="x"))
    night_comes()
    for _ in range(6):
        step()
    assert asked(dam) == [3, 3, 1]
    assert dam.script.most_running == 1
    assert "unused" not in {ref.external_id for called in dam.script.log for ref in called.refs}
    swept = Sweep.objects.get()
    assert (swept.ended_links, swept.ended_read, swept.links) == (7, 7, 0)
    assert later_s(dam) > 0, "and again in the next night"


def test_after_each_call_the_source_has_a_rest(dam):
    night_comes()
    dam.script.delay_s = 0.2
    step()
    assert asked(dam) == [3]
    assert later_s(dam) > 20 * 0.2 - 1


def test_a_deletion_that_nobody_told_of_is_found(dam):
    dam.script.delete(LOBBY)
    night_comes()
    step()
    for _ in range(3):
        make_due()
        work_once()
    assert broken() == [("a-1", "gone")]


@pytest.mark.parametrize("other_process", [False, True])
def test_what_anybody_has_read_within_half_a_day_is_left_alone(dam, read, clock, other_process):
    read(dam.want(LOBBY), locale="de")
    read(dam.want(Ref("ImageObject", "a-2")))
    settle()
    before = len(asked(dam))
    clock.advance(DAY_S / 2 - 60)
    if other_process:
        forget_process()
        this_process().gateway.clock = clock
    this_process().cache.shared.prune(clock())
    night_comes()
    for _ in range(4):
        step()
    assert asked(dam)[before:] == [3, 2], "and the batches are full"
    assert (Sweep.objects.get().ended_links, Sweep.objects.get().ended_read) == (7, 5)


def test_what_was_read_longer_ago_is_read_though_it_is_fresh_still(connect, read, clock):
    dam = connect(freshness={"*": {"fresh_for_s": 9 * DAY_S}})
    dam.script.put("ImageObject", "a-1", name="x")
    use(link(dam, LOBBY))
    read(dam.want(LOBBY))
    settle()
    clock.advance(DAY_S / 2 + 60)
    night_comes()
    step()
    assert asked(dam) == [1, 1]


def test_what_one_night_has_read_late_the_next_one_reads_again(connect, clock):
    """A night that was held up must not make the next one pass over what it has read."""
    dam = connect()
    dam.script.put("ImageObject", "a-1", name="x")
    use(link(dam, LOBBY))
    night_comes()
    step()
    clock.advance(DAY_S - 3600)
    night_comes()
    step()
    assert asked(dam) == [1, 1]


def test_a_source_that_asks_for_rest_gets_it_and_is_gone_on_with(dam):
    night_comes()
    step()
    dam.script.error = RateLimitedError("dam: HTTP 429", retry_after_s=500)
    step()
    assert 490 < later_s(dam) <= 500
    before = dam.script.count()
    step()
    assert dam.script.count() == before, "as long as it asked for"
    dam.script.error = None
    # The process that was told to wait is no more; the mark is.
    forget_process()
    ConnectionHealth.objects.update(state="ok")
    for _ in range(4):
        step()
    assert asked(dam) == [3, 3, 3, 1], "the batch that it refused, and the rest"
    assert Sweep.objects.get().ended_links == 7


def test_what_a_night_is_too_short_for_goes_on_in_the_next(dam, settings):
    night_comes()
    step()
    place = mark_of(dam).place
    settings.SWEEP_AT = (timezone.now() + timedelta(hours=3)).time()
    settings.SWEEP_HOURS = 1
    step()
    assert asked(dam) == [3]
    assert 2.9 * 3600 < later_s(dam) <= 3 * 3600
    assert mark_of(dam).place == place
    settings.SWEEP_HOURS = 24
    night_comes()
    for _ in range(4):
        step()
    assert asked(dam) == [3, 3, 1]


def test_the_sweep_of_a_worker_that_died_is_taken_up_where_it_stood(dam):
    night_comes()
    step()
    Reread.objects.filter(cause="sweep").update(due_at=timezone.now())
    claim_mark(mark_of(dam).pk, lease_s=300)
    assert not due_marks()
    for _ in range(4):
        step()
    assert asked(dam) == [3, 3, 1]


@pytest.mark.parametrize("state", ["broken", "failing"])
def test_a_connection_that_does_not_work_is_left_alone(dam, state):
    ConnectionHealth.objects.update_or_create(connection=dam.connection, defaults={"state": state})
    night_comes()
    step()
    assert dam.script.count() == 0
    assert 200 < later_s(dam) <= 300


def test_one_that_is_off_and_one_of_people_are_left_alone(dam, pim, connect):
    crm = connect("crm", personal=True)
    type(dam.connection).objects.filter(pk=dam.connection.pk).update(enabled=False)
    night_comes()
    type(dam.connection).objects.filter(pk=pim.connection.pk).update(personal=True)
    step()
    assert [system.script.count() for system in (dam, pim, crm)] == [0, 0, 0]
    assert not Reread.objects.filter(connection=crm.connection).exists()
    assert mark_of(pim).due_at is None


def test_a_batch_that_fails_while_its_source_works_is_passed_over_after_some_tries(dam):
    dam.script.assets[LOBBY] = TransientError("this one")
    night_comes()
    for _ in range(8):
        step()
    assert asked(dam) == [3, 3, 3, 3, 3, 1]
    assert (Sweep.objects.get().ended_links, Sweep.objects.get().ended_read) == (7, 4)


def test_new_connections_and_another_hour_are_planned(dam, pim, settings):
    settings.SWEEP_HOURS = 0
    tidy()
    assert not Reread.objects.exists()
    settings.SWEEP_AT, settings.SWEEP_HOURS = (timezone.now() + timedelta(hours=5)).time(), 2
    tidy()
    assert 4.9 * 3600 < later_s(dam) <= 5 * 3600
    settings.SWEEP_AT = (timezone.now() + timedelta(hours=2)).time()
    tidy()
    assert 1.9 * 3600 < later_s(pim) <= 2 * 3600


def test_switched_off_nothing_is_swept(dam, settings):
    night_comes()
    settings.SWEEP_HOURS = 0
    step()
    assert (dam.script.count(), mark_of(dam).due_at) == (0, None)


@pytest.mark.parametrize(
    ("now", "holds", "following"),
    [
        ("2026-11-22T22:59", False, "2026-11-22T23:00"),
        ("2026-11-22T23:00", True, "2026-11-23T23:00"),
        ("2026-11-23T01:59", True, "2026-11-23T23:00"),
        ("2026-11-23T02:00", False, "2026-11-23T23:00"),
    ],
)
def test_a_night_may_begin_before_midnight(now, holds, following):
    nights = Nights(time(23), 3)
    instant = datetime.fromisoformat(now).replace(tzinfo=UTC)
    assert nights.holds(instant) is holds
    assert nights.next(instant) == datetime.fromisoformat(following).replace(tzinfo=UTC)


@pytest.mark.parametrize("text", ["2", "25:00", "02:00:00", "night"])
def test_an_hour_that_is_none_is_refused_by_its_name(monkeypatch, text):
    monkeypatch.setenv("SWEEP_AT", text)
    with pytest.raises(ImproperlyConfigured, match="SWEEP_AT must be a time as in 02:30"):
        environment.daytime("SWEEP_AT", "02:00")


# The command.


@pytest.fixture
def sweep_now(monkeypatch, settings):
    """Run the command in the daytime, without its pauses."""
    settings.SWEEP_AT, settings.SWEEP_HOURS = (timezone.now() + timedelta(hours=5)).time(), 2
    monkeypatch.setattr(command.time, "sleep", lambda _seconds: None)

    def run(*slugs):
        said = StringIO()
        call_command("sweep", *slugs, stdout=said)
        return said.getvalue().splitlines()

    return run


def test_the_command_sweeps_at_once_and_says_what_it_did(dam, pim, connect, sweep_now):
    connect("crm", personal=True)
    assert sweep_now() == ["dam: 7 links, 7 of them read", "pim: 1 links, 1 of them read"]
    assert asked(dam) == [3, 3, 1]
    assert sweep_now("dam") == ["dam: 7 links, 0 of them read"]
    tidy()
    assert 4.9 * 3600 < later_s(dam) <= 5 * 3600, "the night's own comes none the less"


def test_the_command_leaves_alone_what_does_not_work_and_what_somebody_is_at(dam, pim, sweep_now):
    ConnectionHealth.objects.update_or_create(connection=dam.connection, defaults={"state": "broken"})
    tidy()
    Reread.objects.filter(pk=mark_of(pim).pk).update(due_at=timezone.now())
    claim_mark(mark_of(pim).pk, lease_s=60)
    assert sweep_now() == ["dam: does not work, left alone", "pim: under way already"]


def test_the_command_passes_over_what_fails_at_a_source_that_works(dam, sweep_now):
    dam.script.assets[LOBBY] = TransientError("this one")
    assert sweep_now() == ["dam: 7 links, 4 of them read"]
    assert asked(dam) == [3, 3, 3, 3, 3, 1]


def test_the_command_stops_at_a_source_that_has_stopped_to_work(dam, sweep_now):
    dam.script.error = TransientError("down")
    assert sweep_now() == ["dam: does not work, left alone"]
    assert asked(dam) == [3]


def test_the_command_knows_its_connections(dam, connect, sweep_now):
    connect("crm", personal=True)
    with pytest.raises(CommandError, match="crm, nothing"):
        sweep_now("dam", "nothing", "crm")
    assert dam.script.count() == 0
