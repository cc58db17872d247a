"""API clients, keys and spaces in the admin."""

import re

import pytest
from django.db import connection as database
from wagtail.log_actions import registry as log_registry

from orchestrator.access.api import client_for_key, issue_key, note_use
from orchestrator.access.models import ApiClient, ApiKey, Space

PAGES = [
    ("get", "/admin/api-clients/"),
    ("get", "/admin/api-clients/new/"),
    ("post", "/admin/api-clients/new/"),
    ("get", "/admin/api-clients/edit/{pk}/"),
    ("post", "/admin/api-clients/edit/{pk}/"),
    ("post", "/admin/api-clients/edit/{pk}/keys/new/"),
    ("get", "/admin/api-clients/edit/{pk}/keys/{key}/revoke/"),
    ("post", "/admin/api-clients/edit/{pk}/keys/{key}/revoke/"),
    ("post", "/admin/api-clients/delete/{pk}/"),
    ("get", "/admin/api-clients/history/{pk}/"),
    ("get", "/admin/spaces/"),
    ("post", "/admin/spaces/new/"),
    ("post", "/admin/spaces/edit/{space}/"),
    ("post", "/admin/spaces/delete/{space}/"),
]


@pytest.mark.parametrize("role", ["editor", "outsider"])
@pytest.mark.parametrize("request_line", PAGES, ids=" ".join)
def test_only_administrators_get_in(request, role, client_app, request_line):
    key, plaintext = issue_key(client_app)
    method, page = request_line
    url = page.format(pk=client_app.pk, key=key.pk, space=client_app.space_id)
    response = getattr(request.getfixturevalue(role), method)(url, {"name": "x", "slug": "x"})
    assert (response.status_code, response["Location"]) == (302, "/admin/")
    assert client_for_key(plaintext) is not None
    assert (ApiClient.objects.count(), ApiKey.objects.count(), Space.objects.count()) == (1, 1, 1)


def test_a_client_is_added_with_rights_in_words(administrator, space):
    page = administrator.get("/admin/api-clients/new/").content.decode()
    assert "Send identifiers and get personal answers (personal:read)" in page
    data = {"name": "Lobby", "space": space.pk, "rights": ["experiences:read", "explain"]}
    response = administrator.post("/admin/api-clients/new/", data)
    made = ApiClient.objects.get()
    assert made.rights == ["experiences:read", "explain"]
    assert response["Location"] == f"/admin/api-clients/edit/{made.pk}/"
    assert "It has no key yet" in administrator.get(response["Location"]).content.decode()


def test_which_space_is_asked_only_where_there_are_several(administrator, space):
    page = administrator.get("/admin/api-clients/new/").content.decode()
    assert f'<input type="hidden" name="space" value="{space.pk}"' in page
    Space.objects.create(slug="other", name="Other")
    assert '<select name="space"' in administrator.get("/admin/api-clients/new/").content.decode()


@pytest.mark.parametrize(
    "changes", [{"rights": ["everything"]}, {"name": ""}, {"name": "Guest app"}, {"space": "999"}]
)
def test_a_bad_client_is_refused(administrator, client_app, space, changes):
    data = {"name": "Lobby", "space": space.pk, "rights": []} | changes
    page = administrator.post("/admin/api-clients/new/", data)
    assert page.context["form"].errors
    assert ApiClient.objects.count() == 1


def test_the_space_of_a_client_stays(administrator, client_app):
    other = Space.objects.create(slug="other", name="Other")
    data = {"name": "Renamed", "space": other.pk, "rights": []}
    administrator.post(f"/admin/api-clients/edit/{client_app.pk}/", data)
    client_app.refresh_from_db()
    assert (client_app.name, client_app.space.slug, client_app.rights) == ("Renamed", "meridian", [])


def test_a_key_is_shown_once_and_works(administrator, client_app):
    page = administrator.post(f"/admin/api-clients/edit/{client_app.pk}/keys/new/")
    plaintext = re.search(r"ov_\w{8}_[\w-]{43}", page.content.decode())[0]
    assert "no-store" in page["Cache-Control"]
    assert f"Authorization: Bearer {plaintext}" in page.content.decode().replace("&#x27;", "'")
    assert client_for_key(plaintext).name == "Guest app"
    later = [f"/admin/api-clients/{part}/{client_app.pk}/" for part in ("edit", "history", "delete")]
    text = "".join(administrator.get(url).content.decode() for url in later)
    with database.cursor() as cursor:
        cursor.execute("SELECT * FROM access_apikey")
        text += repr(cursor.fetchall())
        cursor.execute("SELECT * FROM django_session")
        text += repr(cursor.fetchall())
    assert plaintext not in text
    assert plaintext[:11] in text


def test_a_key_is_not_made_by_following_a_link(administrator, client_app):
    assert administrator.get(f"/admin/api-clients/edit/{client_app.pk}/keys/new/").status_code == 405
    assert not ApiKey.objects.exists()


def test_revoking_asks_first_and_then_ends_the_key(administrator, client_app):
    key, plaintext = issue_key(client_app)
    url = f"/admin/api-clients/edit/{client_app.pk}/keys/{key.pk}/revoke/"
    asked = administrator.get(url).content.decode()
    assert str(key) in asked
    assert "It was never used." in asked
    note_use(key.pk)
    assert "It was last used just now" in administrator.get(url).content.decode()
    assert client_for_key(plaintext) is not None
    page = administrator.post(url, follow=True).content.decode()
    assert "is revoked" in page
    assert client_for_key(plaintext) is None


def test_a_key_is_revoked_through_its_own_client_only(administrator, client_app, space):
    key, plaintext = issue_key(client_app)
    other = ApiClient.objects.create(space=space, name="Other")
    assert administrator.post(f"/admin/api-clients/edit/{other.pk}/keys/{key.pk}/revoke/").status_code == 404
    assert client_for_key(plaintext) is not None


def test_who_made_and_revoked_a_key_is_in_the_history(administrator, client_app):
    administrator.post(f"/admin/api-clients/edit/{client_app.pk}/keys/new/")
    key = ApiKey.objects.get()
    administrator.post(f"/admin/api-clients/edit/{client_app.pk}/keys/{key.pk}/revoke/")
    actions = [entry.action for entry in log_registry.get_logs_for_instance(client_app)]
    assert actions == ["access.revoke_key", "access.issue_key"]
    page = administrator.get(f"/admin/api-clients/history/{client_app.pk}/").content.decode()
    assert f"Key {key.prefix}… made" in page


def test_the_list_counts_usable_keys(administrator, client_app):
    page = administrator.get("/admin/api-clients/").content.decode()
    assert "none" in page
    issue_key(client_app)
    assert "1 in use" in administrator.get("/admin/api-clients/").content.decode()


@pytest.mark.parametrize("order", ["last_used_order", "-last_used_order"])
def test_the_list_tells_who_fetches_and_sorts_by_it(administrator, client_app, space, order):
    key, _plaintext = issue_key(client_app)
    ApiClient.objects.create(space=space, name="Old app")
    note_use(key.pk)
    page = administrator.get(f"/admin/api-clients/?ordering={order}").content.decode()
    assert "never" in page
    assert "just now" in page
    assert (page.index("Old app") < page.index("Guest app")) is (order == "last_used_order")


def test_deleting_a_client_says_what_ends_with_it(administrator, client_app):
    issue_key(client_app)
    url = f"/admin/api-clients/delete/{client_app.pk}/"
    assert "It has 1 key in use" in administrator.get(url).content.decode()
    administrator.post(url)
    assert not ApiKey.objects.exists()


def test_a_space_that_owns_something_is_not_deleted(administrator, client_app):
    page = administrator.post(f"/admin/spaces/delete/{client_app.space_id}/", follow=True).content.decode()
    assert "still owns" in page
    assert Space.objects.exists()


def test_an_empty_space_is_deleted(administrator, space):
    administrator.post(f"/admin/spaces/delete/{space.pk}/")
    assert not Space.objects.exists()
