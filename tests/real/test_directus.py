"""Directus' connector against the real Directus, and its simulator beside it."""

import json

import pytest
import requests

from connectors.directus.connector import DirectusConnector
from connectors.directus.settings import DirectusConfig
from connectors.directus.simulator import TOKEN, DirectusSimulator
from connectors.sdk import Call, Missing, MissingReason, Ref
from connectors.sdk.types import picture_of
from tests.real.hooks import listening
from tests.real.suite import Collection, RealSuite
from tests.real.systems.directus import NOT_OFFERED, RunningDirectus, id_of

TYPES = {"image": "ImageObject", "video": "VideoObject"}
NOBODY = "00000000-0000-4000-8000-000000000000"
ADDED = ("status", "licence_end", "credit")


class TestDirectus(RealSuite):
    system = "directus"
    unknown = Ref("ImageObject", NOBODY)
    search_word = "harbour"
    search_hits = ("Harbour at dawn", "Harbour at dusk")
    collections = (
        Collection("ImageObject", {"tag": "spa"}, ["Sauna", "Treatment room"]),
        Collection("ImageObject", {"folder": "Rooms"}, ["Suite, corner"]),
        Collection("VideoObject", {"sort": "title"}, ["A walk through the house"]),
        Collection(
            "ImageObject", {"folder": "Details", "sort": "title"}, [f"Detail {n:02}" for n in range(1, 54)]
        ),
    )
    picture = "Harbour at dusk"
    formats = ("image/webp", "image/png", "image/jpeg", "image/avif")
    deletions_told = "hook"

    def make_connector(self, url, key, egress):
        config = DirectusConfig(
            base_url=url,
            token=key.secret,
            status_field="status",
            licence_end_field="licence_end",
            credit_field="credit",
        )
        return DirectusConnector(config, egress=egress)

    def ref_of(self, seeded):
        return Ref(TYPES[seeded.kind], seeded.id)

    def test_fields_of_the_library_become_fields_of_the_asset(self, connector, running, added):
        running.set(
            added.external_id, licence_end="2027-01-31T12:00:00", credit="Ada Lindqvist", tags=["sea"]
        )
        asset = connector.fetch([added], Call.within(20))[added]
        assert asset.valid_until.isoformat() == "2027-01-31T12:00:00+00:00"
        assert asset.fields["creditText"] == "Ada Lindqvist"
        assert asset.fields["keywords"] == ["sea"]
        assert (asset.fields["width"], asset.fields["height"]) == (320, 240)
        assert asset.fields["description"] == "Seen: Lighthouse keeper"
        assert picture_of(asset.fields, "ImageObject") == f"{running.base_url}/assets/{added.external_id}"

    def test_a_focal_point_of_the_library_is_a_fraction(self, connector):
        ref = Ref("ImageObject", id_of("Harbour at dusk"))
        asset = connector.fetch([ref], Call.within(20))[ref]
        assert asset.fields["extra"]["focalPoint"] == {"x": 0.25, "y": 0.75}

    def test_what_is_neither_picture_nor_video_is_not_there(self, connector):
        ref = Ref("ImageObject", id_of(NOT_OFFERED.title))
        assert connector.fetch([ref], Call.within(20)) == {ref: Missing(MissingReason.GONE)}
        video = id_of("A walk through the house")
        moved = connector.fetch([Ref("ImageObject", video)], Call.within(20))
        assert list(moved.values()) == [Missing(MissingReason.MOVED, Ref("VideoObject", video))]

    def test_hooks_are_sent_with_what_the_simulator_sends(self, running):
        simulator = DirectusSimulator()
        known = next(iter(simulator.files))
        simulator.change(known, title="Keeper")
        simulator.delete(known)
        with listening(running) as hooks:
            one = running.add("Lighthouse keeper")
            running.edit(one, "Keeper")
            running.delete(one)
            sent = hooks.by_event(3, within_s=30)
        simulated = [json.loads(body) for _, body in (simulator.deliveries[0], *simulator.deliveries[-2:])]
        assert sorted(sent) == sorted(one["event"] for one in simulated)
        for one in simulated:
            assert sent[one["event"]].keys() == one.keys()
            assert sent[one["event"]]["collection"] == one["collection"]

    @pytest.mark.parametrize(
        ("path", "token"),
        [
            ("files?limit=2", "good"),
            ("files?limit=2&offset=1&sort=-uploaded_on,id&meta=filter_count", "good"),
            ("files?limit=1&fields=id,title&meta=total_count,filter_count", "good"),
            ("files?filter[id][_in]={one},{nobody}", "good"),
            ("files?filter[_or][0][type][_starts_with]=image/&limit=1&fields=id,type", "good"),
            ("files?filter[folder][name][_eq]={folder}&limit=1&fields=id", "good"),
            ("files?filter[folder][name][_eq]=nowhere&fields=id", "good"),
            ("files?filter[modified_on][_gte]=2030-01-01T00:00:00Z&fields=id", "good"),
            ("files?search={word}&fields=id&limit=1", "good"),
            ("files?filter[tags][_contains]=spa", "good"),
            ("files?fields=no_such_field", "good"),
            ("files?filter[no_such_field][_eq]=1", "good"),
            ("files?limit=-5", "good"),
            ("files/{one}", "good"),
            ("files/{nobody}", "good"),
            ("assets/{nobody}", "good"),
            ("assets/{one}?width=100", "good"),
            ("files?limit=1", "wrong"),
            ("files/{one}", "wrong"),
            ("files?limit=1", "none"),
            ("files/{one}", "none"),
            ("assets/{one}", "none"),
            ("nowhere", "good"),
        ],
    )
    def test_the_simulator_answers_alike(self, running, path, token):
        with DirectusSimulator(added_fields=ADDED) as simulator:
            real = _answer(
                running.base_url,
                path.format(one=id_of("Sauna"), nobody=NOBODY, folder="Spa", word="sauna"),
                {"good": running.key.secret, "wrong": running.wrong_key.secret}.get(token),
            )
            one = next(iter(simulator.files))
            simulated = _answer(
                simulator.url,
                path.format(one=one, nobody=NOBODY, folder="Products", word="lamp"),
                {"good": TOKEN, "wrong": "wrong"}.get(token),
            )
        assert simulated == real

    def test_times_are_in_whole_seconds_and_utc(self, running: RunningDirectus, added):
        row = running.admin("GET", f"files/{added.external_id}").json()["data"]
        simulator = DirectusSimulator()
        simulated = simulator.files[simulator.upload("Lighthouse keeper")]
        for time in ("created_on", "uploaded_on", "modified_on"):
            assert _form(row[time]) == _form(simulated[time]) == "0000-00-00T00:00:00"


def _answer(url: str, path: str, token: str | None) -> object:
    """An answer without its values: status, kind, and what the body is made of."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    answer = requests.get(f"{url}/{path}", headers=headers, timeout=20)
    kind = answer.headers["Content-Type"].partition(";")[0]
    tagged = "ETag" in answer.headers
    if kind != "application/json":
        return answer.status_code, kind.partition("/")[0], tagged
    return answer.status_code, kind, tagged, _shape(answer.json())


def _shape(body: dict) -> object:
    """What a body is made of: of errors their codes, of records the names, for values may be null."""
    if "errors" in body:
        return [error["extensions"]["code"] for error in body["errors"]]
    data = body["data"]
    records = [sorted(row) for row in data] if isinstance(data, list) else sorted(data)
    return records, sorted(body.get("meta", {})), sorted(body)


def _form(time: str) -> str:
    return "".join("0" if c.isdigit() else c for c in time)
