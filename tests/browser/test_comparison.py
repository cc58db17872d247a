"""Two versions compared, as somebody reads them who may see everything, and somebody who may not."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from orchestrator.connections.models import ConnectionGrant
from orchestrator.experiences import api as experiences
from orchestrator.links import api as links


@pytest.fixture
def changed(arrival, world):
    """Its hero has another picture, and its other slot a label."""
    pool = links.ensure_link(connection=world.dam, type="ImageObject", external_id="a-2")
    return experiences.save_experience(
        space=world.space,
        slug="arrival",
        title="Hotel arrival",
        locale="en",
        slots=[
            {"name": "hero", "accepts": ["ImageObject"], "items": [{"link": pool}]},
            {"name": "offers", "label": "Offers", "items": [{"link": world.tea}, {"collection": world.help}]},
        ],
        publish=False,
    )


def address(experience):
    args = [experience.pk, "earliest", "latest"]
    return reverse("wagtailsnippets_experiences_experience:revisions_compare", args=args)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1400, 390])
def test_it_tells_titles_and_fits(visit, editor, changed, page, accessible, width, scheme):
    page.set_viewport_size({"width": width, "height": 844})
    page.emulate_media(color_scheme=scheme)
    visit(editor, address(changed))
    hero = page.get_by_role("region", name="Slot hero")
    items = hero.get_by_role("listitem")
    expect(items.filter(has_text="Taken out").locator(".links-card__title")).to_have_text("Lobby")
    expect(items.filter(has_text="Added").locator(".links-card__title")).to_have_text("Pool")
    offers = page.get_by_role("region", name="Slot offers")
    expect(offers).to_contain_text("Label")
    expect(offers.get_by_role("listitem")).to_have_count(0)
    accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_who_may_not_see_the_connection_reads_that_instead(visit, editor, changed, page, world):
    ConnectionGrant.objects.filter(connection=world.dam).delete()
    visit(editor, address(changed))
    hero = page.get_by_role("region", name="Slot hero")
    expect(hero.get_by_text("You may not see what DAM holds.")).to_have_count(2)
    for secret in ("Lobby", "Pool", "a-1", "a-2"):
        expect(hero).not_to_contain_text(secret)
