"""Live cards: what they say, what they cost, and to whom."""

import json

import pytest
from django.urls import reverse
from wagtail.users.models import UserProfile

from connectors.sdk import AccessDeniedError, Missing, MissingReason, Ref, TransientError
from orchestrator.connections import api as connections
from orchestrator.connections.models import GrantLevel
from orchestrator.engine.outcome import WantAsset
from orchestrator.links import api as links
from orchestrator.links.models import BoundLink, Collection


@pytest.fixture
def read(editor, sign_in):
    """Ask for cards as the editor's page does; by uuid."""
    return lambda **ids: cards(sign_in(editor), **ids)


def cards(browser, **ids):
    body = json.dumps({kind: [str(getattr(row, "uuid", row)) for row in rows] for kind, rows in ids.items()})
    answer = browser.post(reverse("links_cards:cards"), body, content_type="application/json")
    assert answer.status_code == 200, answer.content
    return answer.json()["cards"]


def generation(browser):
    return browser.get(reverse("links_cards:changes")).json()["generation"]


def test_a_card_shows_the_asset_as_it_is_now(world, read):
    card = read(link=[world.hero])[str(world.hero.uuid)]
    assert card["label"] == "Lobby"
    for words in ("Lobby", "DAM", "Picture", "Live", "As of", "https://dam.example/lobby.jpg"):
        assert words in card["html"]


def test_a_page_of_cards_is_one_call_for_each_connection(world, read):
    more = [
        links.ensure_link(connection=world.dam, type="ImageObject", external_id=f"n-{n}") for n in range(30)
    ]
    for link in more:
        world.files.put("ImageObject", link.external_id, name=f"Name {link.external_id}")
    found = read(link=[world.hero, world.tea, *more])
    assert len(found) == 32
    assert (world.files.count("fetch"), world.wares.count("fetch")) == (1, 1)


def test_the_card_of_an_editor_and_the_answer_to_an_app_are_one_reading_in_their_language(
    world, editor, read
):
    UserProfile.objects.create(user=editor, preferred_language="de-ch")
    read(link=[world.hero])
    want = WantAsset(str(world.dam.uuid), Ref("ImageObject", "a-1"))
    for locale in ("de-CH", "de_CH"):
        connections.resolve([want], locale=locale, budget_s=10)
    assert [called.locale for called in world.files.log] == ["de-CH"]


def test_all_three_kinds_come_in_one_request(world, read):
    found = read(link=[world.hero], collection=[world.help], bound=[world.guest])
    assert "How to get here" in found[str(world.help.uuid)]["html"]
    assert "Brings 1 now" in found[str(world.help.uuid)]["html"]
    guest = found[str(world.guest.uuid)]
    assert guest["label"] == "Guest: Tess Sample"
    assert "Sample" in guest["html"]
    assert "gold" in guest["html"]


def test_a_bound_link_without_a_sample_asks_nobody(world, read):
    BoundLink.objects.update(sample_value="")
    assert "No sample" in read(bound=[world.guest])[str(world.guest.uuid)]["html"]
    assert world.people.log == []


def test_a_sample_needs_its_right_and_the_use_of_its_connection(world, person, sign_in):
    may = ["links.view_link"]
    for name, permissions, level in (
        ("no-right", may, GrantLevel.USE),
        ("no-use", [*may, "links.sample_boundlink"], GrantLevel.VIEW),
    ):
        browser = sign_in(person(name, permissions=permissions, grants=[(world.crm, level)]))
        html = cards(browser, bound=[world.guest])[str(world.guest.uuid)]["html"]
        assert "Tess" not in html
        assert "Not shown to you" in html
    assert world.people.log == []


def test_who_may_not_see_a_connection_sees_the_address_alone(world, person, sign_in):
    browser = sign_in(person(permissions=["links.view_link"], grants=[(world.pim, GrantLevel.VIEW)]))
    found = cards(browser, link=[world.hero, world.tea], collection=[world.help])
    assert "Massage" in found[str(world.tea.uuid)]["html"]
    assert "Lobby" not in found[str(world.hero.uuid)]["html"]
    assert "Not shown to you" in found[str(world.hero.uuid)]["html"]
    assert "How to get here" not in found[str(world.help.uuid)]["html"]
    assert world.files.log == []


@pytest.mark.parametrize(
    ("answer", "words", "advice"),
    [
        (Missing(MissingReason.GONE), "Deleted at its source", "Choose another"),
        (Missing(MissingReason.HIDDEN), "Not published at its source", "embargo"),
        (Missing(MissingReason.FORBIDDEN), "Refused by its source", "refuses this asset"),
    ],
)
def test_a_missing_asset_says_why_and_what_to_do(world, read, answer, words, advice):
    world.files.assets[Ref("ImageObject", "a-1")] = answer
    html = read(link=[world.hero])[str(world.hero.uuid)]["html"]
    assert words in html
    assert advice in html
    assert "a-1" in html


@pytest.mark.parametrize(
    "error", [TransientError("dam: HTTP 503"), AccessDeniedError("dam: HTTP 401"), RuntimeError("own")]
)
def test_with_a_source_down_its_cards_say_so_and_others_live(world, read, error):
    world.files.error = error
    found = read(link=[world.hero, world.tea], collection=[world.help])
    for row in (world.hero, world.help):
        assert "Cannot be read now" in found[str(row.uuid)]["html"]
        assert "links-card__problem" in found[str(row.uuid)]["html"]
    assert "Massage" in found[str(world.tea.uuid)]["html"]
    assert links.links_by_uuid([world.hero.uuid])


def test_the_last_good_copy_is_shown_as_one(world, read):
    read(link=[world.hero])
    world.files.error = TransientError("dam: HTTP 503")
    connections.purge(connection=world.dam, everything=True)
    html = read(link=[world.hero])[str(world.hero.uuid)]["html"]
    assert "Lobby" in html
    assert "Last good copy" in html


def test_a_change_moves_the_number_and_shows_on_the_card(
    world, editor, sign_in, django_capture_on_commit_callbacks
):
    browser = sign_in(editor)
    assert cards(browser, link=[world.hero])[str(world.hero.uuid)]["label"] == "Lobby"
    before = generation(browser)
    assert generation(browser) == before
    world.files.edit(Ref("ImageObject", "a-1"), name="Lobby at night")
    with django_capture_on_commit_callbacks(execute=True):
        connections.purge(connection=world.dam, refs=[Ref("ImageObject", "a-1")])
    assert generation(browser) != before
    assert cards(browser, link=[world.hero])[str(world.hero.uuid)]["label"] == "Lobby at night"


def test_a_row_that_is_no_more_says_so(world, read):
    unknown = "00000000-0000-4000-8000-000000000000"
    assert "no longer exists" in read(link=[unknown])[unknown]["html"]


def test_a_hostile_title_stays_text(world, read):
    world.files.put(
        "ImageObject", "a-1", name="<script>alert(1)</script>Tom & Jerry", contentUrl="javascript:alert(1)"
    )
    html = read(link=[world.hero])[str(world.hero.uuid)]["html"]
    assert "<script" not in html
    assert "javascript:" not in html
    assert "Tom &amp; Jerry" in html


def test_a_query_that_finds_nothing_says_so(world, read):
    Collection.objects.update(query={"tag": "nowhere"})
    assert "finds nothing" in read(collection=[world.help])[str(world.help.uuid)]["html"]


@pytest.mark.parametrize(
    "body", ["{", '{"page": []}', '{"link": ["a-1"]}', json.dumps({"link": ["0" * 32] * 201})]
)
def test_a_request_that_is_not_ours_is_refused(world, editor, sign_in, body):
    answer = sign_in(editor).post(reverse("links_cards:cards"), body, content_type="application/json")
    assert answer.status_code == 400


def test_a_card_is_read_in_the_editors_language(world, editor, sign_in):
    cards(sign_in(editor), link=[world.hero])
    assert {call.locale for call in world.files.log} == {"en"}
