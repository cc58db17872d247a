"""Who may compose and not see one of the connections meets a mask where that connection's assets would be.

Each page is read as an administrator first: what is not there for her hides nothing from anybody.
"""

import json

import pytest
from django.contrib.auth.models import Group, User
from django.urls import get_resolver, reverse
from django.utils.html import strip_tags

from connectors.sdk import Missing, MissingReason, Ref
from orchestrator.connections.models import ConnectionGrant, GrantLevel
from orchestrator.experiences import api as experiences
from orchestrator.experiences.models import Experience
from orchestrator.links import api as links
from tests.experiences.test_admin import url

pytestmark = pytest.mark.django_db

MASK = "You may not see what Meridian DAM holds."
# What the DAM says, and what it calls its assets.
SECRETS = ("Unannounced tower", "secret-id", "Rooftop", "vault.example")


@pytest.fixture
def composed(world, save, save_fragment):
    """An experience whose every slot has something of the DAM, in a second revision."""
    world.files.put(
        "ImageObject", "secret-id", name="Unannounced tower", contentUrl="https://vault.example/1"
    )
    world.files.put("SocialMediaPosting", "s-1", articleBody="Rooftop opens", keywords=["spa"])
    world.files.put("SocialMediaPosting", "s-2", articleBody="Rooftop closes", keywords=["spa"])
    tower = links.ensure_link(connection=world.dam, type="ImageObject", external_id="secret-id")
    fragment = save_fragment(items=[{"link": tower}])
    save(slots=[{"name": "hero", "items": [{"link": world.hero}]}])
    return save(
        slots=[
            {"name": "hero", "accepts": ["ImageObject"], "items": [{"link": tower}]},
            {"name": "feed", "items": [{"collection": world.newest}]},
            {"name": "foot", "items": [{"fragment": fragment}]},
            {"name": "spare", "items": [], "fallback": [{"link": tower}]},
            {"name": "guest", "items": [{"bound": world.guest}]},
        ]
    )


@pytest.fixture
def browser_of(client, world):
    """A browser of an administrator, or of a publisher who may use all but the DAM."""

    def browser_of(who):
        user, _made = User.objects.get_or_create(username=who)
        user.groups.set([Group.objects.get(name="Administrator" if who == "administrator" else "Publisher")])
        ConnectionGrant.objects.filter(connection=world.dam, group__name="Publisher").delete()
        client.force_login(user)
        return client

    return browser_of


def pages_with_assets(experience):
    """Addresses that show what the DAM says, or how it calls it, to who may see it."""
    latest = Experience.objects.get().latest_revision_id
    first = experience.revisions.order_by("pk").first().pk
    fragment = experiences.fragment_by_slug(space=experience.space, slug="legal", locale="en")
    return [
        url("preview_on_edit", experience.pk) + "?mode=preview",
        url("revisions_view", experience.pk, latest),
        url("revisions_view", fragment.pk, fragment.latest_revision_id, model="fragment"),
        reverse("links:index"),
        reverse("links:index_results"),
    ], [url("edit", experience.pk), url("revisions_compare", experience.pk, first, latest)]


def found_in(answer):
    text = answer.content.decode()
    return [secret for secret in SECRETS if secret in text]


def test_previews_and_lists_show_nothing_of_it(composed, browser_of):
    showing, _naming = pages_with_assets(composed)
    browser_of("administrator").post(url("preview_on_edit", composed.pk), form_of(composed))
    browser_of("publisher").post(url("preview_on_edit", composed.pk), form_of(composed))
    for page in showing:
        assert found_in(browser_of("administrator").get(page)), page
        answer = browser_of("publisher").get(page)
        assert (answer.status_code, found_in(answer)) == (200, []), page


def form_of(experience):
    """What the editor of it would post, its first slot only."""
    item = experience.slots[0].value["items"][0].value
    return {
        "title": experience.title,
        "slug": experience.slug,
        "slots-count": "1",
        "slots-0-deleted": "",
        "slots-0-order": "0",
        "slots-0-type": "slot",
        "slots-0-id": "a",
        "slots-0-value-name": "hero",
        "slots-0-value-label": "",
        "slots-0-value-on_failure": "omit",
        "slots-0-value-last_known_good_minutes": "",
        "slots-0-value-fallback-count": "0",
        "slots-0-value-items-count": "1",
        "slots-0-value-items-0-deleted": "",
        "slots-0-value-items-0-order": "0",
        "slots-0-value-items-0-type": "link",
        "slots-0-value-items-0-id": "b",
        "slots-0-value-items-0-value": str(item.pk),
    }


def test_a_masked_item_says_why_and_its_slot_is_what_apps_get(composed, browser_of, world):
    page = url("revisions_view", composed.pk, Experience.objects.get().latest_revision_id)
    text = strip_tags(browser_of("publisher").get(page).content.decode())
    # The hero, the collection and the fragment's picture: a collection is one mask, however much it brings.
    assert text.count(MASK) == 3
    assert "Picture from Meridian DAM" in text
    # People of a system that she may use are shown.
    assert "Tess Sample" in text


def test_what_is_missing_of_it_is_not_told_either(composed, browser_of, world):
    world.files.assets[Ref("ImageObject", "secret-id")] = Missing(MissingReason.GONE)
    page = url("revisions_view", composed.pk, Experience.objects.get().latest_revision_id)
    answer = browser_of("publisher").get(page)
    assert found_in(answer) == []
    assert "Deleted at its source" not in answer.content.decode()
    assert MASK in answer.content.decode()


def test_a_person_that_may_not_be_shown_is_told_so(composed, browser_of, world):
    ConnectionGrant.objects.filter(connection=world.crm).update(level=GrantLevel.VIEW)
    page = url("revisions_view", composed.pk, Experience.objects.get().latest_revision_id)
    text = browser_of("publisher").get(page).content.decode()
    assert "Tess" not in text
    assert "You may not see what CRM holds." in text
    assert "Set a test person" not in text


def test_the_editor_and_a_comparison_name_nothing_and_their_cards_are_masked(composed, browser_of):
    _showing, naming = pages_with_assets(composed)
    rows = links.links_in(composed.space_id)
    body = json.dumps({"link": [str(row.uuid) for row in rows]})
    for who, expected in (("administrator", ["Unannounced tower", "vault.example"]), ("publisher", [])):
        browser = browser_of(who)
        for page in naming:
            answer = browser.get(page)
            assert (answer.status_code, found_in(answer)) == (200, []), page
        cards = browser.post(reverse("links_cards:cards"), body, content_type="application/json")
        assert found_in(cards) == expected
    masked = cards.json()["cards"].values()
    assert {card["label"] for card in masked} == {"Picture", "Product"}
    assert all(MASK in card["html"] for card in masked)


def test_a_refusal_names_the_place_and_not_the_asset(composed, browser_of):
    values = form_of(composed) | {"slots-0-value-accepts": ["Product"], "action-publish": "1"}
    answer = browser_of("publisher").post(url("edit", composed.pk), values)
    assert "It does not accept Picture (item 1, of Meridian DAM)." in answer.content.decode()
    assert found_in(answer) == []


def test_no_page_of_the_admin_says_anything_of_it(composed, browser_of, world):
    """All addresses that can be made with what there is, whoever adds one."""
    fragment = experiences.fragment_by_slug(space=world.space, slug="legal", locale="en")
    # Read once, so that whatever is kept of it is there to be shown.
    browser_of("administrator").get(url("revisions_view", composed.pk, composed.latest_revision_id))
    browser = browser_of("publisher")
    for page in admin_pages({"pk": composed.pk, "object_id": composed.pk}) | admin_pages({"pk": fragment.pk}):
        answer = browser.get(page, headers={"x-requested-with": "XMLHttpRequest"})
        assert answer.streaming or found_in(answer) == [], page


def admin_pages(values):
    """Paths of the admin whose parts are known by name; others are tested where they are made."""

    def walk(patterns, prefix):
        for pattern in patterns:
            if hasattr(pattern, "url_patterns"):
                yield from walk(pattern.url_patterns, prefix + str(pattern.pattern))
            else:
                yield prefix + str(pattern.pattern)

    known = {"app_label": "experiences", "model_name": "experience", "action": "delete"} | values
    pages = set()
    for route in walk(get_resolver().url_patterns, "/"):
        parts = route.split("<")
        names = [part.partition(">")[0].rpartition(":")[2] for part in parts[1:]]
        if route.startswith("/admin/") and "(?P" not in route and set(names) <= set(known):
            filled = parts[0] + "".join(
                f"{known[name]}{part.partition('>')[2]}" for name, part in zip(names, parts[1:], strict=True)
            )
            if not any(word in filled for word in ("logout", "failwhale", "^")):
                pages.add(filled)
    return pages
