"""A database with all migrations applied, made once and copied.

Applying them takes some fifteen seconds, for each process of the suite and for each hub that it starts.
The copy is migrated like any database; there is only nothing left to do, unless a migration is new.
"""

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

import django
import psycopg
from django.db.migrations.loader import MigrationLoader
from psycopg import sql

from tests.kept import build, digest_of, forget_unused, kept_folder, note_use, only_one

__all__ = ["copy_migrated", "migrated_file", "migrated_template"]

_ROOT = Path(__file__).parents[1]
_FILE = "hub.sqlite3"


def migrated_file() -> Path:
    """A SQLite database. To be copied, never opened."""
    place = kept_folder("tests") / f"sqlite-{_state()}"
    build(place, _make)
    note_use(place)
    forget_unused(place.parent.glob("sqlite-*"))
    return place / _FILE


def copy_migrated(folder: Path) -> None:
    """Give a hub whose data is in ``folder`` its database, readable by its owner alone."""
    copied = shutil.copyfile(migrated_file(), folder / _FILE)
    copied.chmod(0o600)


def migrated_template(url: str) -> str:
    """The name of a PostgreSQL database on the server of ``url``, for ``CREATE DATABASE ... TEMPLATE``.

    It stays there for the next run. One of other migrations is removed.
    """
    name = f"onevoice_migrated_{_state()}"
    folder = kept_folder("tests")
    folder.mkdir(parents=True, exist_ok=True)
    with only_one(folder / "postgresql.lock"), psycopg.connect(url, autocommit=True) as server:
        rows = server.execute("SELECT datname FROM pg_database WHERE datname LIKE 'onevoice_migrated_%'")
        there = {row[0] for row in rows}
        if name not in there:
            for outdated in there:
                server.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(outdated)))
            _make_template(server, url, name)
    return name


def _make_template(server: psycopg.Connection, url: str, name: str) -> None:
    """Made under another name first: a template that is there is whole."""
    making = f"{name}_making"
    server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(making)))
    with tempfile.TemporaryDirectory() as folder:
        _migrate(DATA_DIR=folder, DATABASE_URL=f"{url.rpartition('/')[0]}/{making}")
    server.execute(
        sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(making), sql.Identifier(name))
    )


def _make(folder: Path) -> None:
    with tempfile.TemporaryDirectory() as data:
        _migrate(DATA_DIR=data)
        with closing(sqlite3.connect(Path(data) / _FILE)) as made:
            # Into the one file: what stands in the journal beside it would not be copied.
            made.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copyfile(Path(data) / _FILE, folder / _FILE)


def _migrate(**environment: str) -> None:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
        cwd=_ROOT,
        env={**kept, "DEBUG": "1", **environment},
        check=True,
    )


def _state() -> str:
    """Another one as soon as a migration is added or changed, ours or a package's."""
    migrations = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
    files = {sys.modules[type(each).__module__].__file__ for each in migrations.values()}
    return digest_of(sorted(map(Path, files)), django.__version__, sqlite3.sqlite_version)
