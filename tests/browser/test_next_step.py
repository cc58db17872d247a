"""From a hub with nothing but a superuser to an answer, by the proposed steps only.

What the forms ask is taken from a system's own page, as somebody would who connects it by hand.
"""

import json
import re

import pytest
import requests
from django.contrib.auth.models import Group, User
from playwright.sync_api import expect

from orchestrator.connections.process import this_process
from tests.demo.conftest import world as meridian  # noqa: F401 - fixtures are found by name.
from tests.demo.test_manuals import manual_on, read_page

STEP = ".next-step"


class Walk:
    """Somebody who does what the first page proposes, and nothing else."""

    def __init__(self, page, hub):
        self.page, self.hub, self.titles = page, hub, []

    def take_step(self):
        """Go to the first page and press the one button of the one step."""
        self.page.goto(f"{self.hub}/admin/")
        step = self.page.locator(STEP)
        expect(step).to_have_count(1)
        self.titles.append(step.locator(".next-step__title").inner_text())
        step.locator(".button").first.click()
        expect(self.page.locator(STEP)).to_have_count(0)

    def fill(self, label, text):
        """Type or choose in the field of this label, as it is written."""
        labelled = f"//label[normalize-space(text())={json.dumps(label)}]"
        wrapper = self.page.locator(f"xpath={labelled}/ancestor::*[contains(@class,'w-field__wrapper')][1]")
        field = wrapper.locator("input, select, textarea").first
        if field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(label=text)
        else:
            field.fill(text)

    def map(self, field, place):
        row = self.page.locator("tr", has=self.page.locator(f'input[value="{field}"]'))
        row.locator(".connections-table__expression").fill(place)

    def save(self):
        with self.page.expect_navigation():
            self.page.locator("form[data-edit-form] .footer button[type=submit]").first.click()


@pytest.fixture
def root(transactional_db):
    return User.objects.create_superuser("root")


@pytest.fixture
def walk(visit, root, live_server, settings):
    settings.PUBLIC_URL = live_server.url
    return Walk(visit(root, "/admin/"), live_server.url)


def test_an_empty_hub_leads_from_nothing_to_a_delivered_answer(walk, meridian, accessible, root):  # noqa: F811
    page = walk.page
    accessible(page)

    walk.take_step()
    connector, entries, _line = manual_on(read_page(meridian, "social"))
    page.get_by_role("link", name=connector, exact=True).click()
    walk.fill("Name", "Social network")
    page.get_by_role("heading", name="Several records at once").click()
    for label, text in entries.items():
        walk.fill(label, text)
    page.get_by_role("button", name="Load a sample").click()
    expect(page.locator(".connections-sample__record")).to_contain_text('"text"')
    walk.map("articleBody", "record.text")
    page.get_by_role("button", name="Test", exact=True).click()
    expect(page.locator(".connections-trial")).to_contain_text("Search works")
    walk.save()
    expect(page.get_by_text("The system answers and accepts these settings.")).to_be_visible()

    walk.take_step()
    walk.fill("Name", "Lobby screen")
    walk.save()
    walk.take_step()
    page.get_by_role("button", name="Make a key").click()
    key = page.get_by_role("textbox", name="Key").input_value()

    walk.take_step()
    walk.fill("Name", "Lobby")
    walk.fill("Short name", "lobby")
    page.get_by_label("Lobby screen").check()
    walk.save()

    walk.take_step()
    compose(page)
    walk.take_step()
    publish(page)

    page.goto(f"{walk.hub}/admin/")
    title = page.locator(".next-step__title")
    expect(title).to_have_text("Fetch “Welcome” for the first time")
    address = re.search(r'"(http\S+)"$', page.get_by_label("The line to paste").input_value())[1]
    answer = requests.get(address, headers={"Authorization": f"Bearer {key}"}, timeout=20)
    assert answer.status_code == 200, answer.text
    item = answer.json()["slots"]["news"]["items"][0]
    assert item["state"] == "fresh"
    assert item["fields"]["articleBody"].startswith("Our bakers start at three")
    this_process().findings.flush()

    page.goto(f"{walk.hub}/admin/")
    expect(title).to_have_text("Invite somebody who composes")
    expect(page.get_by_text("1 program has fetched")).to_be_visible()
    assert walk.titles == [
        "Connect a first system", "Let a first program fetch", "Make a key for “Lobby screen”",
        "Add a first channel", "Compose a first experience", "Publish “Welcome”",
    ]  # fmt: skip


def compose(page):
    """One slot with one post, as a draft."""
    expect(page.locator("html[data-watched]")).to_have_count(1)
    page.locator("input[name=title]").fill("Welcome")
    page.locator("input[name=slug]").fill("welcome")
    if not page.locator('input[name="slots-0-value-name"]').count():
        page.locator("[data-streamfield-list-add], .c-sf-add-button").first.click()
    page.locator('input[name="slots-0-value-name"]').fill("news")
    page.get_by_role("button", name="Choose assets").first.click()
    dialog = page.get_by_role("dialog", name="Choose assets")
    dialog.get_by_label("Search all sources").fill("bakers")
    expect(dialog.get_by_role("option")).to_have_count(1)
    dialog.get_by_role("option").first.click()
    dialog.get_by_role("button", name="Add 1").click()
    expect(dialog).to_have_count(0)
    with page.expect_navigation(url=re.compile("/edit/")):
        page.get_by_role("button", name="Save draft").click()


def publish(page):
    """In the menu below, as the step said."""
    expect(page.locator("html[data-watched]")).to_have_count(1)
    page.locator(".footer").get_by_role("button", name=re.compile("More actions")).click()
    with page.expect_navigation():
        page.get_by_role("button", name="Publish", exact=True).click()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_the_page_of_the_step_fits_and_has_no_barrier(walk, accessible, width, scheme):
    page = walk.page
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 800})
    for path in ("/admin/", "/admin/next/"):
        page.goto(walk.hub + path)
        expect(page.locator(STEP)).to_have_count(1)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        accessible(page)


def test_a_step_is_put_off_and_brought_back_by_keyboard(walk):
    page = walk.page
    page.goto(f"{walk.hub}/admin/")
    page.get_by_role("button", name=re.compile("^Not now.*Connect a first system")).focus()
    page.keyboard.press("Enter")
    expect(page.locator(".next-step__title")).to_have_text("Let a first program fetch")
    page.get_by_role("link", name="1 step was put off").click()
    page.get_by_role("button", name=re.compile("^Bring back.*Connect a first system")).focus()
    page.keyboard.press("Enter")
    expect(page.locator(".next-step__title")).to_have_text("Connect a first system")


def test_an_editor_of_an_empty_hub_is_told_what_comes_first(visit, transactional_db):
    ed = User.objects.create_user("ed")
    ed.groups.add(Group.objects.get(name="Editor"))
    page = visit(ed, "/admin/")
    expect(page.get_by_text("An administrator connects a system first.")).to_be_visible()
    expect(page.locator(STEP)).to_have_count(0)
