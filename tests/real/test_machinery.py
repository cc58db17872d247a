"""What the launchers stand on, without any real system."""

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import requests

from tests.kept import build, digest_of, forget_unused, note_use
from tests.real.systems import SYSTEMS, cache_folder
from tests.real.systems.programs import Program, free_port, is_on_loopback_only

SERVER = (
    "from http.server import HTTPServer, SimpleHTTPRequestHandler; "
    "HTTPServer(('{}', {}), SimpleHTTPRequestHandler).serve_forever()"
)


def answers(port: int) -> bool:
    try:
        return requests.get(f"http://127.0.0.1:{port}/", timeout=5).status_code == 200
    except requests.ConnectionError:
        return False


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def soon(condition, within_s: float = 20) -> bool:
    end = time.monotonic() + within_s
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    return condition()


def test_half_of_an_installation_never_counts(tmp_path):
    def broken(place: Path) -> None:
        (place / "first").write_text("half")
        raise RuntimeError("no more space")

    with pytest.raises(RuntimeError):
        build(tmp_path / "system", broken)
    assert not (tmp_path / "system").exists()
    assert [one.name for one in tmp_path.iterdir()] == ["system.lock"]
    build(tmp_path / "system", lambda place: (place / "first").write_text("whole"))
    assert (tmp_path / "system" / "first").read_text() == "whole"


def test_of_two_who_install_one_waits_and_finds_it_done(tmp_path):
    makers = []

    def make(place: Path) -> None:
        makers.append(place)
        time.sleep(0.2)

    threads = [threading.Thread(target=build, args=(tmp_path / "system", make)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(makers) == 1


def test_what_decides_an_installation_decides_its_name(tmp_path):
    lock = tmp_path / "lock"
    lock.write_text("one 1.0")
    first = digest_of([lock], "6.1")
    assert digest_of([lock], "6.1") == first
    assert digest_of([lock], "6.2") != first
    lock.write_text("one 1.1")
    assert digest_of([lock], "6.1") != first


def test_what_nobody_used_for_long_is_removed(tmp_path):
    old, used = tmp_path / "shop-1", tmp_path / "shop-2"
    for place in (old, used):
        place.mkdir()
        os.utime(place, (0, 0))
    note_use(used)
    forget_unused(tmp_path.glob("shop-*"))
    assert [place.name for place in tmp_path.iterdir()] == ["shop-2"]


def test_the_cache_lies_outside_the_checkout(monkeypatch):
    monkeypatch.delenv("ONEVOICE_TEST_CACHE", raising=False)
    assert not cache_folder().is_relative_to(Path(__file__).parents[2])
    monkeypatch.setenv("ONEVOICE_TEST_CACHE", "/somewhere/else")
    assert cache_folder() == Path("/somewhere/else/real")


def test_a_program_and_its_children_end_together(tmp_path):
    port, child = free_port(), free_port()
    children = f"import subprocess; subprocess.Popen({python(SERVER.format('127.0.0.1', child))!r}); "
    program = Program(
        python(children + SERVER.format("127.0.0.1", port)), folder=tmp_path, log=tmp_path / "log"
    )
    program.start(lambda: answers(port) and answers(child), within_s=30)
    program.kill()
    assert not answers(port)
    assert not answers(child)
    program.kill()  # Once more does no harm.


def test_no_program_outlives_the_tests(tmp_path):
    port = free_port()
    tests = f"""
        import os, pathlib
        from tests.real.systems.programs import Program
        program = Program({python(SERVER.format("127.0.0.1", port))!r}, folder=pathlib.Path("."),
                          log=pathlib.Path({str(tmp_path / "log")!r}))
        program.start(lambda: True, within_s=30)
        os.kill(os.getpid(), 9)
    """
    code = "\n".join(line.strip() for line in tests.splitlines())
    started = time.monotonic()
    subprocess.run(python(code), cwd=Path(__file__).parents[2], check=False, env={**os.environ})
    assert soon(lambda: not answers(port)), time.monotonic() - started


def test_a_program_that_ends_at_once_says_why(tmp_path):
    program = Program(python("raise SystemExit('no such setting')"), folder=tmp_path, log=tmp_path / "log")
    with pytest.raises(RuntimeError, match="no such setting"):
        program.start(lambda: False, within_s=30)


def test_a_program_that_is_never_ready_is_ended(tmp_path):
    port = free_port()
    program = Program(python(SERVER.format("127.0.0.1", port)), folder=tmp_path, log=tmp_path / "log")
    with pytest.raises(RuntimeError, match="not ready in 0 s"):
        program.start(lambda: False, within_s=0.3)
    assert not answers(port)


@pytest.mark.parametrize(("host", "loopback"), [("127.0.0.1", True), ("0.0.0.0", False)])
def test_who_listens_elsewhere_is_told_apart(tmp_path, host, loopback):
    port = free_port()
    assert not is_on_loopback_only(port), "nobody listens there"
    program = Program(python(SERVER.format(host, port)), folder=tmp_path, log=tmp_path / "log")
    program.start(lambda: answers(port), within_s=30)
    try:
        assert is_on_loopback_only(port) is loopback
    finally:
        program.kill()


@pytest.mark.parametrize("name", sorted(SYSTEMS))
def test_lock_files_hold_what_is_installed_and_name_no_host(name):
    system = SYSTEMS[name]
    for lock in (system.folder / lock for lock in system.locks):
        if lock.name == "requirements.txt":
            assert "://" not in lock.read_text()
            assert lock.read_text().count("==") <= lock.read_text().count("--hash=sha256:")
        if lock.name == "package-lock.json":
            packages = json.loads(lock.read_text())["packages"]
            assert not [key for key, one in packages.items() if "resolved" in one]
            assert not [key for key, one in packages.items() if key and "integrity" not in one]
        if lock.name == ".npmrc":
            assert "omit-lockfile-registry-resolved=true" in lock.read_text()
            assert "//" not in lock.read_text()


def test_a_name_that_is_no_system_is_refused():
    told = subprocess.run(
        [sys.executable, "-m", "tests.real.install", "kinto", "nonsense"],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 2
    assert "nonsense" in told.stderr
