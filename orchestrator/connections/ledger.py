"""The ledger: every value of foreign origin that is held, until when, and the search for one elsewhere."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.db import connection as database
from django.db import transaction

from orchestrator.connections.cache import Entry
from orchestrator.connections.models import Connection
from orchestrator.connections.process import this_process

__all__ = ["Hit", "LedgerLine", "held_strings", "list_ledger", "scan_database", "scan_files"]

# Shorter strings and these are no trace of anybody's content.
_SHORTEST = 8
_COMMON = re.compile(
    r"^(https?://schema\.org/\w+|[a-z]+/[a-z0-9.+-]+|[\d\s.,:+/-]+"
    r"|\d{4}-\d\d-\d\d[T ][\d:.]+(Z|[+-]\d\d:?\d\d)?)$"
)


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One thing that is held. ``id`` is its address, never its value."""

    source: str
    kind: str
    type: str
    id: str
    locale: str
    fingerprint: str
    stored_at: datetime
    ends_at: datetime
    hard_end_at: datetime | None
    purpose: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A place outside the cache where a value of foreign origin was found. ``text`` is that value."""

    place: str
    text: str


def list_ledger() -> list[LedgerLine]:
    """Everything that the shared cache holds, by source. What only memory holds ends with its process."""
    slugs = {str(uuid): slug for uuid, slug in Connection.objects.values_list("uuid", "slug")}
    lines = [_line(entry, slugs) for entry in this_process().cache.shared.entries()]
    return sorted(lines, key=lambda line: (line.source, line.type, line.id, line.locale))


def held_strings() -> set[str]:
    """The texts of all values that are held: what no other place may hold."""
    entries = this_process().cache.shared.entries()
    ids = {entry.address.id for entry in entries}
    found = {text for entry in entries if entry.asset for text in _texts(entry.asset.fields)}
    return {text for text in found if len(text) >= _SHORTEST and not _COMMON.match(text) and text not in ids}


def scan_database(strings: Iterable[str]) -> Iterator[Hit]:
    """Where a table of the hub's database holds one of them, the search index included."""
    index = _index(strings)
    with transaction.atomic(), database.cursor() as cursor:
        for table in database.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {database.ops.quote_name(table)}")  # noqa: S608 - a table's own name.
            columns = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                yield from _hits(index, ((f"{table}.{c}", v) for c, v in zip(columns, row, strict=True)))


def scan_files(paths: Iterable[Path], strings: Iterable[str]) -> Iterator[Hit]:
    """Where a file, or a file within a folder, holds one of them."""
    index = _index(strings)
    for path in paths:
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file():
                text = file.read_bytes().decode("utf-8", errors="replace")
                yield from _hits(index, [(str(file), text)])


def _line(entry: Entry, slugs: Mapping[str, str]) -> LedgerLine:
    a = entry.address
    return LedgerLine(
        source=slugs.get(a.connection, a.connection),
        kind=entry.absent or a.kind,
        type=a.type,
        id=a.id,
        locale=a.locale,
        fingerprint=entry.fingerprint,
        stored_at=datetime.fromtimestamp(entry.stored_at, UTC),
        ends_at=datetime.fromtimestamp(entry.last_end, UTC),
        hard_end_at=datetime.fromtimestamp(entry.hard_end, UTC) if entry.hard_end else None,
        purpose=entry.purpose,
        size_bytes=entry.size_bytes,
    )


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)


def _index(strings: Iterable[str]) -> dict[str, list[str]]:
    """The strings, also as JSON writes them, by their beginning: one pass over a text finds all."""
    index: dict[str, list[str]] = {}
    for text in set(strings):
        for written in {text, json.dumps(text)[1:-1]}:
            index.setdefault(written[:_SHORTEST], []).append(written)
    return index


def _hits(index: Mapping[str, list[str]], places: Iterable[tuple[str, Any]]) -> Iterator[Hit]:
    for place, value in places:
        text = (
            bytes(value).decode("utf-8", "replace") if isinstance(value, bytes | memoryview) else str(value)
        )
        for found in set(_found(index, text)):
            yield Hit(place, found)


def _found(index: Mapping[str, list[str]], text: str) -> Iterator[str]:
    for start in range(len(text) - _SHORTEST + 1):
        for candidate in index.get(text[start : start + _SHORTEST], ()):
            if text.startswith(candidate, start):
                yield candidate
