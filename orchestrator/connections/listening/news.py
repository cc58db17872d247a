"""Whether anything changed at a source since a page was shown."""

from __future__ import annotations

from orchestrator.connections.process import this_process

__all__ = ["generation"]


def generation() -> int:
    """The number of the newest purge that this process has heard of: an integer in memory.

    A page that shows values of sources reads them again when it moved.
    """
    process = this_process()
    process.hear()
    return process.generations.head
