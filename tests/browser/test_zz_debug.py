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
    page.on("request", lambda r: print("POST", [ (k,v) for k,v in [x.split("=",1) for x in (r.post_data or "").split("&")] if "name" in k or k=="title"]) if r.method=="POST" and "/edit/" in r.url else None)
    slot(page, "offers").get_by_role("button", name="Choose assets").first.click()
    dialog = page.get_by_role("dialog", name="Choose assets")
    dialog.get_by_role("option", name="Pool").click()
    dialog.get_by_role("button", name="Add 1").click()
    # As fast as a script can, so that some fall into the half second in which Wagtail is not looking.
    print("before", [ (e.get_attribute("name"), e.input_value()) for e in page.locator('input[name$="-value-name"]').all()])
    name_of(page, 0).fill("top")
    print("after", [ (e.get_attribute("name"), e.input_value()) for e in page.locator('input[name$="-value-name"]').all()])
    page.wait_for_timeout(520)
    title(page).fill("Welcome home")
    page.wait_for_timeout(120)
    name_of(page, 1).fill("below")

    for _ in range(24):
        print(page.locator("input[name=slots-0-value-name]").input_value(), [e.get_attribute("name") for e in page.locator('input[name$="-value-name"]').all()], stored(arrival)); page.wait_for_timeout(300)
    wait_until_stored(page, arrival, ("Welcome home", [("top", 1), ("below", 3)]))

    page.reload()
    expect(title(page)).to_have_value("Welcome home")
    expect(name_of(page, 0)).to_have_value("top")
    expect(name_of(page, 1)).to_have_value("below")


