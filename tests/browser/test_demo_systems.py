"""The page of Meridian's systems: usable by keyboard, on a phone, in both colour schemes."""

import pytest
from playwright.sync_api import expect

from tests.demo.conftest import FORMS
from tests.demo.conftest import world as meridian  # noqa: F401 - fixtures are found by name.


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_it_has_no_barrier_and_nothing_sticks_out(meridian, page, accessible, scheme, width):  # noqa: F811
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})
    for slug in FORMS:
        page.goto(f"{meridian.address}/?system={slug}")
        page.get_by_text("Connect it yourself").click()
        expect(page.get_by_text("See what it answers:")).to_be_visible()
        accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_title_is_changed_and_a_system_unplugged_by_hand(meridian, page):  # noqa: F811
    page.goto(meridian.address)
    record = page.locator("li.record").filter(has=page.locator("input[value='Meridian Bay at dusk']"))
    record.get_by_label("Title").fill("Meridian Bay by night")
    record.get_by_label("Title").press("Enter")
    expect(page.locator("input[value='Meridian Bay by night']")).to_be_visible()
    page.get_by_role("button", name="Unplug").click()
    tab = page.get_by_role("navigation").get_by_role("link", name="Picture library")
    expect(tab).to_contain_text("unplugged")
    page.get_by_role("button", name="Plug in").click()
    expect(tab).to_contain_text("plugged in")


@pytest.mark.parametrize("width", [390, 1280])
def test_a_wrong_price_is_refused_where_it_was_typed(meridian, page, accessible, width):  # noqa: F811
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"{meridian.address}/?system=pim")
    record = page.locator("li.record").filter(has=page.locator("input[value='Breakfast in bed']"))
    record.get_by_label("Price").fill("a lot")
    record.get_by_label("Price").press("Enter")
    refusal = page.get_by_role("alert")
    expect(refusal).to_have_text("Not changed: Price must be an amount, such as 145.00")
    expect(refusal).to_be_in_viewport()
    expect(page.get_by_label("Price").and_(page.locator("[aria-invalid]"))).to_be_focused()
    accessible(page)
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("26")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(page.locator("#r-5").get_by_label("Price")).to_have_value("26.00")


def test_a_post_becomes_a_draft_by_a_choice(meridian, page):  # noqa: F811
    page.goto(f"{meridian.address}/?system=help")
    page.locator("#r-41008").get_by_label("Status").select_option("draft")
    page.locator("#r-41008").get_by_role("button", name="Save").click()
    expect(page.locator("#r-41008").get_by_label("Status")).to_have_value("draft")
    assert meridian.systems["help"].find("41008").values["status"] == "draft"


def test_the_counter_follows_without_a_reload(meridian, page):  # noqa: F811
    page.goto(meridian.address)
    meridian.ask(FORMS["pim"])
    tab = page.get_by_role("navigation").get_by_role("link", name="Product catalogue")
    expect(tab.locator("b")).to_have_text("1")
