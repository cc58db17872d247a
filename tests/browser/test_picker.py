"""The picker and the live cards, in the editor, as an editor meets them."""

import threading

import pytest
from playwright.sync_api import expect

from connectors.sdk import Ref, TransientError
from orchestrator.connections import api as connections
from orchestrator.links.models import Link


def slot(page, name):
    """The block of one of the two slots of ``arrival``."""
    place = ["hero", "offers"].index(name)
    inner = page.locator(f'[name="slots-{place}-value-name"]')
    return page.locator("[data-streamfield-child]").filter(has=inner)


def open_picker(page, name="offers"):
    """Press *Choose assets* in a slot; the modal."""
    slot(page, name).get_by_role("button", name="Choose assets").first.click()
    dialog = page.get_by_role("dialog", name="Choose assets")
    expect(dialog).to_be_visible()
    return dialog


def options(dialog):
    return dialog.get_by_role("option")


def shown(page, name="offers"):
    """The titles on a slot's cards."""
    return slot(page, name).locator(".links-card__title:visible")


def test_several_assets_are_added_at_once_and_saved(edit, arrival):
    page = edit()
    dialog = open_picker(page)
    expect(options(dialog)).to_have_count(4)
    dialog.get_by_role("option", name="Lobby").click()
    dialog.get_by_label("Search all sources").fill("pool")
    expect(options(dialog)).to_have_count(1)
    dialog.get_by_role("option", name="Pool").click()
    expect(dialog.get_by_text("Lobby · Pool")).to_be_visible()
    with page.expect_response(lambda r: "/edit/" in r.url and r.request.method == "POST" and r.ok):
        dialog.get_by_role("button", name="Add 2").click()
    expect(dialog).to_have_count(0)
    expect(shown(page)).to_have_text(["Massage", "Travel", "Lobby", "Pool"])
    draft = arrival.__class__.objects.get(pk=arrival.pk).get_latest_revision_as_object()
    items = draft.slots[1].value["items"]
    assert [getattr(item.value, "external_id", "") for item in items] == ["p-1", "", "a-1", "a-2"]


def test_the_keyboard_alone_is_enough(edit, world):
    page = edit()
    button = slot(page, "offers").get_by_role("button", name="Choose assets").first
    button.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Choose assets")
    expect(dialog.get_by_label("Search all sources")).to_be_focused()
    expect(options(dialog)).to_have_count(4)
    page.keyboard.press("ArrowDown")
    expect(options(dialog).nth(0)).to_be_focused()
    page.keyboard.press("End")
    expect(options(dialog).nth(3)).to_be_focused()
    page.keyboard.press("Space")
    expect(options(dialog).nth(3)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Space")
    page.keyboard.press("Space")
    expect(options(dialog).nth(2)).to_have_attribute("aria-selected", "false")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowUp")
    expect(dialog.get_by_label("Search all sources")).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(button).to_be_focused()
    assert Link.objects.count() == 2


def test_the_arrow_keys_stay_in_the_results_of_the_words(edit):
    page = edit()
    dialog = open_picker(page)
    expect(options(dialog)).to_have_count(4)
    page.keyboard.type("pool")
    expect(options(dialog)).to_have_count(1)
    searches = []
    page.on("request", lambda request: searches.append(request.url))
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    expect(dialog.get_by_text("Chosen: 1")).to_be_visible()
    expect(options(dialog).first).to_be_focused()
    assert [url for url in searches if "/picker/" in url] == []


def test_the_focus_stays_in_results_that_are_replaced(edit):
    page = edit()
    dialog = open_picker(page)
    expect(options(dialog)).to_have_count(4)
    page.keyboard.type("pool")
    page.keyboard.press("ArrowDown")
    expect(options(dialog)).to_have_count(1)
    expect(options(dialog).first).to_be_focused()


def test_enter_takes_what_has_the_focus(edit):
    page = edit()
    dialog = open_picker(page)
    expect(options(dialog)).to_have_count(4)
    page.keyboard.press("ArrowDown")
    title = options(dialog).first.locator(".links-option__title").inner_text()
    page.keyboard.press("Enter")
    expect(shown(page)).to_have_text(["Massage", "Travel", title])


def test_another_is_chosen_in_the_place_of_one(edit, world):
    page = edit()
    place = slot(page, "hero")
    expect(shown(page, "hero")).to_have_text(["Lobby"])
    place.get_by_role("button", name="Actions").first.click()
    page.get_by_role("button", name="Choose another asset").first.click()
    dialog = page.get_by_role("dialog", name="Choose an asset")
    # The slot accepts pictures only.
    expect(options(dialog)).to_have_count(2)
    dialog.get_by_role("option", name="Pool").click()
    expect(dialog).to_have_count(0)
    expect(shown(page, "hero")).to_have_text(["Pool"])


def test_a_slow_source_is_named_and_then_comes(edit, world):
    world.wares.gate = threading.Event()
    page = edit()
    dialog = open_picker(page)
    expect(dialog.get_by_text("Still asking: PIM…")).to_be_visible()
    expect(options(dialog)).to_have_count(3)
    world.wares.gate.set()
    expect(options(dialog)).to_have_count(4)
    expect(dialog.get_by_text("Still asking")).to_have_count(0)


def test_a_dead_source_is_named_and_holds_up_nobody(edit, world):
    world.wares.error = TransientError("pim: GET items: HTTP 503")
    page = edit()
    dialog = open_picker(page)
    expect(options(dialog)).to_have_count(3)
    expect(dialog.get_by_role("alert")).to_contain_text("PIM does not answer.")


def test_nothing_found_says_so(edit):
    page = edit()
    dialog = open_picker(page)
    expect(options(dialog)).to_have_count(4)
    dialog.get_by_label("Search all sources").fill("<b>zzz</b>")
    expect(dialog.get_by_text("Nothing matches “<b>zzz</b>”.")).to_be_visible()


def test_more_comes_by_source(edit, world):
    world.files.page_size = 2
    page = edit()
    dialog = open_picker(page)
    expect(options(dialog)).to_have_count(3)
    dialog.get_by_role("button", name="More from DAM").click()
    expect(options(dialog)).to_have_count(4)
    expect(dialog.get_by_role("button", name="More from DAM")).to_have_count(0)
    expect(options(dialog).nth(3)).to_be_focused()


def test_a_change_at_the_source_shows_on_the_open_editors_card(edit, world):
    page = edit()
    expect(shown(page, "hero")).to_have_text(["Lobby"])
    world.files.edit(Ref("ImageObject", "a-1"), name="Lobby at night")
    connections.purge(connection=world.dam, refs=[Ref("ImageObject", "a-1")])
    expect(shown(page, "hero")).to_have_text(["Lobby at night"])


def test_with_all_sources_down_the_editor_opens_and_keeps_its_links(edit, world, arrival):
    for script in (world.files, world.wares, world.people):
        script.error = TransientError("down")
    page = edit()
    expect(slot(page, "hero").get_by_text("Cannot be read now")).to_be_visible()
    title = page.locator('input[name="title"]')
    with page.expect_response(lambda r: "/edit/" in r.url and r.request.method == "POST" and r.ok):
        title.fill("Hotel arrival, changed")
    draft = arrival.__class__.objects.get(pk=arrival.pk).get_latest_revision_as_object()
    assert draft.title == "Hotel arrival, changed"
    assert draft.slots[0].value["items"][0].value == world.hero


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1400, 390])
def test_it_fits_and_is_accessible(edit, page, accessible, width, scheme):
    page.set_viewport_size({"width": width, "height": 844})
    page.emulate_media(color_scheme=scheme)
    page = edit()
    expect(shown(page)).to_have_text(["Massage", "Travel"])
    accessible(page)
    dialog = open_picker(page)
    expect(options(dialog)).to_have_count(4)
    options(dialog).first.click()
    accessible(page)
    overflow = dialog.evaluate("d => d.scrollWidth - d.clientWidth + document.body.scrollWidth - innerWidth")
    assert overflow <= 0
