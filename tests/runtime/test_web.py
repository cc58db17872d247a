"""The web program is loaded once: its processes are copies, and share nothing that must not be shared."""

import os
import secrets
import signal

from tests.runtime.processes import free_port, running, until, with_mark
from tests.runtime.test_up import command_of, get

LOAD_AND_TELL = """
import threading
from orchestrator.config.web import load
load(threads=4)
from django.db import connections
print([thread.name for thread in threading.enumerate()], [one.connection for one in connections.all()])
"""


def test_what_is_loaded_before_the_processes_part_has_no_thread_and_no_connection(services):
    environment = {**services, "DEBUG": "1"}
    with running("-c", LOAD_AND_TELL, **environment) as process:
        said, _ = process.communicate(timeout=120)
    assert said.splitlines()[-1] == "['MainThread'] [None]"


def test_a_process_that_dies_is_replaced_by_one_that_has_everything_loaded(tmp_path):
    port, mark = free_port(), f"STARTED_BY_TEST={secrets.token_hex(8)}"
    data = tmp_path / "data"
    environment = {"DATA_DIR": str(data), "DEBUG": "1", "STARTED_BY_TEST": mark.partition("=")[2]}
    command = ("-m", "orchestrator.config.web", "--port", str(port), "--workers", "1")
    with running(*command, **environment) as process:
        live = f"http://127.0.0.1:{port}/health/live"
        until(lambda: get(live)[0] == 200)
        # From now on loading the settings fails, for they cannot make this folder.
        data.rename(tmp_path / "away")
        data.touch()
        (worker,) = [pid for pid in with_mark(mark) if pid != process.pid]
        os.kill(worker, signal.SIGKILL)
        until(lambda: get(live)[0] == 200)
        (after,) = [pid for pid in with_mark(mark) if pid != process.pid]
        assert after != worker
        assert "orchestrator.config.web" in command_of(after)
        assert process.poll() is None

        process.terminate()
        assert process.wait(timeout=20) == 0
    until(lambda: not with_mark(mark), why="processes are left")
