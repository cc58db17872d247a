"""Lists on a phone, ours and Wagtail's own: what each row says is readable without scrolling sideways."""

import pytest
from django.contrib.auth.models import Group, User
from django.utils import timezone
from playwright.sync_api import expect

from orchestrator.access import api as access
from orchestrator.channels import api as channels
from orchestrator.connections.models import AssetProblem
from orchestrator.experiences import api as experiences
from orchestrator.links import api as links

PHONE = {"width": 390, "height": 800}
LONG = "Nothing-in-this-archive-is-named-in-fewer-than-sixty-characters"
EXPERIENCES = "/admin/snippets/experiences/experience/"
LISTS = {
    EXPERIENCES: ["Hotel arrival", "arrival", "English", "Draft"],
    "/admin/snippets/experiences/experience/history/{arrival}/": ["Edited"],
    "/admin/snippets/experiences/fragment/": [LONG, "long"],
    "/admin/links/": ["Lobby", "a-1", LONG, "Hotel arrival"],
    "/admin/links/collections/": ["Travel", "Article", "Hotel arrival"],
    "/admin/links/bound/": ["Guest", "CRM", "Nowhere"],
    "/admin/links/broken/": [LONG, "draft", "Just now"],
    "/admin/channels/": ["Website of the whole house", "web", "Guest app"],
    "/admin/connections/": ["DAM", "Not checked yet", "dam"],
    "/admin/spaces/": ["Meridian", "meridian"],
    "/admin/api-clients/": ["Guest app", "1 in use", "Just now"],
    "/admin/api-clients/edit/{app}/": ["In use", "Revoked", "never"],
    "/admin/users/": ["Ada Lovelace", "ada", "Admin"],
    "/admin/groups/": ["Publisher"],
    "/admin/workflows/list/": ["Approval by a publisher", "2 snippet types"],
    "/admin/workflows/tasks/index/": ["Approval by a publisher", "Group approval task"],
    "/admin/reports/site-history/": ["Hotel arrival", "Experience", "Edited"],
}


@pytest.fixture
def house(arrival, world):
    """Something in every list: long names, a link that broke, a key in use and one that was revoked."""
    app = access.create_client(space=world.space, name="Guest app", rights=list(access.RIGHTS))
    access.note_use(access.issue_key(app)[0].pk)
    access.revoke_key(access.issue_key(app)[0])
    channels.save_channel(space=world.space, slug="web", name="Website of the whole house", clients=[app])
    lost = links.ensure_link(connection=world.dam, type="ImageObject", external_id=LONG)
    experiences.save_fragment(
        space=world.space, slug="long", title=LONG, locale="en", items=[{"link": lost}], publish=False
    )
    now = timezone.now()
    AssetProblem.objects.create(
        connection=world.dam,
        type=lost.type,
        external_id=LONG,
        state="gone",
        first_seen_at=now,
        last_seen_at=now,
        confirmed_at=now,
    )
    return {"arrival": arrival.pk, "app": app.pk}


@pytest.fixture
def ada(transactional_db):
    return User.objects.create_superuser("ada", first_name="Ada", last_name="Lovelace")


@pytest.fixture
def on_a_phone(visit, ada, house):
    """Open a list there."""

    def open_list(path):
        page = visit(ada, path.format(**house))
        page.set_viewport_size(PHONE)
        return page

    return open_list


@pytest.mark.parametrize("path", LISTS)
def test_a_row_says_all_on_a_phone(on_a_phone, accessible, path):
    page = on_a_phone(path)
    rows = page.locator("[data-stacks] > tbody").first
    for words in LISTS[path]:
        place = rows.get_by_text(words).first
        expect(place).to_be_visible()
        box = place.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= PHONE["width"]
    assert rows.evaluate("list => list.scrollWidth <= list.clientWidth")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        accessible(page)


def test_each_value_stands_beside_its_heading(on_a_phone):
    page = on_a_phone("/admin/connections/")
    shown = page.locator("[data-stacks] td").evaluate_all(
        "cells => cells.map((cell) => getComputedStyle(cell, '::before').content)"
    )
    # Nothing before the name, and nothing that is read out twice.
    assert shown[:3] == ["none", '"Health" / ""', '"Source" / ""']
    page.set_viewport_size({"width": 1280, "height": 800})
    expect(page.get_by_role("columnheader", name="Health")).to_be_visible()


def test_a_stacked_list_is_read_out_as_a_table(on_a_phone):
    page = on_a_phone("/admin/channels/")
    spoken = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    told = [
        (node["role"]["value"], node["name"]["value"].strip())
        for node in spoken
        if node["role"]["value"] in ("columnheader", "cell")
    ]
    assert told[:4] == [
        ("columnheader", "Name"),
        ("columnheader", "Sent as “channel”"),
        ("columnheader", "Default language"),
        ("columnheader", "Used by"),
    ]
    assert ("cell", "web") in told


def test_rows_that_come_later_are_stacked_too(on_a_phone):
    page = on_a_phone(EXPERIENCES)
    page.get_by_role("textbox", name="Search").fill("arri")
    page.wait_for_url("**q=arri**")
    expect(page.locator("#listing-results td[data-label='Short name']")).to_have_text("arrival")


def test_a_phone_sorts_and_ticks(on_a_phone):
    page = on_a_phone(EXPERIENCES)
    page.get_by_role("checkbox", name="Select all").first.check()
    expect(page.get_by_role("region", name="Bulk actions")).to_contain_text("1 snippet selected")
    page.get_by_role("link", name="Short name").click()
    page.wait_for_url("**ordering=slug**")


def test_a_group_is_told_what_it_may_on_a_phone(on_a_phone):
    editors = Group.objects.get(name="Editor")
    page = on_a_phone(f"/admin/groups/edit/{editors.pk}/")
    row = page.get_by_role("row").filter(has=page.get_by_role("cell", name="Collection", exact=True)).first
    expect(row.locator("[data-label='Change']")).to_be_visible()
