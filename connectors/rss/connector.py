"""The connector of feeds: an address, and its entries can be picked."""

from __future__ import annotations

from typing import ClassVar

from connectors.rss.capabilities import Collecting, Sampling, Searching
from connectors.rss.changes import Polling
from connectors.rss.settings import FeedConfig

__all__ = ["FeedConnector"]


class FeedConnector(Searching, Collecting, Polling, Sampling):
    """Any feed in RSS 2.0, RSS 1.0 or Atom, by settings."""

    name: ClassVar[str] = "RSS and Atom"
    description: ClassVar[str] = "Any feed: its newest entries as articles or posts."
    config_class = FeedConfig
    # All of them come from one reading.
    max_batch: ClassVar[int] = 500
    max_concurrency: ClassVar[int] = 2
