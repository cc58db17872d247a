"""Collections and bound links in the admin: two steps to make one, a preview, and no loss."""

from uuid import uuid4

import pytest
from django.urls import reverse

from connectors.sdk import TransientError
from orchestrator.connections.models import GrantLevel
from orchestrator.experiences import api as experiences
from orchestrator.links import api as links
from orchestrator.links.models import BoundLink, Collection

NEW = "links_collections:add"


def source(connection, type):
    return f"{connection.uuid}:{type}"


@pytest.fixture
def browser(editor, sign_in):
    return sign_in(editor)


@pytest.fixture
def administrator(world, person, sign_in):
    return sign_in(person("boss", roles=["Administrator"], grants=[(world.crm, GrantLevel.USE)]))


def test_the_first_step_offers_what_can_be_queried(world, browser):
    page = browser.get(reverse(NEW)).content.decode()
    assert "DAM: Picture" in page
    assert "CRM" not in page


def test_a_collection_asks_what_its_connector_can_be_asked(world, browser):
    address = f"{reverse(NEW)}?source={source(world.dam, 'Article')}"
    assert 'name="query-tag"' in browser.get(address).content.decode()
    answer = browser.post(address, {"name": "Spa", "limit": "4", "query-tag": "spa"})
    assert answer.status_code == 302
    made = Collection.objects.get(name="Spa")
    assert (made.connection, made.type, made.query, made.limit) == (world.dam, "Article", {"tag": "spa"}, 4)


def test_two_collections_of_one_connection_cannot_share_a_name(world, browser):
    address = f"{reverse(NEW)}?source={source(world.dam, 'Article')}"
    answer = browser.post(address, {"name": "Travel", "limit": "4"})
    assert answer.status_code == 200
    assert "already has a collection of this name" in answer.content.decode()
    assert Collection.objects.count() == 1


@pytest.mark.parametrize("key", ["", "nonsense", "00000000-0000-4000-8000-000000000000:Article"])
def test_a_source_that_is_not_offered_makes_nothing(world, browser, key):
    answer = browser.post(f"{reverse(NEW)}?source={key}", {"name": "Spa", "limit": "4"})
    assert answer.status_code == 302
    assert answer.url == reverse("wagtailadmin_home")
    assert Collection.objects.count() == 1


def test_people_are_no_collection(world, browser):
    key = source(world.crm, "Person")
    browser.post(f"{reverse(NEW)}?source={key}", {"name": "Everyone", "limit": "4"})
    assert not Collection.objects.filter(name="Everyone").exists()


def test_an_edit_changes_the_query_and_not_the_connection(world, browser):
    address = reverse("links_collections:edit", args=[world.help.pk])
    posted = {"name": "Travel", "limit": "2", "query-tag": "arrival", "source": source(world.pim, "Product")}
    assert browser.post(address, posted).status_code == 302
    world.help.refresh_from_db()
    assert (world.help.connection, world.help.query, world.help.limit) == (world.dam, {"tag": "arrival"}, 2)


def test_the_preview_shows_what_the_form_would_bring_and_stores_nothing(world, browser):
    posted = {"source": source(world.dam, "Article"), "name": "", "limit": "3", "query-tag": "travel"}
    page = browser.post(reverse("links_collections:preview"), posted).content.decode()
    assert "How to get here" in page
    assert Collection.objects.count() == 1
    world.files.error = TransientError("dam: HTTP 503")
    posted["query-tag"] = "other"
    assert "does not answer" in browser.post(reverse("links_collections:preview"), posted).content.decode()


def test_an_unfinished_form_previews_nothing_and_asks_nobody(world, browser):
    posted = {"source": source(world.dam, "Article"), "limit": "900"}
    page = browser.post(reverse("links_collections:preview"), posted).content.decode()
    assert "Fill in what is missing" in page
    assert world.files.log == []


def test_the_preview_of_a_connection_that_is_not_yours_is_not_there(world, person, sign_in):
    browser = sign_in(person(roles=["Editor"], grants=[(world.dam, GrantLevel.VIEW)]))
    posted = {"source": source(world.dam, "Article"), "limit": "3"}
    assert browser.post(reverse("links_collections:preview"), posted).status_code == 404
    assert world.files.log == []


def test_a_used_collection_says_where_and_stays(world, browser):
    links.report_uses(
        used_by="experience", used_by_uuid=uuid4(), draft=[("collection", world.help.uuid)], live=[]
    )
    address = reverse("links_collections:delete", args=[world.help.pk])
    assert "still used" in browser.get(address).content.decode()
    browser.post(address)
    assert Collection.objects.filter(pk=world.help.pk).exists()


def test_an_unused_collection_can_go(world, browser):
    browser.post(reverse("links_collections:delete", args=[world.help.pk]))
    assert not Collection.objects.filter(pk=world.help.pk).exists()


def test_an_administrator_binds_people_with_a_sample(world, administrator):
    address = f"{reverse('links_bound:add')}?source={source(world.crm, 'Person')}"
    page = administrator.get(address).content.decode()
    assert '<option value="loyalty_id">' in page
    posted = {"name": "Tier", "identifier_kind": "email", "sample_value": "test@example.com"}
    assert administrator.post(address, posted).status_code == 302
    made = BoundLink.objects.get(name="Tier")
    assert (made.connection, made.type, made.identifier_kind) == (world.crm, "Person", "email")


def test_an_identifier_that_the_connector_does_not_know_is_refused(world, administrator):
    address = f"{reverse('links_bound:add')}?source={source(world.crm, 'Person')}"
    answer = administrator.post(address, {"name": "Tier", "identifier_kind": "shoe_size"})
    assert answer.status_code == 200
    assert BoundLink.objects.count() == 1


def test_the_sample_shows_while_it_is_typed(world, administrator):
    posted = {
        "source": source(world.crm, "Person"),
        "identifier_kind": "loyalty_id",
        "sample_value": "TEST-1",
    }
    assert "Tess Sample" in administrator.post(reverse("links_bound:preview"), posted).content.decode()
    posted["sample_value"] = ""
    assert (
        "Type the identifier" in administrator.post(reverse("links_bound:preview"), posted).content.decode()
    )


def test_the_chooser_gives_the_widget_what_its_card_needs(world, browser):
    answer = browser.get(reverse("links_collection_chooser:chosen", args=[world.help.pk])).json()
    assert answer["result"] == {
        "id": world.help.pk,
        "uuid": str(world.help.uuid),
        "title": "Travel",
        "edit_url": reverse("links_collections:edit", args=[world.help.pk]),
    }


def test_the_chooser_searches_by_name(world, browser):
    address = reverse("links_collection_chooser:choose_results")
    assert "Travel" in browser.get(address, {"q": "trav"}).content.decode()
    assert "Travel" not in browser.get(address, {"q": "spa"}).content.decode()


def test_a_change_of_a_published_query_says_who_still_delivers_the_old_one(world, browser):
    arrival = experiences.save_experience(
        space=world.space,
        slug="arrival",
        title="Hotel arrival",
        locale="en",
        slots=[{"name": "help", "items": [{"collection": world.help}]}],
        publish=True,
    )
    assert arrival.live
    edit = reverse("links_collections:edit", args=[world.help.pk])
    page = browser.post(edit, {"name": "Travel", "limit": "2", "query-tag": "travel"}, follow=True)
    assert "Apps see the change once these are published again: Hotel arrival." in page.content.decode()
    again = browser.post(edit, {"name": "Travel", "limit": "2", "query-tag": "travel"}, follow=True)
    assert "published again" not in again.content.decode()


def test_what_editors_write_about_an_asset_is_theirs_to_change(world, browser):
    address = reverse("links:edit", args=[world.hero.pk])
    answer = browser.post(address, {"alt": "The lobby", "external_id": "a-2"})
    assert answer.status_code == 302
    world.hero.refresh_from_db()
    assert (world.hero.alt, world.hero.external_id) == ("The lobby", "a-1")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("use=live", {"a-1"}),
        ("use=draft", {"p-1"}),
        ("use=unused", {"a-2"}),
        ("type=Product", {"p-1"}),
        ("q=a-", {"a-1", "a-2"}),
    ],
)
def test_the_list_is_narrowed(world, browser, query, expected):
    links.ensure_link(connection=world.dam, type="ImageObject", external_id="a-2")
    links.report_uses(
        used_by="experience",
        used_by_uuid=uuid4(),
        draft=[("link", world.hero.uuid), ("link", world.tea.uuid)],
        live=[("link", world.hero.uuid)],
    )
    page = "".join(browser.get(f"{reverse('links:index_results')}?{query}").content.decode().split())
    assert {name for name in ("a-1", "a-2", "p-1") if f">{name}<" in page} == expected
