"""The pages of connections: what each person gets, what is saved, and what never leaves."""

import pytest
from django.contrib.auth.models import Group
from django.db import connection as database
from django.utils import timezone

from connectors.rest.simulator import SECRET
from orchestrator.access.models import Space
from orchestrator.connections.configuring import registry
from orchestrator.connections.configuring.secrets import Secrets
from orchestrator.connections.models import Connection, ConnectionHealth, GrantLevel, Sweep
from orchestrator.links.api import ensure_link

HOOK_SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"

PAGES = [
    ("get", "/admin/connections/new/"),
    ("get", "/admin/connections/new/rest/"),
    ("post", "/admin/connections/new/rest/"),
    ("post", "/admin/connections/new/rest/test/"),
    ("post", "/admin/connections/new/rest/sample/"),
    ("post", "/admin/connections/new/rest/evaluate/"),
    ("get", "/admin/connections/edit/{pk}/"),
    ("post", "/admin/connections/edit/{pk}/"),
    ("post", "/admin/connections/edit/{pk}/test/"),
    ("post", "/admin/connections/edit/{pk}/sample/"),
    ("post", "/admin/connections/edit/{pk}/evaluate/"),
    ("post", "/admin/connections/check/{pk}/"),
    ("get", "/admin/connections/history/{pk}/"),
    ("get", "/admin/connections/delete/{pk}/"),
    ("post", "/admin/connections/delete/{pk}/"),
]
READING = [("get", "/admin/connections/"), ("get", "/admin/connections/inspect/{pk}/")]


def is_refused(response):
    return response.status_code in (403, 404) or (
        response.status_code == 302 and response["Location"] == "/admin/"
    )


@pytest.mark.parametrize("request_line", [*PAGES, *READING], ids=" ".join)
def test_somebody_who_may_only_enter_the_admin_gets_none_of_it(
    outsider, connection, form_data, shop, request_line
):
    method, page = request_line
    response = getattr(outsider, method)(page.format(pk=connection.pk), form_data())
    assert is_refused(response)
    assert not shop.requests
    assert Connection.objects.count() == 1


@pytest.mark.parametrize("request_line", PAGES, ids=" ".join)
def test_an_editor_changes_and_tries_nothing(editor, connection, form_data, shop, request_line):
    method, page = request_line
    assert is_refused(getattr(editor, method)(page.format(pk=connection.pk), form_data()))
    assert not shop.requests


@pytest.mark.parametrize(("method", "page"), [*PAGES, *READING])
def test_an_administrator_reaches_every_page(administrator, connection, form_data, method, page):
    assert not is_refused(getattr(administrator, method)(page.format(pk=connection.pk), form_data()))


def test_an_editor_sees_what_is_granted_and_no_way_to_edit_it(editor, connection, other_connection):
    other_connection.grants.all().delete()
    page = editor.get("/admin/connections/").content.decode()
    assert "Room shop" in page
    assert "Other shop" not in page
    assert f"/admin/connections/inspect/{connection.pk}/" in page
    assert f"/admin/connections/edit/{connection.pk}/" not in page
    assert is_refused(editor.get(f"/admin/connections/inspect/{other_connection.pk}/"))
    assert "Who may use it" not in editor.get(f"/admin/connections/inspect/{connection.pk}/").content.decode()


def test_a_group_configures_the_one_connection_that_it_was_granted(
    outsider, guests, connection, other_connection, form_data
):
    connection.grants.create(group=guests, level=GrantLevel.CONFIGURE)
    page = outsider.get(f"/admin/connections/edit/{connection.pk}/")
    assert page.status_code == 200
    assert "Who may use it" not in page.content.decode()
    saved = outsider.post(
        f"/admin/connections/edit/{connection.pk}/",
        form_data(name="Renamed", slug="shop", config__key="", **{f"grant-{guests.pk}": "1"}),
    )
    assert saved.status_code == 302
    connection.refresh_from_db()
    assert connection.name == "Renamed"
    assert connection.grants.get(group=guests).level == GrantLevel.CONFIGURE
    for page in ("edit", "delete", "history"):
        assert is_refused(outsider.get(f"/admin/connections/{page}/{other_connection.pk}/"))
    assert is_refused(outsider.get(f"/admin/connections/delete/{connection.pk}/"))


def test_a_connection_is_added_and_open_to_the_roles(administrator, form_data):
    editors = Group.objects.get(name="Editor")
    response = administrator.post(
        "/admin/connections/new/rest/", form_data(**{f"grant-{editors.pk}": str(GrantLevel.VIEW)})
    )
    saved = Connection.objects.get()
    assert response["Location"] == f"/admin/connections/edit/{saved.pk}/"
    assert (saved.slug, saved.connector, saved.config["paging"]) == ("room-shop", "rest", "page")
    assert dict(saved.grants.values_list("group__name", "level"))["Editor"] == GrantLevel.VIEW
    page = administrator.get(response["Location"]).content.decode()
    assert f"/api/v1/hooks/{saved.uuid}" in page


@pytest.mark.parametrize(
    ("changed", "words", "state"),
    [
        ({}, "The system answers and accepts these settings.", "ok"),
        ({"config__key": "wrong"}, "HTTP 401", "broken"),
    ],
    ids=["works", "wrong key"],
)
def test_saving_says_whether_the_system_answers(administrator, form_data, changed, words, state):
    page = administrator.post("/admin/connections/new/rest/", form_data(**changed), follow=True)
    assert words in page.content.decode()
    assert Connection.objects.get().health.state == state


def test_secrets_are_encrypted_and_in_no_page(administrator, form_data):
    administrator.post(
        "/admin/connections/new/rest/", form_data(hook_scheme="standard", hook_secret=HOOK_SECRET)
    )
    saved = Connection.objects.get()
    assert Secrets.unseal(saved.secrets) == Secrets({("key",): SECRET}, HOOK_SECRET)
    with database.cursor() as cursor:
        cursor.execute("SELECT * FROM connections_connection")
        row = repr(cursor.fetchall())
    pages = [f"/admin/connections/{page}/{saved.pk}/" for page in ("edit", "inspect", "history", "delete")]
    text = row + "".join(administrator.get(page).content.decode() for page in pages)
    assert SECRET not in text
    assert HOOK_SECRET not in text


def test_what_was_typed_comes_back_with_the_error_but_for_the_secret(administrator, form_data):
    page = administrator.post(
        "/admin/connections/new/rest/", form_data(config__page_size="1000", timeout_ms="1234")
    )
    text = page.content.decode()
    assert page.status_code == 200
    assert not Connection.objects.exists()
    assert 'value="1234"' in text
    assert "price.cents" in text
    assert 'value="X-Api-Key"' in text
    assert SECRET not in text
    assert "type it again" in text


def test_saving_without_a_change_keeps_secrets_and_what_is_cached(administrator, connection, form_data):
    before = connection.settings_version
    administrator.post(f"/admin/connections/edit/{connection.pk}/", form_data(slug="shop", config__key=""))
    administrator.post(f"/admin/connections/edit/{connection.pk}/", form_data(slug="shop", config__key=""))
    connection.refresh_from_db()
    assert Secrets.unseal(connection.secrets).config == {("key",): SECRET}
    first_save = connection.settings_version
    assert first_save - before <= 1  # The form spells out defaults that the fixture left out.
    administrator.post(
        f"/admin/connections/edit/{connection.pk}/",
        form_data(slug="shop", config__key="", config__page_size="10"),
    )
    connection.refresh_from_db()
    assert connection.settings_version == first_save + 1


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"hook_scheme": "standard"}, "hook_secret", "secret"),
        ({"hook_scheme": "standard", "hook_secret": "not base64!"}, "hook_secret", "Standard Webhooks"),
        ({"hook_scheme": "header", "hook_secret": "s" * 20}, "hook_header", "header"),
        ({"slug": "shop"}, "slug", "Another connection"),
        ({"freshness-type": ["*"], "freshness-*-fresh_for_s": "soon"}, "freshness", "whole seconds"),
        ({"freshness-type": ["*"], "freshness-*-fresh_for_s": "99999999"}, "freshness", "Give seconds"),
    ],
)
def test_the_hubs_own_fields_are_refused_in_words(
    administrator, connection, form_data, changes, field, words
):
    page = administrator.post("/admin/connections/new/rest/", form_data(**changes))
    assert list(page.context["form"].errors) == [field]
    assert words in " ".join(page.context["form"].errors[field])


def test_freshness_is_a_table_not_json(administrator, form_data):
    data = {"freshness-type": ["Product"], "freshness-Product-fresh_for_s": "3600"}
    administrator.post("/admin/connections/new/rest/", form_data(**data))
    saved = Connection.objects.get()
    assert saved.freshness == {"Product": {"fresh_for_s": 3600}}
    page = administrator.get(f"/admin/connections/edit/{saved.pk}/").content.decode()
    assert 'name="freshness-Product-fresh_for_s" value="3600"' in page
    assert 'name="freshness-Product-if_error_for_s" value="" placeholder="3600"' in page


def test_a_used_connection_is_not_deleted_and_the_page_says_why(administrator, connection):
    ensure_link(connection=connection, type="Product", external_id="7")
    page = administrator.post(f"/admin/connections/delete/{connection.pk}/", follow=True)
    assert Connection.objects.filter(pk=connection.pk).exists()
    assert "is still used by 1 links" in page.content.decode()


def test_an_unused_connection_is_deleted(administrator, connection):
    administrator.post(f"/admin/connections/delete/{connection.pk}/")
    assert not Connection.objects.exists()


def test_health_is_said_in_words(administrator, connection):
    ConnectionHealth.objects.update_or_create(
        connection=connection, defaults={"state": "broken", "message": "REST: GET products: HTTP 401"}
    )
    page = administrator.get("/admin/connections/").content.decode()
    assert "Needs a change of settings" in page
    assert "HTTP 401" in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("health=broken", {"Room shop"}),
        ("health=unchecked", {"Other shop"}),
        ("connector=rest", {"Room shop", "Other shop"}),
        ("connector=directus", set()),
        ("q=other", {"Other shop"}),
    ],
)
def test_the_list_is_filtered(administrator, connection, other_connection, query, found):
    ConnectionHealth.objects.update_or_create(connection=connection, defaults={"state": "broken"})
    ConnectionHealth.objects.filter(connection=other_connection).delete()
    page = administrator.get(f"/admin/connections/?{query}")
    assert {c.name for c in page.context["object_list"]} == found


def test_an_empty_list_says_what_to_do(administrator, editor):
    assert "/admin/connections/new/" in administrator.get("/admin/connections/").content.decode()
    page = editor.get("/admin/connections/").content.decode()
    assert "No connection is open to you" in page


@pytest.fixture
def broken_plugin(tmp_path, monkeypatch):
    """An installed package whose connector cannot be imported."""
    folder = tmp_path / "acme-1.0.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-connector\nVersion: 1.0\n")
    (folder / "entry_points.txt").write_text("[orchestrator.connectors]\nacme = acme_nowhere:Acme\n")
    monkeypatch.syspath_prepend(tmp_path)
    registry.forget_connectors()
    yield
    monkeypatch.undo()
    registry.forget_connectors()


@pytest.mark.parametrize("page", ["/admin/connections/", "/admin/connections/new/"])
def test_a_connector_that_failed_is_named_on_top(administrator, broken_plugin, page):
    text = administrator.get(page).content.decode()
    assert "The connector <b>acme</b> could not be loaded: acme-connector: ModuleNotFoundError" in text


def test_a_connection_without_its_connector_can_be_renamed_and_keeps_its_settings(
    administrator, connection, form_data
):
    Connection.objects.update(connector="acme")
    assert (
        "is not installed" in administrator.get(f"/admin/connections/edit/{connection.pk}/").content.decode()
    )
    data = {"name": "Renamed", "slug": "shop", "enabled": "on", "timeout_ms": "1000"}
    assert administrator.post(f"/admin/connections/edit/{connection.pk}/", data).status_code == 302
    saved = Connection.objects.get()
    assert (saved.name, saved.config) == ("Renamed", connection.config)
    assert saved.secrets == connection.secrets or Secrets.unseal(saved.secrets) == Secrets.unseal(
        connection.secrets
    )


def test_lost_keys_are_said_and_the_secret_can_be_typed_again(administrator, connection, form_data, settings):
    settings.SECRETS_KEYS = ["another-key-0123456789-0123456789-0123456789"]
    page = f"/admin/connections/edit/{connection.pk}/"
    assert "cannot be read any more" in administrator.get(page).content.decode()
    administrator.post(page, form_data(slug="shop"))
    connection.refresh_from_db()
    assert Secrets.unseal(connection.secrets).config == {("key",): SECRET}


def test_an_unknown_connector_is_not_found(administrator):
    assert administrator.get("/admin/connections/new/nothing/").status_code == 404


@pytest.mark.parametrize(
    ("level", "status"), [(GrantLevel.CONFIGURE, 302), (GrantLevel.USE, 404), (GrantLevel.VIEW, 404)]
)
def test_asking_now_is_for_those_who_may_configure(guests, outsider, connection, shop, level, status):
    connection.grants.update_or_create(group=guests, defaults={"level": level})
    shop.requests.clear()
    assert outsider.post(f"/admin/connections/check/{connection.pk}/").status_code == status
    assert bool(shop.requests) == (level == GrantLevel.CONFIGURE)


def test_asking_now_says_and_writes_what_came_of_it(administrator, connection, shop):
    page = administrator.get(f"/admin/connections/inspect/{connection.pk}/").content.decode()
    assert f'action="/admin/connections/check/{connection.pk}/"' in page
    shop.stop()
    page = administrator.post(f"/admin/connections/check/{connection.pk}/", follow=True).content.decode()
    assert "Does not answer" in page
    connection.health.refresh_from_db()
    assert connection.health.state == "failing"


def test_the_last_sweep_is_told_and_nothing_of_one_that_never_ended(administrator, connection):
    address = f"/admin/connections/inspect/{connection.pk}/"
    sweep = Sweep.objects.create(connection=connection, links=3)
    assert "Last sweep" not in administrator.get(address).content.decode()
    sweep.ended_at, sweep.ended_links, sweep.ended_read = timezone.now(), 12, 4
    sweep.save()
    page = administrator.get(address).content.decode()
    assert "Last sweep" in page
    assert "12 links in use, 4 read: nobody had for half a day." in page


def test_nothing_is_asked_by_following_a_link(administrator, connection):
    assert administrator.get(f"/admin/connections/check/{connection.pk}/").status_code == 405
    assert administrator.post("/admin/connections/check/999/").status_code == 404


def test_the_first_connection_of_an_empty_hub_finds_a_space(administrator, form_data, space):
    data = form_data()
    Space.objects.all().delete()
    page = administrator.get("/admin/connections/new/rest/").content.decode()
    made = Space.objects.get()
    assert f'<input type="hidden" name="space" value="{made.pk}"' in page
    response = administrator.post("/admin/connections/new/rest/", data | {"space": made.pk})
    assert response["Location"].startswith("/admin/connections/edit/")
    assert Connection.objects.get().space == made


def test_with_two_brands_the_form_asks_for_which(administrator, space):
    Space.objects.create(slug="other", name="Other")
    page = administrator.get("/admin/connections/new/rest/").content.decode()
    assert '<select name="space"' in page
