"""The embedded queue: kombu's files in a folder, each of which appears whole.

Kombu opens a message's file under its final name and then writes it. A worker that looks in between takes
an empty message, fails to read it and ends (seen with kombu 5.7.0).
"""

from __future__ import annotations

import time
import uuid
from pathlib import Path
from typing import Any

from kombu.exceptions import ChannelError
from kombu.transport import filesystem
from kombu.utils.json import dumps

__all__ = ["Channel", "Transport"]


class Channel(filesystem.Channel):
    """Writes beside, then renames."""

    def _put(self, queue: str, payload: Any, **_kwargs: Any) -> None:
        # Read in the order of their names.
        message = Path(self.data_folder_out, f"{round(time.monotonic() * 1000)}_{uuid.uuid4()}.{queue}.msg")
        beside = message.with_suffix(".part")
        try:
            beside.write_text(dumps(payload))
            beside.rename(message)
        except OSError as error:
            raise ChannelError(f"cannot add a message to the queue {queue}") from error


class Transport(filesystem.Transport):
    """For ``filesystem://``."""

    Channel = Channel
