"""Settings that cannot work are refused when they are saved, each at its own field."""

import pytest
from pydantic import ValidationError

from connectors.rest.settings import RestApiConfig

WORKING = {
    "base_url": "https://pim.example.com/api",
    "type": "Product",
    "get_path": "/items/{id}",
    "list_path": "/items",
    "mapping": {"name": "title"},
}


def wrong_fields(**changed) -> dict[str, str]:
    with pytest.raises(ValidationError) as refused:
        RestApiConfig(**{**WORKING, **changed})
    return {".".join(map(str, error["loc"])): error["msg"] for error in refused.value.errors()}


def test_a_working_configuration_is_taken():
    assert RestApiConfig(**WORKING).mapping == {"name": "title"}


@pytest.mark.parametrize(
    ("field", "changed"),
    [
        ("base_url", {"base_url": "pim.example.com"}),
        ("base_url", {"base_url": "ftp://pim.example.com"}),
        ("base_url", {"base_url": "https://user:pw@pim.example.com"}),
        ("base_url", {"base_url": "https://pim.example.com?key=1"}),
        ("username", {"auth": "basic"}),
        ("token", {"auth": "bearer"}),
        ("key_name", {"auth": "header", "key": "k"}),
        ("key", {"auth": "query", "key_name": "api_key"}),
        ("key", {"auth": "header", "key_name": "X-Key", "key": "two\nlines"}),
        ("extra_headers", {"extra_headers": {"Authorization": "Bearer x"}}),
        ("extra_headers", {"extra_headers": {"X-Bad": "a\r\nb"}}),
        ("type", {"type": "Sofa"}),
        ("id_field", {"id_field": ""}),
        ("id_field", {"id_field": "a..b"}),
        ("mapping", {"mapping": {"nose": "title"}}),
        ("mapping", {"mapping": {"name": "title["}}),
        ("mapping", {"mapping": {"name": "shout(title)"}}),
        ("time_zone", {"time_zone": "Mars/Olympus"}),
        ("edit_url", {"edit_url": "javascript:alert({id})"}),
        ("get_path", {"get_path": "/items/7"}),
        ("get_path", {"get_path": "https://elsewhere.example.com/{id}"}),
        ("get_path", {"get_path": "/items/{id}/{colour}"}),
        ("batch_path", {"get_path": ""}),
        ("batch_path", {"batch_path": "/items?ids=1"}),
        ("batch_style", {"batch_path": "/items/{ids}", "batch_style": "repeated"}),
        ("absent_means", {"get_path": "", "batch_path": "/items?ids={ids}", "absent_means": "ask"}),
        ("search_path", {"search_path": "/search/{query}"}),
        ("check_path", {"list_path": ""}),
        ("next", {"paging": "cursor"}),
        ("page_parameter", {"paging": "page", "page_parameter": " "}),
        ("gone_statuses", {"gone_statuses": [500]}),
        ("gone_statuses", {"gone_statuses": [429]}),
        ("query_parameters", {"query_path": "/items?tag={tag}", "query_parameters": {"colour": "Colour"}}),
        ("identifiers", {"find_path": "/guests?card={value}"}),
        ("identifiers", {"find_path": "/guests?card={value}", "identifiers": {"Card No": "card"}}),
        ("find_path", {"find_path": "/guests"}),
        ("changes_path", {"changes_path": "/changes"}),
        ("changes_cursor", {"changes_path": "/changes?since={since}"}),
        ("no_such_setting", {"no_such_setting": 1}),
    ],
)
def test_what_cannot_work_is_refused_at_its_field(field, changed):
    assert set(wrong_fields(**changed)) == {field}


def test_the_words_say_what_to_do():
    words = wrong_fields(mapping={"nose": "title"}, get_path="/items/7")
    assert "Product has no field “nose”" in words["mapping"]
    assert "has to contain {id}" in words["get_path"]


def test_the_form_finds_its_hints():
    properties = RestApiConfig.model_json_schema()["properties"]
    assert properties["mapping"]["format"] == "mapping"
    assert properties["password"]["format"] == "password"
    assert properties["password"]["show_if"] == {"auth": ["basic"]}
    assert "Product" in properties["type"]["enum"]
    assert all(hints["title"] and hints["group"] for hints in properties.values())


def test_the_readme_has_a_row_for_each_setting(request):
    readme = (request.config.rootpath / "connectors/rest/README.md").read_text()
    assert [name for name in RestApiConfig.model_fields if f"`{name}`" not in readme] == []
