"""Every address of this app asks who is there; a grant on the connection is asked beside it."""

import json

import pytest
from django.test import Client
from django.urls import get_resolver, reverse

from orchestrator.connections.models import GrantLevel

AJAX = {"X-Requested-With": "XMLHttpRequest"}  # Wagtail then answers 403, where it would send people home.


def addresses(world):
    """Each address of this app: method, path."""
    rows = {"links": world.hero, "links_collections": world.help, "links_bound": world.guest}
    found = []
    for namespace, row in rows.items():
        found += [("get", reverse(f"{namespace}:index")), ("get", reverse(f"{namespace}:index_results"))]
        found += [(m, reverse(f"{namespace}:edit", args=[row.pk])) for m in ("get", "post")]
    for namespace in ("links_collections", "links_bound"):
        found += [(m, reverse(f"{namespace}:add")) for m in ("get", "post")]
        found += [(m, reverse(f"{namespace}:delete", args=[rows[namespace].pk])) for m in ("get", "post")]
        found += [("post", reverse(f"{namespace}:preview"))]
    for namespace, row in (("links_collection_chooser", world.help), ("links_bound_chooser", world.guest)):
        found += [("get", reverse(f"{namespace}:{name}")) for name in ("choose", "choose_results")]
        found += [("get", reverse(f"{namespace}:chosen", args=[row.pk]))]
    found += [("get", reverse("links:broken")), ("get", reverse("links_picker:open"))]
    found += [("get", reverse("links_cards:changes"))]
    posts = ("links_picker:results", "links_picker:chosen", "links_cards:cards")
    return found + [("post", reverse(name)) for name in posts]


def test_the_list_of_addresses_is_whole(world):
    """An address that is added without a line above fails here."""
    roots = [p for p in get_resolver().url_patterns if str(p.pattern) == "admin/"]
    namespaces = {
        "links", "links_collections", "links_bound", "links_collection_chooser", "links_bound_chooser",
        "links_picker", "links_cards",
    }  # fmt: skip
    ours = [p for root in roots for p in root.url_patterns if getattr(p, "namespace", None) in namespaces]
    assert {p.namespace for p in ours} == namespaces
    assert sum(len(p.url_patterns) for p in ours) == len({path for _method, path in addresses(world)})


def test_who_may_only_enter_the_admin_gets_nothing(world, person, sign_in):
    browser = sign_in(person())
    for method, path in addresses(world):
        answer = getattr(browser, method)(path, headers=AJAX)
        assert answer.status_code == 403, (method, path)
    assert world.files.log == []


def test_who_has_not_logged_in_is_asked_to(world, client):
    for method, path in addresses(world):
        answer = getattr(client, method)(path)
        assert answer.status_code == 302, (method, path)
        assert reverse("wagtailadmin_login") in answer.url


def test_a_post_without_a_token_changes_nothing(world, editor):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(editor)
    for method, path in addresses(world):
        if method == "post":
            assert browser.post(path).status_code == 403, path


def test_an_editor_sees_each_page(world, editor, sign_in):
    browser = sign_in(editor)
    refused = {
        ("get", reverse("links_bound:edit", args=[world.guest.pk])),
        ("get", reverse("links_bound:add")),
        ("get", reverse("links_bound:delete", args=[world.guest.pk])),
    }
    for method, path in addresses(world):
        if method == "get":
            expected = 403 if (method, path) in refused else 200
            assert browser.get(path, headers=AJAX).status_code == expected, path
    assert world.files.log == world.wares.log == world.people.log == []


def test_the_role_alone_opens_no_connection(world, person, sign_in):
    browser = sign_in(person(roles=["Editor"]))
    assert b"There is no source" in browser.get(reverse("links_picker:open")).content
    assert browser.get(reverse("links:edit", args=[world.hero.pk])).status_code == 404
    assert browser.get(reverse("links_collections:edit", args=[world.help.pk])).status_code == 404
    assert browser.get(reverse("links_collection_chooser:chosen", args=[world.help.pk])).status_code == 404
    assert b"a-1" not in browser.get(reverse("links:index")).content
    assert b"Travel" not in browser.get(reverse("links_collections:index")).content


def test_who_may_see_a_connection_may_not_pick_from_it(world, person, sign_in):
    browser = sign_in(person(roles=["Editor"], grants=[(world.dam, GrantLevel.VIEW)]))
    assert browser.get(reverse("links:edit", args=[world.hero.pk])).status_code == 200
    assert b"There is no source" in browser.get(reverse("links_picker:open")).content
    choice = {"items": [{"connection": str(world.dam.uuid), "type": "ImageObject", "id": "a-2"}]}
    answer = browser.post(reverse("links_picker:chosen"), json.dumps(choice), content_type="application/json")
    assert answer.status_code == 400
    assert "may not" in answer.json()["error"]


@pytest.mark.parametrize("path", ["links:index", "links:broken", "links_collections:index"])
def test_the_menu_shows_only_what_may_be_opened(world, person, editor, sign_in, path):
    home = reverse("wagtailadmin_home")
    assert reverse(path) in sign_in(editor).get(home).content.decode()
    assert reverse(path) not in sign_in(person()).get(home).content.decode()
