"""Pictures that need credentials: our own addresses for them, and the way through."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.signals import request_finished
from django.db import close_old_connections
from django.http import Http404
from django.test import RequestFactory

from connectors.sdk import Asset, Picture, Ref
from orchestrator.config.rsgi import PICTURES
from orchestrator.connections import pictures
from orchestrator.connections.api import edit_url, thumbnail
from orchestrator.connections.pictures import deliverable
from orchestrator.connections.process import this_process
from tests.connections.conftest import settle

LOBBY = Ref("ImageObject", "a-1")
ADDRESS = "https://dam.example/files/lobby.jpg"
PNG = b"\x89PNG\r\n\x1a\n" + b"x" * 1000


@pytest.fixture
def dam(connect):
    system = connect()
    system.script.pictures[ADDRESS] = ("image/png", PNG)
    return system


@pytest.fixture
def reading(dam, read):
    def make(*, protected=True, valid_until=None, **fields):
        fields = fields or {"name": "Lobby", "contentUrl": ADDRESS}
        asset = Asset(
            LOBBY, fields, protected=protected, valid_until=valid_until, edit_url="https://dam.example/e"
        )
        dam.script.put("ImageObject", "a-1", asset=asset)
        settle()
        this_process().cache.local.clear()
        this_process().cache.shared.clear()
        return read(dam.want(LOBBY)).readings[0]

    return make


@pytest.fixture(autouse=True)
def _the_database_outlives_a_response():
    """As Django's test client does: closing a response would close the connection that the test is in."""
    request_finished.disconnect(close_old_connections)
    yield
    request_finished.connect(close_old_connections)


def show(address, method="get"):
    token = address.rpartition("/")[2]
    return pictures.show_picture(getattr(RequestFactory(), method)("/"), token=token)


def test_a_public_picture_keeps_its_address(reading):
    public = reading(protected=False)
    assert deliverable(public) is public
    assert thumbnail(public, width=320) == f"{ADDRESS}?rendition&width=320"


def test_a_protected_picture_gets_an_address_of_ours_that_says_nothing(reading, settings):
    address = deliverable(reading()).asset.fields["contentUrl"]
    assert address.startswith(settings.PUBLIC_URL + "/api/v1/pictures/")
    assert "dam.example" not in address
    assert thumbnail(reading(), width=320).startswith("/api/v1/pictures/")
    assert deliverable(reading()).asset.fields["name"] == "Lobby"


def test_the_address_of_a_picture_does_not_change_by_waiting(reading):
    assert deliverable(reading()).asset.fields == deliverable(reading()).asset.fields


def test_pictures_are_found_wherever_canonical_fields_hold_them(reading):
    other = "https://dam.example/other.jpg"
    fields = deliverable(
        reading(
            image=[ADDRESS, {"url": other, "caption": "x"}],
            logo={"contentUrl": other},
            url="https://dam.example/page",
            extra={"contentUrl": other},
        )
    ).asset.fields
    assert ADDRESS not in str(fields)
    assert (fields["url"], fields["extra"]["contentUrl"]) == ("https://dam.example/page", other)
    assert other not in str([fields["image"], fields["logo"]])
    assert fields["image"][1]["caption"] == "x"


def test_a_thumbnail_of_something_that_is_no_picture_is_its_image(reading):
    assert thumbnail(reading(protected=False, image={"url": ADDRESS}), width=10) == ADDRESS
    assert thumbnail(reading(protected=False, name="no picture"), width=10) is None


def test_a_picture_streams_through_and_is_fenced_in(reading):
    response = show(deliverable(reading()).asset.fields["contentUrl"])
    assert (response.status_code, response.headers["Content-Type"]) == (200, "image/png")
    assert b"".join(response.streaming_content) == PNG
    response.close()
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response.headers["Content-Security-Policy"]
    assert response.headers["Cache-Control"].startswith("private")
    assert response.headers["Content-Length"] == str(len(PNG))


def test_a_head_request_reads_nothing(reading):
    response = show(deliverable(reading()).asset.fields["contentUrl"], "head")
    assert (response.status_code, response.content) == (200, b"")


def test_an_address_is_no_other_and_cannot_be_made_up(reading):
    address = deliverable(reading()).asset.fields["contentUrl"]
    for made_up in (
        address[:-1],
        # Not the last character: in base64 some of its bits may stand for nothing.
        address[:-9] + ("A" if address[-9] != "A" else "B") + address[-8:],
        "/x",
        "/" + "A" * 60,
        "/ü",
    ):
        with pytest.raises(Http404):
            show(made_up)


def test_an_address_ends_and_at_the_latest_with_the_rights(reading, monkeypatch):
    address = deliverable(reading()).asset.fields["contentUrl"]
    soon = datetime.now(UTC) + timedelta(seconds=100)
    ending = deliverable(reading(valid_until=soon)).asset.fields["contentUrl"]
    now = pictures.time.time()
    monkeypatch.setattr(pictures.time, "time", lambda: now + 101)
    assert show(address).status_code == 200
    with pytest.raises(Http404):
        show(ending)
    monkeypatch.setattr(pictures.time, "time", lambda: now + 2 * 86_400)
    with pytest.raises(Http404):
        show(address)


def test_only_images_of_bounded_size_come_through(reading, dam, monkeypatch):
    address = deliverable(reading()).asset.fields["contentUrl"]
    dam.script.pictures[ADDRESS] = ("text/html", b"<script>")
    assert show(address).status_code == 502
    dam.script.pictures[ADDRESS] = ("image/png", PNG)
    monkeypatch.setattr(pictures, "_MOST_BYTES", 500)
    assert show(address).status_code == 502
    connector = this_process().lanes.connector_of(dam.uuid)
    connector.open_picture = lambda url, call: Picture("image/png", iter([b"x" * 300] * 3))
    response = show(address)
    with pytest.raises(ConnectionError):
        b"".join(response.streaming_content)
    response.close()


def test_a_source_that_fails_gives_its_place_back(reading, dam):
    address = deliverable(reading()).asset.fields["contentUrl"]
    dam.script.error = ZeroDivisionError()
    assert {show(address).status_code for _ in range(40)} == {500}
    dam.script.error = None
    for _ in range(40):
        response = show(address)
        assert response.status_code == 200
        response.close()


def test_a_connection_that_was_switched_off_shows_nothing(reading, dam):
    address = deliverable(reading()).asset.fields["contentUrl"]
    dam.connection.enabled = False
    dam.connection.save()
    with pytest.raises(Http404):
        show(address)


def test_where_to_edit(reading):
    assert edit_url(reading()) == "https://dam.example/e"


def test_the_server_knows_where_pictures_are():
    assert pictures.PATH == PICTURES
