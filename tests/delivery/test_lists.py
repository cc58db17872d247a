"""Lists for app developers."""

import json

import pytest

from orchestrator.access import api as access
from orchestrator.connections.models import Connection, ConnectionHealth
from orchestrator.links import api as links
from tests.delivery.conftest import publish

LISTS = ["experiences", "channels", "connections", "links"]


def names(response, field="slug"):
    assert response.status_code == 200, response.content
    return [row[field] for row in response.json()["results"]]


def test_experiences_say_where_to_fetch_them(app, world):
    publish(world, slug="departure", title="Departure")
    publish(world, slug="draft", title="Draft", publish=False)
    rows = app.get("experiences").json()["results"]
    assert [(row["slug"], row["locale"], row["version"], row["title"]) for row in rows] == [
        ("arrival", "en", 1, "Hotel arrival"),
        ("departure", "en", 1, "Departure"),
    ]
    answer = app.client.get(rows[0]["url"], headers={"Authorization": f"Bearer {app.key}"})
    assert answer.json()["experience"]["id"] == rows[0]["id"]
    assert names(app.get("experiences", "slug=departure")) == ["departure"]
    assert names(app.get("experiences", "locale=de")) == []


def test_channels_are_those_of_the_key(app, make_app, world):
    make_app(name="Other", channel_slugs=("kiosk",))
    assert names(app.get("channels")) == ["web"]
    assert app.get("channels").json()["results"][0]["shared_cache"] is True
    assert names(app.get("channels", "shared_cache=false")) == []


def test_connections_show_health_and_no_setting(app, world):
    Connection.objects.filter(slug="dam").update(config={"script": "dam", "base": "https://internal.example"})
    ConnectionHealth.objects.create(
        connection=world.dam, state="failing", reason="timeout", message="dam: GET /internal: timeout"
    )
    response = app.get("connections")
    assert names(response) == ["crm", "dam"]
    crm, dam = response.json()["results"]
    assert (crm["health"]["state"], crm["personal"]) == ("unchecked", True)
    assert (dam["health"]["state"], dam["health"]["reason"]) == ("failing", "timeout")
    for hidden in ("internal", '"script"', "config", "secret", "message"):
        assert hidden not in response.content.decode()
    assert names(app.get("connections", "health=failing")) == ["dam"]
    assert names(app.get("connections", "personal=true")) == ["crm"]


def test_links_show_addresses_and_where_they_are_used(app, world):
    response = app.get("links", "external_id=a-1")
    (row,) = response.json()["results"]
    assert (row["id"], row["type"], row["source"]) == (str(world.hero.uuid), "ImageObject", "dam")
    assert [(use["kind"], use["title"], use["live"]) for use in row["used_by"]] == [
        ("experience", "Hotel arrival", True)
    ]
    assert "Lobby" not in response.content.decode()
    assert world.files.count() == 0
    assert names(app.get("links", "source=dam&type=ImageObject"), "external_id") == ["a-2", "a-1"]
    assert names(app.get("links", "source=crm"), "external_id") == []


def test_every_list_is_limited_to_the_space(app, world):
    other = access.save_space(slug="other", name="Other")
    foreign = Connection.objects.create(space=other, slug="foreign", name="Foreign", connector="scripted")
    links.ensure_link(connection=foreign, type="ImageObject", external_id="foreign-1")
    publish(world, space=other, slug="foreign", slots=[{"name": "hero"}])
    for path in LISTS:
        assert "foreign" not in app.get(path).content.decode()


@pytest.mark.parametrize(
    ("path", "right"),
    [
        ("experiences", "experiences:read"),
        ("channels", "experiences:read"),
        ("connections", "connections:read"),
        ("links", "links:read"),
    ],
)
def test_every_list_needs_its_right(make_app, path, right):
    others = [name for name in access.RIGHTS if name != right]
    response = make_app(*others).get(path)
    assert (response.status_code, response.json()["code"]) == (403, "right_missing")
    assert right in response.json()["detail"]
    assert make_app(right, name="Right").get(path).status_code == 200


@pytest.mark.parametrize("path", LISTS)
def test_unknown_parameters_are_refused_by_name(app, path):
    problem = app.get(path, "colour=red&format=xml&page=1").json()
    assert problem["code"] == "unknown_parameter"
    assert [error["name"] for error in problem["errors"]] == ["colour", "format"]


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize(
    "query",
    [
        "page=0",
        "page=-1",
        "page=2",
        "page=x",
        "page=",
        "page=%D9%A3",
        "page=99999999999999999999",
        "page=last",
        "page_size=0",
        "page_size=201",
        "page_size=1e9",
        "slug=%00",
    ],
)
def test_bad_values_are_refused(app, path, query):
    response = app.get(path, query)
    assert response.status_code == 400
    assert response.json()["code"] in ("invalid_parameter", "unknown_parameter")


@pytest.mark.parametrize(
    ("path", "query"),
    [("connections", "health=fine"), ("links", "external_id=%00"), ("channels", "slug=a&slug=b")],
)
def test_bad_filters_are_refused_by_name(app, path, query):
    response = app.get(path, query)
    assert response.status_code == 400
    assert response.json()["errors"][0]["name"] == query.partition("=")[0]


@pytest.mark.parametrize("path", LISTS)
def test_lists_are_read_only(app, client, path):
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        response = client.generic(method, f"/api/v1/{path}")
        assert (response.status_code, response.json()["code"]) == (405, "method_not_allowed")
        assert response.headers["Allow"] == "GET, HEAD"


def test_pages_lead_to_each_other_by_path(app, world):
    for number in range(5):
        links.ensure_link(connection=world.dam, type="Product", external_id=f"p-{number}")
    seen, path = [], "/api/v1/links?type=Product&page_size=2"
    while path:
        page = app.client.get(
            path, headers={"Authorization": f"Bearer {app.key}", "Host": "127.0.0.1"}
        ).json()
        seen += [row["external_id"] for row in page["results"]]
        assert page["count"] == 5
        path = page["next"]
    assert seen == ["p-4", "p-3", "p-2", "p-1", "p-0"]
    last = app.get("links", "type=Product&page_size=2&page=3").json()
    path, _mark, query = last["previous"].partition("?")
    assert path == "/api/v1/links"
    assert sorted(query.split("&")) == ["page=2", "page_size=2", "type=Product"]


@pytest.mark.parametrize("path", LISTS)
def test_a_longer_list_makes_no_more_queries(app, world, path, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    app.get(path)
    with CaptureQueriesContext(connection) as few:
        app.get(path)
    for number in range(4):
        row = Connection.objects.create(
            space=world.space, slug=f"more-{number}", name="More", connector="scripted"
        )
        link = links.ensure_link(connection=row, type="Product", external_id="p")
        publish(world, slug=f"more-{number}", slots=[{"name": "hero", "items": [{"link": link}]}])
    with django_assert_num_queries(len(few)):
        app.get(path)


def test_no_list_is_kept_by_shared_caches(app):
    for path in LISTS:
        assert "private" in app.get(path).headers["Cache-Control"]
        assert json.loads(app.get(path).content).keys() == {"count", "next", "previous", "results"}
