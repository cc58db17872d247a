"""A brand that delivers: a key, a channel, two systems and what editors published from them."""

import json
from types import SimpleNamespace

import pytest

from connectors.sdk import Asset, Identifier, Ref
from connectors.sdk.testing.scripted import Script, scripts
from orchestrator.access import api as access
from orchestrator.channels import api as channels
from orchestrator.connections.models import Connection
from orchestrator.experiences import api as experiences
from orchestrator.links import api as links

ALL_RIGHTS = tuple(access.RIGHTS)


@pytest.fixture(autouse=True)
def _delivery_stack(settings):
    """The middleware that requests to the API pass in ``config/wsgi.py``."""
    settings.MIDDLEWARE = settings.DELIVERY_MIDDLEWARE
    # A busy machine is no slow source.
    settings.DELIVERY_BUDGET_MS = 30_000


def connect(space, slug, **more):
    """A connection to a scripted system of the same name, and the script."""
    scripts[slug] = Script()
    row = Connection.objects.create(
        space=space, slug=slug, name=slug.upper(), connector="scripted", config={"script": slug}, **more
    )
    return row, scripts[slug]


@pytest.fixture
def world(db, scripted):
    """``dam`` and ``crm`` are rows, ``files`` and ``people`` their scripts; ``arrival`` is published."""
    space = access.save_space(slug="meridian", name="Meridian")
    dam, files = connect(space, "dam")
    crm, people = connect(space, "crm", personal=True)
    files.put("ImageObject", "a-1", name="Lobby", contentUrl="https://dam.example/lobby.jpg")
    files.put("ImageObject", "a-2", name="Spare", contentUrl="https://dam.example/spare.jpg")
    files.put("Article", "t-1", name="How to get here", keywords=["travel"])
    people.people[Identifier("loyalty_id", "M-1001")] = Asset(
        ref=Ref("Person", "crm-7731"), fields={"name": "Ada Guest", "tier": "gold"}
    )
    yield_to = SimpleNamespace(space=space, dam=dam, files=files, crm=crm, people=people)
    yield_to.hero = links.ensure_link(connection=dam, type="ImageObject", external_id="a-1")
    yield_to.spare = links.ensure_link(connection=dam, type="ImageObject", external_id="a-2")
    yield_to.help = links.save_collection(
        connection=dam, name="Travel", type="Article", query={"tag": "travel"}, limit=3
    )
    yield_to.guest = links.save_bound_link(
        connection=crm, name="Guest", identifier_kind="loyalty_id", sample_value="TEST-1"
    )
    yield_to.arrival = publish(yield_to)
    return yield_to


def publish(world, **changed):
    """Publish the experience *arrival*; any argument can be said otherwise."""
    values = {
        "space": world.space,
        "slug": "arrival",
        "title": "Hotel arrival",
        "locale": "en",
        "slots": [
            {"name": "hero", "items": [{"link": world.hero}], "fallback": [{"link": world.spare}]},
            {"name": "help", "items": [{"collection": world.help}]},
            {"name": "guest", "items": [{"bound": world.guest}]},
        ],
        "publish": True,
    }
    return experiences.save_experience(**values | changed)


class App:
    """A program with a key, speaking to the API as over HTTP."""

    def __init__(self, client, key):
        self.client = client
        self.key = key

    def get(self, path, query="", *, key=None, **headers):
        """A GET. ``headers`` are named as in Python: ``if_none_match``."""
        return self.client.get(self._address(path, query), headers=self._headers(key, headers))

    def post(self, path, data, query="", *, key=None, **headers):
        """A POST of JSON, or of bytes as they are."""
        body = data if isinstance(data, bytes) else json.dumps(data)
        content_type = headers.pop("content_type", "application/json")
        return self.client.post(
            self._address(path, query), body, content_type=content_type, headers=self._headers(key, headers)
        )

    def _address(self, path, query):
        return f"/api/v1/{path}" + (f"?{query}" if query else "")

    def _headers(self, key, headers):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return {"Authorization": f"Bearer {key or self.key}"} | named


@pytest.fixture
def make_app(world, client):
    """Make a program with these rights that may use the channel ``web``."""

    def make(*rights, name="App", channel_slugs=("web",)):
        row = access.create_client(space=world.space, name=name, rights=rights)
        for slug in channel_slugs:
            known = channels.channels_in(world.space.pk).filter(slug=slug).first()
            if known is None:
                known = channels.save_channel(space=world.space, slug=slug, name=slug.title())
            known.clients.add(row)
        return App(client, access.issue_key(row)[1])

    return make


@pytest.fixture
def app(make_app):
    """A program that may do everything on the channel ``web``."""
    return make_app(*ALL_RIGHTS)
