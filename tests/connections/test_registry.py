"""Connectors are found by entry point; one that fails is named, and the hub goes on without it."""

import pytest
from django.core.checks import run_checks

from connectors.sdk import ConfigurationError
from orchestrator.connections.configuring.registry import (
    build_connector,
    connector_class,
    failed_connectors,
    forget_connectors,
    registered_connectors,
)
from orchestrator.connections.errors import UnknownConnectorError


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Install a package that names connectors, as pip would leave it."""

    def make(points, **modules):
        info = tmp_path / "acme-2.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme\nVersion: 2.0\n")
        lines = [f"{name} = {value}" for name, value in points.items()]
        (info / "entry_points.txt").write_text("[orchestrator.connectors]\n" + "\n".join(lines))
        for name, text in modules.items():
            (tmp_path / f"{name}.py").write_text(text)
        monkeypatch.syspath_prepend(tmp_path)
        forget_connectors()

    yield make
    monkeypatch.undo()
    forget_connectors()


def test_a_package_that_is_installed_brings_its_connector(install):
    install(
        {"acme": "acme_ok:Acme"},
        acme_ok="from connectors.sdk.testing.scripted import ScriptedConnector\n"
        "class Acme(ScriptedConnector):\n    name = 'Acme'\n",
    )
    assert registered_connectors()["acme"].name == "Acme"


def test_packages_that_fail_are_named_with_the_reason_and_do_not_stop_the_others(install):
    install(
        {
            "scripted": "connectors.sdk.testing.scripted:ScriptedConnector",
            "acme-import": "acme_broken:Acme",
            "acme-exit": "acme_exit:Acme",
            "acme-missing": "acme_nowhere:Acme",
            "acme-odd": "acme_odd:Acme",
            "acme-half": "acme_odd:Half",
        },
        acme_broken="raise RuntimeError('needs a licence file')",
        acme_exit="import sys\nsys.exit('no licence')",
        acme_odd="from connectors.sdk import Connector\nAcme = 5\nclass Half(Connector): name = 'Half'\n",
    )
    assert "scripted" in registered_connectors()
    failed = failed_connectors()
    assert failed["acme-import"] == "acme: RuntimeError: needs a licence file"
    assert failed["acme-exit"] == "acme: SystemExit: no licence"
    assert "acme_nowhere" in failed["acme-missing"]
    assert "not a Connector" in failed["acme-odd"]
    assert "check" in failed["acme-half"]
    warnings = [m for m in run_checks(tags=["connections"]) if m.id == "connections.W002"]
    assert {name for name in failed if any(name in m.msg for m in warnings)} == set(failed)
    with pytest.raises(UnknownConnectorError, match="licence"):
        connector_class("acme-import")


def test_no_connector_at_all_is_an_error(monkeypatch):
    monkeypatch.setattr("sys.path", [])
    forget_connectors()
    try:
        assert [m.id for m in run_checks(tags=["connections"])] == ["connections.E001"]
    finally:
        monkeypatch.undo()
        forget_connectors()


def test_refused_settings_are_named_without_their_values(scripted):
    with pytest.raises(ConfigurationError, match="script") as refused:
        build_connector("scripted", {"password": "hush-hush", "typo": 1})
    assert "hush" not in str(refused.value)


def test_a_connector_goes_out_only_where_settings_allow(scripted, settings):
    settings.OUTBOUND_ALLOWED_HOSTS = frozenset({"dam.internal"})
    assert build_connector("scripted", {"script": "x"}).egress.allowed_hosts == {"dam.internal"}
