"""The same surroundings for every test: no environment needed, only loopback, nothing left behind.

Django's settings read the environment once, so it is set here, while pytest still collects. Every
process (each xdist worker too) gets a data folder of its own. ``DATABASE_URL``, ``CACHE_URL`` and
``CELERY_BROKER_URL`` are taken as given: that is how ``make services-test`` runs this same suite.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import django
import pytest
from django.conf import settings
from django.contrib.auth.hashers import get_hashers
from django.core.cache import caches
from django.db import connection
from django.utils import translation
from pytest_django.plugin import DjangoDbBlocker

from tests.migrated import migrated_file, migrated_template

_DATA = tempfile.TemporaryDirectory(prefix="onevoice-tests-", ignore_cleanup_errors=True)

os.environ["DJANGO_SETTINGS_MODULE"] = "orchestrator.config.settings"
os.environ |= {
    "DATA_DIR": _DATA.name,
    "STATIC_ROOT": str(Path(_DATA.name) / "static"),
    "DEBUG": "0",
    "SECRET_KEY": "known-to-everyone-and-used-by-tests-only-0123456789",
    "SECRETS_KEYS": "also-known-to-everyone-and-used-by-tests-only-01234",
    "PUBLIC_URL": "http://127.0.0.1:8000",
    "ALLOWED_HOSTS": "127.0.0.1,localhost,[::1],testserver",
    # No thread reads the test database behind a test's back; tests of those threads switch them on.
    "CONNECTIONS_BACKGROUND": "0",
    # Sources in tests are real servers on loopback; tests of the outbound guard name their own list.
    "OUTBOUND_ALLOWED_HOSTS": "127.0.0.1,localhost",
}
# A file, not memory: threads that share SQLite's in-memory database block each other's flush.
os.environ.setdefault("TEST_DATABASE_FILE", str(Path(_DATA.name) / "test.sqlite3"))
# Playwright's synchronous API keeps an event loop in the thread that also uses the ORM.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
if os.environ.get("CACHE_URL", "").startswith("redis"):
    # Each xdist worker empties its own Redis database, counted from the one of the URL.
    _server, _, _number = os.environ["CACHE_URL"].rpartition("/")
    _worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    os.environ["CACHE_URL"] = f"{_server}/{int(_number or 0) + _worker}"
django.setup()
# A real one takes a third of a second for each person that a test makes, on purpose.
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
get_hashers.cache_clear()

_BLOCKER = pytest.StashKey[DjangoDbBlocker]()


def pytest_configure(config: pytest.Config) -> None:
    """Keep an xdist controller's surroundings from its workers: each would load its settings with them."""
    if config.getoption("numprocesses", None) and not hasattr(config, "workerinput"):
        del os.environ["DJANGO_SETTINGS_MODULE"], os.environ["TEST_DATABASE_FILE"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give every test with real transactions the rows of migrations, which the flush before it took."""
    for item in items:
        if _has_transactions(item):
            options = dict(item.get_closest_marker("django_db", pytest.mark.django_db().mark).kwargs)
            options |= {"transaction": True, "serialized_rollback": True}
            item.add_marker(pytest.mark.django_db(**options), append=False)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """Give them back to the others, too: a process that takes over from another one mixes the two kinds."""
    yield
    if nextitem and _has_transactions(item) and not _has_transactions(nextitem):
        with item.config.stash[_BLOCKER].unblock():
            connection.creation.deserialize_db_from_string(connection._test_serialized_contents)


def _has_transactions(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("django_db")
    asked = {"transactional_db", "live_server"} & set(getattr(item, "fixturenames", ()))
    return bool(asked or (marker and marker.kwargs.get("transaction")))


@pytest.fixture(scope="session", autouse=True)
def _blocker(request: pytest.FixtureRequest, django_db_blocker: DjangoDbBlocker) -> None:
    request.config.stash[_BLOCKER] = django_db_blocker


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """On SQLite the database is there before the first test, with all migrations applied."""
    return not os.environ.get("DATABASE_URL")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Each process starts with a copy of one that was migrated once, for this run or an earlier one."""
    if url := os.environ.get("DATABASE_URL", ""):
        settings.DATABASES["default"]["TEST"]["TEMPLATE"] = migrated_template(url)
    else:
        shutil.copyfile(migrated_file(), os.environ["TEST_DATABASE_FILE"])


def pytest_unconfigure() -> None:
    """Remove this process's data folder."""
    _DATA.cleanup()


@pytest.fixture(autouse=True)
def _same_start_for_every_test():
    """No language and no cached value comes over from the test before."""
    translation.deactivate_all()
    yield
    translation.deactivate_all()
    caches["default"].clear()


@pytest.fixture(autouse=True)
def _no_reading_comes_over():
    """Each test begins with empty caches, and with no connector or thread of another test."""
    from orchestrator.connections.process import clear_process

    yield
    clear_process()


@pytest.fixture
def scripted(monkeypatch):
    """The scripted connector is installed, found by its entry point like any package's; its scripts."""
    from connectors.sdk.testing.scripted import scripts
    from orchestrator.connections.configuring.registry import forget_connectors

    monkeypatch.syspath_prepend(Path(__file__).parent / "plugins")
    forget_connectors()
    yield scripts
    scripts.clear()
    forget_connectors()
