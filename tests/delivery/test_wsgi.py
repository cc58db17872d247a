"""Delivery as the server runs it: through the WSGI callable, with its own short stack."""

import io
import json
import uuid
from wsgiref.util import setup_testing_defaults

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections

from orchestrator.config.wsgi import application


@pytest.fixture(autouse=True)
def _keep_the_tests_connection():
    """A request's end would close the connection that the test's transaction is on."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def call(path, *, query="", method="GET", body=b"", **environ):
    """Status, headers as pairs, and body of one request."""
    given = {
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "REQUEST_METHOD": method,
        "HTTP_HOST": "127.0.0.1",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
        "HTTP_ACCEPT_LANGUAGE": "de",
        "HTTP_COOKIE": "sessionid=abc; csrftoken=def",
    } | environ
    setup_testing_defaults(given)
    told = []
    chunks = application(given, lambda status, headers, *_: told.extend([status, headers]))
    content = b"".join(chunks)
    return int(told[0].split()[0]), told[1], content


@pytest.mark.django_db
def test_an_answer_carries_nothing_of_the_admins_stack(app):
    key = {"HTTP_AUTHORIZATION": f"Bearer {app.key}"}
    for path in ("/api/v1/experiences/arrival", "/api/v1/experiences", "/api/v1/nothing"):
        status, headers, _body = call(path, **key)
        names = {name.lower() for name, _value in headers}
        assert status in (200, 404)
        assert names.isdisjoint({"set-cookie", "content-language", "x-frame-options"})
        varied = ",".join(value for name, value in headers if name.lower() == "vary")
        assert "Cookie" not in varied
        assert "Accept-Language" not in varied


@pytest.mark.django_db
def test_a_personal_answer_comes_through_as_well(app):
    body = json.dumps({"identifiers": {"loyalty_id": "M-1001"}}).encode()
    status, headers, content = call(
        "/api/v1/experiences/arrival",
        method="POST",
        body=body,
        CONTENT_TYPE="application/json",
        HTTP_AUTHORIZATION=f"Bearer {app.key}",
    )
    assert status == 200
    assert ("Cache-Control", "private, no-store") in headers
    assert json.loads(content)["slots"]["guest"]["state"] == "filled"


@pytest.mark.django_db
def test_hooks_and_pictures_are_answered_by_connections():
    status, _headers, content = call(f"/api/v1/hooks/{uuid.uuid4()}", method="POST", body=b"{}")
    assert (status, b"No hooks are expected here." in content) == (404, True)
    status, _headers, content = call("/api/v1/pictures/made-up")
    assert status == 404
    assert json.loads(content)["detail"] != "There is nothing at this address."


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/health/live", "/health/ready"])
def test_health_is_told_to_anybody_without_a_cookie(path):
    status, headers, content = call(path, HTTP_HOST="10.0.0.7")
    assert status == 200
    assert ("Cache-Control", "no-store") in headers
    assert "set-cookie" not in {name.lower() for name, _value in headers}
    assert json.loads(content)["status"] in ("live", "ready")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "environ",
    [
        {"PATH_INFO": "/api/v1/experiences/\xff\xfe"},
        {"PATH_INFO": "/api/v1/experiences/" + "a" * 900},
        {"QUERY_STRING": "\xff=\xfe&%ff=%00"},
        {"QUERY_STRING": "&".join(f"p{n}=1" for n in range(5000))},
        {"HTTP_HOST": "evil.example"},
        {"HTTP_ACCEPT": "\xff/\xfe;q=\x00"},
        {"HTTP_AUTHORIZATION": "Bearer \xff\x00" + "x" * 10_000},
        {"HTTP_IF_NONE_MATCH": '"' * 5000},
        {"HTTP_X_REQUEST_ID": "a\r\nSet-Cookie: b=c"},
        {"HTTP_TRACEPARENT": "00-\r\n"},
        {"REQUEST_METHOD": "POST", "CONTENT_TYPE": "\xff/\x00; charset=\x00"},
        {"REQUEST_METHOD": "POST", "CONTENT_TYPE": "application/json", "CONTENT_LENGTH": "-5"},
        # Python knows "rot13" as an encoding, but not of text.
        {"QUERY_STRING": "channel=web", "CONTENT_TYPE": "application/json; charset=rot13"},
        {"QUERY_STRING": "channel=web", "CONTENT_TYPE": "application/json; charset=utf-16"},
    ],
)
def test_nothing_that_is_sent_is_our_fault(app, environ):
    path = environ.pop("PATH_INFO", "/api/v1/experiences/arrival")
    given = {"HTTP_AUTHORIZATION": f"Bearer {app.key}"} | environ
    status, headers, _content = call(
        path, query=given.pop("QUERY_STRING", ""), method=given.pop("REQUEST_METHOD", "GET"), **given
    )
    assert status in (200, 400, 401, 404, 406, 415)
    assert not any("\n" in value or "\r" in value for _name, value in headers)


NOWHERE = [
    "/api",
    "/api/",
    "/api/v1",
    "/api/v1/",
    "/api/v2",
    "/api/v1/docs",
    "/api/v1/links/",
    "/api/v1/pictures/x",
]


@pytest.mark.django_db
@pytest.mark.parametrize("path", NOWHERE)
def test_an_address_of_the_api_with_nothing_behind_it_is_told_as_everything_else(path):
    status, headers, content = call(path)
    assert (status, json.loads(content)["code"]) == (404, "not_found")
    assert dict(headers)["Content-Type"] == "application/problem+json"
    assert json.loads(content)["request_id"] == dict(headers)["X-Request-Id"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PATCH", "/api/v1/links/3fa85f64-5717-4562-b3fc-2c963f66afa6/", "GET, HEAD, POST"),
        ("DELETE", "/api/v1", "GET, HEAD, POST"),
        ("PUT", "/api/v1/links", "GET, HEAD"),
        ("POST", "/api/v1/openapi.json", "GET, HEAD"),
        ("POST", "/api/v1/docs/", "GET, HEAD"),
        ("POST", "/api/v1/pictures/made-up", "GET, HEAD"),
        ("GET", "/api/v1/hooks/3fa85f64-5717-4562-b3fc-2c963f66afa6", "POST"),
    ],
)
def test_a_method_that_an_address_does_not_know_is_told_with_those_it_knows(method, path, allowed):
    status, headers, content = call(path, method=method)
    assert (status, json.loads(content)["code"]) == (405, "method_not_allowed")
    told = {name.lower(): value for name, value in headers}
    assert (told["content-type"], told["allow"]) == ("application/problem+json", allowed)


@pytest.mark.django_db
def test_health_is_no_part_of_the_api():
    status, headers, _content = call("/health/nothing")
    assert (status, dict(headers)["Content-Type"]) == (404, "text/html; charset=utf-8")
