"""The page and the control address: what people and tests change by hand."""

import re
import time

import pytest
import requests

from tests.demo.conftest import FORMS

DAY = "{ product(id: 3) { variants { priceWithTax } } }"


def price(world) -> int:
    """Of a day at the spa, in cents."""
    return world.shop(DAY)["data"]["product"]["variants"][0]["priceWithTax"]


def change(world, **form) -> requests.Response:
    return requests.post(f"{world.address}/change", data=form, timeout=10, allow_redirects=False)


@pytest.mark.parametrize("slug", FORMS)
def test_every_system_shows_its_records_with_a_field_for_what_can_be_changed(world, slug):
    page = requests.get(f"{world.address}/?system={slug}", timeout=10).text
    system = world.systems[slug]
    for column in system.columns:
        assert page.count(f'name="value-{column.name}"') == len(system.all_records())


def test_a_price_is_changed_by_the_form(world):
    answer = change(world, system="pim", action="edit", id="3", **{"value-price": "64,5"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/?system=pim#r-3")
    assert price(world) == 6450


def test_a_price_that_is_none_is_refused_in_words(world):
    typed = {"value-price": "much", "value-name": "Two days at the spa"}
    answer = change(world, system="pim", action="edit", id="3", **typed)
    assert answer.status_code == 422
    record = answer.text.partition('<li id="r-3"')[2].partition("</li>")[0]
    assert "Not changed: Price must be an amount, such as 145.00" in record
    assert 'value="much" inputmode="decimal" class="short"' in record
    assert 'aria-invalid="true" autofocus' in record
    assert 'value="Two days at the spa"' in record
    assert answer.text.count("Not changed:") == answer.text.count("autofocus") == 1
    assert price(world) == 6200


@pytest.mark.parametrize("amount", ["nan", "inf", "-5", "1e9", "", "12 EUR"])
def test_what_is_no_amount_is_no_price(world, amount):
    assert change(world, system="pim", action="edit", id="3", **{"value-price": amount}).status_code == 422
    assert price(world) == 6200


def test_a_refusal_without_a_record_is_told_on_top(world):
    answer = change(world, system="pim", action="edit", id="NOT-THERE", **{"value-price": "5"})
    assert "Not changed: pim has no record NOT-THERE" in answer.text.partition('<section class="panel"')[0]


def test_deleted_records_can_be_restored(world):
    change(world, system="pim", action="delete", id="3")
    assert "Restore" in requests.get(f"{world.address}/?system=pim", timeout=10).text
    assert world.shop(DAY)["data"]["product"] is None
    change(world, system="pim", action="restore", id="3")
    assert price(world) == 6200


def test_a_choice_is_made_from_a_list_and_nothing_else_is_one(world):
    assert "<option selected>publish</option><option>draft</option>" in (
        requests.get(f"{world.address}/?system=help", timeout=10).text
    )
    answer = change(world, system="help", action="edit", id="41007", **{"value-status": "pending"})
    assert answer.status_code == 422
    assert "Not changed: Status must be publish or draft" in answer.text
    change(world, system="help", action="edit", id="41007", **{"value-status": "draft"})
    assert world.systems["help"].find("41007").values["status"] == "draft"


def test_article_numbers_stand_beside_the_ids(world):
    page = requests.get(f"{world.address}/?system=pim", timeout=10).text
    assert '<code class="id">3 · SPA-DAY</code>' in page
    assert "11 · SHOP-LAVENDER-100, SHOP-LAVENDER-250" in page


def test_an_unplugged_system_answers_nobody_and_the_others_go_on(world):
    change(world, system="pim", action="unplug")
    with pytest.raises(requests.ConnectionError):
        price(world)
    assert world.ask(FORMS["help"]).status_code == 200
    change(world, system="pim", action="plug")
    assert price(world) == 6200


def test_a_slow_system_takes_its_time(world):
    change(world, system="pim", action="slow", delay_ms="300")
    started = time.monotonic()
    price(world)
    assert time.monotonic() - started >= 0.3


def test_calls_are_counted_and_looking_is_no_call(world):
    price(world)
    price(world)
    requests.get(world.address, timeout=10)
    state = requests.get(f"{world.address}/control", timeout=10).json()
    assert {slug: system["requests"] for slug, system in state.items()} == {
        **dict.fromkeys(FORMS, 0),
        "pim": 2,
    }


def test_start_over_brings_back_the_first_content(world):
    world.order(system="pim", action="edit", id="3", values={"price": "1"})
    world.order(system="dam", action="unplug")
    world.order(action="reset")
    assert price(world) == 6200
    assert world.ask(FORMS["dam"]).status_code == 200


@pytest.mark.parametrize(
    ("order", "message"),
    [
        ({"system": "fax", "action": "unplug"}, "system must be one of dam, pim, social, help, crm"),
        ({"system": "pim", "action": "explode"}, "action must be one of edit, create,"),
        ({"system": "pim", "action": "edit", "id": "none", "values": {}}, "pim has no record none"),
        (
            {"system": "pim", "action": "edit", "id": "3", "values": {"size": 1}},
            "pim has no field size",
        ),
        ({"system": "pim", "action": "delete"}, "delete needs id"),
        (
            {"system": "pim", "action": "edit", "id": "3", "values": {"enabled": "maybe"}},
            "For sale must be yes or no",
        ),
        ({"system": "pim", "action": "slow", "delay_ms": -1}, "delay_ms must be 0 to 60000"),
        ({"system": "pim", "action": "send_hooks_to", "url": "file:///etc"}, "hooks go to an http"),
        ([], "an order is a JSON object"),
    ],
)
def test_an_order_that_makes_no_sense_is_refused_in_words(world, order, message):
    answer = requests.post(f"{world.address}/control", json=order, timeout=10)
    assert answer.status_code == 400
    assert answer.json()["error"].startswith(message)


def test_another_web_page_cannot_change_anything(world):
    answer = requests.post(
        f"{world.address}/change",
        data={"system": "pim", "action": "unplug"},
        headers={"Origin": "https://elsewhere.example"},
        timeout=10,
    )
    assert answer.status_code == 403
    assert price(world) == 6200


def test_what_people_type_is_shown_and_never_run(world):
    world.order(
        system="dam",
        action="edit",
        id=next(iter(world.systems["dam"].records())).id,
        values={"title": '"><script>1'},
    )
    page = requests.get(f"{world.address}/?system=dam", timeout=10).text
    assert "&quot;&gt;&lt;script&gt;1" in page
    assert "<script>1" not in page


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/edit/pim/3", "/?system=pim#r-3"),
        (
            "/edit/social/at%3A%2F%2Fdid%3Aplc%3Ameridianhotels%2Fapp.feed.post%2F3lq4m5meridianc",
            "/?system=social#r-3lq4m5meridianc",
        ),
        (
            "/help/wp-admin/post.php?post=41007&action=edit",
            "/?system=help#r-41007",
        ),
        ("/pim/dashboard/products/3", "/?system=pim#r-3"),
        (
            "/dam/admin/files/5b0c8d2e-71c4-4e0b-9a53-0d6a1f2c0001",
            "/?system=dam#r-5b0c8d2e-71c4-4e0b-9a53-0d6a1f2c0001",
        ),
    ],
)
def test_edit_in_leads_to_the_record(world, path, place):
    answer = requests.get(world.address + path, timeout=10)
    assert answer.url == world.address + place
    anchor = place.partition("#")[2]
    assert re.search(f'id="{anchor}"', answer.text)


def test_a_port_that_is_taken_is_told_in_one_line(world, monkeypatch, capsys):
    from orchestrator.demo.systems import __main__ as program

    port = world.address.rpartition(":")[2]
    for name, value in world.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.argv", ["systems", "--port", port])
    assert program.main() == 1
    assert capsys.readouterr().err == f"Port {port} is taken by another program.\n"


def test_no_key_has_a_default(monkeypatch, capsys):
    from orchestrator.demo.systems import __main__ as program

    for name in program.VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("sys.argv", ["systems"])
    assert program.main() == 2
    assert capsys.readouterr().err.startswith("Not set: DEMO_DAM_TOKEN, DEMO_DAM_HOOK_SECRET,")
