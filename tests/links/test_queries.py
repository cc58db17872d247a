"""The form of a query, from the JSON schema that a connector gives."""

import pytest
from django import forms

from orchestrator.links.queries import query_fields, query_values

SCHEMA = {
    "type": "object",
    "required": ["tag"],
    "$defs": {"Order": {"enum": ["newest", "most_liked"], "type": "string"}},
    "properties": {
        "tag": {"type": "string", "title": "Tag", "description": "Without the #.", "maxLength": 20},
        "order": {"allOf": [{"$ref": "#/$defs/Order"}], "default": "newest"},
        "min_likes": {"anyOf": [{"type": "integer", "minimum": 0}, {"type": "null"}], "default": None},
        "pinned": {"type": "boolean"},
        "languages": {"type": "array", "items": {"enum": ["de", "en"]}},
        "words": {"type": "array", "items": {"type": "string"}},
    },
}


def ask(schema, typed, query=None):
    form_class = type("AskForm", (forms.Form,), query_fields(schema, query or {}))
    return form_class(typed)


def test_each_kind_of_parameter_has_its_field():
    form = ask(SCHEMA, None)
    kinds = {name: type(field).__name__ for name, field in form.fields.items()}
    assert kinds == {
        "query-tag": "CharField",
        "query-order": "TypedChoiceField",
        "query-min_likes": "IntegerField",
        "query-pinned": "BooleanField",
        "query-languages": "MultipleChoiceField",
        "query-words": "WordsField",
    }
    assert (form.fields["query-tag"].label, form.fields["query-tag"].help_text) == ("Tag", "Without the #.")
    assert form.fields["query-order"].initial == "newest"


def test_what_was_typed_becomes_a_query_of_json_types():
    typed = {
        "query-tag": "spa",
        "query-order": "most_liked",
        "query-min_likes": "3",
        "query-pinned": "on",
        "query-languages": ["de", "en"],
        "query-words": "pool, sauna ,",
    }
    form = ask(SCHEMA, typed)
    assert form.is_valid(), form.errors
    assert query_values(form.cleaned_data) == {
        "tag": "spa",
        "order": "most_liked",
        "min_likes": 3,
        "pinned": True,
        "languages": ["de", "en"],
        "words": ["pool", "sauna"],
    }


def test_what_is_left_empty_is_not_asked():
    form = ask(SCHEMA, {"query-tag": "spa"})
    assert form.is_valid(), form.errors
    assert query_values(form.cleaned_data) == {"tag": "spa"}


@pytest.mark.parametrize(
    ("name", "typed"),
    [("query-tag", ""), ("query-tag", "x" * 21), ("query-order", "oldest"), ("query-min_likes", "-1")],
)
def test_what_the_connector_refuses_the_form_refuses(name, typed):
    form = ask(SCHEMA, {"query-tag": "spa", name: typed})
    assert set(form.errors) == {name}


def test_a_stored_query_is_shown_as_it_was_typed():
    form = ask(SCHEMA, None, query={"tag": "pool", "words": ["a", "b"]})
    assert form["query-tag"].value() == "pool"
    assert 'value="a, b"' in str(form["query-words"])


def test_no_parameters_ask_nothing():
    assert query_fields({"type": "object"}, {}) == {}
