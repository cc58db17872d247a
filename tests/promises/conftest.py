"""One whole hub: four systems to pick from and one of people, an experience, an app and an administrator."""

import json
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from connectors.sdk import Asset, Identifier, Ref
from connectors.sdk.testing.scripted import Script, scripts
from orchestrator.access import api as access
from orchestrator.channels import api as channels
from orchestrator.connections import api as connections
from orchestrator.connections.models import HookScheme
from orchestrator.experiences import api as experiences
from orchestrator.links import api as links

HOUR = {"*": {"fresh_for_s": 3600}}
HOOK_HEADER, HOOK_SECRET = "X-Hub-Secret", "a-secret-between-two-programs"


@pytest.fixture
def hub(db, scripted, client):
    """A hub at work; ``hub.systems`` are the scripts of its systems by slug."""
    return Hub(client)


class Hub:
    """The hub as its users see it: an app's two calls, an editor's cards, a source's hook."""

    def __init__(self, client):
        self.browser = client
        self.space = access.save_space(slug="meridian", name="Meridian")
        self.systems, self.rows = {}, {}
        for slug in ("dam", "pim", "social", "help", "crm"):
            self._connect(slug)
        self._fill()
        self.arrival = self._compose()
        app = access.create_client(space=self.space, name="App", rights=access.RIGHTS)
        channels.save_channel(space=self.space, slug="web", name="Website", clients=[app])
        self.key = access.issue_key(app)[1]
        self.administrator = User.objects.create_superuser("admin", password="long-enough-1")

    def get(self, query="channel=web&locale=en"):
        """The public answer, as JSON."""
        return self._read(self.browser.get(f"/api/v1/experiences/arrival?{query}", headers=self._headers()))

    def post(self, loyalty_id="M-1001"):
        """The answer for a guest, as JSON."""
        body = json.dumps({"identifiers": {"loyalty_id": loyalty_id}})
        path = "/api/v1/experiences/arrival?channel=web&locale=en"
        return self._read(
            self.browser.post(path, body, content_type="application/json", headers=self._headers())
        )

    def name_in(self, slot):
        """The name of the first item that an app gets in a slot."""
        return self.get()["slots"][slot]["items"][0]["fields"]["name"]

    def card(self, link):
        """The card that an editor sees, as HTML."""
        self.browser.force_login(self.administrator)
        body = json.dumps({"link": [str(link.uuid)]})
        answer = self.browser.post(reverse("links_cards:cards"), body, content_type="application/json")
        return answer.json()["cards"][str(link.uuid)]["html"]

    def hook(self, slug, *refs):
        """What a system sends when something changed; gives the status."""
        body = json.dumps({"refs": [{"type": ref.type, "external_id": ref.external_id} for ref in refs]})
        path = f"/api/v1/hooks/{self.rows[slug].uuid}"
        headers = {HOOK_HEADER: HOOK_SECRET}
        return self.browser.post(path, body, content_type="application/json", headers=headers).status_code

    def calls(self):
        """How many calls all systems have seen."""
        return sum(len(script.log) for script in self.systems.values())

    def _connect(self, slug):
        scripts[slug] = self.systems[slug] = Script()
        self.rows[slug] = connections.save_connection(
            space=self.space,
            slug=slug,
            name=slug.upper(),
            connector="scripted",
            config={"script": slug, "password": f"password-of-{slug}-7c41"},
            personal=slug == "crm",
            freshness=HOUR if slug != "crm" else {},
            hook_scheme=HookScheme.HEADER,
            hook_header=HOOK_HEADER,
            hook_secret=HOOK_SECRET,
            poll_interval_s=2,
        )

    def _fill(self):
        put = {slug: script.put for slug, script in self.systems.items()}
        self.hero = put["dam"]("ImageObject", "a-1", name="Lobby", contentUrl="https://dam.example/lobby.jpg")
        put["dam"]("ImageObject", "a-2", name="Pool", contentUrl="https://dam.example/pool.jpg")
        self.massage = put["pim"]("Product", "p-1", name="Massage", description="An hour of quiet")
        for n in range(3):
            put["social"]("SocialMediaPosting", f"s-{n}", articleBody=f"Post {n}", keywords=["spa"])
        put["help"]("Question", "q-1", name="When is breakfast?")
        guest = Asset(ref=Ref("Person", "crm-7731"), fields={"name": "Ada Guest", "tier": "gold"})
        for value in ("M-1001", "TEST-1"):
            self.systems["crm"].people[Identifier("loyalty_id", value)] = guest

    def _compose(self):
        rows = self.rows
        self.links = SimpleNamespace(
            hero=links.ensure_link(connection=rows["dam"], type="ImageObject", external_id="a-1"),
            spare=links.ensure_link(connection=rows["dam"], type="ImageObject", external_id="a-2"),
            massage=links.ensure_link(connection=rows["pim"], type="Product", external_id="p-1"),
            breakfast=links.ensure_link(connection=rows["help"], type="Question", external_id="q-1"),
            posts=links.save_collection(
                connection=rows["social"],
                name="Spa",
                type="SocialMediaPosting",
                query={"tag": "spa"},
                limit=3,
            ),
            guest=links.save_bound_link(
                connection=rows["crm"], name="Guest", identifier_kind="loyalty_id", sample_value="TEST-1"
            ),
        )
        slots = {
            "hero": {"link": self.links.hero},
            "services": {"link": self.links.massage},
            "posts": {"collection": self.links.posts},
            "help": {"link": self.links.breakfast},
            "guest": {"bound": self.links.guest},
        }
        return experiences.save_experience(
            space=self.space,
            slug="arrival",
            title="Hotel arrival",
            locale="en",
            slots=[{"name": name, "items": [item]} for name, item in slots.items()],
            publish=True,
        )

    def _headers(self):
        return {"Authorization": f"Bearer {self.key}"}

    def _read(self, answer):
        assert answer.status_code == 200, answer.content
        return answer.json()
