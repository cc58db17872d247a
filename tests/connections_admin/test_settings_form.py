"""A connector's settings as a form: what is asked, how it is read, and what happens to secrets."""

from typing import Any, Literal

import pytest
from django.http import QueryDict
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator

from connectors.rest.connector import RestApiConnector
from connectors.sdk import ConnectorConfig
from orchestrator.connections.admin.settings_form import SettingsForm
from orchestrator.connections.admin.settings_schema import Kind, read_settings
from tests.connections_admin.conftest import settings_data


class Paging(BaseModel):
    style: Literal["page", "cursor"] = "page"
    size: int = Field(default=25, ge=1, le=100)


class Config(ConnectorConfig):
    address: str = Field(title="Address", description="Where it is.", json_schema_extra={"format": "uri"})
    auth: Literal["none", "basic", "bearer"] = "none"
    password: SecretStr | None = Field(default=None, json_schema_extra={"show_if": {"auth": ["basic"]}})
    token: SecretStr | None = Field(default=None, json_schema_extra={"show_if": {"auth": ["bearer"]}})
    paging: Paging = Paging(style="cursor")
    tags: list[str] = []
    statuses: list[int] = [404]
    verify: bool = True
    ratio: float | None = None
    headers: dict[str, str] = Field(default={}, json_schema_extra={"format": "pairs"})
    type: str = Field(default="Product", json_schema_extra={"enum": ["Article", "Product"]})
    mapping: dict[str, str] = Field(default={}, json_schema_extra={"format": "mapping", "group": "Fields"})
    odd: list[dict[str, Any]] = []

    @field_validator("tags")
    @classmethod
    def _short(cls, tags):
        if any(len(tag) > 5 for tag in tags):
            raise ValueError("tags have five letters at most")
        return tags


def post(**values):
    data = QueryDict(mutable=True)
    defaults = {"address": "https://a.example/x", "auth": "none", "paging__style": "page", "type": "Product"}
    for name, value in (defaults | values).items():
        data.setlist(f"config__{name}", value if isinstance(value, list) else [value])
    return data


def fill(stored=None, **values):
    return SettingsForm(post(**values), config_class=Config, stored=stored)


def test_every_shape_has_its_kind():
    kinds = {".".join(s.path): s.kind for s in read_settings(Config.model_json_schema())}
    assert kinds == {
        "address": Kind.TEXT, "auth": Kind.CHOICE, "password": Kind.SECRET, "token": Kind.SECRET,
        "paging.style": Kind.CHOICE, "paging.size": Kind.INTEGER, "tags": Kind.LINES,
        "statuses": Kind.NUMBERS, "verify": Kind.BOOLEAN, "ratio": Kind.NUMBER, "headers": Kind.PAIRS,
        "type": Kind.CHOICE, "mapping": Kind.MAPPING, "odd": Kind.JSON,
    }  # fmt: skip


def test_titles_descriptions_and_defaults_are_shown():
    form = SettingsForm(config_class=Config)
    assert (form["config__address"].label, form["config__address"].help_text) == ("Address", "Where it is.")
    assert form["config__paging__style"].value() == "cursor"
    assert form["config__paging__size"].value() == 25
    assert "404" in str(form["config__statuses"])


def test_groups_become_panels():
    groups = panels(SettingsForm(config_class=Config))
    assert groups["Fields"] == ["config__mapping"]
    assert "config__paging__size" in groups["Paging"]


class Grouped(Config):
    model_config = ConfigDict(
        json_schema_extra={
            "groups": [
                {"name": "Fields", "help": "Where each record holds what.", "folded": True},
                {"name": "Paging", "help": "How lists go on.", "folded": True},
                {"name": "Nobody's", "help": "No setting is here."},
            ]
        }
    )


def panels(form):
    return {group.name: [row["field"].name for row in rows] for group, rows in form.groups()}


def folded(form):
    form.is_valid()
    return {group.name for group, _rows in form.groups() if group.folded}


def test_panels_come_in_the_order_of_the_connector_and_say_what_they_are_for():
    form = SettingsForm(config_class=Grouped)
    assert list(panels(form)) == ["Fields", "Paging", ""]
    assert next(group for group, _rows in form.groups()).help_text == "Where each record holds what."


def test_a_panel_is_folded_while_nothing_is_filled_in_there():
    assert folded(SettingsForm(config_class=Grouped)) == {"Fields", "Paging"}
    mapped = {"address": "https://a.example/x", "mapping": {"name": "title"}}
    assert folded(SettingsForm(config_class=Grouped, stored=mapped)) == {"Paging"}


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        # As the browser sends what was drawn: the default of paging is "cursor", and 25.
        ({}, {"Fields", "Paging"}),
        ({"paging__style": "page"}, {"Fields"}),
        ({"paging__size": "many"}, {"Fields"}),
        ({"mapping-name": ["name"], "mapping-text": ["title"]}, {"Paging"}),
    ],
)
def test_a_panel_with_something_new_or_wrong_is_open(typed, expected):
    drawn = {"paging__style": "cursor", "paging__size": "25"}
    assert folded(SettingsForm(post(**(drawn | typed)), config_class=Grouped)) == expected


def test_no_panel_of_the_rest_form_is_open_for_its_defaults():
    """As sent unchanged: lists, numbers and choices differ in type from their defaults, not in meaning."""
    form = SettingsForm(settings_data({"mapping": {}}), config_class=RestApiConnector.config_class)
    opened = ["Address", "Finding", "One record", "Fields"]
    assert folded(form) == set(panels(form)) - set(opened)
    assert list(panels(form))[:4] == opened


def test_values_come_back_as_the_model_wants_them():
    form = fill(
        paging__size="50", tags="a\n\n b \n", statuses="404, 410", ratio="", odd='[{"a": 1}]',
        **{"headers-name": ["Accept", "", "X"], "headers-text": ["json", "lost", ""]},
        **{"mapping-name": ["name", "sku"], "mapping-text": ["title", " "]},
    )  # fmt: skip
    assert form.is_valid(), form.errors
    assert form.values["paging"] == {"style": "page", "size": 50}
    assert form.values["tags"] == ["a", "b"]
    assert form.values["statuses"] == [404, 410]
    assert form.values["verify"] is False
    assert form.values["ratio"] is None
    assert form.values["headers"] == {"Accept": "json"}
    assert form.values["mapping"] == {"name": "title"}
    assert form.values["odd"] == [{"a": 1}]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"address": ""}, "config__address"),
        ({"paging__size": "500"}, "config__paging__size"),
        ({"paging__size": "many"}, "config__paging__size"),
        ({"tags": "much too long"}, "config__tags"),
        ({"statuses": "404 or so"}, "config__statuses"),
        ({"auth": "oauth"}, "config__auth"),
        ({"odd": "not json"}, "config__odd"),
        ({"odd": '["text"]'}, "config__odd"),
    ],
)
def test_an_error_is_at_its_field(values, field):
    form = fill(**values)
    assert not form.is_valid()
    assert list(form.errors) == [field]


def test_the_words_of_a_validator_are_shown_without_pydantics_own():
    form = fill(tags="much too long")
    assert form.errors["config__tags"] == ["tags have five letters at most"]


def test_what_is_hidden_says_nothing():
    form = fill(auth="bearer", password="typed before the choice changed", token="t0ken")
    assert form.is_valid(), form.errors
    assert form.values["token"] == "t0ken"
    assert "password" not in form.values or form.values["password"] is None


STORED = {"address": "https://a.example/x", "auth": "bearer", "token": "st0red"}


def test_an_empty_secret_keeps_the_stored_one():
    form = fill(STORED, auth="bearer", token="")
    assert form.is_valid(), form.errors
    assert form.values["token"] == "st0red"


def test_a_typed_secret_replaces_the_stored_one():
    form = fill(STORED, auth="bearer", token="new")
    assert form.is_valid(), form.errors
    assert form.values["token"] == "new"


def test_a_stored_secret_can_be_removed():
    form = fill(STORED, auth="bearer", token="", token__remove="on")
    assert form.is_valid(), form.errors
    assert not form.values["token"]


@pytest.mark.parametrize("values", [{}, {"token": "t1ped"}, {"address": "", "token": "t1ped"}])
def test_no_secret_is_ever_rendered(values):
    unbound = SettingsForm(config_class=Config, stored=STORED)
    bound = fill(STORED, auth="bearer", **values)
    bound.is_valid()
    for form in (unbound, bound):
        page = "".join(str(row["field"]) for _name, rows in form.groups() for row in rows)
        assert "st0red" not in page
        assert "t1ped" not in page


def test_it_says_that_a_typed_secret_has_to_be_typed_again():
    form = fill(address="", auth="bearer", token="t1ped")
    form.is_valid()
    row = next(r for _n, rows in form.groups() for r in rows if r["field"].name == "config__token")
    assert "type it again" in str(row["field"].help_text)


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/x",
        "http://a.example/x",
        "https://a.example:8443/x",
        "https://a.example@evil.example/",
    ],
)
def test_a_kept_secret_does_not_follow_a_changed_address(address):
    """Whoever may change the address could otherwise read a secret that was never shown to them."""
    form = fill(STORED, address=address, auth="bearer", token="")
    assert not form.is_valid()
    assert list(form.errors) == ["config__token"]


def test_a_secret_that_is_typed_may_go_to_a_new_address():
    assert fill(STORED, address="https://new.example/", auth="bearer", token="typed").is_valid()


def test_another_path_of_the_same_system_keeps_the_secret():
    assert fill(STORED, address="https://a.example/other", auth="bearer", token="").is_valid()


def test_an_address_hidden_in_another_setting_counts_too():
    form = fill(
        STORED, auth="bearer", token="", tags="x", **{"headers-name": ["p"], "headers-text": ["http://e.x/"]}
    )
    assert not form.is_valid()
    assert "config__token" in form.errors


def test_the_fields_of_the_chosen_type_are_offered():
    names = {row["name"] for row in _mapping_rows(SettingsForm(config_class=Config))}
    assert {"name", "offers.price"} <= names
    assert "offers.price" not in {row["name"] for row in _mapping_rows(fill(type="Article"))}


def test_an_expression_for_another_types_field_stays_on_the_page():
    form = fill(type="Article", **{"mapping-name": ["offers.price"], "mapping-text": ["price.cents"]})
    row = next(row for row in _mapping_rows(form) if row["name"] == "offers.price")
    assert row["text"] == "price.cents"


def test_settings_that_fit_no_field_are_errors_of_the_whole_form():
    class Whole(Config):
        @field_validator("odd")
        @classmethod
        def _never(cls, value):
            raise ValueError("not today")

    form = SettingsForm(post(odd="[]"), config_class=Whole)
    assert not form.is_valid()
    assert form.errors == {"config__odd": ["not today"]}


def test_the_model_has_the_last_word():
    form = fill(paging__size="50")
    assert form.is_valid()
    with pytest.raises(ValidationError):
        Config.model_validate(form.values | {"unknown": 1})


def _mapping_rows(form):
    bound = form["config__mapping"]
    return bound.field.widget.get_context("m", bound.value(), {})["widget"]["rows"]
