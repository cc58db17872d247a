"""A real browser on a real server, with a brand whose systems are scripted.

Rows and people are those of ``tests/links/conftest.py``.
"""

import shutil
from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import expect

from orchestrator.experiences import api as experiences
from tests.links.conftest import editor, person, world  # noqa: F401 - fixtures are found by name.

AXE = next(Path(axe_playwright_python.__file__).parent.rglob("axe.min.js"))
# What Wagtail's own pages do not hold; nobody of ours can mend it.
WAGTAILS_OWN = (
    ".w-minimap__list",
    ".Draftail-Editor",
    ".workflow-tasks",
    '[data-w-tooltip-content-value="Step',
)
# The playwright plugin's "base_url", which pytest 10 will refuse.
PLUGINS_OWN = "ignore:Session-scoped fixtures defined as instance methods:pytest.PytestRemovedIn10Warning"
# The first snapshot of a form is taken two seconds after load; an edit made before goes unnoticed.
WATCH = """
document.addEventListener('w-unsaved:watch-edits', () => { document.documentElement.dataset.watched = '' })
"""


def pytest_collection_modifyitems(items):
    """Everything here needs a browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.filterwarnings(PLUGINS_OWN))


@pytest.fixture(scope="session")
def browser_type_launch_args():
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    assert chromium, "Chromium is not installed: .ci/browser installs it"
    flags = [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
        "--disable-background-networking", "--disable-component-update",
    ]  # fmt: skip
    return {"executable_path": chromium, "headless": True, "args": flags}


@pytest.fixture
def visit(page, live_server, client):
    """Open a page of the admin as somebody. It ends with no page that still asks the server."""
    expect.set_options(timeout=20_000)
    page.set_default_timeout(20_000)
    page.add_init_script(WATCH)
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))

    def visit(user, path):
        client.force_login(user)
        cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
        page.context.add_cookies([cookie])
        page.goto(live_server.url + path)
        return page

    yield visit
    page.goto("about:blank")
    assert errors == []


@pytest.fixture
def arrival(world):  # noqa: F811 - pytest's way to ask for a fixture.
    """An experience in draft: a hero for pictures, and offers of any type."""
    return experiences.save_experience(
        space=world.space,
        slug="arrival",
        title="Hotel arrival",
        locale="en",
        slots=[
            {"name": "hero", "accepts": ["ImageObject"], "items": [{"link": world.hero}]},
            {"name": "offers", "items": [{"link": world.tea}, {"collection": world.help}]},
        ],
        publish=False,
    )


@pytest.fixture
def edit(visit, editor, arrival):  # noqa: F811
    """Open the experience's editor, and wait until it notices edits."""

    def edit():
        page = visit(editor, f"/admin/snippets/experiences/experience/edit/{arrival.pk}/")
        expect(page.locator("html[data-watched]")).to_have_count(1)
        return page

    return edit


@pytest.fixture
def accessible():
    """Fail on what axe finds serious on the page as it stands (WCAG 2.1 A and AA)."""

    def check(page):
        page.evaluate(AXE.read_text(encoding="utf-8"))
        rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
        found = page.evaluate("rules => axe.run(document, {runOnly: rules})", rules)["violations"]
        nodes = [
            (violation["id"], node["target"], node["failureSummary"])
            for violation in found
            if violation["impact"] in ("serious", "critical")
            for node in violation["nodes"]
            if not any(own in str(node["target"]) for own in WAGTAILS_OWN)
        ]
        assert nodes == []

    return check
