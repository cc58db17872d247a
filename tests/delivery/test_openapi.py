"""The OpenAPI document is valid, complete, and true of real answers."""

import io
import re
from html.parser import HTMLParser

import pytest
from django.core.management import call_command
from jsonschema import Draft202012Validator, FormatChecker
from openapi_spec_validator import OpenAPIV31SpecValidator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from connectors.sdk import TransientError
from orchestrator.access import api as access
from orchestrator.delivery.docs import openapi
from orchestrator.delivery.problems import PROBLEMS
from orchestrator.links import api as links
from tests.delivery.conftest import publish

EXPERIENCE = "/api/v1/experiences/{slug}"
LISTS = [f"/api/v1/{name}" for name in ("experiences", "channels", "connections", "links")]


def schema_of(path, method, response):
    """The schema that the document gives for this answer; fails when it has none."""
    documented = openapi()["paths"][path][method]["responses"]
    assert str(response.status_code) in documented, f"{response.status_code} is not documented"
    content = documented[str(response.status_code)]["content"]
    media_type = response.headers["Content-Type"]
    assert media_type in content, f"{media_type} is not documented"
    return content[media_type]["schema"]


def check(path, method, response):
    """Fail unless the answer is as documented."""
    registry = Registry().with_resource("urn:api", Resource(contents=openapi(), specification=DRAFT202012))
    schema = {"$ref": f"urn:api{schema_of(path, method, response)['$ref']}"}
    validator = Draft202012Validator(schema, registry=registry, format_checker=FormatChecker())
    problems = [f"{error.json_path}: {error.message}" for error in validator.iter_errors(response.json())]
    assert not problems, problems
    return response


def test_the_document_is_valid_openapi_3_1():
    assert openapi()["openapi"].startswith("3.1")
    OpenAPIV31SpecValidator(openapi()).validate()


def test_the_generator_has_nothing_to_warn_of():
    out = io.StringIO()
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=out)
    assert "openapi: 3.1" in out.getvalue()


def test_it_names_every_address_and_nothing_else():
    assert openapi()["paths"].keys() == {EXPERIENCE, *LISTS}
    assert openapi()["paths"][EXPERIENCE].keys() == {"get", "post"}


def test_every_answer_but_a_304_has_a_shape():
    for path, methods in openapi()["paths"].items():
        for method, operation in methods.items():
            for status, response in operation["responses"].items():
                shapes = [content["schema"] for content in response.get("content", {}).values()]
                assert shapes or status == "304", (path, method, status)


OF_PICTURES_AND_NOWHERE = {"not_found", "source_failed", "busy"}


def test_every_code_is_documented_at_some_address():
    told = " ".join(
        response["description"]
        for methods in openapi()["paths"].values()
        for operation in methods.values()
        for response in operation["responses"].values()
    )
    assert set(PROBLEMS) - set(re.findall(r"`(\w+)`", told)) == OF_PICTURES_AND_NOWHERE


def test_it_is_served_to_anybody(client, db):
    response = client.get("/api/v1/openapi.json")
    assert response.headers["Content-Type"] == "application/json"
    assert response.json() == openapi()


@pytest.mark.django_db
class TestRealAnswers:
    def test_of_experiences(self, app, world):
        check(EXPERIENCE, "get", app.get("experiences/arrival", "channel=web"))
        check(EXPERIENCE, "get", app.get("experiences/arrival", "explain=1"))
        identifiers = {"identifiers": {"loyalty_id": "M-1001"}}
        check(EXPERIENCE, "post", app.post("experiences/arrival", identifiers))
        check(EXPERIENCE, "post", app.post("experiences/arrival", identifiers, "explain=1"))
        world.files.error = TransientError("dam: GET files: HTTP 503")
        publish(world, slug="other", slots=[{"name": "hero", "items": [{"link": world.spare}]}])
        check(EXPERIENCE, "get", app.get("experiences/other", "explain=1"))
        world.files.error = None
        gone = links.ensure_link(connection=world.dam, type="ImageObject", external_id="a-404")
        publish(world, slug="gone", slots=[{"name": "hero", "items": [{"link": gone}]}])
        missing = check(EXPERIENCE, "get", app.get("experiences/gone")).json()["slots"]["hero"]["missing"]
        assert [item["state"] for item in missing] == ["gone"]

    def test_of_lists(self, app, world):
        for path in LISTS:
            response = check(path, "get", app.get(path.removeprefix("/api/v1/")))
            assert response.json()["count"]

    @pytest.mark.parametrize(
        "query", ["colour=red", "locale=?", "channel=tv", "loyalty_id=1", "locale=de&locale=en"]
    )
    def test_of_bad_queries(self, app, query):
        assert check(EXPERIENCE, "get", app.get("experiences/arrival", query)).status_code == 400
        assert check(EXPERIENCE, "post", app.post("experiences/arrival", {}, query)).status_code == 400
        assert check(LISTS[0], "get", app.get("experiences", "colour=red")).status_code == 400

    @pytest.mark.parametrize(
        ("data", "content_type", "status"),
        [
            (b"{", "application/json", 400),
            ({"colour": 1}, "application/json", 400),
            (b"a=b", "text/plain", 415),
            (b" " * 70_000, "application/json", 413),
        ],
    )
    def test_of_bad_bodies(self, app, data, content_type, status):
        response = app.post("experiences/arrival", data, content_type=content_type)
        assert check(EXPERIENCE, "post", response).status_code == status

    def test_of_refused_callers(self, app, make_app):
        stranger = access.make_key()
        nobody = make_app(name="Nobody")
        for path in (EXPERIENCE, *LISTS):
            address = path.removeprefix("/api/v1/").format(slug="arrival")
            assert check(path, "get", app.get(address, key=stranger)).status_code == 401
            assert check(path, "get", nobody.get(address)).status_code == 403
            assert check(path, "get", app.get(address, accept="text/html")).status_code == 406
        assert check(EXPERIENCE, "get", app.get("experiences/none")).status_code == 404

    def test_of_another_method(self, app, client):
        response = client.delete("/api/v1/experiences/arrival")
        assert check(EXPERIENCE, "get", response).status_code == 405

    def test_named_headers_are_really_there(self, app):
        documented = openapi()["paths"][EXPERIENCE]["get"]["responses"]["200"]["headers"]
        response = app.get("experiences/arrival", "channel=web")
        assert set(documented) <= set(response.headers)


class Page(HTMLParser):
    """Ids, links and what a page would load."""

    def __init__(self, text):
        super().__init__()
        self.ids, self.links, self.loaded = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        named = dict(attributes)
        self.ids += [named["id"]] if "id" in named else []
        self.links += [named["href"]] if tag == "a" else []
        self.loaded += [named.get("src") or named.get("href")] if tag in ("script", "link", "img") else []


class TestPage:
    @pytest.fixture
    def text(self, client, db):
        response = client.get("/api/v1/docs/")
        assert response.status_code == 200
        assert response.headers["Content-Type"].startswith("text/html")
        return response.content.decode()

    def test_it_shows_every_address_parameter_and_code(self, text):
        shown = Page(text)
        for path, methods in openapi()["paths"].items():
            assert path in text
            for operation in methods.values():
                assert operation["operationId"] in shown.ids
                for parameter in operation["parameters"]:
                    assert parameter["name"] in text
        assert set(PROBLEMS) <= set(shown.ids)
        assert "`" not in text
        for right in access.RIGHTS:
            assert right in text

    def test_its_links_lead_somewhere_and_it_needs_no_script(self, text):
        shown = Page(text)
        assert len(shown.ids) == len(set(shown.ids))
        assert {link[1:] for link in shown.links if link.startswith("#")} <= set(shown.ids)
        assert shown.loaded == ["/static/delivery/docs.css"]
        assert "<script" not in text

    def test_its_example_works_when_pasted(self, text, app):
        line = re.search(r'"http://127\.0\.0\.1:8000(/api/v1/[^"]+)"', text.replace("&amp;", "&")).group(1)
        response = app.client.get(line, headers={"Authorization": f"Bearer {app.key}"})
        assert response.status_code == 200
