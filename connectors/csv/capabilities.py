"""What a connection to a table can do beyond reading by id. All of it is read from the file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from connectors.csv.reading import TableReading
from connectors.csv.tables import Row
from connectors.sdk import AssetPage, BadResponseError, Call, ConfigurationError

__all__ = ["Collecting", "Sampling", "Searching"]


class _Listing(TableReading):
    def _listed(
        self, keep: Callable[[Row], bool], *, limit: int, cursor: str | None, call: Call
    ) -> AssetPage:
        """Rows that are kept, in the file's order, from a cursor on: how many came before."""
        if cursor is not None and not (cursor.isascii() and cursor.isdigit() and len(cursor) < 9):
            raise BadResponseError(f"{self.name}: not a cursor of this table")
        file = self.read(call)
        kept = [row for row in file.table.rows.values() if keep(row)] if file else []
        start = int(cursor or 0)
        assets = self.judged_all([self.record_of(row) for row in kept[start : start + limit]])
        return AssetPage(assets, str(start + limit) if len(kept) > start + limit else None)


class Searching(_Listing):
    """People can pick its rows."""

    def search(self, query: str, types: Sequence[str], cursor: str | None, call: Call) -> AssetPage:
        """Rows that hold all words, in any case and column."""
        if types and self.config.type not in types:
            return AssetPage(())
        words = query.casefold().split()

        def keep(row: Row) -> bool:
            text = "\n".join(row.cells.values()).casefold() if words else ""
            return all(word in text for word in words)

        return self._listed(keep, limit=self.config.page_size, cursor=cursor, call=call)


class Collecting(_Listing):
    """It answers stored queries: rows with a value in a column."""

    def query_schema(self) -> Mapping[str, Any]:
        """A text for each column that the settings name."""
        return {
            "type": "object",
            "properties": {
                name: {"type": "string", "title": label or name}
                for name, label in self.config.filters.items()
            },
            "additionalProperties": False,
        }

    def query(
        self, type: str, query: Mapping[str, Any], limit: int, cursor: str | None, call: Call
    ) -> AssetPage:
        """Rows with these values, whatever their case, in the file's order."""
        unknown = [name for name in query if name not in self.config.filters]
        if unknown:
            raise ConfigurationError(f"{self.name}: a collection cannot ask for “{unknown[0]}” here")
        if type != self.config.type or limit < 1:
            return AssetPage(())
        wanted = {name: str(value).strip().casefold() for name, value in query.items() if value}
        return self._listed(
            lambda row: all(value in self._values(row, name) for name, value in wanted.items()),
            limit=limit,
            cursor=cursor,
            call=call,
        )

    def _values(self, row: Row, column: str) -> list[str]:
        """The values of a cell, in lower case."""
        cell = row.cells.get(column, "").casefold()
        separator = self.config.list_columns.get(column)
        return [part.strip() for part in cell.split(separator.casefold())] if separator else [cell]


class Sampling(TableReading):
    """It shows a row as a mapping sees it."""

    def sample(self, call: Call) -> Mapping[str, Any]:
        """The first row.

        Raises:
            ConfigurationError: There is none.
        """
        file = self.read(call)
        if file is None or not file.table.rows:
            raise ConfigurationError(f"{self.name}: the table is empty, so there is no sample to show")
        return self.record_of(next(iter(file.table.rows.values())))
