"""Whatever is sent, the answer is documented, and never our fault."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestrator.delivery.docs import openapi
from tests.delivery.test_openapi import EXPERIENCE, LISTS, check
from tests.delivery.test_wsgi import _keep_the_tests_connection, call  # noqa: F401 - a fixture.

pytestmark = pytest.mark.django_db
# The world is only read: one serves all examples.
fuzzed = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

# What a server lets through in a header: latin-1 without controls.
header_text = st.text(
    st.characters(min_codepoint=0x20, max_codepoint=0xFF, exclude_characters="\x7f"), max_size=80
)
query_text = st.text(st.characters(max_codepoint=0xFF), max_size=80)
names = st.sampled_from(["channel", "locale", "explain", "page", "page_size", "slug", "loyalty_id", "colour"])
values = st.sampled_from(
    ["web", "kiosk", "de-CH", "1", "0", "-1", "%00", "%FF", "%F0%9F%92%A9", "", "a" * 300, "' OR 1=1"]
)
queries = st.lists(st.tuples(names, values), max_size=5).map(
    lambda pairs: "&".join(f"{name}={value}" for name, value in pairs)
)
paths = st.sampled_from([EXPERIENCE.format(slug="arrival"), *LISTS])


@fuzzed
@given(path=paths, query=queries | query_text, accept=st.just("*/*") | header_text, tag=header_text)
def test_any_get(app, path, query, accept, tag):
    status, headers, _body = call(
        path,
        query=query,
        HTTP_AUTHORIZATION=f"Bearer {app.key}",
        HTTP_ACCEPT=accept,
        HTTP_IF_NONE_MATCH=tag,
        HTTP_X_REQUEST_ID=tag,
        HTTP_TRACEPARENT=accept,
    )
    assert status in (200, 304, 400, 403, 406)
    assert sum(name == "X-Request-Id" for name, _value in headers) == 1


@fuzzed
@given(credentials=header_text | header_text.map(lambda text: f"Bearer {text}"))
def test_any_credentials(app, credentials):
    status, _headers, body = call("/api/v1/experiences/arrival", HTTP_AUTHORIZATION=credentials)
    assert status == 401
    assert json.loads(body)["code"] in ("key_required", "key_refused")


@fuzzed
@given(body=st.binary(max_size=200), content_type=st.just("application/json") | header_text, query=queries)
def test_any_post(app, body, content_type, query):
    status, _headers, _body = call(
        "/api/v1/experiences/arrival",
        query=query,
        method="POST",
        body=body,
        CONTENT_TYPE=content_type,
        HTTP_AUTHORIZATION=f"Bearer {app.key}",
    )
    assert status in (200, 400, 403, 415)


@fuzzed
@given(
    path=st.text(st.characters(max_codepoint=0xFF), max_size=60),
    method=st.sampled_from(["GET", "POST", "PUT"]),
)
def test_any_address(app, path, method):
    status, _headers, _body = call(f"/api/v1/{path}", method=method, HTTP_AUTHORIZATION=f"Bearer {app.key}")
    assert status in (200, 400, 404, 405, 415)


def parameter_values(schema):
    """Values that a parameter's schema allows, and some that it does not."""
    if "enum" in schema:
        return st.sampled_from([*schema["enum"], "other"])
    if schema["type"] == "integer":
        return st.integers(-2, 300).map(str)
    if schema["type"] == "boolean":
        return st.sampled_from(["true", "false", "perhaps"])
    return st.sampled_from(["web", "arrival", "en", "dam", "ImageObject"]) | st.text(max_size=12)


def documented_queries(operation):
    """Queries of documented parameters, each at most once."""
    known = [p for p in operation["parameters"] if p["in"] == "query"]
    return st.fixed_dictionaries({}, optional={p["name"]: parameter_values(p["schema"]) for p in known})


@pytest.mark.parametrize("path", [EXPERIENCE, *LISTS])
def test_every_answer_to_documented_parameters_is_as_documented(app, path):
    address = path.format(slug="arrival").removeprefix("/api/v1/")

    @fuzzed
    @given(data=documented_queries(openapi()["paths"][path]["get"]))
    def ask(data):
        response = app.client.get(f"/api/v1/{address}", data, headers={"Authorization": f"Bearer {app.key}"})
        check(path, "get", response)
        assert response.status_code in (200, 400)

    ask()
