"""The editor in a browser: no edit is lost, two editors are told of each other, what is wrong is shown."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from orchestrator.channels import api as channels
from orchestrator.connections.models import GrantLevel
from orchestrator.experiences.models import Experience, PublishedPlan
from tests.browser.conftest import WATCH

EDITS = re.compile(r"/experience/edit/\d+/$")


@pytest.fixture
def publisher(world, person):
    rows = (world.dam, world.pim, world.crm)
    return person("publisher", roles=["Publisher"], grants=[(row, GrantLevel.USE) for row in rows])


@pytest.fixture
def edit_in_another_window(new_context, live_server, person, arrival):
    """Open the same editor as somebody else, in a window of their own."""
    pages = []

    def edit():
        user = person("second", roles=["Editor"])
        client = Client()
        client.force_login(user)
        window = new_context()
        cookie = client.cookies["sessionid"].value
        window.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
        window.add_init_script(WATCH)
        page = window.new_page()
        pages.append(page)
        page.goto(live_server.url + edit_address(arrival))
        wait_until_watched(page)
        return page

    yield edit
    for page in pages:
        page.goto("about:blank")


def wait_until_watched(page):
    expect(page.locator("html[data-watched]")).to_have_count(1)


def edit_address(experience):
    return reverse("wagtailsnippets_experiences_experience:edit", args=[experience.pk])


def title(page):
    return page.locator("input[name=title]")


def name_of(page, number):
    return page.locator(f'input[name="slots-{number}-value-name"]')


def slot(page, name):
    return page.get_by_role("region", name=f"Slot {name}")


def stored(experience):
    """The newest draft: its title, and for each slot its name and how many items it has."""
    draft = Experience.objects.get(pk=experience.pk).get_latest_revision_as_object()
    return draft.title, [(child.value["name"], len(child.value["items"])) for child in draft.slots]


def wait_until_stored(page, experience, wanted):
    """Give autosave its time; what it has not sent then, it never sends."""
    for _attempt in range(80):
        if stored(experience) == wanted:
            break
        page.wait_for_timeout(250)
    assert stored(experience) == wanted


def is_autosave(response):
    return response.request.method == "POST" and EDITS.search(response.url)


def test_fast_edits_are_all_there_after_a_reload(edit, arrival):
    page = edit()
    slot(page, "offers").get_by_role("button", name="Choose assets").first.click()
    dialog = page.get_by_role("dialog", name="Choose assets")
    dialog.get_by_role("option", name="Pool").click()
    dialog.get_by_role("button", name="Add 1").click()
    expect(dialog).to_have_count(0)
    # As fast as a script can, so that some fall into the half second in which Wagtail is not looking.
    name_of(page, 0).fill("top")
    page.wait_for_timeout(520)
    title(page).fill("Welcome home")
    page.wait_for_timeout(120)
    name_of(page, 1).fill("below")

    wait_until_stored(page, arrival, ("Welcome home", [("top", 1), ("below", 3)]))

    page.reload()
    expect(title(page)).to_have_value("Welcome home")
    expect(name_of(page, 0)).to_have_value("top")
    expect(name_of(page, 1)).to_have_value("below")


def test_what_is_typed_while_a_slow_save_is_on_its_way_is_saved_after_it(edit, arrival):
    page = edit()
    asked = []

    def hold_the_first(route):
        if route.request.method == "POST" and not asked:
            asked.append(route)
        else:
            route.continue_()

    page.route(EDITS, hold_the_first)
    title(page).fill("One")
    while not asked:
        page.wait_for_timeout(100)
    title(page).fill("Two")
    page.wait_for_timeout(100)
    asked[0].continue_()
    wait_until_stored(page, arrival, ("Two", [("hero", 1), ("offers", 2)]))


def test_of_two_editors_the_later_one_is_told_and_overwrites_nothing(edit, edit_in_another_window, arrival):
    first = edit()
    second = edit_in_another_window()

    with first.expect_response(is_autosave) as saved:
        title(first).fill("The first was here")
    assert saved.value.ok
    with second.expect_response(is_autosave) as refused:
        title(second).fill("The second as well")

    assert refused.value.status == 400
    assert refused.value.json()["error_code"] == "invalid_revision"
    assert stored(arrival)[0] == "The first was here"
    # Nothing of what the second typed is gone either, and the page says what is the matter.
    expect(title(second)).to_have_value("The second as well")
    expect(second.get_by_text("Saving will overwrite a newer version.")).to_be_visible()
    expect(second.get_by_role("button", name="editor saved a new version")).to_be_visible()


def test_what_keeps_a_draft_from_being_published_stands_beside_its_block(visit, publisher, arrival):
    page = visit(publisher, edit_address(arrival))
    wait_until_watched(page)
    name_of(page, 1).fill("hero")
    page.locator("footer").get_by_role("button", name="More actions").click()
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_text("Another slot has this name").first).to_be_visible()
    assert not PublishedPlan.objects.filter(live=True).exists()


def test_a_slots_settings_lie_behind_its_gear(edit, arrival):
    page = edit()
    block = slot(page, "hero")
    expect(block.get_by_label("When an item cannot be read")).to_be_hidden()
    block.get_by_role("button", name="Settings").first.click()
    block.get_by_label("When an item cannot be read").select_option("omit")
    for _attempt in range(80):
        draft = Experience.objects.get(pk=arrival.pk).get_latest_revision_as_object()
        if draft.slots[0].value["on_failure"] == "omit":
            break
        page.wait_for_timeout(250)
    assert draft.slots[0].value["on_failure"] == "omit"
    assert draft.slots[0].value["accepts"] == ["ImageObject"]


def test_the_preview_beside_the_form_follows_it(edit, arrival, world):
    channels.save_channel(space=world.space, slug="web", name="Website")
    page = edit()
    page.get_by_role("button", name="Toggle preview").click()
    frame = page.frame_locator("#w-preview-iframe")
    expect(frame.get_by_role("heading", name="Hotel arrival")).to_be_visible()
    expect(frame.get_by_text("Lobby").first).to_be_visible()
    title(page).fill("Seen at once")
    expect(frame.get_by_role("heading", name="Seen at once")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_read_list_editor_and_preview(visit, editor, arrival, accessible, page, scheme):
    page.emulate_media(color_scheme=scheme)
    visit(editor, reverse("wagtailsnippets_experiences_experience:list"))
    accessible(page)
    visit(editor, edit_address(arrival))
    wait_until_watched(page)
    accessible(page)
    page.get_by_role("button", name="Toggle where to fetch it").click()
    expect(page.get_by_text("It is not live yet")).to_be_visible()
    accessible(page)
    visit(editor, preview_address(arrival))
    expect(page.get_by_role("heading", name="Hotel arrival")).to_be_visible()
    accessible(page)


def preview_address(experience):
    args = [experience.pk, experience.latest_revision_id]
    return reverse("wagtailsnippets_experiences_experience:revisions_view", args=args)


def test_on_a_phone_nothing_sticks_out(visit, editor, arrival, page):
    page.set_viewport_size({"width": 390, "height": 800})
    for address in (edit_address(arrival), preview_address(arrival)):
        visit(editor, address)
        page.wait_for_load_state("networkidle")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, address


def test_a_wrong_name_of_a_slot_is_told_at_once_and_kept(edit, arrival):
    page = edit()
    field = page.locator("[data-field]").filter(has=name_of(page, 0))
    name_of(page, 0).fill("Großer Auftritt!")
    expect(field.locator(".error-message")).to_have_text(
        "Use small letters, digits, hyphens and underscores, and begin with a letter."
    )
    expect(name_of(page, 0)).to_have_accessible_description(re.compile("begin with a letter"))
    wait_until_stored(page, arrival, ("Hotel arrival", [("Großer Auftritt!", 1), ("offers", 2)]))
    page.reload()
    expect(name_of(page, 0)).to_have_value("Großer Auftritt!")
    expect(field.locator(".error-message")).to_be_visible()
    name_of(page, 0).fill("top")
    expect(field.locator(".error-message")).to_have_count(0)


def test_a_name_given_twice_is_told_at_both_slots_until_one_is_gone(edit):
    page = edit()
    words = page.get_by_text("Another slot has this name. Apps could not tell them apart.")
    name_of(page, 1).fill("hero")
    expect(words).to_have_count(2)
    slot(page, "hero").last.get_by_role("button", name="Delete").first.click()
    expect(words.filter(visible=True)).to_have_count(0)


def test_fields_that_hold_up_saving_are_named_and_nothing_typed_is_lost(edit, arrival, accessible):
    page = edit()
    title(page).press("End")
    title(page).press_sequentially(" by night")
    wait_until_stored(page, arrival, ("Hotel arrival by night", [("hero", 1), ("offers", 2)]))
    slot(page, "hero").get_by_role("button", name="Settings").first.click()
    minutes = page.locator('input[name="slots-0-value-last_known_good_minutes"]')
    minutes.fill("99999999")
    title(page).fill("Welcome home")
    page.locator("input[name=slug]").fill("")

    told = page.get_by_role("status").filter(has_text="These fields keep it from being saved:")
    expect(told.get_by_role("listitem")).to_have_count(2)
    expect(told).to_contain_text("Short name This field is required.")
    expect(page.locator("[data-field]").filter(has=minutes).locator(".error-message")).to_contain_text(
        "43200"
    )
    accessible(page)
    told.get_by_role("button", name="Slot “hero”: Last good copy").click()
    expect(minutes).to_be_focused()

    # Leaving asks first; what was typed is still there for who stays.
    asked = []
    page.once("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.evaluate("setTimeout(() => location.reload(), 0)")
    for _attempt in range(80):
        if asked:
            break
        page.wait_for_timeout(250)
    assert asked == ["beforeunload"]
    expect(title(page)).to_have_value("Welcome home")

    minutes.fill("60")
    page.locator("input[name=slug]").fill("arrival")
    expect(told).to_have_count(0)
    wait_until_stored(page, arrival, ("Welcome home", [("hero", 1), ("offers", 2)]))
    expect(page.locator(".error-message")).to_have_count(0)


def test_on_a_phone_what_holds_up_saving_stays_in_sight(edit, page):
    page.set_viewport_size({"width": 390, "height": 800})
    page = edit()
    title(page).fill("")
    told = page.get_by_role("status").filter(has_text="These fields keep it from being saved:")
    expect(told).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
