"""A brand with two systems, and what editors have linked from them."""

from types import SimpleNamespace

import pytest

from orchestrator.access import api as access
from orchestrator.connections.models import Connection
from orchestrator.experiences import api as experiences
from orchestrator.links import api as links


@pytest.fixture
def space(db):
    return access.save_space(slug="meridian", name="Meridian")


@pytest.fixture
def world(space):
    """``dam`` and ``crm`` are connections; ``hero`` ... are rows of links that editors made."""
    dam = Connection.objects.create(space=space, slug="dam", name="Meridian DAM", connector="scripted")
    crm = Connection.objects.create(space=space, slug="crm", name="CRM", connector="scripted", personal=True)
    return SimpleNamespace(
        space=space,
        dam=dam,
        crm=crm,
        hero=links.ensure_link(connection=dam, type="ImageObject", external_id="a-1"),
        spare=links.ensure_link(connection=dam, type="ImageObject", external_id="a-2"),
        tea=links.ensure_link(connection=dam, type="Product", external_id="p-1"),
        newest=links.save_collection(
            connection=dam, name="Newest posts", type="SocialMediaPosting", query={"tag": "spa"}, limit=3
        ),
        guest=links.save_bound_link(
            connection=crm, name="Guest", identifier_kind="loyalty_id", sample_value="TEST-1"
        ),
    )


@pytest.fixture
def save(world):
    """Save an experience of one hero slot; any argument can be said otherwise."""

    def save(**changed):
        values = {
            "space": world.space,
            "slug": "arrival",
            "title": "Hotel arrival",
            "locale": "en",
            "slots": [{"name": "hero", "items": [{"link": world.hero}]}],
            "publish": True,
        }
        return experiences.save_experience(**values | changed)

    return save


@pytest.fixture
def fetch(space):
    """What delivery reads for a slug: the bundle, or None."""

    def fetch(slug="arrival", locale="en"):
        return experiences.published_plan(
            space_id=space.pk, slug=slug, locales=experiences.locale_chain(locale)
        )

    return fetch
