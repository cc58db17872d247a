"""What only Directus does."""

import struct
from datetime import UTC, datetime, timedelta

import pytest

from connectors.directus.connector import DirectusConnector, _first_tagged
from connectors.directus.settings import DirectusConfig
from connectors.directus.simulator import TOKEN, DirectusSimulator
from connectors.sdk import (
    AccessDeniedError,
    Asset,
    BadResponseError,
    Call,
    ConfigurationError,
    FocalPoint,
    Missing,
    MissingReason,
    Notice,
    Ref,
)
from connectors.sdk.connector import Egress

LOOPBACK = Egress(allowed_hosts=frozenset({"127.0.0.1"}))


def call() -> Call:
    return Call.within(5)


@pytest.fixture
def directus():
    with DirectusSimulator(added_fields=("licence_end", "status")) as simulator:
        yield simulator


@pytest.fixture
def connect(directus):
    opened = []

    def make(**settings):
        config = DirectusConfig(**{"base_url": directus.url, "token": TOKEN, **settings})
        opened.append(DirectusConnector(config, egress=LOOPBACK))
        return opened[-1]

    yield make
    for connector in opened:
        connector.close()


def ref_of(directus, title, type="ImageObject") -> Ref:
    return Ref(type, next(key for key, file in directus.files.items() if file["title"] == title))


def fetch_one(connector, ref):
    return connector.fetch([ref], call())[ref]


def test_a_file_becomes_a_picture(directus, connect):
    ref = ref_of(directus, "red-chair")
    directus.change(ref.external_id, focal_point_x=300, focal_point_y=200)
    asset = fetch_one(connect(), ref)
    assert asset.fields["name"] == "red-chair"
    assert asset.fields["description"] == "Alt for red-chair"
    assert asset.fields["contentUrl"] == f"{directus.url}/assets/{ref.external_id}"
    assert (asset.fields["width"], asset.fields["height"]) == (1200, 800)
    assert asset.fields["keywords"] == ["furniture", "red"]
    assert asset.fields["extra"]["focalPoint"] == {"x": 0.25, "y": 0.25}
    assert asset.updated_at.tzinfo is UTC
    assert asset.edit_url == f"{directus.url}/admin/files/{ref.external_id}"
    assert asset.protected


def test_a_video_is_a_video_also_when_it_was_linked_as_a_picture(directus, connect):
    key = directus.upload("tour", media="video/mp4", duration=61_500)
    asset = fetch_one(connect(), Ref("VideoObject", key))
    assert asset.fields["duration"] in ("PT1M1S", "PT1M2S")
    assert fetch_one(connect(), Ref("ImageObject", key)) == Missing(
        MissingReason.MOVED, Ref("VideoObject", key)
    )


def test_what_is_neither_picture_nor_video_is_not_offered(directus, connect):
    key = directus.upload("contract", media="application/pdf")
    assert not connect().search("contract", (), None, call()).assets
    assert fetch_one(connect(), Ref("ImageObject", key)) == Missing(MissingReason.GONE)


def test_a_search_can_be_for_one_type(directus, connect):
    directus.upload("red tour", media="video/mp4")
    found = connect().search("red", ("VideoObject",), None, call()).assets
    assert [asset.ref.type for asset in found] == ["VideoObject"]
    assert len(connect().search("red", (), None, call()).assets) == 2


def test_the_end_of_a_licence_is_a_hard_end(directus, connect):
    ref = ref_of(directus, "red-chair")
    connector = connect(licence_end_field="licence_end")
    assert fetch_one(connector, ref).valid_until is None
    directus.change(ref.external_id, licence_end="2027-01-31T12:00:00")
    asset = fetch_one(connector, ref)
    assert asset.valid_until == datetime(2027, 1, 31, 12, tzinfo=UTC)
    assert asset.fields["expires"] == "2027-01-31T12:00:00Z"
    directus.change(ref.external_id, licence_end="soon")
    with pytest.raises(BadResponseError):
        connector.fetch([ref], call())


def test_one_unreadable_file_does_not_cost_the_others(directus, connect):
    bad, good = ref_of(directus, "red-chair"), ref_of(directus, "blue-lamp")
    directus.change(bad.external_id, licence_end="soon")
    answers = connect(licence_end_field="licence_end").fetch([bad, good], call())
    assert bad not in answers
    assert isinstance(answers[good], Asset)


def test_a_draft_is_hidden_and_not_offered(directus, connect):
    for file in directus.files.values():
        file["status"] = "published"
    ref = ref_of(directus, "red-chair")
    directus.change(ref.external_id, status="draft")
    connector = connect(status_field="status")
    assert fetch_one(connector, ref) == Missing(MissingReason.HIDDEN)
    assert not connector.search("red", (), None, call()).assets


def test_a_forbidden_file_looks_like_one_that_is_gone(directus, connect):
    ref = ref_of(directus, "red-chair")
    directus.forbidden.add(ref.external_id)
    assert fetch_one(connect(), ref) == Missing(MissingReason.GONE)


def test_a_role_that_lost_every_row_drops_nothing(directus, connect):
    ref = ref_of(directus, "red-chair")
    directus.forbidden |= set(directus.files)
    assert fetch_one(connect(), ref) == Missing(MissingReason.UNKNOWN)


def test_an_id_that_is_no_uuid_is_gone_without_a_call(directus, connect):
    ref = Ref("ImageObject", "1 OR 1=1")
    assert fetch_one(connect(), ref) == Missing(MissingReason.GONE)
    assert not directus.requests


def test_a_field_of_the_settings_that_is_not_there_is_named(connect):
    with pytest.raises(ConfigurationError, match="no_such_field") as wrong:
        connect(licence_end_field="no_such_field").check(call())
    assert not isinstance(wrong.value, AccessDeniedError)


def test_a_folder_is_found_by_name_and_by_id(directus, connect):
    folder_id = next(key for key, name in directus.folders.items() if name == "Products")
    for folder in ("Products", folder_id):
        page = connect().query("ImageObject", {"folder": folder, "sort": "title"}, 10, None, call())
        assert [asset.fields["name"] for asset in page.assets] == ["blue-lamp", "green-sofa", "red-chair"]


def test_a_tag_is_compared_whole(connect):
    page = connect().query("ImageObject", {"tag": "spa"}, 50, None, call())
    assert len(page.assets) == 19
    assert {asset.fields["name"].split("-")[0] for asset in page.assets} == {"spa"}


def test_a_question_that_a_collection_cannot_ask_is_refused(connect):
    for query in ({"colour": "red"}, {"sort": "random"}):
        with pytest.raises(ConfigurationError):
            connect().query("ImageObject", query, 5, None, call())


@pytest.mark.parametrize(
    ("wish", "size"),
    [
        ({}, (1200, 800)),
        ({"width": 300}, (300, 200)),
        ({"height": 400}, (600, 400)),
        ({"width": 200, "height": 200, "focal_point": FocalPoint(0.2, 0.5)}, (200, 200)),
        ({"width": 5000}, (1200, 800)),
    ],
)
def test_a_rendition_has_the_size_that_it_says(directus, connect, wish, size):
    connector = connect()
    asset = fetch_one(connector, ref_of(directus, "red-chair"))
    rendition = connector.rendition(asset, **wish)
    data = b"".join(connector.open_picture(rendition.url, call()).chunks)
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">II", data[16:24]) == size == (rendition.width, rendition.height)
    assert rendition.protected


def test_a_focal_point_is_given_in_pixels_of_the_original(directus, connect):
    connector = connect()
    asset = fetch_one(connector, ref_of(directus, "red-chair"))
    url = connector.rendition(asset, width=200, height=200, focal_point=FocalPoint(0.25, 0.5)).url
    assert url.endswith(
        "?width=200&height=200&fit=cover&withoutEnlargement=true&focal_point_x=300&focal_point_y=400"
    )


def test_a_video_has_no_rendition(directus, connect):
    key = directus.upload("tour", media="video/mp4")
    connector = connect()
    assert connector.rendition(fetch_one(connector, Ref("VideoObject", key)), width=100) is None


def test_only_assets_are_opened_with_the_token(directus, connect):
    for url in (f"{directus.url}/files", f"{directus.url}/assets/../files", f"{directus.url}/assets/"):
        with pytest.raises(BadResponseError):
            connect().open_picture(url, call())
    assert not directus.requests


def test_public_pictures_are_not_protected(directus, connect):
    assert not fetch_one(connect(public_pictures=True), ref_of(directus, "red-chair")).protected


def test_a_hook_about_other_collections_concerns_nothing(connect):
    body = b'{"event": "items.update", "keys": ["7"], "collection": "products"}'
    assert connect().parse_notice({}, body) == Notice()


def test_a_poll_tells_a_change_once_when_its_second_is_over(directus, connect):
    connector, ref = connect(), ref_of(directus, "red-chair")
    cursor = connector.changes_since(None, call()).cursor
    directus.change(ref.external_id, title="crimson chair")
    some_seconds_ago = datetime.now(UTC) - timedelta(seconds=4)
    directus.files[ref.external_id]["modified_on"] = some_seconds_ago.strftime("%Y-%m-%dT%H:%M:%S")
    told = []
    for _ in range(3):
        page = connector.changes_since(cursor, call())
        told += [change.ref for change in page.changes]
        cursor = page.cursor
    assert told == [ref]
    assert "crimson" not in cursor


def test_two_edits_of_one_second_are_both_told(directus, connect):
    connector, ref = connect(), ref_of(directus, "red-chair")
    cursor = connector.changes_since(None, call()).cursor
    this_second = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S")
    for title in ("crimson chair", "scarlet chair"):
        directus.change(ref.external_id, title=title)
        directus.files[ref.external_id]["modified_on"] = this_second
        page = connector.changes_since(cursor, call())
        cursor = page.cursor
        assert ref in [change.ref for change in page.changes]


@pytest.mark.parametrize(
    ("field", "settings"),
    [
        ("base_url", {"base_url": "dam.example.com"}),
        ("base_url", {"base_url": "https://t0ken@dam.example.com"}),
        ("token", {"token": "two words"}),
        ("token", {"token": ""}),
        ("licence_end_field", {"licence_end_field": "a,b"}),
        ("status_field", {"status_field": "x][_or"}),
    ],
)
def test_settings_that_cannot_work_are_refused_at_their_field(field, settings):
    from pydantic import ValidationError

    with pytest.raises(ValidationError) as refused:
        DirectusConfig(**{"base_url": "https://dam.example.com", "token": "t", **settings})
    assert [error["loc"] for error in refused.value.errors()] == [(field,)]


@pytest.mark.parametrize("tags", [True, 7, "spa", None, {"spa": 1}])
def test_tags_of_another_kind_are_no_tags(tags):
    assert _first_tagged([{"tags": tags}, {"tags": ["spa"]}], "spa", 5) == [1]
