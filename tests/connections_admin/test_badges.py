"""The badge of a connector: what it has shown to hold, when, and whether that was this code."""

import sys
from datetime import date
from importlib import import_module

import pytest

from connectors.sdk.conformance import FILE, LEVELS, Conformance, digest_of
from orchestrator.connections.admin.badges import badge_of
from orchestrator.connections.configuring.registry import registered_connectors

PLUGIN = """
from connectors.sdk import Connector, ConnectorConfig, Missing, MissingReason

class TideConnector(Connector):
    name = "Tide"
    config_class = ConnectorConfig

    def fetch(self, refs, call):
        return dict.fromkeys(refs, Missing(MissingReason.UNKNOWN))

    def check(self, call):
        return None
"""


@pytest.fixture
def tide(tmp_path, monkeypatch):
    """A connector's package, and a way to leave a record in it."""
    package = tmp_path / "tide_system"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "connector.py").write_text(PLUGIN)
    monkeypatch.syspath_prepend(tmp_path)
    badge_of.cache_clear()
    yield package
    badge_of.cache_clear()
    for name in [name for name in sys.modules if name.partition(".")[0] == "tide_system"]:
        del sys.modules[name]


def record(package, *, digest=None):
    found = Conformance(("read", "change"), 40, date(2026, 11, 20), digest or digest_of("tide_system"))
    (package / FILE).write_text(found.to_text())


def badge(package):
    return badge_of(import_module("tide_system.connector").TideConnector)


def test_it_tells_levels_and_date(tide):
    record(tide)
    found = badge(tide)
    assert ([str(level) for level in found.levels], found.tested_on) == (
        ["reading", "changes"],
        date(2026, 11, 20),
    )
    assert found.is_current


def test_code_that_changed_since_is_not_what_was_tested(tide):
    record(tide, digest="of other code")
    assert not badge(tide).is_current


@pytest.mark.parametrize("text", [None, "", "{}", '{"levels": ["read"]}'])
def test_a_package_without_a_readable_record_has_none(tide, text):
    if text is not None:
        (tide / FILE).write_text(text)
    assert badge(tide) is None


def test_every_connector_of_ours_carries_a_record_of_its_very_code():
    """After a change: make conformance."""
    ours = [cls for cls in registered_connectors().values() if cls.__module__.startswith("connectors.")]
    assert len(ours) > 5
    outdated = [cls.name for cls in ours if badge_of(cls) is None or not badge_of(cls).is_current]
    assert outdated == [], "run: make conformance"


def test_every_level_has_a_word():
    from orchestrator.connections.admin.badges import _LEVEL_WORDS

    assert _LEVEL_WORDS.keys() == LEVELS.keys()


def test_the_chooser_shows_them(administrator):
    page = administrator.get("/admin/connections/new/").content.decode()
    assert "Tested on" in page
    assert "connections-badge__level" in page
