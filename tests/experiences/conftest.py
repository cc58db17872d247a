"""A brand with two scripted systems, and what editors have linked from them."""

from types import SimpleNamespace

import pytest
from django.contrib.auth.models import Group, Permission, User

from connectors.sdk import Asset, Identifier, Ref
from connectors.sdk.testing.scripted import Script, scripts
from orchestrator.access import api as access
from orchestrator.connections.models import Connection
from orchestrator.connections.permissions import give_default_grants
from orchestrator.experiences import api as experiences
from orchestrator.links import api as links


@pytest.fixture
def space(db):
    return access.save_space(slug="meridian", name="Meridian")


def connect(space, slug, name, **more):
    """A connection to a scripted system of the same name, and its script."""
    scripts[slug] = Script()
    row = Connection.objects.create(
        space=space, slug=slug, name=name, connector="scripted", config={"script": slug}, **more
    )
    give_default_grants(row)
    return row, scripts[slug]


@pytest.fixture
def world(space, scripted):
    """``dam`` and ``crm`` are connections, ``files`` and ``people`` their scripts; the rest are links."""
    dam, files = connect(space, "dam", "Meridian DAM")
    crm, people = connect(space, "crm", "CRM", personal=True)
    files.put("ImageObject", "a-1", name="Lobby at dusk", contentUrl="https://dam.example/lobby.jpg")
    files.put("ImageObject", "a-2", name="Pool", contentUrl="https://dam.example/pool.jpg")
    files.put("Product", "p-1", name="Massage", offers={"price": "1120.5", "priceCurrency": "CHF"})
    people.people[Identifier("loyalty_id", "TEST-1")] = Asset(
        ref=Ref("Person", "crm-7731"),
        fields={"givenName": "Tess", "familyName": "Sample", "memberOf": {"tier": {"name": "gold"}}},
    )
    return SimpleNamespace(
        space=space,
        dam=dam,
        files=files,
        crm=crm,
        people=people,
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
def save_fragment(world):
    """Save a fragment of one picture; any argument can be said otherwise."""

    def save_fragment(**changed):
        values = {
            "space": world.space,
            "slug": "legal",
            "title": "Legal",
            "locale": "en",
            "items": [{"link": world.hero}],
            "publish": True,
        }
        return experiences.save_fragment(**values | changed)

    return save_fragment


@pytest.fixture
def fetch(space):
    """What delivery reads for a slug: the bundle, or None."""

    def fetch(slug="arrival", locale="en"):
        return experiences.published_plan(
            space_id=space.pk, slug=slug, locales=experiences.locale_chain(locale)
        )

    return fetch


@pytest.fixture
def as_role(client):
    """Log in as a user of a role; without one, a user who may only enter the admin."""

    def log_in(role=None):
        user, _made = User.objects.get_or_create(username=f"{role}-user", email=f"{role}@example.com")
        group, _made = Group.objects.get_or_create(name=role or "Visitors")
        if role is None:
            group.permissions.add(Permission.objects.get(codename="access_admin"))
        user.groups.add(group)
        client.force_login(user)
        return client

    return log_in
