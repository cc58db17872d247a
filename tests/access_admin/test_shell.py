"""The admin around the pages: policy, menu and first page."""

import re

import pytest
import requests
from django.contrib.auth.models import AnonymousUser
from wagtail.embeds.models import Embed

from orchestrator.config.impossible_values import ImpossibleValues
from orchestrator.connections.api import GrantLevel, save_connection


@pytest.mark.parametrize(
    "page", ["/admin/", "/admin/login/", "/admin/connections/new/rest/", "/admin/api-clients/"]
)
def test_no_page_of_ours_may_run_inline_scripts(administrator, page):
    policy = administrator.get(page)["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "frame-ancestors 'self'" in policy
    assert "object-src 'none'" in policy
    assert "base-uri 'self'" in policy


def test_wagtails_editor_needs_its_inline_scripts(administrator):
    page = administrator.get("/admin/snippets/experiences/experience/add/")
    assert "script-src 'self' 'unsafe-inline';" in page["Content-Security-Policy"]


@pytest.mark.parametrize(
    "page", ["/admin/", "/admin/connections/", "/admin/connections/new/", "/admin/connections/new/rest/"]
)
def test_no_page_of_ours_holds_an_inline_script(administrator, page):
    text = administrator.get(page).content.decode()
    for script in text.split("<script")[1:]:
        head = script.partition(">")[0]
        assert "src=" in head or 'type="application/json"' in head


def test_there_are_no_pages_pictures_or_documents_in_the_menu(administrator):
    text = administrator.get("/admin/").content.decode()
    names = set(re.findall(r'"name": "([\w-]+)"', text))
    assert {"next-step", "connections", "links", "settings"} <= names
    assert "editor guide" not in text
    assert not {"explorer", "images", "documents", "sites", "collections", "aging-pages"} & names
    assert "- Onevoice</title>" in text


def test_the_first_page_names_connections_that_need_somebody_first(administrator, scripted, space):
    for name in ("Calm", "Broken"):
        row = save_connection(
            space=space, slug=name.lower(), name=name, connector="scripted", config={"script": "x"}
        )
        row.health.state = "broken" if name == "Broken" else "ok"
        row.health.save()
    text = administrator.get("/admin/").content.decode()
    assert text.index(">Broken<") < text.index(">Calm<")
    assert "Needs a change of settings" in text


def test_the_first_page_shows_nobody_what_is_not_theirs(outsider, editor, scripted, space):
    row = save_connection(
        space=space, slug="dam", name="Picture archive", connector="scripted", config={"script": "x"}
    )
    assert "Picture archive" not in outsider.get("/admin/").content.decode()
    assert "Picture archive" in editor.get("/admin/").content.decode()
    row.grants.filter(group__name="Editor").update(level=GrantLevel.VIEW)
    assert "Picture archive" in editor.get("/admin/").content.decode()
    row.grants.all().delete()
    assert "Picture archive" not in editor.get("/admin/").content.decode()


def test_nothing_is_fetched_to_be_embedded(outsider, monkeypatch):
    called = []

    def note(_session, *, url, **_more):
        called.append(url)
        raise requests.ConnectionError

    monkeypatch.setattr(requests.Session, "request", note)
    page = outsider.post(
        "/admin/embeds/chooser/upload/", {"embed-chooser-url": "https://www.youtube.com/watch?v=dQw4w9WgXcQ"}
    )
    assert "Cannot find an embed" in page.json()["html"]
    assert (called, Embed.objects.count()) == ([], 0)


def test_no_reset_link_is_sent_where_mails_are_printed_into_the_log(client, db):
    assert "password_reset" not in client.get("/admin/login/").content.decode()
    assert client.post("/admin/password_reset/", {"email": "ada@example.com"}).status_code == 404


def test_a_page_that_is_not_there_is_ours(administrator):
    answer = administrator.get("/admin/nothing/")
    assert answer.status_code == 404
    page = answer.content.decode()
    assert "There is nothing at this address, or it is not open to you." in page
    assert "Wagtail admin" not in page


def test_one_impossible_value_is_told_as_one(rf):
    request = rf.get("/admin/links/", {"connection": "9" * 25})
    request.resolver_match, request.user = None, AnonymousUser()
    answer = ImpossibleValues(lambda _request: None).process_exception(request, OverflowError())
    assert "This holds a value that nothing can have: connection." in " ".join(
        answer.content.decode().split()
    )
