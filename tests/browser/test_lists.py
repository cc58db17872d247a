"""Lists on a phone: what each row says is readable without scrolling sideways."""

import pytest
from django.contrib.auth.models import Group, User
from playwright.sync_api import expect

from orchestrator.access import api as access
from orchestrator.connections.api import save_connection


@pytest.fixture
def app(transactional_db, scripted):
    """A connection, a program with a key that was used and one that was revoked."""
    space = access.save_space(slug="meridian", name="Meridian Hotels")
    save_connection(
        space=space,
        slug="dam",
        name="Picture archive of the whole house",
        connector="scripted",
        config={"script": "dam"},
    )
    app = access.create_client(space=space, name="Guest app", rights=list(access.RIGHTS))
    access.note_use(access.issue_key(app)[0].pk)
    access.revoke_key(access.issue_key(app)[0])
    return app


@pytest.fixture
def ada(transactional_db):
    user = User.objects.create_user("ada")
    user.groups.add(Group.objects.get(name="Administrator"))
    return user


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/admin/connections/", ["Picture archive of the whole house", "Not checked yet", "dam"]),
        ("/admin/spaces/", ["Meridian Hotels", "meridian"]),
        ("/admin/api-clients/", ["Guest app", "1 in use", "Just now"]),
        ("/admin/api-clients/edit/{pk}/", ["In use", "Revoked", "never"]),
    ],
)
def test_a_row_says_all_on_a_phone(visit, ada, app, accessible, path, says, scheme):
    page = visit(ada, path.format(pk=app.pk))
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": 390, "height": 800})
    rows = page.locator(".stacked-list")
    for words in says:
        place = rows.get_by_text(words).first
        expect(place).to_be_visible()
        box = place.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
    assert rows.evaluate("list => list.scrollWidth <= list.clientWidth")
    accessible(page)


def test_each_value_stands_beside_its_heading(visit, ada, app):
    page = visit(ada, "/admin/connections/")
    page.set_viewport_size({"width": 390, "height": 800})
    shown = page.locator(".stacked-list td[data-label]").evaluate_all(
        "cells => cells.map((cell) => getComputedStyle(cell, '::before').content)"
    )
    assert shown[:2] == ['"Health"', '"Source"']
    page.set_viewport_size({"width": 1280, "height": 800})
    expect(page.get_by_role("columnheader", name="Health")).to_be_visible()
