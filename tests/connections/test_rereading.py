"""What a purge concerns is read again by itself: what is used, what is held, and nothing else."""

from datetime import timedelta

import pytest
from celery import Task
from django.db import connection as database
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from connectors.sdk import Asset, BadResponseError, Identifier, RateLimitedError, Ref, TransientError
from orchestrator.config import celery_app
from orchestrator.connections.configuring.saving import save_connection
from orchestrator.connections.configuring.sources import Source
from orchestrator.connections.listening.floods import owe_purge
from orchestrator.connections.listening.rereading import reread
from orchestrator.connections.models import AssetProblem, Connection, Purge, Reread
from orchestrator.connections.process import forget_process, this_process
from orchestrator.connections.purges import listener
from orchestrator.connections.purges.log import append_purges
from orchestrator.connections.purges.purging import purge
from orchestrator.connections.purges.rereads import claim_mark, due_marks, finish_walk, leave_marks
from orchestrator.connections.tasks import reread_due
from orchestrator.engine.outcome import WantFound
from orchestrator.links import api as links
from tests.connections.conftest import FRESH, settle
from tests.connections.working import LONG, broken, link, make_due, use, work

LOBBY = Ref("ImageObject", "a-1")


@pytest.fixture
def dam(connect):
    system = connect(freshness=LONG)
    system.script.put("ImageObject", "a-1", name="old", keywords=["spa"])
    return system


def left_s():
    return (Reread.objects.get().due_at - timezone.now()).total_seconds()


# What is read.


def test_a_deleted_asset_that_nobody_fetches_is_a_problem_until_it_is_back(dam):
    use(link(dam, LOBBY))
    dam.script.delete(LOBBY)
    purge(connection=dam.connection, refs=[LOBBY])
    work()
    assert broken() == [("a-1", "gone")]
    dam.script.put("ImageObject", "a-1", name="back")
    purge(connection=dam.connection, refs=[LOBBY])
    work()
    assert broken() == []
    assert dam.script.count("fetch") == 3, "twice before it was listed, once when it was back"


def test_a_problem_of_a_link_that_nothing_uses_ends_too(dam, read, clock):
    link(dam, LOBBY)
    dam.script.delete(LOBBY)
    read(dam.want(LOBBY))
    settle()
    this_process().findings.flush()
    work()
    assert broken() == [("a-1", "gone")]
    forget_process()
    dam.script.put("ImageObject", "a-1", name="back")
    purge(connection=dam.connection, types=["ImageObject"])
    work()
    assert broken() == []


def test_a_problem_ends_though_a_visitor_was_the_first_to_read_the_asset_again(dam, read):
    use(link(dam, LOBBY))
    AssetProblem.objects.create(
        connection=dam.connection, type="ImageObject", external_id="a-1", state="gone",
        first_seen_at=timezone.now(), last_seen_at=timezone.now(), confirmed_at=timezone.now(),
    )  # fmt: skip
    purge(connection=dam.connection, refs=[LOBBY])
    assert read(dam.want(LOBBY)).state is FRESH
    settle()
    this_process().findings.flush()
    assert broken() == [("a-1", "gone")], "this process did not know of the problem"
    work()
    assert broken() == []
    assert dam.script.count() == 1


@pytest.mark.parametrize(
    "scope",
    [{"refs": [LOBBY]}, {"types": ["ImageObject"]}, {"everything": True}],
    ids=["item", "type", "all"],
)
def test_who_comes_after_a_change_does_not_pay_for_it(dam, name_of, scope):
    name_of(dam.want(LOBBY))
    name_of(dam.want_tag("ImageObject", "spa"))
    settle()
    dam.script.edit(LOBBY, name="new")
    purge(connection=dam.connection, **scope)
    work()
    before = dam.script.count()
    assert name_of(dam.want(LOBBY)) == (FRESH, ["new"])
    assert name_of(dam.want_tag("ImageObject", "spa")) == (FRESH, ["new"])
    forget_process()
    assert name_of(dam.want(LOBBY)) == (FRESH, ["new"]), "in another process neither"
    assert dam.script.count() == before


def test_one_asset_that_is_held_is_read_though_nothing_uses_it(dam, name_of):
    name_of(dam.want(LOBBY))
    settle()
    purge(connection=dam.connection, refs=[LOBBY, Ref("ImageObject", "not held")])
    work()
    assert [called.refs for called in dam.script.log] == [(LOBBY,), (LOBBY,)]


def test_a_collection_that_is_used_takes_up_what_is_new(dam, name_of):
    use(
        links.save_collection(
            connection=dam.connection, name="Spa", type="ImageObject", query={"tag": "spa"}, limit=5
        )
    )
    dam.script.put("ImageObject", "a-2", name="newest", keywords=["spa"])
    purge(connection=dam.connection, refs=[Ref("ImageObject", "a-2")])
    work()
    assert [called.method for called in dam.script.log] == ["query"]
    assert name_of(dam.want_tag("ImageObject", "spa")) == (FRESH, ["old", "newest"])
    assert dam.script.count() == 1


def test_what_is_neither_used_nor_held_is_left_alone(dam, connect, name_of):
    other = connect("other", freshness=LONG)
    ref = other.script.put("ImageObject", "a-1", name="x")
    name_of(other.want(ref))
    link(dam, LOBBY)
    links.save_collection(connection=dam.connection, name="Spa", type="ImageObject", query={}, limit=5)
    purge(connection=dam.connection, everything=True)
    work()
    assert (dam.script.count(), other.script.count()) == (0, 1)
    assert not due_marks()


def test_only_what_the_purge_concerns_is_read(dam):
    product = dam.script.put("Product", "p-1", name="Massage")
    pool = dam.script.put("ImageObject", "a-2", name="Pool")
    use(link(dam, LOBBY), link(dam, product), link(dam, pool))
    purge(connection=dam.connection, refs=[pool])
    work()
    purge(connection=dam.connection, types=["Product"])
    work()
    assert [called.refs for called in dam.script.log] == [(pool,), (product,)]


@pytest.mark.parametrize("scope", [{"everything": True}, {"types": ["Product"]}], ids=["all", "type"])
def test_all_that_is_held_is_read_though_nothing_uses_it(dam, scope):
    products = [dam.script.put("Product", f"p-{n}", name="x") for n in range(230)]
    wants = [dam.want(ref) for ref in (LOBBY, *products)]
    for locale in ("en", "de"):
        this_process().gateway.resolve(wants, locale=locale, budget_s=30)
    settle()
    before = len(dam.script.log)
    purge(connection=dam.connection, **scope)
    work()
    read = [(ref, called.locale) for called in dam.script.log[before:] for ref in called.refs]
    concerned = [LOBBY, *products] if "everything" in scope else products
    assert len(read) == len(set(read))
    assert set(read) == {(ref, locale) for ref in concerned for locale in ("en", "de")}


def test_what_settings_of_before_have_left_is_not_read(dam, read, space, scripted):
    read(dam.want(LOBBY))
    settle()
    scripted["other"] = dam.script
    changed = save_connection(
        space=space, slug="dam", name="DAM", connector="scripted", config={"script": "other"}
    )
    purge(connection=changed, everything=True)
    work()
    assert dam.script.count() == 1


def test_what_somebody_read_since_is_not_read_again(dam, name_of):
    use(link(dam, LOBBY))
    purge(connection=dam.connection, refs=[LOBBY])
    name_of(dam.want(LOBBY))
    work()
    assert dam.script.count() == 1


def test_each_language_in_which_it_is_held_is_read(dam, name_of):
    use(link(dam, LOBBY))
    for locale in ("de", "de-CH"):
        name_of(dam.want(LOBBY), locale=locale)
    settle()
    purge(connection=dam.connection, refs=[LOBBY])
    work()
    assert [called.locale for called in dam.script.log[2:]] == ["de", "de-CH"]


def test_long_ids_are_found(dam):
    ref = dam.script.put("ImageObject", "x" * 300, name="long")
    dam.script.put("ImageObject", "y" * 300, name="another")
    use(link(dam, ref), link(dam, Ref("ImageObject", "y" * 300)))
    purge(connection=dam.connection, refs=[ref])
    work()
    assert [called.refs for called in dam.script.log] == [(ref,)]


def test_people_are_never_read(connect):
    crm = connect("crm", personal=True)
    want = WantFound(crm.uuid, "Person", Identifier("loyalty_id", "M-1"))
    crm.script.people[want.identifier] = Asset(Ref("Person", "c-1"), {"name": "Ada"})
    this_process().gateway.resolve([want], locale="en", budget_s=5)
    before = crm.script.count()
    purge(connection=crm.connection, refs=[Ref("Person", "c-1")])
    purge(connection=crm.connection, everything=True)
    assert not Reread.objects.exists()
    # Not even if it was no system of people when the mark was left.
    leave_marks(crm.connection, [f"c:{crm.uuid}"], last=Purge.objects.latest("n").n)
    work()
    assert crm.script.count() == before
    assert not Reread.objects.exclude(due_at=None).exists()


def test_a_connection_that_is_off_waits_until_it_is_on(dam):
    use(link(dam, LOBBY))
    purge(connection=dam.connection, refs=[LOBBY])
    type(dam.connection).objects.update(enabled=False)
    work()
    assert dam.script.count() == 0
    type(dam.connection).objects.update(enabled=True)
    work()
    assert dam.script.count() == 1


def test_what_the_hub_itself_finds_gone_is_not_read_again(dam):
    use(link(dam, LOBBY))
    dam.script.delete(LOBBY)
    purge(connection=dam.connection, refs=[LOBBY])
    work()
    assert Purge.objects.filter(kind="drop").exists()
    assert work() == 0
    assert dam.script.count("fetch") == 2


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_has_not_heard_of_the_purge_yet_reads_nothing_old(dam, name_of, settings, monkeypatch):
    settings.CONNECTIONS_BACKGROUND = True
    monkeypatch.setattr(listener, "_EVERY_S", 600.0)
    forget_process()
    use(link(dam, LOBBY))
    assert name_of(dam.want(LOBBY)) == (FRESH, ["old"])
    dam.script.edit(LOBBY, name="new")
    # As another process would: no call into this one.
    scopes = [f"c:{dam.uuid}:i:ImageObject:a-1"]
    n = append_purges(scopes, drop=False)
    leave_marks(dam.connection, scopes, last=n)
    work()
    assert this_process().generations.head >= n
    assert name_of(dam.want(LOBBY)) == (FRESH, ["new"])
    assert dam.script.count() == 2


# How much, how often, and what happens when it fails.


def test_many_hooks_are_few_calls(dam):
    refs = [dam.script.put("ImageObject", f"n-{n}", name="x") for n in range(150)]
    use(*(link(dam, ref) for ref in refs))
    for ref in refs:
        purge(connection=dam.connection, refs=[ref])
    assert Reread.objects.count() == 1
    assert left_s() <= 0.5, "later ones do not put it off"
    work()
    assert [len(called.refs) for called in dam.script.log] == [50, 50, 50]


def test_a_piece_of_work_is_bounded_and_the_rest_is_paced(dam):
    refs = [dam.script.put("ImageObject", f"n-{n}", name="x") for n in range(450)]
    use(*(link(dam, ref) for ref in refs))
    purge(connection=dam.connection, everything=True)
    before = timezone.now()
    make_due()
    assert 0 < reread(this_process(), due_marks()[0]) <= 200
    assert Reread.objects.get().due_at >= before + timedelta(seconds=1)
    work()
    read = [ref for called in dam.script.log for ref in called.refs]
    assert (len(read), set(read)) == (450, set(refs))


def test_one_asset_does_not_wait_behind_a_whole_connection(dam):
    refs = [dam.script.put("ImageObject", f"n-{n}", name="x") for n in range(450)]
    use(*(link(dam, ref) for ref in refs))
    purge(connection=dam.connection, refs=[refs[-2]])
    purge(connection=dam.connection, everything=True)
    make_due()
    reread(this_process(), Reread.objects.get(cause="wide").pk)
    purge(connection=dam.connection, refs=[refs[-1]])
    make_due()
    before = len(dam.script.log)
    reread(this_process(), Reread.objects.get(cause="items").pk)
    assert {ref for called in dam.script.log[before:] for ref in called.refs} == {refs[-2], refs[-1]}


def test_a_connector_that_reads_one_by_one_is_asked_for_no_more_than_it_takes_at_once(connect, monkeypatch):
    slow = connect("slow", freshness=LONG)
    slow.script.max_batch, slow.script.max_concurrency = 1, 2
    refs = [slow.script.put("ImageObject", f"n-{n}", name="x") for n in range(7)]
    use(*(link(slow, ref) for ref in refs))
    asked, resolve = [], this_process().gateway.resolve

    def count(wants, **how):
        asked.append(len(wants))
        return resolve(wants, **how)

    monkeypatch.setattr(this_process().gateway, "resolve", count)
    purge(connection=slow.connection, everything=True)
    work()
    assert (slow.script.count("fetch"), max(asked)) == (7, 2), (
        "what waits for its turn would pass its deadline"
    )


def test_a_system_that_asks_to_wait_is_left_alone(dam):
    use(link(dam, LOBBY))
    dam.script.error = RateLimitedError("429", retry_after_s=1200)
    purge(connection=dam.connection, refs=[LOBBY])
    make_due()
    reread(this_process(), due_marks()[0])
    assert dam.script.count() == 1
    assert 1000 < left_s() <= 1200
    # A purge in between does not make it sooner, nor does a worker that comes too early ask.
    purge(connection=dam.connection, refs=[LOBBY])
    assert left_s() > 1000
    make_due()
    reread(this_process(), due_marks()[0])
    assert (dam.script.count(), left_s() > 1000) == (1, True)
    dam.script.error = None
    this_process().lanes.of(Source.of(dam.connection), within_s=10).rest(0)
    work()
    assert dam.script.count() == 2


def test_a_system_that_is_out_is_asked_ever_more_seldom_until_it_is_back(dam):
    use(link(dam, LOBBY))
    dam.script.error = TransientError("HTTP 503")
    purge(connection=dam.connection, refs=[LOBBY])
    for pause_s in (1, 2, 4, 8, 16, 32, 60, 60, 60):
        before = timezone.now()
        make_due()
        reread(this_process(), due_marks()[0])
        due_at = Reread.objects.get().due_at - timedelta(seconds=pause_s)
        assert before <= due_at <= timezone.now()
    assert dam.script.count("fetch") == 9
    dam.script.error = None
    dam.script.delete(LOBBY)
    work()
    assert broken() == [("a-1", "gone")]


def test_a_connection_that_cannot_be_opened_waits_and_keeps_nobody_else_from_working(dam, space):
    lost = Connection.objects.create(space=space, slug="lost", name="Lost", connector="uninstalled")
    use(link(dam, LOBBY))
    purge(connection=lost, everything=True)
    purge(connection=dam.connection, everything=True)
    make_due()
    before = timezone.now()
    assert [reread(this_process(), pk) for pk in due_marks()] == [0, 1]
    (waiting,) = Reread.objects.exclude(due_at=None)
    assert (waiting.connection, waiting.due_at >= before + timedelta(seconds=1)) == (lost, True)


def test_what_always_fails_does_not_keep_the_rest_from_being_read(dam):
    refs = [dam.script.put("ImageObject", f"n-{n}", name="x") for n in range(150)]
    use(*(link(dam, ref) for ref in refs))
    dam.script.assets[refs[0]] = BadResponseError("not JSON")
    purge(connection=dam.connection, everything=True)
    work()
    assert not Reread.objects.exclude(due_at=None).exists()
    assert {ref for called in dam.script.log for ref in called.refs} == set(refs)
    assert sum(refs[0] in called.refs for called in dam.script.log) == 5


def test_one_that_its_system_does_not_tell_of_is_not_asked_again_and_again(dam):
    dam.script.missing = None
    use(link(dam, Ref("ImageObject", "other")))
    purge(connection=dam.connection, everything=True)
    assert work() == 1
    assert dam.script.count() == 1


# The mark.


def test_a_purge_and_its_mark_are_there_together_or_not_at_all(dam):
    with transaction.atomic():
        purge(connection=dam.connection, refs=[LOBBY])
        transaction.set_rollback(True)
    assert (Purge.objects.count(), Reread.objects.count()) == (0, 0)


def test_what_is_purged_while_a_walk_is_under_way_begins_another(dam):
    use(link(dam, LOBBY))
    purge(connection=dam.connection, refs=[LOBBY])
    make_due()
    mark = claim_mark(due_marks()[0], lease_s=600)
    purge(connection=dam.connection, refs=[LOBBY])
    assert left_s() > 500, "whoever works has it until then"
    finish_walk(mark)
    assert left_s() <= 1
    assert (Reread.objects.get().read_n, Reread.objects.get().purged_n) == (1, 2)
    work()
    assert dam.script.count() == 1


def test_what_is_purged_between_two_pieces_of_a_walk_is_not_passed_over(dam):
    use(link(dam, LOBBY))
    refs = [dam.script.put("Product", f"p-{n}", name="x") for n in range(300)]
    use(*(link(dam, ref) for ref in refs))
    purge(connection=dam.connection, types=["Product"])
    make_due()
    reread(this_process(), due_marks()[0])
    purge(connection=dam.connection, types=["ImageObject"])
    work()
    assert {ref for called in dam.script.log for ref in called.refs} == {LOBBY, *refs}


def test_a_mark_is_claimed_once(dam):
    purge(connection=dam.connection, refs=[LOBBY])
    make_due()
    (pk,) = due_marks()
    claimed = []

    def claim_between(execute, sql, params, many, context):
        """Between the look at the mark and its claim, another worker claims it."""
        if sql.startswith("UPDATE") and not claimed:
            claimed.append(None)
            claimed[:] = [claim_mark(pk, lease_s=60)]
        return execute(sql, params, many, context)

    with database.execute_wrapper(claim_between):
        assert claim_mark(pk, lease_s=60) is None
    assert claimed[0] is not None


def test_the_work_of_a_worker_that_died_is_taken_up_where_it_stood(dam):
    use(link(dam, LOBBY))
    purge(connection=dam.connection, refs=[LOBBY])
    make_due()
    claim_mark(due_marks()[0], lease_s=600)
    assert not due_marks()
    work()
    assert dam.script.count() == 1


def test_where_the_log_has_forgotten_what_changed_everything_is_read(dam):
    product = dam.script.put("Product", "p-1", name="Massage")
    use(link(dam, LOBBY), link(dam, product))
    purge(connection=dam.connection, refs=[LOBBY])
    append_purges(["c:another"], drop=False)
    Purge.objects.filter(n=1).delete()
    work()
    assert {ref for called in dam.script.log for ref in called.refs} == {LOBBY, product}


def test_a_flood_of_single_assets_is_all_of_their_type(dam):
    refs = [dam.script.put("ImageObject", f"n-{n}", name="x") for n in range(600)]
    use(link(dam, LOBBY), *(link(dam, ref) for ref in refs[:5]))
    for start in range(0, 600, 150):
        purge(connection=dam.connection, refs=refs[start : start + 150])
    work()
    assert {ref for called in dam.script.log for ref in called.refs} == {LOBBY, *refs[:5]}


@pytest.fixture
def eager():
    """Tasks run where they are handed out."""
    celery_app.conf.task_always_eager = True
    yield
    celery_app.conf.task_always_eager = False


def test_the_scheduler_hands_out_what_is_due(dam, eager):
    use(link(dam, LOBBY))
    purge(connection=dam.connection, refs=[LOBBY])
    Reread.objects.update(due_at=timezone.now() + timedelta(seconds=600))
    assert reread_due() == 0
    make_due()
    assert reread_due() == 1
    assert dam.script.count() == 1
    assert reread_due() == 0


def test_a_broker_that_is_gone_costs_neither_the_purge_nor_the_work(dam, monkeypatch, eager):
    def unreachable(*_args, **_options):
        raise OperationalError("nobody listens there")

    use(link(dam, LOBBY))
    with monkeypatch.context() as without_broker:
        without_broker.setattr(Task, "apply_async", unreachable)
        purge(connection=dam.connection, refs=[LOBBY])
        make_due()
        with pytest.raises(OperationalError):
            reread_due()
    assert reread_due() == 1
    assert dam.script.count() == 1


def test_what_hooks_too_fast_to_be_read_one_by_one_have_left_is_purged_and_read(dam, eager):
    use(link(dam, LOBBY))
    owe_purge(dam.connection)
    owe_purge(dam.connection)
    reread_due()
    make_due()
    reread_due()
    assert Purge.objects.get().scope == f"c:{dam.uuid}"
    assert dam.script.count() == 1
