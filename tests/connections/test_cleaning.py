"""What a source sends is made safe once, at the edge."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.sdk import Asset, Ref
from orchestrator.connections.gateway.cleaning import UnusableAssetError, clean_asset

REF = Ref("Article", "1")


def clean(**fields):
    return clean_asset(Asset(REF, fields)).fields


@pytest.mark.parametrize("text", ["A & B < C", "5 > 3 & 2 <3", "“quotes” – dash", "", "a\nb", "100 %", "<3"])
def test_plain_text_stays_as_it_is(text):
    assert clean(name=text, articleBody=text) == {"name": text, "articleBody": text}


def test_rich_text_keeps_its_markup_and_loses_what_could_do_harm():
    body = '<p onclick="x()">Hi <b>you</b><script>x()</script><a href="javascript:x()">a</a>'
    body += "<img src=x onerror=x()>"
    cleaned = clean(articleBody=body)["articleBody"]
    assert cleaned.startswith("<p>Hi <b>you</b>")
    for harmful in ("script", "onclick", "onerror", "javascript"):
        assert harmful not in cleaned


def test_a_name_is_never_html():
    assert clean(name="<b>Lobby</b> & bar")["name"] == "Lobby & bar"
    assert clean(extra={"note": "<i>x</i>"})["extra"]["note"] == "x"


@pytest.mark.parametrize("text", ["<b>x</b>&lt;script&gt;alert(1)&lt;/script&gt;", "<scr<b></b>ipt>x"])
def test_an_escaped_tag_does_not_come_alive(text):
    assert "<script" not in clean(name=text)["name"]


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        " JavaScript:alert(1)",
        "data:text/html,x",
        "ftp://x.example",
        "/here",
        "http://",
    ],
)
def test_an_address_that_is_not_of_the_web_goes(address):
    fields = clean(
        url=address, sameAs=[address, "https://ok.example"], image={"contentUrl": address, "name": "x"}
    )
    assert fields == {"sameAs": ["https://ok.example"], "image": {"name": "x"}}


def test_an_address_of_the_web_stays():
    fields = {"url": "https://a.example/x?y=1&z=2#f", "contentUrl": "http://127.0.0.1:8801/x.png"}
    assert clean(**fields) == fields


def test_a_harmful_address_goes_wherever_it_is():
    assert clean(
        extra={"link": "javascript:alert(1)", "pic": "data:image/svg+xml,x", "fact": "data: the new oil"}
    ) == {"extra": {"fact": "data: the new oil"}}


def test_values_are_our_own_from_then_on():
    keywords = ["spa"]
    asset = clean_asset(Asset(REF, {"keywords": keywords, "size": (1, 2)}))
    keywords.append("changed later")
    assert asset.fields == {"keywords": ["spa"], "size": [1, 2]}


def test_what_cannot_be_held_is_refused():
    deep = []
    for _ in range(50):
        deep = [deep]
    for asset in (
        Asset(REF, {"x": object()}),
        Asset(REF, {"x": deep}),
        Asset(REF, {"x": {1, 2}}),
        Asset(REF, {}, updated_at=datetime(2026, 1, 1)),  # noqa: DTZ001
        Asset(REF, {}, valid_until="2026-01-01"),
        Asset(REF, {}, lang=5),
        Asset(REF, None),
    ):
        with pytest.raises(UnusableAssetError):
            clean_asset(asset)


@pytest.mark.parametrize("name", ["articleBody", "name"])
@pytest.mark.parametrize(
    "text",
    [
        "<div>" * 20_000,
        "<p>" + "<ul><li>" * 20_000,
        f"<a {' '.join(f'x{number}=1' for number in range(50_000))}>",
    ],
    ids=["deep", "list", "attributes"],
)
def test_markup_that_would_take_minutes_is_refused(name, text):
    with pytest.raises(UnusableAssetError, match="too much markup"):
        clean(**{name: text})


def test_a_long_article_with_pictures_in_it_is_none_of_that():
    picture = f'<img src="data:image/png;base64,{"A/+b" * 100_000}" alt="Lake">'
    body = "<p>Ten words are in here, and a <b>bold</b> one.</p>" * 1_000
    cleaned = clean(articleBody=picture + body)["articleBody"]
    assert cleaned == '<img alt="Lake">' + body
    long = "Plain text is not markup. " * 50_000
    assert clean(articleBody=long)["articleBody"] == long


def test_times_are_in_utc_and_an_odd_edit_address_goes():
    asset = clean_asset(Asset(REF, {}, updated_at=datetime(2026, 1, 1, tzinfo=UTC), edit_url="javascript:x"))
    assert (asset.updated_at, asset.edit_url) == (datetime(2026, 1, 1, tzinfo=UTC), None)


@pytest.mark.parametrize(
    ("written", "held"),
    [
        ("0001-01-01T00:00:00+01:00", "0001-01-01T00:00:00+00:00"),
        ("9999-12-31T23:59:59.999999-05:00", "9999-12-31T23:59:59+00:00"),
        ("9999-12-31T23:59:59.999999+00:00", "9999-12-31T23:59:59+00:00"),
    ],
)
def test_the_first_and_the_last_time_there_is_are_held(written, held):
    moment = datetime.fromisoformat(written)
    asset = clean_asset(Asset(REF, {}, updated_at=moment, valid_until=moment))
    assert asset.updated_at == asset.valid_until == datetime.fromisoformat(held)
    assert datetime.fromtimestamp(asset.valid_until.timestamp(), UTC) == asset.valid_until


@given(st.text(), st.sampled_from(["name", "articleBody", "url", "description"]))
def test_cleaning_is_done_once(text, name):
    once = clean(**{name: text})
    assert clean(**once) == once or "<" in text
