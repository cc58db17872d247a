"""A brand with systems that can be picked from, and people who may do more and less with them."""

from types import SimpleNamespace

import pytest
from django.contrib.auth.models import Group, Permission, User

from connectors.sdk import Asset, Identifier, Ref
from connectors.sdk.testing.scripted import Script, scripts
from orchestrator.access import api as access
from orchestrator.connections.models import Connection, ConnectionGrant, GrantLevel
from orchestrator.links import api as links


def connect(space, slug, **more):
    """A connection to a scripted system of the same name, and its script."""
    scripts[slug] = Script()
    row = Connection.objects.create(
        space=space, slug=slug, name=slug.upper(), connector="scripted", config={"script": slug}, **more
    )
    return row, scripts[slug]


@pytest.fixture
def world(db, scripted):
    """``dam``, ``pim`` and ``crm`` are rows, ``files``, ``wares`` and ``people`` their scripts."""
    space = access.save_space(slug="meridian", name="Meridian")
    dam, files = connect(space, "dam")
    pim, wares = connect(space, "pim")
    crm, people = connect(space, "crm", personal=True)
    files.put("ImageObject", "a-1", name="Lobby", contentUrl="https://dam.example/lobby.jpg")
    files.put("ImageObject", "a-2", name="Pool", contentUrl="https://dam.example/pool.jpg")
    files.put("Article", "t-1", name="How to get here", keywords=["travel"])
    wares.put("Product", "p-1", name="Massage")
    people.people[Identifier("loyalty_id", "TEST-1")] = Asset(
        ref=Ref("Person", "crm-7731"), fields={"name": "Tess Sample", "tier": "gold"}
    )
    return SimpleNamespace(
        space=space, dam=dam, files=files, pim=pim, wares=wares, crm=crm, people=people,
        hero=links.ensure_link(connection=dam, type="ImageObject", external_id="a-1"),
        tea=links.ensure_link(connection=pim, type="Product", external_id="p-1"),
        help=links.save_collection(
            connection=dam, name="Travel", type="Article", query={"tag": "travel"}, limit=3
        ),
        guest=links.save_bound_link(
            connection=crm, name="Guest", identifier_kind="loyalty_id", sample_value="TEST-1"
        ),
    )  # fmt: skip


@pytest.fixture
def person(db):
    """Make a person: of roles, with more permissions, and with grants on connections."""

    def make(name="eve", *, roles=(), permissions=(), grants=()):
        user = User.objects.create_user(name, password="long-enough-1")
        own = Group.objects.create(name=f"group of {name}")
        user.groups.add(own, *Group.objects.filter(name__in=roles))
        for permission in ("wagtailadmin.access_admin", *permissions):
            app, _dot, codename = permission.partition(".")
            own.permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
        for connection, level in grants:
            ConnectionGrant.objects.create(connection=connection, group=own, level=level)
        return user

    return make


@pytest.fixture
def editor(world, person):
    """An editor who may use all three connections."""
    rows = (world.dam, world.pim, world.crm)
    return person("editor", roles=["Editor"], grants=[(row, GrantLevel.USE) for row in rows])


@pytest.fixture
def sign_in(client):
    """A browser in which somebody has logged in."""

    def sign_in(user):
        client.force_login(user)
        return client

    return sign_in
