"""The embedded queue: no message is seen before it is whole."""

from queue import Empty

import pytest
from kombu import Connection
from kombu.transport import filesystem

from orchestrator.config import celery_app
from orchestrator.config.filesystem_queue import Transport


@pytest.fixture
def channel(tmp_path):
    folder = str(tmp_path)
    options = {"data_folder_in": folder, "data_folder_out": folder, "control_folder": f"{folder}/control"}
    with Connection(transport=Transport, transport_options=options) as connection:
        yield connection.channel()


class LookedAtWhileWritten:
    """A payload that tries to take a message while it is written itself."""

    def __init__(self, channel):
        self.channel = channel

    def __json__(self):
        with pytest.raises(Empty):
            self.channel._get("work")
        return "whole"


def test_a_message_is_there_whole_or_not_at_all(channel):
    channel._put("work", {"body": LookedAtWhileWritten(channel)})
    assert channel._get("work") == {"body": "whole"}
    with pytest.raises(Empty):
        channel._get("work")


def test_the_order_is_that_of_sending(channel, monkeypatch):
    moments = iter([1.0, 2.0, 3.0])
    monkeypatch.setattr("orchestrator.config.filesystem_queue.time.monotonic", lambda: next(moments))
    for number in range(3):
        channel._put("work", number)
    assert [channel._get("work") for _ in range(3)] == [0, 1, 2]


def test_the_hub_uses_it_for_files():
    with celery_app.connection_for_write(url="filesystem://") as connection:
        assert isinstance(connection.transport, Transport)
        assert isinstance(connection.transport, filesystem.Transport)
