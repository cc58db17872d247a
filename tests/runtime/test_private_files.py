"""Who else has an account on the machine reads nothing of the hub's. What a start makes: ``test_up``."""

import pytest

from orchestrator.config.private_files import keep_private
from tests.runtime.modes import mode, open_to_others
from tests.runtime.processes import running

pytestmark = pytest.mark.usefixtures("open_umask")


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
