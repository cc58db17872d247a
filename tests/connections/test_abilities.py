"""What a connection can do, told without asking its system, whatever its plugin does."""

import pytest

from connectors.sdk.testing.scripted import Script, ScriptedConnector
from orchestrator.access.models import Space
from orchestrator.connections.api import abilities
from orchestrator.connections.models import Connection

pytestmark = pytest.mark.django_db


@pytest.fixture
def dam(scripted):
    scripted["dam"] = Script()
    space = Space.objects.create(slug="meridian", name="Meridian")
    return Connection(space=space, slug="dam", name="DAM", connector="scripted", config={"script": "dam"})


def test_it_knows_what_the_settings_allow(dam):
    assert {"search", "polling"} <= abilities(dam).capabilities


@pytest.mark.parametrize("raised", [RuntimeError, TypeError, SystemError, SystemExit])
def test_a_plugin_that_fails_can_do_nothing_and_breaks_no_page(dam, monkeypatch, raised):
    def fail(_connector):
        raise raised("whatever a plugin says, secrets too")

    monkeypatch.setattr(ScriptedConnector, "asset_types", fail)
    assert abilities(dam) is None


def test_what_it_said_is_not_in_the_log(dam, monkeypatch, caplog):
    class OwnError(Exception):
        pass

    def fail(_connector):
        raise OwnError("a-secret")

    monkeypatch.setattr(ScriptedConnector, "asset_types", fail)
    abilities(dam)
    assert "connector scripted cannot say what it can do: OwnError" in caplog.text
    assert "a-secret" not in caplog.text


def test_settings_that_are_refused_can_do_nothing(dam):
    dam.config = {}
    assert abilities(dam) is None
