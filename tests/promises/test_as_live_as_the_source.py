"""Promises 2 and 3: a change is seen at once and costs nothing before; a failing source costs its slot."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from connectors.sdk import Ref, TransientError
from orchestrator.config import celery_app
from orchestrator.connections.models import PollState
from orchestrator.connections.process import this_process
from orchestrator.connections.tasks import poll_due, reread_due
from tests.connections.working import make_due


def test_a_change_reaches_apps_and_editors_by_its_hook_and_costs_nothing_before(hub):
    assert hub.name_in("hero") == "Lobby"
    assert "Lobby" in hub.card(hub.links.hero)
    before = hub.calls()
    for _ in range(20):
        assert hub.name_in("hero") == "Lobby"
        assert "Lobby" in hub.card(hub.links.hero)
    assert hub.calls() == before, "within its freshness nothing is asked"

    hub.systems["dam"].edit(hub.hero, name="Lobby at night")
    assert hub.name_in("hero") == "Lobby", "nobody has told the hub yet"
    assert hub.hook("dam", hub.hero) == 202
    assert hub.name_in("hero") == "Lobby at night"
    assert "Lobby at night" in hub.card(hub.links.hero)
    assert hub.calls() == before + 1, "one call for the one thing that changed"


def test_with_hooks_off_a_change_is_seen_by_polling(hub):
    poll_due()  # The first one learns where "now" is.
    assert hub.name_in("hero") == "Lobby"
    hub.systems["dam"].edit(hub.hero, name="Lobby at night")
    assert hub.name_in("hero") == "Lobby"
    PollState.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    poll_due()
    assert hub.name_in("hero") == "Lobby at night"


def test_a_new_post_enters_a_collection_that_never_held_it(hub):
    assert len(hub.get()["slots"]["posts"]["items"]) == 3
    hub.systems["social"].assets.clear()
    new = hub.systems["social"].put("SocialMediaPosting", "s-9", articleBody="New", keywords=["spa"])
    hub.hook("social", new)
    assert [item["external_id"] for item in hub.get()["slots"]["posts"]["items"]] == ["s-9"]


def test_an_unplugged_system_costs_no_more_than_what_its_author_decided(hub):
    hub.get()
    for slug in ("dam", "social"):
        hub.systems[slug].error = TransientError(f"{slug}: HTTP 503")
    hub.hook("dam", hub.hero)
    slots = hub.get()["slots"]
    hero = slots["hero"]["items"][0]
    assert (hero["state"], hero["fields"]["name"]) == ("stale", "Lobby")
    assert slots["services"]["items"][0]["state"] == "fresh"
    assert slots["posts"]["state"] == "filled", "what is fresh is not asked for, so nobody notices"


def test_a_system_that_was_never_reached_leaves_its_reason(hub):
    hub.systems["pim"].error = TransientError("pim: HTTP 503")
    slots = hub.get()["slots"]
    assert slots["services"]["state"] == "empty"
    assert slots["services"]["missing"][0]["state"] == "error"
    assert slots["hero"]["state"] == "filled"


def test_a_deleted_asset_is_gone_and_listed_as_broken_and_comes_back(hub):
    hub.get()
    hub.systems["dam"].delete(hub.hero)
    hub.hook("dam", hub.hero)
    hero = hub.get()["slots"]["hero"]
    assert (hero["state"], hero["reason"]) == ("empty", "gone")
    assert "a-1" not in broken_page(hub), "one answer is not enough for that"
    let_a_worker_work()
    assert "a-1" in broken_page(hub)

    hub.systems["dam"].put("ImageObject", "a-1", name="Lobby", contentUrl="https://dam.example/lobby.jpg")
    hub.hook("dam", hub.hero)
    assert hub.name_in("hero") == "Lobby"
    assert "a-1" not in broken_page(hub)


def test_a_deleted_asset_that_nobody_fetches_is_listed_as_broken_and_comes_back(hub):
    hub.systems["dam"].delete(hub.hero)
    hub.hook("dam", hub.hero)
    let_a_worker_work()
    assert "a-1" in broken_page(hub)

    hub.systems["dam"].put("ImageObject", "a-1", name="Lobby", contentUrl="https://dam.example/lobby.jpg")
    hub.hook("dam", hub.hero)
    let_a_worker_work()
    assert "a-1" not in broken_page(hub)
    assert [called.method for called in hub.systems["dam"].log] == ["fetch", "check", "fetch", "fetch"]


def test_the_first_visitor_after_a_change_does_not_wait_for_its_source(hub):
    hub.get()
    hub.systems["dam"].edit(hub.hero, name="Lobby at night")
    new = hub.systems["social"].put("SocialMediaPosting", "s-9", articleBody="New", keywords=["spa"])
    hub.hook("dam", hub.hero)
    hub.hook("social", new)
    let_a_worker_work()
    before = hub.calls()
    assert hub.name_in("hero") == "Lobby at night"
    assert hub.get()["slots"]["posts"]["items"][0]["external_id"] == "s-0"
    assert hub.calls() == before


def test_people_are_read_for_nobody(hub):
    hub.post()
    before = len(hub.systems["crm"].log)
    hub.hook("crm", Ref("Person", "crm-7731"))
    let_a_worker_work()
    assert len(hub.systems["crm"].log) == before


def let_a_worker_work():
    """What the scheduler wakes a worker for each second, and the second."""
    celery_app.conf.task_always_eager = True
    try:
        for _ in range(5):
            make_due()
            reread_due()
    finally:
        celery_app.conf.task_always_eager = False


def broken_page(hub):
    this_process().findings.flush()
    hub.browser.force_login(hub.administrator)
    return hub.browser.get(reverse("links:broken")).content.decode()


def test_a_person_is_read_for_each_request_and_belongs_to_nobody_else(hub):
    assert hub.post()["slots"]["guest"]["items"][0]["fields"]["name"] == "Ada Guest"
    assert hub.get()["slots"]["guest"]["reason"] == "no_identifier"
    assert hub.post("unknown")["slots"]["guest"]["items"] == []
