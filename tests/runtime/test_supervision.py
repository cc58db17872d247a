"""Programs are kept running, and neither they nor their children are left behind. All are real processes."""

import os
import signal
import socket
import subprocess
import sys
import textwrap
import threading

import pytest

from orchestrator.config import guard, supervision
from orchestrator.config.supervision import (
    GaveUpError,
    PortTakenError,
    Program,
    Supervisor,
    require_free_port,
)
from tests.runtime.processes import free_port, is_alive, until


@pytest.fixture
def notes(tmp_path):
    """A file to which programs add one word for each start, and what is in it."""

    class Notes:
        file = tmp_path / "notes"

        def words(self):
            return self.file.read_text(encoding="utf-8").split() if self.file.exists() else []

    return Notes()


def program(name: str, code: str, *arguments: object) -> Program:
    return Program(name, [sys.executable, "-c", textwrap.dedent(code), *map(str, arguments)])


NOTE_PID_AND_SLEEP = """
    import os, sys, time
    with open(sys.argv[1], "a") as file:
        file.write(f"{os.getpid()}\\n")
    time.sleep(600)
"""
NOTE_TWO_PIDS_AND_SLEEP = """
    import os, sys, time
    child = os.fork()
    if not child:
        time.sleep(600)
    with open(sys.argv[1], "a") as file:
        file.write(f"{os.getpid()}\\n{child}\\n")
    time.sleep(600)
"""
NOTE_AND_DIE = """
    import sys
    with open(sys.argv[1], "a") as file:
        file.write("started\\n")
    sys.exit(3)
"""
NOTE_PID_AND_IGNORE = """
    import os, signal, sys, time
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    with open(sys.argv[1], "a") as file:
        file.write(f"{os.getpid()}\\n")
    time.sleep(600)
"""


def test_the_end_ends_programs_and_their_children(notes):
    with Supervisor() as supervisor:
        supervisor.start(program("parent", NOTE_TWO_PIDS_AND_SLEEP, notes.file))
        until(lambda: len(notes.words()) == 2)
        pids = list(map(int, notes.words()))
        assert all(map(is_alive, pids))
    assert not any(map(is_alive, pids))


def test_the_end_ends_programs_also_when_the_guard_was_killed(notes):
    with Supervisor() as supervisor:
        supervisor.start(program("one", NOTE_PID_AND_SLEEP, notes.file))
        os.kill(supervisor._guard.pid, signal.SIGKILL)
        supervisor._guard.wait()
        supervisor.start(program("other", NOTE_PID_AND_SLEEP, notes.file))
        until(lambda: len(notes.words()) == 2)
        pids = list(map(int, notes.words()))
    assert not any(map(is_alive, pids))


def test_a_program_that_does_not_listen_is_killed(notes, monkeypatch):
    monkeypatch.setattr(guard, "PATIENCE_S", 0.2)
    said = []
    with Supervisor(say=said.append) as supervisor:
        supervisor.start(program("deaf", NOTE_PID_AND_IGNORE, notes.file))
        until(lambda: len(notes.words()) == 1)
    assert not is_alive(int(notes.words()[0]))
    assert said == ["deaf did not end in time and is killed."]


def test_what_dies_is_started_again(notes):
    said = []
    with Supervisor(say=said.append) as supervisor:
        supervisor.start(program("web", NOTE_PID_AND_SLEEP, notes.file))
        until(lambda: len(notes.words()) == 1)
        os.kill(int(notes.words()[0]), signal.SIGKILL)
        watching = threading.Thread(target=supervisor.watch)
        watching.start()
        until(lambda: len(notes.words()) == 2)
        supervisor.stop()
        watching.join()
    assert said == ["web ended with status -9; starting it again."]
    assert not any(is_alive(int(pid)) for pid in notes.words())


def test_children_of_what_died_do_not_linger(notes):
    with Supervisor(say=lambda _: None) as supervisor:
        supervisor.start(program("parent", NOTE_TWO_PIDS_AND_SLEEP, notes.file))
        until(lambda: len(notes.words()) == 2)
        parent, child = map(int, notes.words())
        os.kill(parent, signal.SIGKILL)
        until(lambda: not is_alive(parent))
        supervisor.mend()
        until(lambda: not is_alive(child))


def test_it_gives_up_on_a_program_that_never_lives(notes, monkeypatch):
    monkeypatch.setattr(supervision, "_PAUSE_S", 0.01)
    said = []
    with Supervisor(say=said.append) as supervisor:
        supervisor.start(program("web", NOTE_AND_DIE, notes.file))
        with pytest.raises(GaveUpError, match=r"^web ended 5 times right after its start\.$"):
            supervisor.watch()
    assert notes.words() == ["started"] * 5
    assert said == ["web ended with status 3; starting it again."] * 4


def test_output_goes_to_the_log(tmp_path):
    log = tmp_path / "web.log"
    with Supervisor(say=lambda _: None) as supervisor:
        command = [sys.executable, "-c", "import sys; print('out', flush=True); sys.exit('err')"]
        supervisor.start(Program("web", command, log=log))
        until(lambda: log.read_bytes() == b"out\nerr\n")


def test_a_wait_ends_when_the_address_answers_and_when_it_is_told_to_stop():
    code = """
        import http.server, sys
        class Handler(http.server.SimpleHTTPRequestHandler):
            def log_message(self, *_): pass
        http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
    """
    port = free_port()
    with Supervisor() as supervisor:
        supervisor.start(program("web", code, port))
        assert supervisor.wait_for(f"http://127.0.0.1:{port}/", within_s=20)
        supervisor.stop()
        assert not supervisor.wait_for(f"http://127.0.0.1:{free_port()}/", within_s=20)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGKILL])
def test_no_signal_leaves_anything_running(number, notes):
    """Not even the one that the supervisor cannot hear: its guard does the work then."""
    code = f"""
        import sys
        from orchestrator.config.supervision import Program, Supervisor
        with Supervisor() as supervisor:
            supervisor.stop_on_signals()
            code = {textwrap.dedent(NOTE_TWO_PIDS_AND_SLEEP)!r}
            supervisor.start(Program("parent", [sys.executable, "-c", code, sys.argv[1]]))
            supervisor.watch()
    """
    process = subprocess.Popen([sys.executable, "-c", textwrap.dedent(code), notes.file])
    until(lambda: len(notes.words()) == 2)
    pids = list(map(int, notes.words()))
    process.send_signal(number)
    status = process.wait(timeout=20)
    assert status == (-9 if number == signal.SIGKILL else 0)
    until(lambda: not any(map(is_alive, pids)))


def test_a_taken_port_is_told_and_a_free_one_is_not():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(PortTakenError, match=rf"^Port {port} is taken by another program\.$"):
            require_free_port(port)
    require_free_port(port)


def test_a_port_is_taken_even_if_its_owner_would_share_it():
    with socket.create_server(("127.0.0.1", 0), reuse_port=True) as server, pytest.raises(PortTakenError):
        require_free_port(server.getsockname()[1])
