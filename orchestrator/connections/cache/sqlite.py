"""The shared cache of the embedded default: its own SQLite file.

``synchronous=OFF``: a power cut may cost the file, which is rebuilt from its sources. A file that is
damaged is removed, one that vanished is made anew, one of another format is emptied, all at the next use.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import astuple, fields
from pathlib import Path
from queue import Empty, LifoQueue

from orchestrator.connections.cache.entry import (
    COLUMNS,
    READS_KEPT_S,
    Address,
    Entry,
    Position,
    Purges,
    connections_of,
)

__all__ = ["SqliteStore"]

# Kept in the file as its user_version. Raise it with every change of the tables.
_FORMAT = 3
_SCHEMA = f"""
BEGIN IMMEDIATE;
DROP TABLE IF EXISTS entries;
CREATE TABLE entries (
  key TEXT PRIMARY KEY, connection TEXT NOT NULL, version INTEGER NOT NULL, epoch TEXT NOT NULL,
  kind TEXT NOT NULL, type TEXT NOT NULL, id TEXT NOT NULL, locale TEXT NOT NULL, value BLOB NOT NULL,
  fingerprint TEXT NOT NULL, stored_at REAL NOT NULL, as_of REAL NOT NULL, fresh_until REAL NOT NULL,
  revalidate_until REAL NOT NULL, error_until REAL NOT NULL, hard_end REAL, generation INTEGER NOT NULL,
  purpose TEXT NOT NULL, last_end REAL NOT NULL
);
CREATE INDEX entries_by_end ON entries (last_end);
CREATE INDEX entries_by_connection ON entries (connection);
DROP TABLE IF EXISTS positions;
CREATE TABLE positions (epoch TEXT PRIMARY KEY, n INTEGER NOT NULL, at REAL NOT NULL);
DROP TABLE IF EXISTS reads;
CREATE TABLE reads (key TEXT PRIMARY KEY, at REAL NOT NULL);
CREATE INDEX reads_by_time ON reads (at);
PRAGMA user_version = {_FORMAT};
COMMIT;
"""
_NAMES = ", ".join(COLUMNS)
_SELECT_ADDRESSES = (
    "SELECT connection, version, epoch, kind, type, id, locale, key, generation"
    " FROM entries WHERE connection = ?"
)
_ADDRESS = ", ".join(field.name for field in fields(Address))
_SELECT_KEYS = f"SELECT {_ADDRESS} FROM entries WHERE key > ? AND key < ? ORDER BY key LIMIT ?"  # noqa: S608
# A reading that began before what is held must not replace it.
_UPSERT = f"""
INSERT INTO entries ({_NAMES}, last_end) VALUES ({", ".join("?" * (len(COLUMNS) + 1))})
ON CONFLICT (key) DO UPDATE SET
  ({_NAMES}, last_end) = ({", ".join(f"excluded.{name}" for name in (*COLUMNS, "last_end"))})
WHERE excluded.generation >= entries.generation
"""  # noqa: S608 - built from our own column names.
_NOTE = """
INSERT INTO positions (epoch, n, at) VALUES (?, ?, ?)
ON CONFLICT (epoch) DO UPDATE SET (n, at) = (excluded.n, excluded.at) WHERE excluded.n > positions.n
"""
_NOTE_READ = """
INSERT INTO reads (key, at) VALUES (?, ?)
ON CONFLICT (key) DO UPDATE SET at = excluded.at WHERE excluded.at > reads.at
"""
# SQLite's own limit on variables in one statement is 32,766; small steps keep a reader's statement short.
_STEP = 400


class SqliteStore:
    """Raises ``sqlite3.Error`` and ``OSError``; :class:`~.shared.SharedCache` keeps them from callers."""

    failures = (sqlite3.Error, OSError)

    def __init__(self, path: Path, *, most_entries: int = 200_000) -> None:
        self.path = path
        self.most_entries = most_entries
        self._idle: LifoQueue[tuple[sqlite3.Connection, int]] = LifoQueue()

    def get_many(self, keys: Sequence[str]) -> list[Entry]:
        """Those that are held, in any order."""
        found: list[Entry] = []
        with self._connection() as db:
            for start in range(0, len(keys), _STEP):
                part = keys[start : start + _STEP]
                marks = ",".join("?" * len(part))
                rows = db.execute(f"SELECT {_NAMES} FROM entries WHERE key IN ({marks})", part)  # noqa: S608
                found += map(Entry.from_row, rows)
        return found

    def put_many(self, entries: Iterable[Entry], *, heard: Position | None = None) -> None:
        """Hold entries, when they were read, and how far the purge log was heard by whoever puts them."""
        entries = list(entries)
        with self._connection() as db, db:
            if heard is not None:
                db.execute(_NOTE, astuple(heard))
            db.executemany(_UPSERT, [(*entry.to_row(), entry.last_end) for entry in entries])
            db.executemany(_NOTE_READ, [(entry.key, entry.stored_at) for entry in entries])

    def read_since(self, keys: Sequence[str], at: float) -> set[str]:
        """Those that were read later than ``at``, at most half a day ago, be they held or not."""
        found: set[str] = set()
        with self._connection() as db:
            for start in range(0, len(keys), _STEP):
                part = keys[start : start + _STEP]
                marks = ",".join("?" * len(part))
                rows = db.execute(f"SELECT key FROM reads WHERE at > ? AND key IN ({marks})", (at, *part))  # noqa: S608
                found.update(key for (key,) in rows)
        return found

    def note(self, heard: Position) -> None:
        """Remember how far the purge log was heard: the furthest in each epoch."""
        with self._connection() as db, db:
            db.execute(_NOTE, astuple(heard))

    def positions(self) -> list[Position]:
        """How far the log was heard by all who use this file."""
        with self._connection() as db:
            return [Position(*row) for row in db.execute("SELECT epoch, n, at FROM positions ORDER BY epoch")]

    def drop(self, purges: Purges) -> None:
        """Delete what these purges cover; one pass for each connection, in which no value is read."""
        with self._connection() as db, db:
            for connection in connections_of(purges):
                rows = db.execute(_SELECT_ADDRESSES, (connection,))
                read = [(Address(*row[:-1]), row[-1]) for row in rows]
                covered = [(generation, a.key) for a, generation in read if a.is_before(purges, generation)]
                db.executemany("DELETE FROM entries WHERE generation = ? AND key = ?", covered)

    def prune(self, now: float) -> int:
        """Delete what has ended, and the oldest beyond the bound. Returns how many."""
        with self._connection() as db, db:
            db.execute("DELETE FROM reads WHERE at <= ?", (now - READS_KEPT_S,))
            ended = db.execute("DELETE FROM entries WHERE last_end <= ?", (now,)).rowcount
            beyond = db.execute(
                "DELETE FROM entries WHERE key IN"
                " (SELECT key FROM entries ORDER BY stored_at DESC LIMIT -1 OFFSET ?)",
                (self.most_entries,),
            ).rowcount
        return int(ended + beyond)

    def entries(self) -> Iterator[Entry]:
        """All that is held."""
        with self._connection() as db:
            yield from map(Entry.from_row, db.execute(f"SELECT {_NAMES} FROM entries ORDER BY key"))  # noqa: S608

    def addresses(self, prefix: str, *, after: str, most: int) -> list[Address]:
        """What is held under keys that begin so (``prefix`` ends with ":"), by key, from ``after`` on."""
        last = f"{prefix[:-1]};"  # The character after the colon.
        with self._connection() as db:
            rows = db.execute(_SELECT_KEYS, (max(prefix, after), last, most))
            return [Address(*row) for row in rows]

    def clear(self) -> None:
        """Hold nothing."""
        with self._connection() as db, db:
            db.execute("DELETE FROM entries")
            db.execute("DELETE FROM positions")
            db.execute("DELETE FROM reads")

    def heal(self, error: Exception) -> None:
        """After a failure: close all, and remove a file that is no database any more."""
        self.close()
        damaged = isinstance(error, sqlite3.DatabaseError) and not isinstance(
            error, sqlite3.OperationalError | sqlite3.IntegrityError | sqlite3.ProgrammingError
        )
        if damaged or isinstance(error, ValueError | KeyError | TypeError):
            for suffix in ("", "-wal", "-shm"):
                Path(f"{self.path}{suffix}").unlink(missing_ok=True)

    def close(self) -> None:
        """Close idle connections."""
        while True:
            try:
                self._idle.get_nowait()[0].close()
            except Empty:
                return

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        db, inode = self._borrow()
        try:
            yield db
        except BaseException:
            db.close()
            raise
        self._idle.put((db, inode))

    def _borrow(self) -> tuple[sqlite3.Connection, int]:
        """A connection to the file that is there now; one to a removed file is closed."""
        inode = self._inode()
        while True:
            try:
                db, opened = self._idle.get_nowait()
            except Empty:
                return self._open()
            if opened == inode:
                return db, opened
            db.close()

    def _open(self) -> tuple[sqlite3.Connection, int]:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        # Whoever borrows it has it alone, so threads may take turns.
        db = sqlite3.connect(self.path, timeout=0.5, check_same_thread=False)
        try:
            db.execute("PRAGMA journal_mode=WAL").close()
            db.execute("PRAGMA synchronous=OFF")
            with closing(db.execute("PRAGMA user_version")) as found:
                is_ours = found.fetchone()[0] == _FORMAT
            if not is_ours:
                db.executescript(_SCHEMA).close()
        except BaseException:
            db.close()
            raise
        return db, self._inode()

    def _inode(self) -> int:
        try:
            return os.stat(self.path).st_ino  # noqa: PTH116 - on every read; os.stat is the quicker.
        except FileNotFoundError:
            return -1
