"""How large to ask for a picture, what size will come, and which point stays in sight."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from connectors.sdk import Asset, FocalPoint, Ref
from connectors.sdk.mapping.renditions import wish_for
from connectors.sdk.renditions import not_larger, scaled_into
from connectors.sdk.testing.pictures import measured, png, webp
from connectors.sdk.types import focal_point_of

sides = st.one_of(st.none(), st.integers(1, 5000))
sizes = st.tuples(st.integers(1, 5000), st.integers(1, 5000))


@given(st.tuples(sides, sides), sizes)
def test_nothing_larger_than_the_picture_is_asked_for_and_the_shape_stays(wish, own):
    asked = not_larger(wish, own)
    for side, before, limit in zip(asked, wish, own, strict=True):
        assert (side is None) == (before is None)
        assert side is None or 1 <= side <= min(limit, before)
    if all(wish) and min(asked) > 1:
        assert abs(asked[0] * wish[1] - asked[1] * wish[0]) <= (wish[0] + wish[1]) / 2 + 1
    assert not_larger(wish, (None, None)) == wish


@pytest.mark.parametrize(
    ("box", "size"),
    [
        ((600, None), (600, 400)),
        ((None, 400), (600, 400)),
        ((600, 100), (150, 100)),
        ((None, None), (1200, 800)),
    ],
)
def test_a_whole_picture_in_a_box(box, size):
    assert scaled_into(box, (1200, 800)) == size
    assert scaled_into(box, (1200, None)) == box


def wish(names, fields=None, type="ImageObject", **asked):
    asset = Asset(Ref(type, "1"), {"contentUrl": "https://a/b.png", **(fields or {})})
    return wish_for(
        asset, names, **{"width": None, "height": None, "encoding_format": None, "focal_point": None} | asked
    )


OWN = {
    "width": 1200,
    "height": 800,
    "encodingFormat": "image/png",
    "extra": {"focalPoint": {"x": 0.2, "y": 1}},
}


def test_a_template_gets_what_it_has_a_place_for_and_no_more_is_promised():
    all_of_it = {"width": 3000, "height": 1000, "encoding_format": "image/webp"}
    made = wish({"width", "height", "format"}, OWN, **all_of_it)
    assert (made.size, made.encoding_format) == ((1200, 400), "image/webp")
    assert (made.values["width"], made.values["height"], made.values["format"]) == ("1200", "400", "webp")
    made = wish({"width"}, OWN, **all_of_it)
    assert (made.size, made.encoding_format) == ((1200, 800), "image/png")
    assert (made.values["height"], made.values["format"]) == (None, None)


def test_of_a_picture_of_unknown_size_none_is_promised():
    assert wish({"width"}, width=300).size == (None, None)
    assert wish({"width"}, OWN, type="Product", width=300).size == (None, None)


def test_without_a_point_the_pictures_own_stays_in_sight():
    own, given = wish({"x", "y"}, OWN), wish({"x", "y"}, OWN, focal_point=FocalPoint(0.5, 0.75))
    assert (own.values["x"], own.values["y"]) == ("0.2", "1")
    assert (given.values["x"], given.values["y"]) == ("0.5", "0.75")


@pytest.mark.parametrize(
    "point", [None, 7, {"x": 0.5}, {"x": "0.5", "y": 0.5}, {"x": 1.5, "y": 0.5}, {"x": True, "y": 0}]
)
def test_what_is_no_point_is_none(point):
    assert focal_point_of({"extra": {"focalPoint": point}}) is None
    assert focal_point_of({"extra": point}) is None


@given(st.integers(1, 300), st.integers(1, 300), st.tuples(*[st.integers(0, 255)] * 3))
def test_drawn_pictures_are_what_they_say(width, height, colour):
    for draw, media_type in ((png, "image/png"), (webp, "image/webp")):
        data = draw(width, height, colour)
        assert measured(data) == (media_type, width, height)
        with Image.open(io.BytesIO(data)) as opened:
            opened.load()
            assert (opened.size, Image.MIME[opened.format]) == ((width, height), media_type)


@pytest.mark.parametrize("kind", ["GIF", "JPEG"])
def test_other_pictures_are_measured_by_their_header(kind):
    file = io.BytesIO()
    Image.new("RGB", (123, 45)).save(file, kind)
    assert measured(file.getvalue()) == (Image.MIME[kind], 123, 45)


def test_what_is_no_picture_cannot_be_measured():
    for data in (b"", b"<html>", b"\xff\xd8\xff"):
        with pytest.raises(ValueError, match=r"no PNG|without a frame"):
            measured(data)
