"""Every byte of foreign origin that is held, and a search that finds it anywhere else."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from orchestrator.connections.ledger import list_ledger
from orchestrator.connections.models import Connection
from tests.connections.conftest import settle

TITLE = "A very unusual lobby, “größer” than others"


@pytest.fixture
def dam(connect, read):
    system = connect()
    ref = system.script.put(
        "ImageObject", "asset-number-1", name=TITLE, encodingFormat="image/jpeg", width="1200"
    )
    read(system.want(ref))
    settle()
    return system


def scan(*files):
    out = StringIO()
    call_command("ledger", "--scan", *map(str, files), stdout=out)
    return out.getvalue()


def test_the_ledger_names_source_address_age_and_end_but_no_value(dam):
    (line,) = list_ledger()
    assert (line.source, line.type, line.id, line.locale) == ("dam", "ImageObject", "asset-number-1", "en")
    assert (line.ends_at - line.stored_at).total_seconds() == pytest.approx(300 + 86_400)
    out = StringIO()
    call_command("ledger", stdout=out)
    assert "asset-number-1" in out.getvalue()
    assert "unusual" not in out.getvalue()


def test_nothing_of_a_value_is_outside_the_cache(dam, tmp_path):
    (tmp_path / "hub.log").write_text("dam: fetch asset-number-1 image/jpeg")
    assert "1 values searched for, 0 found" in scan(tmp_path)


def test_a_value_in_a_table_is_found(dam):
    Connection.objects.update(name=f"copied: {TITLE}")
    with pytest.raises(CommandError):
        scan()


def test_a_value_inside_json_is_found(dam):
    Connection.objects.update(freshness={"*": {"note": TITLE}})
    with pytest.raises(CommandError):
        scan()


@pytest.mark.parametrize("write", [str, json.dumps])
def test_a_value_in_a_log_is_found(dam, tmp_path, write):
    (tmp_path / "hub.log").write_text(f"line\n… {write(TITLE)} …\n")
    with pytest.raises(CommandError):
        scan(tmp_path / "hub.log")
