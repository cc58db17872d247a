"""The simulator against what Directus 12.4.0 really answered: same status, shape, headers and error codes."""

import json
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from connectors.directus.connector import DirectusConnector
from connectors.directus.files import File, Listing
from connectors.directus.settings import DirectusConfig
from connectors.directus.simulator import TOKEN, DirectusSimulator
from connectors.sdk import Call, RateLimitedError, Ref
from connectors.sdk.connector import Egress
from connectors.sdk.testing.simulator import SimAnswer, SimRequest

RECORDED = Path(__file__).parent / "recorded"
READS = [
    *("file-get", "files-list", "files-batch-get", "files-search", "files-incremental", "file-deleted-get"),
    *("file-not-found-is-403", "bad-token-401", "anonymous-403", "invalid-query-400", "unknown-field-403"),
]


def recorded(name: str):
    return json.loads((RECORDED / f"{name}.json").read_text())


def shape(data):
    """Names and nesting, without values; the first of a list stands for all."""
    if isinstance(data, dict):
        return {name: shape(value) for name, value in sorted(data.items())}
    if isinstance(data, list):
        return [shape(data[0])] if data and isinstance(data[0], dict) else []
    return None


def replay(simulator: DirectusSimulator, request) -> SimAnswer:
    """The recorded request, with an id that the simulator has in place of one that was there."""
    parts = urlsplit(request["url"])
    ids = list(simulator.files)
    url = parts.path.replace("07982a0c-e025-4045-a1ad-29069630e7d7", ids[0])
    query = parse_qs(parts.query.replace("folder.name", "folder"))
    if "filter[id][_in]" in query:
        query["filter[id][_in]"] = [",".join(ids[:2])]
    return simulator.answer(SimRequest("GET", url, query, request["headers"]))


@pytest.mark.parametrize("name", READS)
def test_the_simulator_answers_as_directus_did(name):
    sample = recorded(name)
    token = {"bad-token-401": "wrong"}.get(name, TOKEN)
    headers = {"authorization": f"Bearer {token}"} if sample["request"]["headers"] else {}
    answer = replay(DirectusSimulator(), {**sample["request"], "headers": headers})
    expected = sample["response"]
    body = json.loads(answer.body)
    assert answer.status == expected["status"]
    assert answer.headers["Content-Type"] == expected["headers"]["Content-Type"]
    assert answer.headers["ETag"][:3] == expected["headers"]["ETag"][:3] == 'W/"'
    if "errors" in expected["body"]:
        assert body["errors"][0]["extensions"]["code"] == expected["body"]["errors"][0]["extensions"]["code"]
        assert body["errors"][0]["message"] == expected["body"]["errors"][0]["message"]
    else:
        flattened = json.loads(
            json.dumps(expected["body"]).replace('"folder": {"name": "Products"}', '"folder": 1')
        )
        assert shape(body) == shape(flattened)


def test_a_recorded_file_can_be_read():
    file = File.model_validate(recorded("file-get")["response"]["body"]["data"])
    assert (file.title, file.width, file.tags) == ("red-chair", 1200, ["furniture", "red"])
    assert Listing.model_validate(recorded("files-batch-get")["response"]["body"]).data


def test_recorded_deliveries_name_their_files():
    connector = DirectusConnector(DirectusConfig(base_url="https://dam.example.com", token="t"))
    upload, delete = recorded("webhook-flow-deliveries")
    for delivery, key in ((upload, upload["body"]["key"]), (delete, delete["body"]["keys"][0])):
        notice = connector.parse_notice({}, json.dumps(delivery["body"]).encode())
        assert set(notice.refs) == {Ref("ImageObject", key), Ref("VideoObject", key)}


def test_the_simulated_deliveries_have_the_recorded_shape():
    simulator = DirectusSimulator()
    simulator.delete(next(iter(simulator.files)))
    upload, delete = recorded("webhook-flow-deliveries")
    for recorded_delivery, (headers, body) in (
        (upload, simulator.deliveries[0]),
        (delete, simulator.deliveries[-1]),
    ):
        sent = json.loads(body)
        assert sent.keys() == recorded_delivery["body"].keys()
        assert sent["event"] == recorded_delivery["body"]["event"]
        assert "x-hub-secret" in headers


def test_the_recorded_429_says_how_long_to_wait():
    sample = recorded("rate-limited-429")["response"]

    class Limited(DirectusSimulator):
        def answer(self, request):
            return SimAnswer(sample["status"], sample["headers"], json.dumps(sample["body"]).encode())

    with Limited() as simulator:
        egress = Egress(allowed_hosts=frozenset({"127.0.0.1"}))
        connector = DirectusConnector(DirectusConfig(base_url=simulator.url, token=TOKEN), egress=egress)
        with pytest.raises(RateLimitedError) as limited:
            connector.check(Call.within(5))
        connector.close()
    assert limited.value.retry_after_s == 1
