"""Fetching an experience, as an app developer sees it."""

import json
import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import Locale

from connectors.sdk import TransientError
from orchestrator.access import api as access
from orchestrator.channels import api as channels
from orchestrator.connections.process import this_process
from orchestrator.experiences import api as experiences
from tests.delivery.conftest import connect, publish

ARRIVAL = "experiences/arrival"


def test_every_slot_is_resolved(app, world):
    response = app.get(ARRIVAL, "channel=web&locale=en")
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/json"
    document = response.json()
    assert document["experience"]["slug"] == "arrival"
    assert (document["channel"], document["locale"]) == ("web", "en")
    hero = document["slots"]["hero"]["items"][0]
    assert (hero["id"], hero["source"], hero["external_id"]) == (str(world.hero.uuid), "dam", "a-1")
    assert hero["fields"]["name"] == "Lobby"
    assert [item["fields"]["name"] for item in document["slots"]["help"]["items"]] == ["How to get here"]
    assert document["slots"]["guest"]["reason"] == "no_identifier"


def test_a_person_is_bound_by_an_identifier_in_the_body(app, world):
    response = app.post(ARRIVAL, {"identifiers": {"loyalty_id": "M-1001"}})
    guest = response.json()["slots"]["guest"]
    assert guest["items"][0]["fields"] == {"name": "Ada Guest", "tier": "gold"}
    assert b"crm-7731" not in response.content
    assert b"M-1001" not in response.content
    assert response.headers["Cache-Control"] == "private, no-store"
    for name in ("ETag", "Cache-Groups", "Surrogate-Key"):
        assert name not in response.headers


def test_the_channel_need_not_be_named_where_the_key_has_one(app, make_app):
    assert app.get(ARRIVAL).json()["channel"] == "web"
    other = make_app("experiences:read", name="Screens", channel_slugs=("web", "kiosk"))
    refused = other.get(ARRIVAL)
    assert refused.status_code == 400
    assert refused.json()["code"] == "channel_required"
    assert "kiosk, web" in refused.json()["detail"]


def test_the_language_falls_back_and_the_answer_says_to_which(app, world):
    Locale.objects.create(language_code="de")
    german = publish(world, locale="de", slug="ankunft", title="Ankunft", translation_of=world.arrival)
    assert german
    answers = [app.get(ARRIVAL, f"locale={asked}").json() for asked in ("de-CH", "de", "fr", "en-GB")]
    assert [answer["experience"]["lang"] for answer in answers] == ["de", "de", "en", "en"]
    assert [answer["locale"] for answer in answers] == ["de-CH", "de", "fr", "en-GB"]


def test_without_a_locale_the_channels_own_is_taken(app, world):
    channels.save_channel(
        space=world.space,
        slug="web",
        name="Web",
        default_locale="de-CH",
        clients=access.clients_in(world.space),
    )
    assert app.get(ARRIVAL).json()["locale"] == "de-CH"


def test_a_dead_source_costs_its_slots_and_not_the_answer(app, world):
    world.files.error = TransientError("dam: GET files: HTTP 503")
    response = app.get(ARRIVAL)
    assert response.status_code == 200
    slots = response.json()["slots"]
    assert {name: slot["state"] for name, slot in slots.items()} == dict.fromkeys(slots, "empty")
    assert "s-maxage=0" in response.headers["Cache-Control"]


class TestRefusals:
    def test_without_a_key(self, app, client):
        for headers in ({}, {"Authorization": "Basic abc"}, {"Authorization": "Bearer "}):
            response = client.get("/api/v1/experiences/arrival", headers=headers)
            assert response.status_code == 401
            assert response.json()["code"] == "key_required"
            assert response.headers["WWW-Authenticate"].startswith("Bearer")

    def test_with_a_key_that_is_wrong_or_revoked(self, app):
        response = app.get(ARRIVAL, key=access.make_key())
        assert (response.status_code, response.json()["code"]) == (401, "key_refused")
        assert 'error="invalid_token"' in response.headers["WWW-Authenticate"]
        revoke(app)
        assert app.get(ARRIVAL).status_code == 401

    def test_without_the_right(self, make_app):
        nobody = make_app("links:read")
        response = nobody.get(ARRIVAL)
        assert (response.status_code, response.json()["code"]) == (403, "right_missing")
        assert "experiences:read" in response.json()["detail"]

    @pytest.mark.parametrize(("query", "right"), [("explain=1", "explain")])
    def test_of_an_explanation_without_the_right(self, make_app, query, right):
        response = make_app("experiences:read").get(ARRIVAL, query)
        assert (response.status_code, response.json()["code"]) == (403, "right_missing")
        assert right in response.json()["detail"]

    def test_of_identifiers_without_the_right(self, make_app):
        response = make_app("experiences:read").post(ARRIVAL, {"identifiers": {"loyalty_id": "M-1001"}})
        assert (response.status_code, response.json()["code"]) == (403, "right_missing")
        assert "M-1001" not in response.content.decode()

    def test_of_an_unknown_experience(self, app):
        response = app.get("experiences/departure")
        assert (response.status_code, response.json()["code"]) == (404, "unknown_experience")

    def test_of_a_draft(self, app, world):
        publish(world, slug="draft", publish=False)
        assert app.get("experiences/draft").status_code == 404

    def test_of_an_experience_of_another_space(self, app, world):
        other = access.save_space(slug="other", name="Other")
        experiences.save_experience(
            space=other, slug="secret", title="Secret", locale="en", slots=[{"name": "hero"}], publish=True
        )
        assert app.get("experiences/secret").status_code == 404

    @pytest.mark.parametrize("slug", ["tv", "%00", "x" * 300, "%C3%A4", "'--"])
    def test_of_an_unknown_channel(self, app, slug):
        response = app.get(ARRIVAL, f"channel={slug}")
        assert (response.status_code, response.json()["code"]) == (400, "unknown_channel")
        assert response.json()["errors"][0]["detail"] == "There is no such channel: name one of web"

    def test_of_a_channel_that_the_key_lacks(self, app, world):
        channels.save_channel(space=world.space, slug="kiosk", name="Kiosk")
        response = app.get(ARRIVAL, "channel=kiosk")
        assert (response.status_code, response.json()["code"]) == (403, "channel_refused")
        assert "Settings > Channels" in response.json()["detail"]

    def test_of_unknown_parameters_all_by_name(self, app):
        response = app.get(ARRIVAL, "colour=red&size=xl&channel=web")
        problem = response.json()
        assert (response.status_code, problem["code"]) == (400, "unknown_parameter")
        assert [error["name"] for error in problem["errors"]] == ["colour", "size"]
        assert problem["type"] == "/api/v1/docs/#unknown_parameter"

    def test_of_an_identifier_in_the_address(self, app):
        response = app.get(ARRIVAL, "loyalty_id=M-1001")
        assert (response.status_code, response.json()["code"]) == (400, "identifier_in_url")
        assert "M-1001" not in response.content.decode()

    def test_of_an_identifier_kind_of_the_brands_own_in_the_address(self, app, world):
        world.guest.identifier_kind = "bonuskarte"
        world.guest.save()
        response = app.get(ARRIVAL, "bonuskarte=M-1001")
        assert response.json()["code"] == "identifier_in_url"

    def test_of_a_format_that_there_is_not(self, app):
        response = app.get(ARRIVAL, accept="text/html")
        assert (response.status_code, response.json()["code"]) == (406, "not_acceptable")

    @pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"])
    def test_of_another_method(self, app, client, method):
        response = client.generic(method, "/api/v1/experiences/arrival")
        assert (response.status_code, response.json()["code"]) == (405, "method_not_allowed")
        assert response.headers["Allow"] == "GET, HEAD, POST"

    def test_of_a_body_that_is_too_large(self, app):
        response = app.post(ARRIVAL, b" " * 70_000)
        assert (response.status_code, response.json()["code"]) == (413, "body_too_large")

    def test_of_a_body_of_another_type(self, app):
        response = app.post(ARRIVAL, b"a=b", content_type="application/x-www-form-urlencoded")
        assert (response.status_code, response.json()["code"]) == (415, "unsupported_media_type")

    @pytest.mark.parametrize(
        "path", ["", "nothing", "experiences/", "experiences/a/b", "experiences/%00", "docs", "é"]
    )
    def test_of_an_address_with_nothing_behind_it(self, app, path):
        response = app.get(path)
        assert (response.status_code, response.json()["code"]) == (404, "not_found")

    def test_is_never_stored_and_names_the_request(self, app):
        response = app.get(ARRIVAL, "colour=red", x_request_id="my-request-1")
        assert response.headers["Content-Type"] == "application/problem+json"
        assert response.headers["Cache-Control"] == "no-store"
        assert response.json()["request_id"] == response.headers["X-Request-Id"] == "my-request-1"


def revoke(app):
    """Revoke the program's key as an administrator does."""
    from orchestrator.access.keys import digest_key
    from orchestrator.access.models import ApiKey

    access.revoke_key(ApiKey.objects.get(digest=digest_key(app.key)))


class TestValidators:
    def test_equal_bytes_have_equal_tags(self, app):
        first, second = app.get(ARRIVAL), app.get(ARRIVAL)
        assert first.content == second.content
        assert first.headers["ETag"] == second.headers["ETag"]
        assert first.headers["ETag"].startswith('"')

    @pytest.mark.parametrize(
        "form",
        ["{tag}", "W/{tag}", '"other", {tag}', '"a,b",W/"c" ,\tW/{tag}', ' {tag},"other"', '"",{tag}', "*"],
    )
    def test_who_has_these_bytes_gets_a_304(self, app, form):
        tag = app.get(ARRIVAL).headers["ETag"]
        response = app.get(ARRIVAL, if_none_match=form.format(tag=tag))
        assert (response.status_code, response.content) == (304, b"")
        assert response.headers["ETag"] == tag
        for name in ("Cache-Control", "Cache-Groups"):
            assert name in response.headers
        assert "Content-Type" not in response.headers

    def test_a_head_request_is_told_the_same(self, app, client):
        tag = app.get(ARRIVAL).headers["ETag"]
        asked = {"Authorization": f"Bearer {app.key}"}
        whole = client.head(f"/api/v1/{ARRIVAL}", headers=asked)
        assert (whole.status_code, whole.headers["ETag"]) == (200, tag)
        known = client.head(f"/api/v1/{ARRIVAL}", headers=asked | {"If-None-Match": f"W/{tag}"})
        assert (known.status_code, known.headers["ETag"]) == (304, tag)

    def test_a_personal_answer_is_never_a_304(self, app):
        response = app.post(ARRIVAL, {}, if_none_match="*")
        assert (response.status_code, "ETag" in response.headers) == (200, False)

    @pytest.mark.parametrize("form", ['"other"', "", "nonsense", "W/", '"', "{bare}", "w/{tag}", "W/*"])
    def test_who_has_others_gets_the_answer(self, app, form):
        tag = app.get(ARRIVAL).headers["ETag"]
        asked = form.format(tag=tag, bare=tag.strip('"'))
        assert app.get(ARRIVAL, if_none_match=asked).status_code == 200

    def test_a_change_at_the_source_changes_the_tag(self, app, world):
        world.dam.freshness = {"*": {"fresh_for_s": 0, "revalidate_for_s": 0}}
        world.dam.save()
        before = app.get(ARRIVAL).headers["ETag"]
        world.files.put("ImageObject", "a-1", name="Lobby by night")
        assert app.get(ARRIVAL, if_none_match=before).status_code == 200


class TestCaches:
    def test_a_shared_answer_lives_as_long_as_its_shortest_part(self, app, world):
        world.dam.freshness = {
            "ImageObject": {"fresh_for_s": 45, "revalidate_for_s": 70, "if_error_for_s": 900}
        }
        world.dam.save()
        control = directives(app.get(ARRIVAL, "channel=web"))
        assert control.keys() == {"public", "max-age", "s-maxage", "stale-while-revalidate", "stale-if-error"}
        assert control["max-age"] == "0"
        assert 40 <= int(control["s-maxage"]) <= 45
        assert 60 <= int(control["stale-while-revalidate"]) <= 70
        assert 890 <= int(control["stale-if-error"]) <= 900

    def test_a_shared_answer_ends_when_a_schedule_changes_it(self, app, world):
        draft = world.arrival.get_latest_revision_as_object()
        draft.expire_at = timezone.now() + timedelta(seconds=25)
        draft.save_revision().publish()
        control = directives(app.get(ARRIVAL, "channel=web"))
        assert 0 < int(control["s-maxage"]) <= 25
        left = sum(int(control[name]) for name in ("s-maxage", "stale-while-revalidate"))
        assert left <= 25
        assert int(control["s-maxage"]) + int(control["stale-if-error"]) <= 25

    def test_an_answer_that_took_long_is_not_kept_beyond_that_either(self, app, world, monkeypatch):
        draft = world.arrival.get_latest_revision_as_object()
        draft.expire_at = timezone.now() + timedelta(seconds=25)
        draft.save_revision().publish()
        began = timezone.now() - timedelta(seconds=30)
        monkeypatch.setattr("orchestrator.delivery.pipeline.timezone", SimpleNamespace(now=lambda: began))
        control = directives(app.get(ARRIVAL, "channel=web"))
        assert sum(int(control[name]) for name in ("s-maxage", "stale-while-revalidate")) <= 25

    def test_any_key_of_the_channel_gets_the_same_shared_answer(self, app, make_app):
        least = make_app("experiences:read", name="Least")
        assert least.get(ARRIVAL, "channel=web").content == app.get(ARRIVAL, "channel=web").content

    def test_the_key_matters_to_caches_only_where_the_address_does_not_say_all(self, app, world):
        assert "Vary" not in app.get(ARRIVAL, "channel=web").headers
        assert app.get(ARRIVAL).headers["Vary"] == "Authorization"
        other = access.save_space(slug="other", name="Other")
        channels.save_channel(space=other, slug="web", name="Web")
        assert app.get(ARRIVAL, "channel=web").headers["Vary"] == "Authorization"

    def test_a_private_channel_is_private(self, app, world):
        channels.channels_in(world.space.pk).update(shared_cache=False)
        response = app.get(ARRIVAL, "channel=web")
        assert response.headers["Cache-Control"] == "private, no-cache"
        assert "ETag" in response.headers
        assert "Cache-Groups" not in response.headers

    def test_groups_name_what_the_answer_shows_without_saying_what_it_is(self, app, world):
        response = app.get(ARRIVAL, "channel=web")
        groups = [name.strip('"') for name in response.headers["Cache-Groups"].split(", ")]
        assert response.headers["Surrogate-Key"].split() == groups
        assert len(groups) == len(set(groups)) == 4
        assert {len(name) for name in groups} == {16}
        assert "a-1" not in response.headers["Cache-Groups"]

    def test_an_answer_of_many_links_is_grouped_by_connection(self, app, world):
        from orchestrator.links import api as links

        many = [
            links.ensure_link(connection=world.dam, type="ImageObject", external_id=f"m-{n}")
            for n in range(40)
        ]
        publish(world, slots=[{"name": "gallery", "items": [{"link": link} for link in many]}])
        response = app.get(ARRIVAL, "channel=web")
        assert len(response.headers["Cache-Groups"].split(", ")) == 2


def directives(response):
    parts = (part.partition("=") for part in response.headers["Cache-Control"].split(", "))
    return {name: value for name, _equals, value in parts}


class TestWarm:
    def test_no_source_is_asked_again(self, app, world):
        first = app.get(ARRIVAL)
        calls = world.files.count()
        second = app.get(ARRIVAL)
        assert (calls, world.files.count()) == (2, 2)
        assert first.headers["Cache-Status"] == "Onevoice; fwd=miss"
        assert second.headers["Cache-Status"] == "Onevoice; hit"

    def test_server_timing_names_each_source_that_was_waited_for(self, app):
        cold, warm = app.get(ARRIVAL), app.get(ARRIVAL)
        names = [part.partition(";")[0] for part in cold.headers["Server-Timing"].split(", ")]
        assert names == ["dam", "dam", "onevoice"]
        assert warm.headers["Server-Timing"].startswith("onevoice;dur=")

    def test_four_queries_are_made(self, app):
        app.get(ARRIVAL, "channel=web")
        with CaptureQueriesContext(connection) as queries:
            assert app.get(ARRIVAL, "channel=web").status_code == 200
        tables = [re.search(r'FROM "(\w+)"(?! U\d)', query["sql"]).group(1) for query in queries]
        # In production a thread of the process reads the purge log.
        tables.remove("connections_purge")
        assert tables == [
            "access_apikey",
            "channels_channel",
            "experiences_publishedplan",
            "connections_connection",
        ]


class TestExplanation:
    def test_it_says_why_and_no_value(self, app, world):
        app.post(ARRIVAL, {"identifiers": {"loyalty_id": "M-1001"}})
        response = app.post(
            ARRIVAL, {"identifiers": {"loyalty_id": "M-1001"}}, "explain=1", x_request_id="why-12345"
        )
        told = response.json()["explain"]
        assert told["request_id"] == "why-12345"
        assert told["identifier_kinds"] == ["loyalty_id"]
        assert told["locales"] == ["en"]
        hero = told["slots"]["hero"]["wants"]
        assert [(want["place"], want["kind"], want["state"]) for want in hero] == [
            ("item", "asset", "fresh"),
            ("fallback", "asset", "fresh"),
        ]
        assert [(call["source"], call["kind"], call["items"], call["outcome"]) for call in told["calls"]] == [
            ("crm", "find", 1, "ok")
        ]
        for value in ("M-1001", "Ada", "gold", "Lobby", "lobby.jpg"):
            assert value not in json.dumps(told)

    def test_it_is_stored_nowhere(self, app):
        response = app.get(ARRIVAL, "explain=1")
        assert response.headers["Cache-Control"] == "private, no-store"
        assert "ETag" not in response.headers

    def test_it_is_only_there_when_asked_for(self, app):
        assert "explain" not in app.get(ARRIVAL, "explain=0").json()


def test_a_trace_reaches_the_caller_again(app):
    trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    assert app.get(ARRIVAL, traceparent=trace).headers["traceparent"] == trace


def test_a_log_line_names_the_request_and_nothing_personal(app, caplog):
    caplog.set_level("INFO")
    app.post(ARRIVAL, {"identifiers": {"loyalty_id": "M-1001"}}, x_request_id="log-me-please")
    app.get(ARRIVAL, "loyalty_id=M-1001")
    lines = [record.getMessage() for record in caplog.records if record.name.startswith("orchestrator")]
    assert any("event=delivered" in line and "request_id=log-me-please" in line for line in lines)
    for secret in ("M-1001", "Ada", app.key, app.key[-43:], "?"):
        assert all(secret not in line for line in lines)


def test_head_answers_as_get_without_the_body(app, client):
    response = client.head("/api/v1/experiences/arrival", headers={"Authorization": f"Bearer {app.key}"})
    assert response.status_code == 200
    assert response.headers["ETag"] == app.get(ARRIVAL).headers["ETag"]


def test_a_second_connection_with_the_same_ids_is_another_source(app, world):
    shop, goods = connect(world.space, "shop")
    goods.put("ImageObject", "a-1", name="Not the lobby")
    from orchestrator.links import api as links

    link = links.ensure_link(connection=shop, type="ImageObject", external_id="a-1")
    publish(world, slots=[{"name": "both", "items": [{"link": world.hero}, {"link": link}]}])
    items = app.get(ARRIVAL).json()["slots"]["both"]["items"]
    assert [item["fields"]["name"] for item in items] == ["Lobby", "Not the lobby"]


def test_an_answer_notes_that_its_key_is_used_and_pays_no_query_for_it(app, monkeypatch):
    monkeypatch.setattr("orchestrator.access.usage._noted", {})
    with CaptureQueriesContext(connection) as queries:
        app.get(ARRIVAL)
    assert not [query for query in queries if "UPDATE" in query["sql"]]
    space = access.space_by_slug("meridian")
    clients = access.with_keys(access.clients_in(space))
    assert clients.get(name="App").last_used_at is None
    this_process().findings.flush()
    assert clients.get(name="App").last_used_at is not None


def test_a_refused_request_is_no_use_of_a_key(app, monkeypatch):
    monkeypatch.setattr("orchestrator.access.usage._noted", {})
    app.get("experiences/nowhere")
    app.get(ARRIVAL, key="ov_unknown")
    this_process().findings.flush()
    assert not access.clients_in(access.space_by_slug("meridian")).filter(keys__last_used_at__isnull=False)
