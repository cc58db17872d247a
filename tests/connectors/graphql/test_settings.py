"""Settings that cannot work are refused when they are saved, each at its own field."""

import pytest
from pydantic import ValidationError

from connectors.graphql.settings import GraphqlConfig
from orchestrator.connections.admin.settings_schema import Kind, read_settings

ONE = "query ($id: ID!) { item(id: $id) { id title } }"
MANY = "query ($ids: [ID!]!) { items(ids: $ids) { id title } }"
LIST = "query ($count: Int) { items(first: $count) { id title } }"
AFTER = "query ($cursor: String) { items(after: $cursor) { id title } }"
SINCE = "query ($since: DateTime) { items(since: $since) { id title } }"
SEARCH = "query ($query: String) { items(search: $query) { id title } }"
WORKING = {
    "base_url": "https://pim.example.com/graphql",
    "type": "Product",
    "get_document": ONE,
    "list_document": LIST,
    "mapping": {"name": "title"},
}


def wrong_fields(**changed) -> dict[str, str]:
    with pytest.raises(ValidationError) as refused:
        GraphqlConfig(**{**WORKING, **changed})
    return {".".join(map(str, error["loc"])): error["msg"] for error in refused.value.errors()}


def test_a_working_configuration_is_taken():
    assert GraphqlConfig(**WORKING).mapping == {"name": "title"}


@pytest.mark.parametrize(
    ("field", "changed"),
    [
        ("base_url", {"base_url": "pim.example.com"}),
        ("base_url", {"base_url": "https://pim.example.com/graphql?key=1"}),
        ("token", {"auth": "bearer"}),
        ("mapping", {"mapping": {"nose": "title"}}),
        ("get_document", {"get_document": "query { item { id } }"}),
        ("get_document", {"get_document": "query ($id: ID!) { item(id: $id) { id }"}),
        ("get_document", {"get_document": "query ($id: ID!, $size: Int) { item(id: $id) { id } }"}),
        ("get_document", {"get_document": "mutation ($id: ID!) { delete(id: $id) { id } }"}),
        ("get_document", {"get_document": f"{ONE} {ONE}"}),
        ("get_document", {"get_document": "query ($id: ID!) { item { id } }"}),
        ("get_document", {"get_document": ONE.replace("title", "title(in: $lang)")}),
        ("batch_document", {"get_document": ""}),
        ("batch_document", {"batch_document": ONE}),
        (
            "absent_means",
            {"get_document": "", "batch_document": ONE.replace("$id", "$ids"), "absent_means": "ask"},
        ),
        ("list_document", {"list_document": "query ($tag: String) { items(tag: $tag) { id } }"}),
        ("search_document", {"search_document": LIST}),
        ("check_document", {"list_document": ""}),
        ("items", {"items": "items["}),
        ("paging", {"paging": "relay"}),
        ("paging", {"paging": "offset", "list_document": "", "search_document": SEARCH}),
        ("next", {"paging": "cursor", "list_document": AFTER}),
        ("gone_codes", {"gone_codes": ["not found"]}),
        ("languages", {"languages": {"German": "DE"}}),
        ("languages", {"languages": {"de": "D E"}}),
        ("extra_params", {"extra_params": {"a b": "x"}}),
        ("extra_params", {"extra_params": {"language": "{tongue}"}}),
        ("query_document", {"query_document": SEARCH}),
        ("query_parameters", {"query_document": LIST, "query_parameters": {"tag": "Tag"}}),
        ("changes_document", {"changes_document": LIST}),
        ("changes_document", {"changes_document": SINCE}),
        ("rendition_params", {"rendition_params": "w={breadth}"}),
        ("rendition_params", {"rendition_params": "https://cdn.example.com/{width}"}),
        ("no_such_setting", {"no_such_setting": 1}),
    ],
)
def test_what_cannot_work_is_refused_at_its_field(field, changed):
    assert set(wrong_fields(**changed)) == {field}


def test_the_words_say_what_to_do():
    words = wrong_fields(get_document="query { item { id } }", list_document="query {\n items {\n")
    assert "has to have the variable $id" in words["get_document"]
    assert "line 3: it ends too early" in words["list_document"]


def test_the_form_finds_its_hints():
    settings = {setting.path[0]: setting for setting in read_settings(GraphqlConfig.model_json_schema())}
    for name in ("get_document", "list_document", "search_document", "query_document", "changes_document"):
        assert settings[name].kind is Kind.TEXTAREA
    assert settings["mapping"].kind is Kind.MAPPING
    assert settings["gone_codes"].kind is Kind.LINES
    assert all(setting.group and setting.label for setting in settings.values())


def test_it_has_the_headings_of_rest_and_one_for_languages():
    from connectors.rest.settings import RestApiConfig

    own, others = (
        [group["name"] for group in config.model_json_schema()["groups"]]
        for config in (GraphqlConfig, RestApiConfig)
    )
    assert [name for name in own if name != "Languages"] == [name for name in others if name != "People"]
    used = {hints["group"] for hints in GraphqlConfig.model_json_schema()["properties"].values()}
    assert used == set(own)


def test_the_readme_has_a_row_for_each_setting(request):
    readme = (request.config.rootpath / "connectors/graphql/README.md").read_text()
    assert [name for name in GraphqlConfig.model_fields if f"`{name}`" not in readme] == []
