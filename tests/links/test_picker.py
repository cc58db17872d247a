"""What the picker finds, and what it makes of a choice."""

import json
import threading
from uuid import uuid4

import pytest
from django.urls import reverse
from wagtail.users.models import UserProfile

from connectors.sdk import AccessDeniedError, TransientError
from orchestrator.connections.models import GrantLevel
from orchestrator.links import picker
from orchestrator.links.models import Link
from tests.links.conftest import connect


@pytest.fixture
def ask(editor, sign_in, monkeypatch):
    """Search as the editor's page does; the sources of the answer by their names."""
    # On a busy machine a source that answers at once may need longer than an editor is to wait.
    monkeypatch.setattr(picker, "FIRST_WAIT_S", 2.0)

    def ask(**body):
        answer = post(sign_in(editor), "results", body)
        assert answer.status_code == 200, answer.content
        return {source["name"]: source for source in answer.json()["sources"]}

    return ask


@pytest.fixture
def choose(editor, sign_in):
    """Choose as the editor's page does."""

    def choose(*items, **body):
        return post(sign_in(editor), "chosen", {"items": [item(*i) for i in items], **body})

    return choose


def post(browser, name, body):
    text = body if isinstance(body, str) else json.dumps(body)
    return browser.post(reverse(f"links_picker:{name}"), text, content_type="application/json")


def item(connection, type, external_id):
    return {"connection": str(getattr(connection, "uuid", connection)), "type": type, "id": external_id}


def titles(source):
    return [option.split('data-title="')[1].split('"')[0] for option in source["options"]]


def test_all_sources_answer_at_once_and_people_are_never_asked(world, ask):
    found = ask()
    assert {name: source["state"] for name, source in found.items()} == {"DAM": "done", "PIM": "done"}
    assert titles(found["DAM"]) == ["Lobby", "Pool", "How to get here"]
    assert titles(found["PIM"]) == ["Massage"]
    assert world.people.log == []


def test_naming_the_personal_connection_asks_it_neither(world, ask):
    assert ask(sources=[str(world.crm.uuid)]) == {}
    assert world.people.log == []


def test_words_types_and_sources_narrow_it(world, ask):
    assert titles(ask(query="  POOL ")["DAM"]) == ["Pool"]
    assert titles(ask(types=["Article"])["DAM"]) == ["How to get here"]
    assert set(ask(sources=[str(world.pim.uuid)])) == {"PIM"}
    assert [call.query for call in world.files.log] == ["POOL", ""]


def test_sources_are_asked_in_the_editors_language_as_for_cards(world, ask, editor):
    UserProfile.get_for_user(editor)
    UserProfile.objects.filter(user=editor).update(preferred_language="de")
    ask()
    assert [call.locale for call in world.files.log] == ["de"]


def test_a_place_that_accepts_a_type_is_offered_no_other(world, ask):
    found = ask(accepts=["ImageObject"])
    assert titles(found["DAM"]) == ["Lobby", "Pool"]
    assert titles(found["PIM"]) == []


def test_a_source_that_gives_no_accepted_type_is_not_asked(world, ask):
    world.wares.types = ("Product",)
    assert set(ask(accepts=["ImageObject"])) == {"DAM"}
    assert world.wares.log == []


def test_a_slow_source_is_named_and_comes_with_the_second_question(world, ask):
    world.wares.gate = threading.Event()
    first = ask()
    assert (first["PIM"]["state"], first["PIM"]["options"]) == ("pending", [])
    assert titles(first["DAM"])
    world.wares.gate.set()
    second = ask(sources=[first["PIM"]["id"]], patient=True)
    assert (second["PIM"]["state"], titles(second["PIM"])) == ("done", ["Massage"])


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (TransientError("pim: GET items: HTTP 503"), "PIM does not answer."),
        (AccessDeniedError("pim: GET items: HTTP 401"), "PIM refuses the hub's key."),
        (RuntimeError("a plugin's own"), "The connector of PIM failed."),
    ],
)
def test_a_failed_source_says_why_and_holds_up_nobody(world, ask, error, words):
    world.wares.error = error
    found = ask(patient=True)
    assert found["PIM"]["state"] == "failed"
    assert found["PIM"]["note"].startswith(words)
    assert "HTTP" not in found["PIM"]["note"]
    assert titles(found["DAM"])


def test_more_comes_by_the_cursor_of_its_source(world, ask):
    world.files.page_size = 2
    first = ask()["DAM"]
    assert (titles(first), first["cursor"]) == (["Lobby", "Pool"], "2")
    rest = ask(sources=[first["id"]], cursors={first["id"]: first["cursor"]}, patient=True)["DAM"]
    assert (titles(rest), rest["cursor"]) == (["How to get here"], None)


def test_what_a_source_calls_its_asset_is_text_and_nothing_else(world, ask):
    name = '<img src=x onerror="alert(1)">Tom & "Jerry"\u202e' + "y" * 400
    world.files.assets.clear()
    world.files.put("ImageObject", '"><script>1</script>', name=name, contentUrl="javascript:alert(1)")
    (option,) = ask()["DAM"]["options"]
    assert "<script" not in option
    assert "onerror" not in option
    assert "javascript:" not in option
    assert "Tom &amp; &quot;Jerry&quot;" in option
    assert len(titles(ask()["DAM"])[0]) < 200


def test_an_asset_without_a_name_still_has_one(world, ask):
    world.files.assets.clear()
    world.files.put("ImageObject", "a-9")
    world.files.put("SocialMediaPosting", "s-1", text="<p>First day of the <b>season</b></p>")
    assert titles(ask()["DAM"]) == ["Picture without a name", "First day of the season"]


@pytest.mark.parametrize(
    "body",
    [
        "not json",
        "[]",
        {"surprise": 1},
        {"query": "x" * 201},
        {"query": 7},
        {"sources": ["dam"]},
        {"types": ["x" * 61]},
        {"cursors": {"not-a-uuid": "1"}},
    ],
)
def test_a_search_that_is_not_ours_is_refused_by_field(world, editor, sign_in, body):
    answer = post(sign_in(editor), "results", body)
    assert answer.status_code == 400
    assert answer.json()["error"].startswith("Not understood")
    assert world.files.log == []


def test_choosing_makes_links_in_the_order_of_the_choice(world, choose):
    answer = choose((world.pim, "Product", "p-1"), (world.dam, "ImageObject", "at://x/y z?ü#1"))
    assert answer.status_code == 200, answer.content
    tea, new = answer.json()["links"]
    assert tea["uuid"] == str(world.tea.uuid)
    stored = Link.objects.get(pk=new["id"])
    assert (stored.connection, stored.type, stored.external_id) == (
        world.dam,
        "ImageObject",
        "at://x/y z?ü#1",
    )
    assert new["edit_url"] == reverse("links:edit", args=[stored.pk])


def test_a_link_row_holds_no_word_of_its_source(world, ask, choose):
    ask()
    choose((world.dam, "ImageObject", "a-2"))
    row = Link.objects.values().get(external_id="a-2")
    assert "Pool" not in str(row)
    assert "dam.example" not in str(row)


def test_one_wrong_choice_makes_no_link_at_all(world, choose):
    before = Link.objects.count()
    good = (world.dam, "ImageObject", "a-2")
    for bad in (
        (world.crm, "Person", "crm-7731"),
        (uuid4(), "ImageObject", "a-1"),
        (world.dam, "Spaceship", "a-1"),
        (world.dam, "ImageObject", "a\x00b"),
    ):
        answer = choose(good, bad)
        assert answer.status_code == 400, bad
        assert answer.json()["error"]
    assert Link.objects.count() == before


def test_a_choice_that_the_place_does_not_accept_is_refused(world, choose):
    answer = choose((world.dam, "Article", "t-1"), accepts=["ImageObject"])
    assert answer.status_code == 400
    assert "accept" in answer.json()["error"]


@pytest.mark.parametrize("external_id", ["", "x" * 401])
def test_an_id_that_cannot_be_stored_is_refused(world, choose, external_id):
    assert choose((world.dam, "ImageObject", external_id)).status_code == 400


def test_a_space_sees_its_own_connections_only(world, person, sign_in):
    from orchestrator.access import api as access

    elsewhere = access.save_space(slug="other", name="Other")
    shop, _script = connect(elsewhere, "shop")
    user = person("both", roles=["Editor"], grants=[(shop, GrantLevel.USE), (world.dam, GrantLevel.USE)])
    browser = sign_in(user)
    names = [s["name"] for s in post(browser, "results", {"space": elsewhere.pk}).json()["sources"]]
    assert names == ["SHOP"]
    choice = {"items": [item(world.dam, "ImageObject", "a-1")], "space": elsewhere.pk}
    assert post(browser, "chosen", choice).status_code == 400


def test_a_connection_out_of_use_is_not_offered(world, ask):
    type(world.pim).objects.filter(pk=world.pim.pk).update(enabled=False)
    assert set(ask()) == {"DAM"}


def test_the_modal_opens_without_asking_anybody(world, editor, sign_in):
    page = sign_in(editor).get(reverse("links_picker:open"), {"multiple": "1"}).content.decode()
    assert [name in page for name in ("DAM", "PIM", "CRM")] == [True, True, False]
    assert 'aria-multiselectable="true"' in page
    assert world.files.log == []
