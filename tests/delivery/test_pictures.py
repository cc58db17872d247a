"""Pictures in the sizes that slots and channels ask for, as apps get them."""

import re
from dataclasses import replace

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from connectors.sdk import Asset, Ref, Rendition
from connectors.sdk.testing.scripted import ScriptedConnector
from orchestrator.channels import api as channels
from orchestrator.connections.process import this_process
from orchestrator.experiences import api as experiences
from orchestrator.links import api as links
from tests.delivery.conftest import publish

LOBBY = "https://dam.example/lobby.jpg"


@pytest.fixture
def compose(world, app):
    """Publish a hero with these settings of its pictures, on a channel with these."""

    def make(*, channel=None, items=None, **pictures):
        row = channels.channels_in(world.space.pk).get(slug="web")
        channels.save_channel(
            space=world.space,
            slug="web",
            name="Web",
            clients=row.clients.all(),
            **(channel or {"srcset": True}),
        )
        items = items or [{"link": world.hero}]
        publish(world, slots=[{"name": "hero", "items": items, **pictures}])
        return app

    return make


def item_of(app):
    return app.get("experiences/arrival").json()["slots"]["hero"]["items"][0]


def put(world, *, protected=False, **fields):
    ref = Ref("ImageObject", "a-1")
    values = {"name": "Lobby", "contentUrl": LOBBY, "width": 3000, "height": 2000, **fields}
    world.files.put("ImageObject", "a-1", asset=Asset(ref, values, protected=protected))


def widths_in(srcset):
    return [int(width) for width in re.findall(r" (\d+)w(?:,|$)", srcset)]


def test_nothing_is_said_and_nothing_changes(world, app):
    put(world)
    item = item_of(app)
    assert "picture" not in item
    assert item["fields"] == {"name": "Lobby", "contentUrl": LOBBY, "width": 3000, "height": 2000}


def test_a_slot_gets_the_size_that_it_says_and_the_widths_around_it(world, compose):
    put(world, contentSize="4000000", extra={"focalPoint": {"x": 0.2, "y": 0.5}})
    item = item_of(compose(picture_width=1200, picture_format="webp"))
    assert item["picture"]["contentUrl"] == f"{LOBBY}?rendition&width=1200"
    assert item["picture"]["encodingFormat"] == "image/webp"
    assert item["picture"]["srcset"] == ", ".join(
        f"{LOBBY}?rendition&width={width} {width}w" for width in (390, 780, 1200, 1800, 2400)
    )
    assert item["fields"] == {
        "name": "Lobby",
        "contentUrl": f"{LOBBY}?rendition&width=1200",
        "width": 1200,
        "encodingFormat": "image/webp",
        "extra": {"focalPoint": {"x": 0.2, "y": 0.5}},
    }


def test_a_slot_without_a_size_keeps_its_picture_and_gives_the_web_a_choice(world, compose):
    put(world, extra={"focalPoint": {"x": 0.2, "y": 0.5}})
    item = item_of(compose())
    assert item["fields"]["contentUrl"] == item["picture"]["contentUrl"] == LOBBY
    assert widths_in(item["picture"]["srcset"]) == [390, 780, 1170, 1560, 2340]
    assert item["picture"]["focalPoint"] == {"x": 0.2, "y": 0.5}


def test_a_channel_that_is_no_web_page_gets_one_picture_and_none_wider_than_it_takes(world, compose):
    put(world)
    item = item_of(compose(channel={"widest_picture_px": 640}, picture_width=1200, picture_height=600))
    assert item["picture"] == {
        "contentUrl": f"{LOBBY}?rendition&width=640&height=320",
        "width": 640,
        "height": 320,
    }


@pytest.mark.parametrize(
    ("own", "asked"),
    [
        ((3000, 1000), "width=640"),
        ((1000, 1000), "height=400"),
        ((900, 200), "width=640"),
        ((600, 200), "height=400"),
    ],
)
def test_a_height_makes_no_picture_wider_than_the_channel_takes(world, compose, own, asked):
    put(world, width=own[0], height=own[1])
    item = item_of(compose(channel={"widest_picture_px": 640}, picture_height=400))
    assert item["picture"]["contentUrl"] == f"{LOBBY}?rendition&{asked}"


def test_a_source_with_sizes_of_its_own_gives_those_that_it_has(world, compose):
    world.files.made_widths = (300, 768, 1024)
    put(world)
    picture = item_of(compose(picture_width=400))["picture"]
    assert (picture["width"], picture["contentUrl"]) == (768, f"{LOBBY}?rendition&width=768")
    assert widths_in(picture["srcset"]) == [768, 1024]


def test_a_source_that_does_not_tell_sizes_is_taken_at_those_asked(world, compose, monkeypatch):
    put(world)
    ask = ScriptedConnector.rendition
    monkeypatch.setattr(
        ScriptedConnector,
        "rendition",
        lambda self, asset, **size: replace(ask(self, asset, **size), width=None),
    )
    picture = item_of(compose(picture_width=400))["picture"]
    assert "width" not in picture
    assert widths_in(picture["srcset"]) == [400, 600, 800]


def test_a_source_never_gives_what_it_would_have_to_enlarge(world, compose):
    put(world, width=500, height=400)
    assert widths_in(item_of(compose(picture_width=1200))["picture"]["srcset"]) == [390, 500]


def test_a_source_that_cannot_render_shows_its_picture(world, compose):
    world.files.renders = False
    put(world)
    item = item_of(compose(picture_width=1200))
    assert item["picture"] == {"contentUrl": LOBBY, "width": 3000, "height": 2000}
    assert item["fields"]["contentUrl"] == LOBBY


def test_a_connector_that_fails_at_it_costs_its_renditions_only(world, compose, monkeypatch):
    put(world)

    def fail(*_, **__):
        raise ZeroDivisionError

    monkeypatch.setattr(ScriptedConnector, "rendition", fail)
    assert item_of(compose(picture_width=1200))["picture"]["contentUrl"] == LOBBY


def test_of_a_connector_that_fails_at_it_no_value_gets_into_the_log(world, compose, monkeypatch, caplog):
    put(world, name="A secret launch")

    def fail(_self, asset, **_size):
        raise ValueError(f"no rendition of {asset.fields['name']}")

    monkeypatch.setattr(ScriptedConnector, "rendition", fail)
    app = compose(picture_width=1200)
    caplog.clear()
    item_of(app)
    said = [record for record in caplog.records if "rendition" in record.getMessage()]
    assert len(said) == 1, "once, not for each size"
    assert "A secret launch" not in caplog.text
    assert "in fail" in caplog.text, "but where it failed"


@pytest.mark.parametrize("odd", ["1200", 0, -3, 1.5, True, [1200]])
def test_a_connector_that_tells_odd_sizes_breaks_nothing(world, compose, monkeypatch, odd):
    put(world, extra={"focalPoint": {"x": 0.2, "y": 0.5}})
    monkeypatch.setattr(
        ScriptedConnector,
        "rendition",
        lambda _self, _asset, **size: Rendition(f"{LOBBY}?{size['width']}", odd, odd, [odd]),
    )
    picture = item_of(compose(picture_width=400))["picture"]
    assert picture == {
        "contentUrl": f"{LOBBY}?400",
        "srcset": ", ".join(f"{LOBBY}?{width} {width}w" for width in (400, 600, 800)),
    }


@pytest.mark.parametrize("odd", ["3000", 0, -3, 1.5, True, [3000]])
def test_a_picture_whose_source_tells_odd_sizes_is_shown(world, compose, odd):
    world.files.renders = False
    put(world, width=odd, height=odd, encodingFormat=["image/jpeg"])
    assert item_of(compose(picture_width=400))["picture"] == {"contentUrl": LOBBY}


@pytest.mark.parametrize("image", [7, "https://dam.example/tea.jpg", {"url": LOBBY}, [7], [{"url": LOBBY}]])
def test_what_is_no_list_of_pictures_breaks_nothing(world, compose, image):
    world.files.put("Product", "p-1", name="Tea", image=image)
    tea = links.ensure_link(connection=world.dam, type="Product", external_id="p-1")
    item = item_of(compose(items=[{"link": tea}], picture_width=400))
    assert item["fields"] == {"name": "Tea", "image": image}
    assert "picture" not in item


def test_what_has_no_picture_has_none(world, compose):
    app = compose(items=[{"collection": world.help}], picture_width=300)
    assert "picture" not in item_of(app)


def test_a_fragments_items_are_shown_in_the_size_of_the_slot_that_they_stand_in(world, compose):
    put(world)
    fragment = experiences.save_fragment(
        space=world.space, slug="f", title="F", locale="en", items=[{"link": world.hero}], publish=True
    )
    assert item_of(compose(items=[{"fragment": fragment}], picture_width=400))["picture"]["width"] == 400


def test_the_first_picture_of_anything_is_rendered_and_the_others_stay(world, compose, monkeypatch):
    other = "https://dam.example/other.jpg"
    world.files.put("Product", "p-1", name="Tea", image=[LOBBY, other])
    ask = ScriptedConnector.rendition
    monkeypatch.setattr(
        ScriptedConnector,
        "rendition",
        lambda self, asset, **size: ask(
            self, Asset(asset.ref, {"contentUrl": asset.fields["image"][0]}), **size
        ),
    )
    tea = links.ensure_link(connection=world.dam, type="Product", external_id="p-1")
    item = item_of(compose(items=[{"link": tea}], picture_width=400))
    assert item["fields"]["image"] == [f"{LOBBY}?rendition&width=400", other]
    assert widths_in(item["picture"]["srcset"]) == [400, 600, 800]


class TestBehindCredentials:
    @pytest.fixture
    def picture(self, world, compose, settings):
        put(world, protected=True)
        for width in (400, 600, 800):
            address = f"{LOBBY}?rendition&width={width}"
            world.files.pictures[address] = ("image/png", f"of {width}".encode())
        world.files.pictures[f"{LOBBY}?rendition&width=5000"] = ("image/png", b"of 5000")
        self.app = compose(picture_width=400)
        return item_of(self.app)["picture"]

    def open(self, address, settings):
        response = self.app.client.get(address.removeprefix(settings.PUBLIC_URL))
        return response.status_code, b"".join(getattr(response, "streaming_content", ()))

    def test_each_width_has_an_address_of_ours_that_opens_that_width(self, picture, settings):
        offered = dict(reversed(each.split(" ")) for each in picture["srcset"].split(", "))
        assert list(offered) == ["400w", "600w", "800w"]
        assert picture["contentUrl"] == offered["400w"]
        for width, address in offered.items():
            assert address.startswith(f"{settings.PUBLIC_URL}/api/v1/pictures/")
            assert self.open(address, settings) == (200, f"of {width[:-1]}".encode())

    def test_no_other_width_can_be_had(self, picture, settings):
        address = picture["contentUrl"]
        assert self.open(f"{address}?width=5000", settings) == (200, b"of 400")
        assert self.open(f"{address}&width=5000", settings)[0] == 404
        # Not the last character: in base64 some of its bits may stand for nothing.
        forged = f"{address[:-9]}{'A' if address[-9] != 'A' else 'B'}{address[-8:]}"
        assert self.open(forged, settings)[0] == 404

    def test_the_sources_address_is_nowhere(self, picture):
        assert "dam.example" not in self.app.get("experiences/arrival").text


def test_the_same_answer_has_the_same_validator_in_every_process(world, compose):
    put(world, protected=True)
    app = compose(picture_width=1200)
    first = app.get("experiences/arrival")
    this_process().cache.local.clear()
    again = app.get("experiences/arrival")
    assert (again.content, again.headers["ETag"]) == (first.content, first.headers["ETag"])
    assert app.get("experiences/arrival", if_none_match=first.headers["ETag"]).status_code == 304


def test_sizes_cost_no_call_and_no_query_more(world, compose):
    put(world)
    app = compose(channel={"srcset": False})
    item_of(app)
    with CaptureQueriesContext(
        database,
    ) as without:
        item_of(app)
    calls = world.files.count()
    app = compose(picture_width=1200)
    item_of(app)
    with CaptureQueriesContext(database) as sized:
        assert "srcset" in item_of(app)["picture"]
    assert (world.files.count(), len(sized)) == (calls, len(without))


def test_what_was_made_of_a_value_is_made_once(world, compose, monkeypatch):
    put(world)
    asked = []
    ask = ScriptedConnector.rendition
    monkeypatch.setattr(
        ScriptedConnector,
        "rendition",
        lambda self, asset, **size: asked.append(size) or ask(self, asset, **size),
    )
    app = compose(picture_width=1200)
    first = item_of(app)
    made = len(asked)
    assert (item_of(app), len(asked)) == (first, made)
    world.files.edit(Ref("ImageObject", "a-1"), contentUrl="https://dam.example/new.jpg")
    this_process().cache.local.clear()
    this_process().cache.shared.clear()
    assert item_of(app)["picture"]["contentUrl"].startswith("https://dam.example/new.jpg")
