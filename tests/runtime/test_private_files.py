"""Who else has an account on the machine reads nothing of the hub's."""

import os
import secrets
import stat

import pytest

from orchestrator.config.private_files import keep_private
from tests.runtime.processes import free_port, running
from tests.runtime.test_up import get, read_until


@pytest.fixture(autouse=True)
def _an_open_umask():
    """As most machines have it, whatever this process has by now."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def mode(path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def open_to_others(folder) -> dict[str, str]:
    """What others may read, write or enter, with its mode."""
    return {
        str(path.relative_to(folder)): oct(mode(path))
        for path in (folder, *folder.rglob("*"))
        if mode(path) & 0o077 and "static" not in path.parts
    }


def test_what_the_programs_make_is_private(tmp_path):
    folder, port = tmp_path / "data", free_port()
    environment = {
        "DATA_DIR": str(folder),
        "SECRET_KEY": secrets.token_urlsafe(50),
        "SECRETS_KEYS": secrets.token_urlsafe(50),
    }
    with running("manage.py", "up", "--port", str(port), "--workers", "1", **environment) as process:
        read_until(process, "The hub answers")
        assert get(f"http://127.0.0.1:{port}/health/ready")[0] == 200
        process.terminate()
        process.communicate(timeout=60)
    assert {"hub.sqlite3", "cache.sqlite3", "queue"} <= {path.name for path in folder.iterdir()}
    assert open_to_others(folder) == {}


def test_what_was_made_before_is_mended(tmp_path):
    folder = tmp_path / "data"
    (folder / "queue" / "control").mkdir(parents=True)
    for name in ("hub.sqlite3", "hub.sqlite3-wal", "cache.sqlite3", "beat-schedule", "queue/1_a.celery.msg"):
        (folder / name).touch()
    assert open_to_others(folder).keys() >= {".", "hub.sqlite3", "queue", "queue/1_a.celery.msg"}
    keep_private(folder)
    assert open_to_others(folder) == {}


def test_what_is_not_ours_is_left_as_it_is(tmp_path):
    shared, others = tmp_path / "shared", tmp_path / "others"
    shared.mkdir()
    shared.chmod(0o1777)
    others.mkdir()
    (others / "letter.txt").touch()
    for folder in (shared, others):
        keep_private(folder)
    assert (mode(shared), mode(others), mode(others / "letter.txt")) == (0o1777, 0o755, 0o644)
    (others / "hub.sqlite3").touch()
    keep_private(others)
    assert (mode(others), mode(others / "letter.txt")) == (0o700, 0o644)


def test_static_files_are_for_a_web_server_to_read(tmp_path):
    static = tmp_path / "static"
    environment = {"DATA_DIR": str(tmp_path / "data"), "STATIC_ROOT": str(static), "DEBUG": "1"}
    with running("manage.py", "collectstatic", "--noinput", "-v", "0", **environment) as process:
        said, _ = process.communicate(timeout=120)
    assert (process.returncode, said) == (0, "")
    assert {mode(path) for path in (static, *static.rglob("*"))} == {0o755, 0o644}
