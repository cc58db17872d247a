"""What one process holds, and that it ends without a trace in the one that comes after it."""

from connectors.sdk import Ref
from orchestrator.connections.process import Process, this_process
from orchestrator.connections.purges.purging import purge
from tests.connections.conftest import FRESH

LOBBY = Ref("ImageObject", "a-1")


def test_a_gateway_that_ends_does_not_deafen_the_one_made_after_it(
    connect, read, django_capture_on_commit_callbacks
):
    dam = connect()
    dam.script.put("ImageObject", "a-1", name="x")
    earlier = Process()
    assert read(dam.want(LOBBY)).state is FRESH
    heard = this_process().generations
    earlier.close()
    with django_capture_on_commit_callbacks(execute=True):
        n = purge(connection=dam.connection, refs=[LOBBY])
    assert heard.head == n


def test_a_gateway_that_ended_hears_no_own_purges(connect, django_capture_on_commit_callbacks):
    dam = connect()
    ended = Process()
    ended.close()
    with django_capture_on_commit_callbacks(execute=True):
        purge(connection=dam.connection, refs=[LOBBY])
    assert ended.generations.head == 0
