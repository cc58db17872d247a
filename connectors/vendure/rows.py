"""Raw rows of Vendure's lists, and the ids that they have."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from connectors.sdk import BadResponseError, Ref

__all__ = ["Row", "askable", "id_of", "of_type", "skip_of", "sort_out"]

Row = Mapping[str, Any]

# What an id can be, by either of Vendure's EntityIdStrategies; others are not asked for.
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


def id_of(row: Row, name: str = "id") -> str:
    """The id of a row. ``BadResponseError`` if it has none."""
    external_id = row.get(name)
    if not isinstance(external_id, str) or not external_id:
        raise BadResponseError("Vendure: a row without an id")
    return external_id


def of_type(refs: Iterable[Ref], type: str) -> list[Ref]:
    """Those of one type, each once."""
    return [ref for ref in dict.fromkeys(refs) if ref.type == type]


def askable(refs: Iterable[Ref]) -> list[str]:
    """The ids that Vendure could have given."""
    return [ref.external_id for ref in refs if _ID.fullmatch(ref.external_id)]


def sort_out(refs: Sequence[Ref], rows: Iterable[Row]) -> tuple[list[Ref], bool]:
    """The refs without a row, and whether the filter was read: rows that nobody asked for prove nothing."""
    came, asked = {id_of(row) for row in rows}, {ref.external_id for ref in refs}
    return [ref for ref in refs if ref.external_id not in came], came <= asked


def skip_of(cursor: str | None) -> int:
    """How many a cursor leaves out. ``BadResponseError`` if it is none of ours."""
    if cursor is None:
        return 0
    if not re.fullmatch(r"\d{1,9}", cursor, re.ASCII):
        raise BadResponseError("not a cursor of Vendure")
    return int(cursor)
