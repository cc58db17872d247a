"""Meridian's pictures: painted the same each time, in the size and format asked."""

import io
import statistics

import pytest
from PIL import Image, ImageStat

from orchestrator.demo.systems import pictures
from orchestrator.demo.systems.scenes import SCENES


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


@pytest.mark.parametrize("scene", SCENES)
def test_every_scene_is_a_rich_picture(scene):
    picture = opened(pictures.rendition(scene))
    assert picture.size == (1600, 1000)
    assert statistics.mean(ImageStat.Stat(picture).stddev) > 25
    assert len(picture.resize((160, 100)).getcolors(16_000)) > 1_000


def test_the_same_scene_is_painted_the_same(monkeypatch):
    first = SCENES["spa"]().finished().tobytes()
    assert SCENES["spa"]().finished().tobytes() == first


@pytest.mark.parametrize(
    ("asked", "size", "format"),
    [
        ({"width": 320}, (320, 200), "JPEG"),
        ({"height": 100, "encoding": "png"}, (160, 100), "PNG"),
        ({"width": 300, "height": 300, "encoding": "webp"}, (300, 300), "WEBP"),
        ({"width": 300, "height": 300, "fit": "contain"}, (300, 188), "JPEG"),
        ({"width": 9000}, (1600, 1000), "JPEG"),
    ],
)
def test_renditions_have_the_size_asked_and_are_never_enlarged(asked, size, format):
    picture = opened(pictures.rendition("arrival", **asked))
    assert (picture.size, picture.format) == (size, format)
