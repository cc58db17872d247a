"""Documents that a person typed are read, or refused with the line that is wrong."""

from __future__ import annotations

import pytest

from connectors.sdk.graphql_language import DocumentError, Variable, VariableUse, parse, used_variables


def test_variables_say_their_type_and_whether_they_are_needed():
    document = parse("""query Find($id: ID!, $ids: [Int!]!, $some: [ID!], $n: Int! = 3, $when: DateTime) {
      x
    }""")
    assert document.kind == "query"
    assert list(document.variables.values()) == [
        Variable("id", "ID", is_list=False, required=True),
        Variable("ids", "Int", is_list=True, required=True),
        Variable("some", "ID", is_list=True, required=False),
        Variable("n", "Int", is_list=False, required=False, default=3),
        Variable("when", "DateTime", is_list=False, required=False),
    ]


def test_fields_have_aliases_arguments_and_what_is_selected_of_them():
    (chosen,) = parse('{ first: product(id: $id, sort: {name: ASC}, ids: ["a", 1]) { name } }').selections
    assert (chosen.key, chosen.name) == ("first", "product")
    assert chosen.arguments == {"id": VariableUse("id"), "sort": {"name": "ASC"}, "ids": ["a", 1]}
    assert [field.name for field in chosen.selections] == ["name"]


def test_fragments_are_kept_by_name_and_comments_are_left_out():
    document = parse("{ a { ...x ... on B { c } } } # what is asked\nfragment x on A @y { d }")
    assert document.fragments["x"].on == "A"
    assert [inner.name or inner.on for inner in document.selections[0].selections] == ["x", "B"]


def test_variables_are_found_wherever_they_are_used():
    document = parse("""query { a(b: {c: [$one]}) { ... @skip(if: $two) { d(e: $three) } ...f } }
    fragment f on G { h(i: "$five") { j(k: $four) } }""")
    assert used_variables(document) == {"one", "two", "three", "four"}


def test_what_is_done_is_told_apart_from_what_is_asked():
    assert parse("mutation Buy { buy }").kind == "mutation"
    assert parse("subscription { sold }").kind == "subscription"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "no query"),
        ("  # nothing", "no query"),
        ("{ a } { b }", "several operations"),
        ("{\n  a {\n", "line 3: it ends too early"),
        ("{ a }\n}", "line 2: “}” is not expected here"),
        ("{ a; b }", "line 1: “;” is not expected here"),
        ("query ($a: [[Int]]) { a }", r"line 1: “\[” is not expected here"),
        ("query ($a Int) { a }", "line 1: “Int” is not expected here"),
        ("select * from products", "line 1: “\\*”"),
        ("fragment x on Y { a }", "no query"),
        ('{ a(b: "c) }', "not expected here"),
        ("{ a(b: 01x) }", "not expected here"),
        ("{" + "a {" * 1000, "nested too deeply"),
        ("{ a(b: " + "[" * 1000, "nested too deeply"),
    ],
)
def test_what_is_no_document_is_refused_with_its_line(text, told):
    with pytest.raises(DocumentError, match=told):
        parse(text)
