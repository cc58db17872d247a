"""Where the programs under test keep their data."""

import os
import secrets

import psycopg
import pytest
from psycopg import sql

from tests.migrated import copy_migrated, migrated_template


@pytest.fixture
def services(tmp_path):
    """The environment of a hub: this machine alone, or under ``make services-test`` the services.

    Its database is migrated. On PostgreSQL it is made for one test: the programs do not clean up.
    """
    environment = {"DATA_DIR": str(tmp_path)}
    for name in ("CACHE_URL", "CELERY_BROKER_URL"):
        if name in os.environ:
            environment[name] = os.environ[name]
    url = os.environ.get("DATABASE_URL", "")
    if not url.startswith("postgres"):
        copy_migrated(tmp_path)
        yield environment
        return
    database = sql.Identifier(name := f"onevoice_{secrets.token_hex(6)}")
    template = sql.Identifier(migrated_template(url))
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(database, template))
        yield environment | {"DATABASE_URL": f"{url.rpartition('/')[0]}/{name}"}
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(database))


@pytest.fixture
def open_umask():
    """As most machines have it, whatever this process has by now."""
    before = os.umask(0o022)
    yield
    os.umask(before)
