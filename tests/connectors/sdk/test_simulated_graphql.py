"""The GraphQL server of simulators gives what was asked for, and refuses what a schema would."""

from __future__ import annotations

import pytest

from connectors.sdk.testing.graphql import RefusedError, run

PRODUCT = {"__typename": "Product", "id": "1", "name": "Chair", "variants": [{"price": 49}, {"price": 59}]}


def node(id: str) -> object:
    return PRODUCT if id == "1" else None


def refuse(**_: object) -> None:
    raise RefusedError("FORBIDDEN", "No.")


def refuse_one(**_: object) -> None:
    raise RefusedError("TIMEOUT", "Later.", whole=False)


ROOT = {
    "products": lambda options=None: {"items": [PRODUCT], "options": lambda: str(options)},
    "node": node,
    "secret": refuse,
    "slow": refuse_one,
    "some": lambda: [PRODUCT, refuse_one, None],
}


def data(document: str, **variables: object) -> object:
    answer, valid = run(document, variables, ROOT)
    assert valid, answer
    assert "errors" not in answer, answer
    return answer["data"]


def test_only_what_is_selected_comes():
    assert data('{ node(id: "1") { name } }') == {"node": {"name": "Chair"}}
    assert data('{ node(id: "2") { name } }') == {"node": None}


def test_aliases_variables_defaults_and_literals_of_each_kind():
    document = """query Named($id: ID!, $take: Int = 2, $none: String) {
      a: node(id: $id) { id }  # a comment
      products(options: {take: $take, word: $none, sort: {id: DESC}, ids: ["x", 1.5, true, null]}) { options }
    }"""
    assert data(document, id="1") == {
        "a": {"id": "1"},
        "products": {"options": "{'take': 2, 'sort': {'id': 'DESC'}, 'ids': ['x', 1.5, True, None]}"},
    }


def test_fragments_and_conditions():
    document = """query ($p: Boolean!) { products { items {
      ...product ... on Product { id } ... on Voucher { code } name @skip(if: $p)
    } } }
    fragment product on Product { variants @include(if: $p) { price } }"""
    assert data(document, p=True) == {
        "products": {"items": [{"variants": [{"price": 49}, {"price": 59}], "id": "1"}]}
    }
    assert data(document, p=False) == {"products": {"items": [{"id": "1", "name": "Chair"}]}}


def test_a_refusal_costs_all_or_its_own_field():
    answer, _ = run('{ node(id: "1") { id } secret }', {}, ROOT)
    assert answer["data"] is None
    assert answer["errors"][0]["path"] == ["secret"]
    assert answer["errors"][0]["extensions"] == {"code": "FORBIDDEN"}
    answer, _ = run('{ node(id: "1") { id } slow }', {}, ROOT)
    assert answer["data"] == {"node": {"id": "1"}, "slow": None}
    assert answer["errors"][0]["path"] == ["slow"]


def test_a_refusal_may_cost_one_member_of_a_list():
    answer, _ = run("{ some { id } }", {}, ROOT)
    assert answer["data"] == {"some": [{"id": "1"}, None, None]}
    assert [error["path"] for error in answer["errors"]] == [["some", 1]]


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ("{ products { items { colour } } }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ products }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ products { items { name { first } } } }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ products(limit: 3) { items { id } } }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ node(id: $id) { id } }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ products { ...gone } }", "GRAPHQL_VALIDATION_FAILED"),
        ("mutation { node }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ products { items", "GRAPHQL_PARSE_FAILED"),
        ("{ products ; }", "GRAPHQL_PARSE_FAILED"),
        ("query A { slow } query B { slow }", "GRAPHQL_PARSE_FAILED"),
        ("", "GRAPHQL_PARSE_FAILED"),
    ],
)
def test_what_cannot_be_run_is_refused_without_data(document, code):
    answer, valid = run(document, {}, ROOT)
    assert not valid
    assert "data" not in answer
    assert answer["errors"][0]["extensions"]["code"] == code


def test_a_variable_that_is_needed_is_asked_for():
    answer, valid = run("query ($id: ID!) { node(id: $id) { id } }", {}, ROOT)
    assert valid
    assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    assert "data" not in answer
