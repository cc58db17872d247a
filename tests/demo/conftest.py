"""Meridian's systems on a free port, in this process; asked over real sockets."""

import base64
import secrets
import threading
from dataclasses import dataclass

import pytest
import requests

from orchestrator.demo.systems.__main__ import VARIABLES, build_systems
from orchestrator.demo.systems.server import MeridianServer

FORMS = {
    "dam": "/dam/files",
    "pim": "/pim/shop-api",
    "social": "/social/xrpc/app.feed.searchPosts",
    "help": "/help/wp-json/wp/v2/posts",
    "crm": "/crm/v1/buckets/meridian/collections/guests/records",
}


@dataclass
class World:
    """The running program. ``ask`` sends a request with the right credentials for its system."""

    address: str
    systems: dict
    environment: dict

    def ask(self, path: str, **options) -> requests.Response:
        slug = path.split("/")[1]
        headers = self.credentials(slug) | options.pop("headers", {})
        return requests.request(
            options.pop("method", "GET"), self.address + path, headers=headers, timeout=10, **options
        )

    def credentials(self, slug: str) -> dict[str, str]:
        own = self.environment
        return {
            "dam": {"Authorization": f"Bearer {own['DEMO_DAM_TOKEN']}"},
            "pim": {"vendure-api-key": own["DEMO_PIM_KEY"]},
            "social": {"Authorization": f"Bearer {own['DEMO_SOCIAL_TOKEN']}"},
            "help": {"Authorization": _basic("hub", own["DEMO_HELP_PASSWORD"])},
            "crm": {"Authorization": _basic("hub", own["DEMO_CRM_PASSWORD"])},
        }[slug]

    def shop(self, document: str, *, api: str = "admin-api", query: str = "", **options) -> dict:
        """Ask the product catalogue; the whole answer, errors too."""
        body = {"query": document, "variables": options.pop("variables", {})}
        return self.ask(f"/pim/{api}{query}", method="POST", json=body, **options).json()

    def order(self, **order) -> requests.Response:
        return requests.post(f"{self.address}/control", json=order, timeout=10)


def _basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


@pytest.fixture
def world():
    environment = {name: secrets.token_urlsafe(24) for name in VARIABLES}
    environment["DEMO_SOCIAL_HOOK_SECRET"] = "whsec_" + base64.b64encode(secrets.token_bytes(24)).decode()
    systems = build_systems(environment)
    with MeridianServer(0, systems, hub="http://127.0.0.1:8000") as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield World(server.address, systems, {**environment, "DEMO_SYSTEMS_URL": server.address})
        server.shutdown()
        thread.join()
