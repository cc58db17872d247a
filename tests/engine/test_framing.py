import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.sdk import Rendition
from orchestrator.engine.framing import PHONE_PX, PictureRules, Size, Wanted, picture_of, wanted
from orchestrator.engine.plan import Frame
from tests.engine.worlds import frames, rules

WEB = PictureRules(srcset=True)
POINT = {"x": 0.25, "y": 0.5}


def widths(want):
    return [size.width for size in want.choices]


@given(frames, rules)
def test_what_a_slot_asks_for_follows_from_slot_and_channel_alone(frame, rule):
    asked = wanted(frame, rule)
    assert asked == wanted(Frame(frame.width, frame.height, frame.encoding_format), rule)
    if asked is None:
        assert frame == Frame()
        assert rule == PictureRules()
        return
    assert len(asked.choices) <= 5
    assert len(set(asked.choices)) == len(asked.choices)
    assert bool(asked.choices) == rule.srcset
    assert widths(asked) == sorted(widths(asked), key=lambda width: width or 0)
    for size in filter(None, (asked.size, *asked.choices)):
        assert rule.widest_px is None or (size.width or 0) <= rule.widest_px


@given(st.integers(16, 5000), st.integers(16, 5000))
def test_the_choices_go_from_a_phone_to_twice_the_slot_in_its_shape(width, height):
    asked = wanted(Frame(width, height), WEB)
    assert asked.size == Size(width, height)
    assert asked.size in asked.choices
    assert widths(asked)[0] == (PHONE_PX if 0.8 * width >= PHONE_PX else width)
    assert widths(asked)[-1] == 2 * width
    for size in asked.choices:
        assert abs(size.height * width - size.width * height) <= (width + height) / 2 + 1


@pytest.mark.parametrize(
    ("frame", "rule", "expected"),
    [
        (None, PictureRules(), None),
        (None, WEB, Wanted(choices=tuple(map(Size, (390, 780, 1170, 1560, 2340))))),
        (None, PictureRules(widest_px=640), Wanted(Size(640))),
        (None, PictureRules(srcset=True, widest_px=640), Wanted(Size(640), (Size(390), Size(640)))),
        (Frame(1200), WEB, Wanted(Size(1200), tuple(map(Size, (390, 780, 1200, 1800, 2400))))),
        (Frame(300), WEB, Wanted(Size(300), tuple(map(Size, (300, 450, 600))))),
        (Frame(1200, 600), PictureRules(widest_px=600), Wanted(Size(600, 300))),
        (
            Frame(None, 80),
            WEB,
            Wanted(Size(None, 80), tuple(Size(None, side) for side in (80, 120, 160))),
        ),
        (Frame(encoding_format="image/webp"), PictureRules(), Wanted(encoding_format="image/webp")),
    ],
)
def test_what_is_asked(frame, rule, expected):
    assert wanted(frame, rule) == expected


def made(width, *, url=None, height=None):
    return Rendition(url or f"https://dam.example/a?w={width}", width, height)


def srcset(*choices):
    return picture_of(made(100), choices, whole=Size(), focal_point=None).get("srcset")


def test_a_srcset_names_each_address_and_each_width_once_the_smallest_first():
    again = made(2000, url="https://dam.example/a?w=1200")
    assert srcset(made(1200), made(360), again, made(1200, url="https://dam.example/b")) == (
        "https://dam.example/a?w=360 360w, https://dam.example/a?w=1200 1200w"
    )


def test_a_srcset_that_offers_no_choice_is_none():
    assert srcset() is None
    assert srcset(made(360), made(360)) is None
    assert srcset(made(360), made(None)) is None


def test_an_address_in_a_srcset_ends_where_it_ends():
    odd = (made(1, url="https://dam.example/a b.png"), made(2, url="https://dam.example/b,"))
    assert srcset(*odd) == "https://dam.example/a%20b.png 1w, https://dam.example/b%2C 2w"


@pytest.mark.parametrize(
    ("width", "height", "point"),
    [(300, 200, POINT), (301, 200, POINT), (200, 200, None), (300, None, None)],
)
def test_a_focal_point_is_told_of_whole_pictures_only(width, height, point):
    picture = picture_of(made(width, height=height), (), whole=Size(1200, 800), focal_point=POINT)
    assert picture.get("focalPoint") == point


def test_what_is_not_known_is_left_out():
    assert picture_of(made(None, url="https://a/b"), (), whole=Size(), focal_point=None) == {
        "contentUrl": "https://a/b"
    }
