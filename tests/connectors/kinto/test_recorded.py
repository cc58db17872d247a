"""The simulator against what Kinto 26.5.0 really answered: same status, shape, headers and error codes."""

import json
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from connectors.kinto.connector import KintoConnector
from connectors.kinto.settings import KintoConfig
from connectors.kinto.simulator import PASSWORD, USER, KintoSimulator
from connectors.sdk import AccessDeniedError, Asset, Call, ConfigurationError, Missing, MissingReason, Ref
from connectors.sdk.connector import Egress
from connectors.sdk.testing.simulator import SimAnswer, SimRequest

RECORDED = Path(__file__).parent / "recorded"
# What writes is not simulated but for what the connector writes.
REPLAYED = sorted(file.stem for file in RECORDED.glob("*.json") if file.stem != "put-stale-412")
OF_A_NARROW_ACCOUNT = {"list-narrow-account", "batch-narrow-account"}
AFTER_A_DELETION = {"deleted-get": "c2", "batch-endpoint": "c2", "since-only-deleted-flags": "c1"}


def recorded(name: str):
    return json.loads((RECORDED / f"{name}.json").read_text())


def shape(data):
    """Names and nesting, without values; the first of a list stands for all."""
    if isinstance(data, dict):
        return {name: shape(value) for name, value in sorted(data.items())}
    if isinstance(data, list):
        return [shape(data[0])] if data and isinstance(data[0], dict) else []
    return None


def prepared(name: str) -> KintoSimulator:
    simulator = KintoSimulator()
    for one in simulator.rows:
        simulator.rows[one].pop("loyalty_id")
        simulator.rows[one] |= {"loyalty_id": "ML-1"} if name == "batch-find" and one == "c1" else {}
    if name in AFTER_A_DELETION:
        simulator.delete(AFTER_A_DELETION[name])
    if name in OF_A_NARROW_ACCOUNT:
        simulator.readable, simulator.may_write = {"c2"}, False
    if name == "since-with-tombstones":
        simulator.delete("c2")
    return simulator


def replay(name: str, simulator: KintoSimulator) -> SimAnswer:
    """The recorded request, with marks that this simulator has given in place of those of that day."""
    request = recorded(name)["request"]
    headers = {k.lower(): v for k, v in request["headers"].items() if k != "Authorization"}
    if "Authorization" in request["headers"]:
        password = "wrong" if name == "batch-wrong-password" else PASSWORD
        headers["authorization"] = KintoConnector(
            KintoConfig(
                base_url="http://x/v1", username=USER, password=password, bucket="crm", collection="c"
            )
        ).headers()["Authorization"]
    newest = max(row["last_modified"] for row in (*simulator.rows.values(), *simulator.tombstones.values()))
    since = 0 if "tombstones" in name or "flags" in name else newest

    def today(text: str) -> str:
        return re.sub(r"_since=[%\w]+", f"_since={since}", text)

    parts = urlsplit(today(request["url"]))
    if "if-none-match" in headers:
        own = simulator.rows["c1"]["last_modified"] if name == "get-304" else since
        headers["if-none-match"] = f'"{own}"'
    body = request.get("body")
    if body and name == "batch-met-condition-500":
        body["requests"][0]["headers"]["If-None-Match"] = f'"{simulator.rows["c1"]["last_modified"]}"'
    if body and name == "batch-too-many-400":
        body["requests"] = body["requests"][:1] * 26
    query = parse_qs(parts.query, keep_blank_values=True)
    return simulator.answer(
        SimRequest(request["method"], parts.path, query, headers, json.dumps(body).encode())
    )


@pytest.mark.parametrize("name", REPLAYED)
def test_the_simulator_answers_as_kinto_did(name):
    answer, expected = replay(name, prepared(name)), recorded(name)["response"]
    assert answer.status == expected["status"]
    told = {"Etag", "Last-Modified", "Next-Page", "Www-Authenticate", "Cache-Control"}
    assert told & answer.headers.keys() >= told & expected["headers"].keys()
    if expected["status"] == 304:
        assert not answer.body
        return
    body = json.loads(answer.body)
    expected["body"].pop("info", None)
    assert {"code": body.get("code"), "errno": body.get("errno"), "message": body.get("message")} == {
        "code": expected["body"].get("code"),
        "errno": expected["body"].get("errno"),
        "message": expected["body"].get("message"),
    }
    if "responses" in body:
        assert [one["status"] for one in body["responses"]] == [
            one["status"] for one in expected["body"]["responses"]
        ]
        assert [one["path"] for one in body["responses"]] == [
            one["path"] for one in expected["body"]["responses"]
        ]
        assert [shape(one["body"]) for one in body["responses"]] == [
            shape(one["body"]) for one in expected["body"]["responses"]
        ]
    elif "data" in body:
        assert shape(body) == shape(expected["body"])


class Playing(KintoSimulator):
    """Answers what was recorded, whatever is asked."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.sample = recorded(name)["response"]

    def answer(self, request):
        body = self.sample["body"]
        raw = b"" if isinstance(body, str) else json.dumps(body).encode()
        return SimAnswer(self.sample["status"], self.sample["headers"], raw)


@pytest.fixture
def reading():
    """Hand a recorded answer to the connector: ``reading(name, operation)``."""

    def read(name, operation):
        with Playing(name) as simulator:
            config = KintoConfig(
                base_url=f"{simulator.url}/v1",
                username="u",
                password="p",
                bucket="crm",
                collection="contacts",
            )
            connector = KintoConnector(config, egress=Egress(allowed_hosts=frozenset({"127.0.0.1"})))
            try:
                return operation(connector)
            finally:
                connector.close()

    return read


def fetch(connector, *ids):
    answers = connector.fetch([Ref("Person", one) for one in ids], Call.within(5))
    return [answers.get(Ref("Person", one)) for one in ids]


def test_a_recorded_batch_is_read(reading):
    ann, gone = reading("batch-endpoint", lambda kinto: fetch(kinto, "c1", "c2"))
    assert isinstance(ann, Asset)
    assert ann.fields["memberOf"] == {"membershipPointsEarned": 100.0, "tier": {"name": "gold"}}
    assert gone == Missing(MissingReason.GONE)


def test_a_recorded_narrow_account_is_forbidden_what_it_may_not_read(reading):
    one, two, three = reading("batch-narrow-account", lambda kinto: fetch(kinto, "c1", "c2", "nobody"))
    assert (one, three) == (Missing(MissingReason.FORBIDDEN), Missing(MissingReason.FORBIDDEN))
    assert isinstance(two, Asset)


def test_recorded_refusals_are_whole(reading):
    with pytest.raises(AccessDeniedError):
        reading("batch-wrong-password", lambda kinto: fetch(kinto, "c1"))
    with pytest.raises(AccessDeniedError):
        reading("forbidden", lambda kinto: kinto.check(Call.within(5)))
    with pytest.raises(ConfigurationError, match="collection is not there"):
        reading("batch-no-collection", lambda kinto: fetch(kinto, "c1"))
    with pytest.raises(ConfigurationError, match="HTTP 400"):
        reading("batch-too-many-400", lambda kinto: fetch(kinto, "c1"))


def test_recorded_tombstones_are_deletions(reading):
    for name, told in (
        ("since-with-tombstones", {"c2": True, "c3": False}),
        ("since-only-deleted-flags", {"c3": False, "c1": True}),
        ("since-nothing-304", {}),
    ):
        page = reading(name, lambda kinto: kinto.changes_since("1", Call.within(5)))
        assert {change.ref.external_id: change.deleted for change in page.changes} == told
