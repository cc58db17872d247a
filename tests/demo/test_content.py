"""The demo company's file against its systems: links lead somewhere, and changes there show here."""

from importlib.resources import files

import pytest
from django.test import Client

from orchestrator.access import api as access
from orchestrator.connections import api as connections
from orchestrator.demo.loading import load_demo, paste_hook_addresses

pytestmark = pytest.mark.django_db


@pytest.fixture
def meridian(world, monkeypatch):
    """Meridian in the hub. ``fetch`` asks as the demo's app does."""
    key = access.make_key()
    for name, value in {**world.environment, "DEMO_APP_KEY": key}.items():
        monkeypatch.setenv(name, value)
    load_demo(password="a-password-of-a-test")

    def fetch(**identifiers):
        address = "/api/v1/experiences/arrival?channel=app&locale=en"
        headers = {"Authorization": f"Bearer {key}"}
        if identifiers:
            body = {"identifiers": identifiers}
            answer = Client().post(address, body, content_type="application/json", headers=headers)
        else:
            answer = Client().get(address, headers=headers)
        assert answer.status_code == 200, answer.content
        return answer.json()["slots"]

    world.fetch = fetch
    return world


def states(slot) -> list[str]:
    return [item["state"] for item in slot["items"]]


def test_every_slot_of_the_arrival_experience_is_filled(meridian):
    slots = meridian.fetch(loyalty_id="ML-100234")
    assert {name: states(slot) for name, slot in slots.items()} == {
        "hero": ["fresh"],
        "gallery": ["fresh"] * 4,
        "services": ["fresh"] * 4,
        "posts": ["fresh"] * 5,
        "help": ["fresh"] * 2,
        "guest": ["fresh"],
    }
    assert slots["guest"]["items"][0]["fields"]["memberOf"]["tier"]["name"] == "gold"
    assert slots["services"]["items"][0]["fields"]["offers"] == {
        "price": "145.00",
        "priceCurrency": "EUR",
        "availability": "InStock",
    }
    assert [item["fields"]["sku"] for item in slots["services"]["items"]] == [
        "SPA-SEA-90",
        "DIN-TERRACE-4",
        "ACT-SAIL-180",
        "ROOM-UP-SEA",
    ]
    assert all("spa" in post["fields"]["keywords"] for post in slots["posts"]["items"])


def test_five_calls_bring_all_of_it(meridian):
    meridian.fetch(loyalty_id="ML-100234")
    assert {slug: system.request_count for slug, system in meridian.systems.items()} == dict.fromkeys(
        meridian.systems, 1
    )


def test_without_an_identifier_nobody_is_looked_up(meridian):
    guest = meridian.fetch()["guest"]
    assert (guest["state"], guest["items"]) == ("empty", [])
    assert meridian.systems["crm"].request_count == 0


@pytest.mark.parametrize(
    ("slug", "record_id", "slot"),
    [
        ("dam", "5b0c8d2e-71c4-4e0b-9a53-0d6a1f2c0004", "gallery"),
        ("pim", "4", "services"),
        ("help", "41007", "help"),
    ],
)
def test_what_is_deleted_there_is_gone_here_in_each_dialect(meridian, slug, record_id, slot):
    meridian.order(system=slug, action="delete", id=record_id)
    assert [item["state"] for item in meridian.fetch()[slot]["missing"]] == ["gone"]
    meridian.order(system=slug, action="restore", id=record_id)
    space = access.space_by_slug("meridian")
    connections.purge(connection=connections.connection_by_slug(space, slug), everything=True)
    assert meridian.fetch()[slot]["missing"] == []


@pytest.mark.parametrize(
    ("slug", "record_id", "values", "slot"),
    [("pim", "4", {"enabled": "no"}, "services"), ("help", "41007", {"status": "draft"}, "help")],
)
def test_what_is_taken_back_there_is_hidden_here(meridian, slug, record_id, values, slot):
    meridian.order(system=slug, action="edit", id=record_id, values=values)
    assert [item["state"] for item in meridian.fetch()[slot]["missing"]] == ["hidden"]


def test_a_deleted_guest_is_nobody(meridian):
    guest = next(g for g in meridian.systems["crm"].all_records() if g.values["loyalty_id"] == "ML-100234")
    meridian.order(system="crm", action="delete", id=guest.id)
    assert meridian.fetch(loyalty_id="ML-100234")["guest"]["items"] == []


def test_a_deleted_post_makes_room_for_the_next(meridian):
    before = [post["external_id"] for post in meridian.fetch()["posts"]["items"]]
    meridian.order(system="social", action="delete", id=before[0].rpartition("/")[2])
    space = access.space_by_slug("meridian")
    connections.purge(connection=connections.connection_by_slug(space, "social"), everything=True)
    after = [post["external_id"] for post in meridian.fetch()["posts"]["items"]]
    assert (len(after), after[:4]) == (5, before[1:])


def test_an_unplugged_system_costs_its_own_slots_only(meridian):
    meridian.order(system="pim", action="unplug")
    slots = meridian.fetch()
    assert slots["services"]["state"] == "empty"
    assert {item["state"] for item in slots["services"]["missing"]} == {"error"}
    assert states(slots["help"]) == ["fresh", "fresh"]


def test_each_connection_passes_its_test_and_finds_by_words(meridian):
    space = access.space_by_slug("meridian")
    rows = {slug: connections.connection_by_slug(space, slug) for slug in meridian.systems}
    for slug, words in {
        "dam": "lavender",
        "pim": "lavender",
        "social": "lavender",
        "help": "parking",
    }.items():
        found = connections.search(connections=[rows[slug]], query=words, types=[], cursors={}, wait_s=5)
        assert [(result.state, len(result.readings) > 0) for result in found] == [("done", True)], slug


def test_systems_learn_where_hooks_go(meridian):
    paste_hook_addresses(meridian.address)
    space = access.space_by_slug("meridian")
    for slug in ("dam", "pim", "social"):
        uuid = connections.connection_by_slug(space, slug).uuid
        url = f"http://127.0.0.1:8000/api/v1/hooks/{uuid}"
        assert meridian.systems[slug].behaviour.hook_url == url


def test_the_file_holds_no_value_of_a_source(meridian):
    """It links: no title, text, price or name that a system holds is in it."""
    content = files("orchestrator.demo").joinpath("content.yaml").read_text(encoding="utf-8")
    for system in meridian.systems.values():
        for record in system.all_records():
            for column in system.columns:
                value = record.values[column.name]
                if isinstance(value, str) and len(value) > 6:
                    assert value not in content


def test_loading_again_changes_nothing(meridian):
    assert load_demo(password="another-password").changed == []
