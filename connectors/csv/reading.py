"""How a table is read: asked for only if it changed, as a whole, and rows of it by id.

An id that is not in it is gone, if that is sure: not where the file may be cut, is empty, or has the id on a
line that is broken.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from connectors.csv.characters import decode
from connectors.csv.delimiters import find_delimiter
from connectors.csv.settings import TableConfig
from connectors.csv.tables import Row, Table, below, read_table
from connectors.csv.unreadable import UnreadableError
from connectors.sdk import Asset, BadResponseError, Call, Missing, MissingReason, Ref, Unchanged
from connectors.sdk.answers import Answer
from connectors.sdk.documents import DocumentConnector
from connectors.sdk.revalidation import validator_of, validator_of_all

__all__ = ["File", "TableReading"]

_PAGES = frozenset({"text/html", "application/xhtml+xml"})
_WITH_COMMA = re.compile(r"[+-]?\d{1,3}(?:[.’' \u00a0\u202f]?\d{3})*(?:,\d+)?|[+-]?\d+(?:,\d+)?")
# Rows that are tried when the connection is; of a large table the rest is like them.
_TRIED = 500


@dataclass(frozen=True, slots=True)
class File:
    """A table, and the mark by which to ask whether it changed, where that can be relied upon."""

    table: Table
    validator: str | None


class TableReading(DocumentConnector[TableConfig]):
    """Reads one table, and rows of it by id."""

    accepts: ClassVar[str] = "text/csv, text/tab-separated-values;q=0.9, text/plain;q=0.9, */*;q=0.1"

    def fetch(self, refs: Sequence[Ref], call: Call) -> Mapping[Ref, Asset | Missing | Unchanged]:
        """All ids from one reading of the file."""
        wanted = {ref.external_id: ref for ref in refs if ref.type == self.config.type}
        if not wanted:
            return {}
        file = self.read(call, unless=validator_of_all(wanted.values(), call))
        if file is None:
            return dict.fromkeys(wanted.values(), Unchanged())
        rows = file.table.rows
        found = {ref: self.record_of(rows[one]) for one, ref in wanted.items() if one in rows}
        absent = {
            ref: Missing(MissingReason.GONE if file.table.is_absent(one) else MissingReason.UNKNOWN)
            for one, ref in wanted.items()
            if one not in rows
        }
        judged = self.judged_together(found).items()
        return {
            **absent,
            **{
                ref: replace(one, validator=file.validator) if isinstance(one, Asset) else one
                for ref, one in judged
            },
        }

    def check(self, call: Call) -> None:
        """One reading, and whether any of the first rows can be mapped."""
        file = self.read(call)
        self.check_mapping()
        if file is not None:
            rows = list(file.table.rows.items())[:_TRIED]
            self.judged_together({Ref(self.config.type, one): self.record_of(row) for one, row in rows})

    def remarks(self, call: Call) -> Sequence[str]:
        """Lines that are left out, and cells that cannot be read, each with the number of its line."""
        file = self.read(call)
        if file is None:
            return ()
        told = [(one.line, one.why) for one in file.table.broken]
        for row in list(file.table.rows.values())[:_TRIED]:
            trial = self.try_mapping(self.record_of(row))
            told += [(row.line, f"{field.name} {field.problem}") for field in trial.fields if field.problem]
        return [f"Line {line}: {why}" for line, why in sorted(told)]

    def read(self, call: Call, *, unless: str | None = None) -> File | None:
        """The file; ``None`` if it is what ``unless``, an earlier reading's validator, stands for.

        Raises:
            BadResponseError: It is no table that can be read.
        """
        answer = self.document(self.config.base_url, call, unless=unless)
        if answer is None:
            return None
        try:
            return File(self._table_of(answer), validator_of(answer))
        except UnreadableError as error:
            raise BadResponseError(f"{answer.where}: not a table that can be read: {error}") from None

    def record_of(self, row: Row) -> dict[str, Any]:
        """A row as a mapping sees it."""
        record: dict[str, Any] = dict(row.cells)
        for column in self.config.comma_columns:
            if column in record and _WITH_COMMA.fullmatch(record[column]):
                record[column] = re.sub(r"[.’' \u00a0\u202f]", "", record[column]).replace(",", ".")
        for column, separator in self.config.list_columns.items():
            if column in record:
                parts = map(str.strip, record[column].split(separator))
                record[column] = list(filter(None, parts))
        return record

    def _table_of(self, answer: Answer) -> Table:
        kind, charset = answer.content_type
        if kind in _PAGES:
            raise UnreadableError("no table but a page")
        config = self.config
        chosen = "" if config.encoding == "found" else config.encoding
        text = below(decode(answer.body, chosen=chosen, announced=charset), config.header_line)
        delimiter = {"found": "", "tab": "\t"}.get(config.delimiter, config.delimiter)
        return read_table(
            text,
            delimiter=delimiter or find_delimiter(text),
            header_line=config.header_line,
            id_column=config.id_column,
        )
