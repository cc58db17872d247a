"""Where the programs under test keep their data."""

import os
import secrets

import psycopg
import pytest
from psycopg import sql


@pytest.fixture
def services(tmp_path):
    """The environment of a hub: this machine alone, or under ``make services-test`` the services.

    On PostgreSQL a database is made for one test: the programs migrate it and do not clean up.
    """
    environment = {"DATA_DIR": str(tmp_path)}
    for name in ("CACHE_URL", "CELERY_BROKER_URL"):
        if name in os.environ:
            environment[name] = os.environ[name]
    url = os.environ.get("DATABASE_URL", "")
    if not url.startswith("postgres"):
        yield environment
        return
    database = sql.Identifier(name := f"onevoice_{secrets.token_hex(6)}")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(database))
        yield environment | {"DATABASE_URL": f"{url.rpartition('/')[0]}/{name}"}
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(database))


@pytest.fixture
def open_umask():
    """As most machines have it, whatever this process has by now."""
    before = os.umask(0o022)
    yield
    os.umask(before)
