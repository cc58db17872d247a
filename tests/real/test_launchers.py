"""Each launcher by itself, in plain HTTP: what the suites of connectors stand on."""

import subprocess

import pytest

from tests.real.systems import SYSTEMS, npm
from tests.real.systems.programs import is_on_loopback_only, is_taken


@pytest.fixture
def added(running):
    """The id of one more thing at the system, gone after the test."""
    one = running.add("Lighthouse keeper")
    yield one
    if running.read(one) is not None:
        running.delete(one)


def can(running, *edits):
    """Go on if the system has these edits; else they refuse, with a reason, and the test is over."""
    for edit in edits:
        if edit in running.cannot:
            with pytest.raises(NotImplementedError, match=r"\w+ \w+"):
                getattr(running, edit)(running.seeded[0].id)
            return False
    return True


def test_it_holds_its_seed_and_says_its_version(running, system_name):
    assert len(running.seeded) >= 7
    assert running.version.startswith(SYSTEMS[system_name].version)
    for one in running.seeded[:7]:
        assert running.read(one.id) == one.title


def test_it_listens_on_loopback_only(running):
    for port in running.ports:
        assert is_on_loopback_only(port), port


class TestNode:
    """What runs on Node is kept from calling out, whatever it does by itself."""

    system = "vendure"

    def test_it_reaches_loopback_and_nothing_else(self, running):
        script = (
            "const said = one => one.status ?? one.cause?.message ?? one.message;"
            "const say = told => one => console.log(told, said(one));"
            f"fetch('{running.base_url}/health').then(say('here'), say('here'));"
            "fetch('http://198.51.100.7/').then(say('there'), say('there'));"
            "require('node:https').get('https://example.com/').on('error', say('by name'));"
        )
        command = [str(npm.node(running.software)), *npm.LOOPBACK_ONLY, "-e", script]
        told = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
        assert sorted(told) == [
            "by name loopback only: example.com",
            "here 200",
            "there loopback only: 198.51.100.7",
        ]


def test_an_edit_is_seen(running, added):
    running.edit(added, "Keeper of the lighthouse")
    assert running.read(added) == "Keeper of the lighthouse"


def test_a_draft_is_not_seen_until_it_is_published(running, added):
    if can(running, "hide", "publish"):
        running.hide(added)
        assert not running.shows(added)
        running.publish(added)
        assert running.shows(added)


def test_what_is_deleted_is_gone_and_may_come_back(running, added):
    running.delete(added)
    assert running.read(added) is None
    if can(running, "restore"):
        running.restore(added)
        assert running.read(added) is not None


def test_a_wrong_key_is_refused_and_a_narrow_one_reads_most(running):
    assert running.refuses(running.wrong_key)
    assert not running.refuses(running.key)
    if running.narrow_key is None:
        assert running.cannot["narrow"]
    else:
        first = running.seeded[0]
        assert first.id != running.unreadable
        assert running.read(first.id, running.narrow_key) == first.title
        assert running.read(running.unreadable, running.narrow_key) is None
        assert running.read(running.unreadable) is not None


def test_it_can_be_killed_and_started_again(running):
    assert running.answers()
    running.kill()
    assert not running.answers()
    assert not any(is_taken(port) for port in running.ports), "something of it is left"
    running.start_again()
    first = running.seeded[0]
    assert running.read(first.id) == first.title
