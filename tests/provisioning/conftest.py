"""A file to apply, and the environment that it names."""

import base64
import re
import secrets
from pathlib import Path

import pytest

from orchestrator.provisioning import api as provisioning

DOCS = Path(__file__).parents[2] / "docs" / "apply.md"


@pytest.fixture
def environment():
    return {
        "SHOP_KEY": "shop-key-never-shown",
        "SHOP_HOOK_SECRET": "whsec_" + base64.b64encode(secrets.token_bytes(24)).decode(),
        "MEMBERS_URL": "https://members.example.com",
        "MEMBERS_TOKEN": "members-token-never-shown",
        "WEBSITE_KEY": f"ov_{secrets.token_hex(4)}_{secrets.token_urlsafe(32)}",
    }


@pytest.fixture
def example() -> str:
    """The example of docs/apply.md."""
    return re.search(r"```yaml\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)[1]


@pytest.fixture
def apply(tmp_path, environment):
    """Write a text to ``hub.yaml`` and apply it."""

    def apply(text: str, **options) -> provisioning.Summary:
        file = tmp_path / "hub.yaml"
        file.write_text(text, encoding="utf-8")
        return provisioning.apply_file(file, **{"environment": environment, **options})

    return apply
