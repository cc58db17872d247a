"""``make pictures``: takes the pictures of docs/images from a running demo, and leaves it as it was.

python -m tests.browser.pictures HUB SYSTEMS PASSWORD
"""

from __future__ import annotations

import json
import re
import sys
import urllib.request
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

IMAGES = Path(__file__).resolve().parents[2] / "docs" / "images"
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
WIDE = {"width": 1400, "height": 900}


class Walk:
    """One administrator's browser on a running demo."""

    def __init__(self, page: Page, hub: str, systems: str, *, suffix: str) -> None:
        self.page, self.hub, self.systems, self.suffix = page, hub, systems, suffix

    def sign_in(self, password: str) -> None:
        self.page.goto(f"{self.hub}/admin/login/")
        self.page.fill("[name=username]", "admin")
        self.page.fill("[name=password]", password)
        self.page.click("button[type=submit]")
        self.page.wait_for_load_state()

    def order(self, **order: object) -> None:
        """Change one of the demo's systems."""
        body = json.dumps(order).encode()
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.systems}/control", body, headers)  # noqa: S310 - loopback.
        urllib.request.urlopen(request, timeout=10).read()  # noqa: S310

    def shoot(self, name: str, *, settle_ms: int = 1500) -> None:
        self.page.wait_for_timeout(settle_ms)
        self.page.screenshot(path=IMAGES / f"{name}{self.suffix}.png")

    def open(self, path: str) -> None:
        self.page.goto(self.hub + path)

    def open_editor(self) -> None:
        self.open("/admin/snippets/experiences/experience/")
        self.page.get_by_role("link", name="Hotel arrival").first.click()
        self.page.wait_for_timeout(3000)

    def connections(self) -> None:
        self.open("/admin/connections/")
        self.shoot("connections")

    def failed_test(self) -> None:
        self.open("/admin/connections/")
        self.page.get_by_role("link", name="Product catalogue").first.click()
        self.page.wait_for_timeout(1500)  # Until what another kind of key would need is hidden.
        self.page.locator("input[type=password]:visible").first.fill("a-wrong-key")
        button = self.page.get_by_role("button", name=re.compile("^Test"))
        button.click()
        button.scroll_into_view_if_needed()
        self.shoot("connection-test", settle_ms=4000)

    def mapping(self) -> None:
        self.open("/admin/connections/")
        self.page.get_by_role("link", name="Social network").first.click()
        button = self.page.get_by_role("button", name=re.compile("sample", re.IGNORECASE))
        button.click()
        self.page.wait_for_timeout(3000)
        button.evaluate("b => window.scrollTo(0, b.getBoundingClientRect().top + scrollY - 120)")
        self.shoot("mapping")

    def editor(self) -> None:
        self.open_editor()
        self.page.get_by_text("Edit in Picture library").nth(2).scroll_into_view_if_needed()
        self.shoot("editor")

    def picker(self) -> None:
        self._open_picker()
        self.page.get_by_placeholder("Search all sources").fill("spa")
        self.shoot("picker", settle_ms=3500)

    def picker_with_a_dead_source(self) -> None:
        self.order(system="social", action="unplug")
        try:
            self._open_picker()
            self.shoot("picker-dead-source", settle_ms=3500)
        finally:
            self.order(system="social", action="plug")

    def preview(self) -> None:
        self.open_editor()
        self.page.get_by_role("button", name=re.compile("preview", re.IGNORECASE)).first.click()
        self.shoot("preview", settle_ms=6000)

    def broken_links(self) -> None:
        record = "5b0c8d2e-71c4-4e0b-9a53-0d6a1f2c0004"
        self.order(system="dam", action="delete", id=record)
        try:
            self.open_editor()  # The cards read it; the hub looks a second time.
            self.page.wait_for_timeout(8000)
            self.open("/admin/links/broken/")
            self.shoot("broken-links", settle_ms=2500)
        finally:
            self.order(system="dam", action="restore", id=record)

    def _open_picker(self) -> None:
        """From a new experience: a slot that accepts everything."""
        self.open("/admin/snippets/experiences/experience/add/")
        self.page.wait_for_timeout(5000)
        buttons = self.page.get_by_role("button", name=re.compile("Choose assets"))
        if not buttons.count():
            self.page.locator("[data-streamfield-list-add], .c-sf-add-button").first.click()
        buttons.first.click()
        self.page.wait_for_timeout(2500)


LIGHT = (
    "editor", "picker", "connections", "failed_test", "mapping",
    "picker_with_a_dead_source", "preview", "broken_links",
)  # fmt: skip
DARK = ("editor", "picker")


def main(hub: str, systems: str, password: str, *only: str) -> None:
    """Take all pictures in light, in dark those that every editor sees all day; or ``only`` the named."""
    IMAGES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        for scheme, suffix, names in (("light", "", LIGHT), ("dark", "-dark", DARK)):
            page = browser.new_context(viewport=WIDE, color_scheme=scheme).new_page()
            walk = Walk(page, hub, systems, suffix=suffix)
            walk.sign_in(password)
            for name in names:
                if not only or name in only:
                    getattr(walk, name)()
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
