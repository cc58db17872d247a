"""What GraphQLConnector asks, and what it makes of answers that are errors, in part or all."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from pydantic import Field, SecretStr

from connectors.sdk import (
    AccessDeniedError,
    Asset,
    BadResponseError,
    Call,
    ConfigurationError,
    ConnectorConfig,
    ConnectorError,
    Missing,
    RateLimitedError,
    Ref,
    TransientError,
)
from connectors.sdk.graphql import CODES, FieldError, GraphQLConnector, plain_code
from connectors.sdk.testing.simulator import SimAnswer, SimRequest, SimulatorServer
from tests.connectors.sdk.probe import LOOPBACK

SECRET = "a-text-that-nobody-may-repeat"


class Server(SimulatorServer):
    """Answers with what the test put there."""

    status = 200
    body: bytes = b"{}"
    headers: Mapping[str, str] = {}

    def answer(self, request: SimRequest) -> SimAnswer:
        return SimAnswer(self.status, {"Content-Type": "application/json", **self.headers}, self.body)

    def say(self, answer: Any, *, status: int = 200, **headers: str) -> None:
        self.status, self.body = status, json.dumps(answer).encode()
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


class GraphConfig(ConnectorConfig):
    base_url: str = Field(title="Address")
    token: SecretStr = Field(title="Token")


class Graph(GraphQLConnector[GraphConfig]):
    name = "Graph"
    config_class = GraphConfig
    codes = {**CODES, "SHOP_CLOSED": TransientError}

    def base_url(self) -> str:
        return self.config.base_url

    def headers(self) -> Mapping[str, str]:
        return {"Authorization": f"Bearer {self.config.token.get_secret_value()}"}

    def fetch(self, refs: Any, call: Call) -> Mapping[Ref, Asset | Missing]:
        return {}

    def check(self, call: Call) -> None:
        self.ask("{ shop }", call)


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        yield running


@pytest.fixture
def graph(server: Server) -> Iterator[Graph]:
    connector = Graph(GraphConfig(base_url=f"{server.url}/api", token=SecretStr("t0ken")), egress=LOOPBACK)
    yield connector
    connector.close()


def refusal(graph: Graph, **options: Any) -> ConnectorError:
    with pytest.raises(ConnectorError) as refused:
        graph.ask("{ shop }", Call.within(5), **options)
    assert SECRET not in f"{refused.value!r}"
    return refused.value


def error(code: str | None = None, *path: str | int, **more: Any) -> dict[str, Any]:
    held = {"extensions": {"code": code}} if code else {}
    return {"message": SECRET, **held, **({"path": list(path)} if path else {}), **more}


def test_it_posts_the_document_and_its_variables_to_one_address(server, graph):
    server.say({"data": {"shop": {"name": "Meridian"}}})
    found = graph.ask("query($n: Int){ shop(n: $n) { name } }", Call.within(5), variables={"n": 3})
    assert found.fields == {"shop": {"name": "Meridian"}}
    assert found.is_whole()
    (request,) = server.requests
    assert (request.method, request.path) == ("POST", "/api/graphql")
    assert request.json() == {"query": "query($n: Int){ shop(n: $n) { name } }", "variables": {"n": 3}}
    assert request.headers["content-type"] == "application/json"
    assert request.headers["authorization"] == "Bearer t0ken"
    assert request.headers["accept"].startswith("application/json, application/graphql-response+json")


def test_another_place_of_the_system_can_be_asked_and_no_other_system(server, graph):
    server.say({"data": {"shop": 1}})
    graph.ask("{ shop }", Call.within(5), path="admin", params={"languageCode": "de"})
    graph.ask("{ shop }", Call.within(5), path=f"{server.url}/whole")
    assert [request.path for request in server.requests] == ["/api/admin", "/whole"]
    assert server.requests[0].query == {"languageCode": ["de"]}
    assert isinstance(refusal(graph, path="https://elsewhere.example.com/graphql"), ConfigurationError)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("FORBIDDEN", AccessDeniedError),
        ("UNAUTHENTICATED", AccessDeniedError),
        ("access-denied", AccessDeniedError),
        ("invalid-jwt", AccessDeniedError),
        ("THROTTLED", RateLimitedError),
        ("USER_INPUT_ERROR", ConfigurationError),
        ("INTERNAL_SERVER_ERROR", TransientError),
        ("SHOP_CLOSED", TransientError),
        ("SOMETHING_NEW", BadResponseError),
        (None, BadResponseError),
        ("not a code", BadResponseError),
    ],
)
def test_an_error_that_came_with_200_says_by_its_code_what_to_do(server, graph, code, kind):
    server.say({"errors": [error(code, "shop")], "data": None})
    refused = refusal(graph)
    assert type(refused) is kind
    assert str(refused) == f"Graph: POST graphql: {plain_code(code) or 'an error without a code'}"


def test_what_was_never_run_is_a_wrong_document_and_is_told_where(server, graph):
    server.say({"errors": [error(locations=[{"line": 2, "column": 7}])]})
    refused = refusal(graph)
    assert type(refused) is ConfigurationError
    assert str(refused) == "Graph: POST graphql: an error without a code at line 2, column 7"


def test_the_codes_of_a_400_say_more_than_its_status(server, graph):
    server.say({"errors": [error("GRAPHQL_VALIDATION_FAILED")]}, status=400)
    assert "GRAPHQL_VALIDATION_FAILED" in str(refusal(graph))
    server.say({"message": SECRET}, status=400)
    assert str(refusal(graph)) == "Graph: POST graphql: HTTP 400"
    server.say({"errors": [error("SOMETHING_NEW")]}, status=401)
    assert isinstance(refusal(graph), AccessDeniedError)


def test_github_and_graphql_java_keep_the_code_elsewhere(server, graph):
    server.say({"errors": [{"message": SECRET, "type": "RATE_LIMITED"}]})
    assert isinstance(refusal(graph), RateLimitedError)
    server.say({"errors": [{"message": SECRET, "extensions": {"classification": "FORBIDDEN"}}]})
    assert isinstance(refusal(graph), AccessDeniedError)


def test_of_several_errors_the_gravest_is_told(server, graph):
    server.say({"errors": [error("SOMETHING_NEW"), error("FORBIDDEN")], "data": None})
    assert isinstance(refusal(graph), AccessDeniedError)


def test_a_limit_in_an_answer_keeps_the_seconds_of_its_header(server, graph):
    server.say({"errors": [error("THROTTLED")]}, Retry_After="7")
    refused = refusal(graph)
    assert isinstance(refused, RateLimitedError)
    assert refused.retry_after_s == 7


def test_some_of_an_answer_comes_with_the_reason_why_the_rest_did_not(server, graph):
    server.say({"errors": [error("TIMEOUT", "posts", 1, "likes")], "data": {"posts": [{}, None], "shop": {}}})
    found = graph.ask("{ shop posts { likes } }", Call.within(5))
    assert found.fields["posts"] == [{}, None]
    assert not found.is_whole()
    assert found.error_at("posts", 1, "likes", "count") == FieldError("TIMEOUT", ("posts", 1, "likes"))
    assert found.error_at("posts", 0) is None


def test_an_answer_without_anything_but_errors_is_no_answer(server, graph):
    server.say({"errors": [error("FORBIDDEN", "shop")], "data": {"shop": None}})
    assert isinstance(refusal(graph), AccessDeniedError)


def test_a_code_that_the_caller_understands_is_no_failure(server, graph):
    server.say({"errors": [error("NOT_FOUND", "node")], "data": {"node": None}})
    found = graph.ask("{ node }", Call.within(5), understood={"NOT_FOUND"})
    assert found.fields == {"node": None}
    assert found.is_whole(understood={"NOT_FOUND"})
    server.say({"errors": [error("NOT_FOUND", "node")], "data": None})
    assert graph.ask("{ node }", Call.within(5), understood={"NOT_FOUND"}).fields == {}
    server.say({"errors": [error("NOT_FOUND"), error("FORBIDDEN")], "data": None})
    assert isinstance(refusal(graph, understood={"NOT_FOUND"}), AccessDeniedError)


@pytest.mark.parametrize(
    "answer",
    [{}, [], None, "text", {"data": None}, {"data": [1]}, {"errors": []}, {"errors": "x"}, {"errors": [1]}],
)
def test_what_is_no_answer_of_graphql_is_a_bad_response(server, graph, answer):
    server.say(answer)
    assert isinstance(refusal(graph), BadResponseError)


def test_nothing_there_is_an_answer(server, graph):
    server.say({"data": {"shop": None}})
    assert graph.ask("{ shop }", Call.within(5)).fields == {"shop": None}
