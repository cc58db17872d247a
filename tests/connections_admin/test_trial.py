"""Test, sample and live mapping: on what stands in the form, and nothing of it saved."""

import json
import socket
import threading

import pytest
from django.core.cache import caches

from connectors.csv.simulator import SECRET as KEY_OF_THE_FILE
from connectors.csv.simulator import ExportFile
from connectors.rest.simulator import SECRET
from orchestrator.connections.admin.trial import try_settings
from orchestrator.connections.models import Connection

RECORD = {
    "product_id": 7,
    "titles": {"en": "Sauna <b>evening</b>"},
    "price": {"cents": 12900, "currency": "CHF"},
}


def closed_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def text_of(response):
    assert response.status_code == 200
    return response.content.decode()


def test_settings_that_work_are_said_to_work(administrator, form_data, shop):
    text = text_of(administrator.post("/admin/connections/new/rest/test/", form_data()))
    assert "The system answers and accepts these settings." in text
    assert "Search works" in text
    assert "Product" in text
    assert not Connection.objects.exists()


@pytest.mark.parametrize(
    ("extra", "words"),
    [
        ("", "Everything in it can be read."),
        ('"p-7"\r\n', "1 thing in it cannot be read: Line 9: 1 columns in place of 5"),
        ('"p-7"\r\n' * 30, "30 things in it cannot be read, such as: Line 9: "),
    ],
)
def test_lines_of_a_file_that_are_left_out_are_named_and_cost_no_other(extra, words):
    with ExportFile() as shop:
        shop.extra = extra
        settings = {
            "base_url": f"{shop.url}/export",
            "auth": "query",
            "key_name": "key",
            "key": KEY_OF_THE_FILE,
        }
        settings |= {"type": "Product", "mapping": {"name": "title"}}
        trial = try_settings("csv", settings, personal=False)
    assert trial.works
    assert trial.steps[-1].sentence.startswith(words)
    assert "Line 29" not in trial.steps[-1].sentence


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"config__key": "wrong"}, "The address answers, but the key was refused."),
        ({"config__list_path": "/nowhere", "config__search_path": ""}, "Does not work"),
        ({"config__items": "nothing.here"}, "not with what this connector expects"),
        ({"config__base_url": ""}, "Address: This field is required."),
        ({"config__base_url": "ftp://x"}, "Address: "),
    ],
)
def test_what_does_not_work_is_said_in_words(administrator, form_data, changes, words):
    text = text_of(administrator.post("/admin/connections/new/rest/test/", form_data(**changes)))
    assert words in text
    assert SECRET not in text


def test_a_system_that_is_not_there_is_told_from_one_that_refuses(administrator, form_data):
    address = f"http://127.0.0.1:{closed_port()}/v2"
    text = text_of(
        administrator.post("/admin/connections/new/rest/test/", form_data(config__base_url=address))
    )
    assert "cannot be reached" in text


def test_a_missing_name_does_not_hinder_the_test(administrator, form_data):
    text = text_of(
        administrator.post("/admin/connections/new/rest/test/", form_data(name="", timeout_ms="x"))
    )
    assert "accepts these settings" in text


def test_kept_secrets_are_used_and_stay_on_the_server(administrator, connection, form_data, shop):
    page = f"/admin/connections/edit/{connection.pk}/test/"
    text = text_of(administrator.post(page, form_data(config__key="")))
    assert "accepts these settings" in text
    assert SECRET not in text


def test_a_kept_secret_is_not_sent_to_another_system(administrator, connection, form_data, shop):
    page = f"/admin/connections/edit/{connection.pk}/test/"
    elsewhere = form_data(config__key="", config__base_url=f"http://localhost:{shop.port}/v2")
    text = text_of(administrator.post(page, elsewhere))
    assert "leads to another system" in text
    assert not shop.requests


@pytest.mark.parametrize("page", ["test", "sample"])
@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:{port}/v2", "http://169.254.169.254/latest", "http://10.0.0.1/"]
)
def test_no_private_address_is_called_unless_allow_listed(
    administrator, form_data, shop, settings, page, address
):
    settings.OUTBOUND_ALLOWED_HOSTS = frozenset()
    data = form_data(config__base_url=address.format(port=shop.port))
    response = administrator.post(f"/admin/connections/new/rest/{page}/", data)
    assert response.status_code == (200 if page == "test" else 422)
    assert "A setting is wrong" in response.content.decode()
    assert not shop.requests


def test_people_are_not_searched(administrator, scripted, space):
    from connectors.sdk.testing.scripted import Script

    scripted["crm"] = script = Script()
    data = {"config__script": "crm", "personal": "on"}
    text = text_of(administrator.post("/admin/connections/new/scripted/test/", data))
    assert "accepts these settings" in text
    assert script.count("check") == 1
    assert script.count("search") == 0


def test_a_plugin_that_crashes_is_one_sentence(administrator, scripted, space):
    from connectors.sdk.testing.scripted import Script

    scripted["x"] = Script(error=ZeroDivisionError("with a secret in it"))
    text = text_of(administrator.post("/admin/connections/new/scripted/test/", {"config__script": "x"}))
    assert "The connector failed" in text
    assert "with a secret in it" not in text


@pytest.mark.parametrize("page", ["test", "sample"])
def test_a_plugin_that_ends_the_program_is_one_sentence_too(administrator, scripted, space, page):
    from connectors.sdk.testing.scripted import Script

    scripted["x"] = Script(error=SystemExit("with a secret in it"))
    response = administrator.post(f"/admin/connections/new/scripted/{page}/", {"config__script": "x"})
    assert response.status_code == (200 if page == "test" else 422)
    assert "The connector failed" in response.content.decode()
    assert "with a secret in it" not in response.content.decode()


@pytest.mark.parametrize("page", ["test", "sample"])
def test_a_plugin_that_never_answers_holds_no_request(administrator, scripted, space, page, monkeypatch):
    from connectors.sdk.testing.scripted import Script
    from orchestrator.connections.admin import trial

    monkeypatch.setattr(trial, "_PATIENCE_S", 0.1)
    scripted["x"] = Script(gate=threading.Event(), keeps_deadline=False)
    try:
        response = administrator.post(f"/admin/connections/new/scripted/{page}/", {"config__script": "x"})
    finally:
        scripted["x"].gate.set()
    assert "No answer in time" in response.content.decode()


def test_a_sample_is_one_raw_record_and_is_kept_nowhere(administrator, form_data, shop):
    answer = administrator.post("/admin/connections/new/rest/sample/", form_data())
    sample = answer.json()["sample"]
    assert set(sample) >= {"product_id", "titles", "price"}
    assert answer["Cache-Control"].find("no-store") >= 0
    assert not Connection.objects.exists()
    assert not getattr(caches["default"], "_cache", None)


def test_where_no_records_are_found_the_answer_is_shown_to_look_for_them(administrator, form_data, shop):
    answer = administrator.post(
        "/admin/connections/new/rest/sample/", form_data(config__items="wares", config__list_path="/products")
    )
    assert answer.status_code == 422
    assert "no list of records at “wares” (items)" in answer.json()["problem"]
    assert "products" in answer.json()["answer"] or "items" in answer.json()["answer"]
    # The message itself may be logged and stored; it holds nothing of the answer.
    assert not set(answer.json()["answer"]) & set(answer.json()["problem"].split())


def test_a_refused_sample_is_a_sentence(administrator, form_data):
    answer = administrator.post("/admin/connections/new/rest/sample/", form_data(config__key="wrong"))
    assert answer.status_code == 422
    assert "the key was refused" in answer.json()["problem"]


def test_each_expression_shows_what_it_gives(administrator, form_data, shop):
    answer = administrator.post(
        "/admin/connections/new/rest/evaluate/", form_data(sample=json.dumps(RECORD))
    ).json()
    assert answer["values"]["name"] == "Sauna <b>evening</b>"
    assert answer["values"]["offers.priceCurrency"] == "CHF"
    assert not shop.requests


def test_a_half_typed_expression_hides_no_other(administrator, form_data):
    data = form_data(sample=json.dumps(RECORD))
    data["config__mapping-name"] = ["name", "sku", "gtin"]
    data["config__mapping-text"] = ["titles.en", "product_id[", "join("]
    answer = administrator.post("/admin/connections/new/rest/evaluate/", data).json()
    assert answer["values"]["name"] == "Sauna <b>evening</b>"
    assert {"sku", "gtin"} <= set(answer["problems"])


@pytest.mark.parametrize("depth", [100, 480, 900, 10_000])
def test_a_sample_that_nests_too_deeply_is_no_accident(administrator, form_data, depth):
    data = form_data(sample='{"deep": ' + "[" * depth + "]" * depth + "}")
    data["config__mapping-name"] = ["name", "sku"]
    data["config__mapping-text"] = ["deep", "to_string(deep)"]
    answer = administrator.post("/admin/connections/new/rest/evaluate/", data)
    assert answer.status_code in (200, 400)
    assert answer.json().keys() & {"problem", "problems"}


@pytest.mark.parametrize("sample", ["", "{", "[]", '"text"'])
def test_a_sample_that_is_none_is_refused_in_words(administrator, form_data, sample):
    answer = administrator.post("/admin/connections/new/rest/evaluate/", form_data(sample=sample))
    assert answer.json()["problem"]


def test_a_value_that_does_not_fit_is_a_problem_of_its_field(administrator, form_data):
    broken = RECORD | {"price": {"cents": "cheap", "currency": "CHF"}}
    answer = administrator.post(
        "/admin/connections/new/rest/evaluate/", form_data(sample=json.dumps(broken))
    ).json()
    assert "offers.price" in answer["problems"]
    assert "cheap" not in answer["problems"]["offers.price"]
