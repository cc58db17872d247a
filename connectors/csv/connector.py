"""The connector of tables: an address and a mapping, and rows can be picked."""

from __future__ import annotations

from typing import ClassVar

from connectors.csv.capabilities import Collecting, Sampling, Searching
from connectors.csv.changes import Polling
from connectors.csv.settings import TableConfig

__all__ = ["TableConnector"]


class TableConnector(Searching, Collecting, Polling, Sampling):
    """Any CSV file at an address, by settings."""

    name: ClassVar[str] = "CSV"
    description: ClassVar[str] = "Any table in a CSV file at an address: columns are mapped to fields."
    config_class = TableConfig
    # All of them come from one reading.
    max_batch: ClassVar[int] = 500
    max_concurrency: ClassVar[int] = 2
