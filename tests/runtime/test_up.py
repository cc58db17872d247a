"""``manage.py up`` and ``make demo``'s program as people start them: real processes, real ports."""

import json
import os
import re
import secrets
import signal
import socket
from pathlib import Path

import pytest
import requests

from tests.runtime.modes import open_to_others
from tests.runtime.processes import free_port, running, until, with_mark


def get(url: str, **headers: str) -> tuple[int, bytes]:
    """Status and body; 0 when nobody answers."""
    try:
        answer = requests.get(url, headers=headers, timeout=10)
    except requests.ConnectionError:
        return 0, b""
    return answer.status_code, answer.content


def read_until(process, text: str) -> str:
    """What the program says, up to a line with ``text``."""
    said = ""
    for line in process.stdout:
        said += line
        if text in line:
            return said
    raise AssertionError(f"it ended before it said {text!r}:\n{said}")


def command_of(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8").replace("\0", " ")


def broken_links(hub: str, password: str) -> str:
    """The admin's page of broken links. Drawing it reads nothing from any source."""
    with requests.Session() as admin:
        admin.get(f"{hub}/admin/login/", timeout=10)
        form = {"username": "admin", "password": password, "csrfmiddlewaretoken": admin.cookies["csrftoken"]}
        admin.post(f"{hub}/admin/login/", form, timeout=10).raise_for_status()
        page = admin.get(f"{hub}/admin/links/broken/", timeout=10)
    assert page.status_code == 200
    return page.text


@pytest.fixture
def mark():
    """What all processes of one start have in their environment."""
    return f"STARTED_BY_TEST={secrets.token_hex(8)}"


def test_up_serves_mends_and_ends_everything_and_what_it_makes_is_private(services, mark, open_umask):
    port, folder = free_port(), Path(services["DATA_DIR"])
    environment = {
        **services,
        "SECRET_KEY": secrets.token_urlsafe(50),
        "SECRETS_KEYS": secrets.token_urlsafe(50),
        "STARTED_BY_TEST": mark.partition("=")[2],
    }
    with running("manage.py", "up", "--port", str(port), "--workers", "1", **environment) as process:
        read_until(process, f"The hub answers at http://127.0.0.1:{port}/")
        assert get(f"http://127.0.0.1:{port}/health/ready")[0] == 200
        assert get(f"http://127.0.0.1:{port}/admin/login/")[0] == 200
        assert get(f"http://127.0.0.1:{port}/api/v1/experiences/arrival")[0] == 401

        # Only the first of the web program's processes: those that it started hold the port.
        web = min(os.getpgid(pid) for pid in with_mark(mark) if "orchestrator.config.web" in command_of(pid))
        os.kill(web, signal.SIGKILL)
        read_until(process, "web ended with status -9; starting it again.")
        until(lambda: get(f"http://127.0.0.1:{port}/health/live")[0] == 200)

        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0
    until(lambda: not with_mark(mark), why="processes are left")
    if "DATABASE_URL" not in services:
        assert {"hub.sqlite3", "cache.sqlite3", "queue"} <= {path.name for path in folder.iterdir()}
    assert open_to_others(folder) == {}


def test_up_tells_in_one_line_that_its_port_is_taken(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        environment = {"DATA_DIR": str(tmp_path), "DEBUG": "1"}
        with running("manage.py", "up", "--port", str(port), **environment) as process:
            said, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert said == (
        f"CommandError: Port {port} is taken by another program. "
        f"Choose another one: manage.py up --port {port + 1}\n"
    )
    assert not (tmp_path / "hub.sqlite3").exists()


def test_the_demo_starts_answers_follows_its_sources_and_leaves_nothing(tmp_path, mark, open_umask):
    port, systems_port = free_port(), free_port()
    systems = f"http://127.0.0.1:{systems_port}/control"
    environment = {
        "PORT": str(port),
        "DEMO_SYSTEMS_PORT": str(systems_port),
        "DEMO_DIR": str(tmp_path / "demo"),
        "STARTED_BY_TEST": mark.partition("=")[2],
    }
    with running("-m", "orchestrator.demo", **environment) as process:
        said = read_until(process, "curl -s")
        key, url = re.search(r"curl -s -H 'Authorization: (Bearer ov_\S+)' '(\S+)'", said).groups()

        def hero() -> str:
            status, body = get(url, Authorization=key)
            assert status == 200, body
            return json.loads(body)["slots"]["hero"]["items"][0]["fields"]["name"]

        assert hero() == "Meridian Bay at dusk"
        order = {
            "system": "dam",
            "action": "edit",
            "id": "5b0c8d2e-71c4-4e0b-9a53-0d6a1f2c0001",
            "values": {"title": "Meridian Bay, renamed there"},
        }
        assert requests.post(systems, json=order, timeout=10).status_code == 200
        until(lambda: hero() == "Meridian Bay, renamed there", why="the hub did not follow")

        hub, password = f"http://127.0.0.1:{port}", re.search(r"Login +admin +(\S+)", said)[1]
        picture = {"system": "dam", "id": "5b0c8d2e-71c4-4e0b-9a53-0d6a1f2c0003"}
        assert picture["id"] not in broken_links(hub, password)
        requests.post(systems, json={**picture, "action": "delete"}, timeout=10).raise_for_status()
        until(lambda: picture["id"] in broken_links(hub, password), why="nobody fetched, nobody noticed")
        requests.post(systems, json={**picture, "action": "restore"}, timeout=10).raise_for_status()
        until(lambda: picture["id"] not in broken_links(hub, password), why="it is still listed as broken")

        os.killpg(process.pid, signal.SIGINT)  # What Ctrl-C sends: to the whole group of the terminal.
        assert process.wait(timeout=20) == 0
    until(lambda: not with_mark(mark), why="processes are left")
    kept = tmp_path / "demo" / "secrets.json"
    assert open_to_others(kept.parent) == {}
    assert "DEMO_APP_KEY" in json.loads(kept.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", ["PORT", "DEMO_SYSTEMS_PORT"])
def test_the_demo_tells_in_one_line_which_port_is_taken(tmp_path, name):
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        ports = {"PORT": str(free_port()), "DEMO_SYSTEMS_PORT": str(free_port())} | {name: str(taken)}
        with running("-m", "orchestrator.demo", DEMO_DIR=str(tmp_path), **ports) as process:
            said, _ = process.communicate(timeout=60)
    assert process.returncode == 1
    assert said == (
        f"CommandError: Port {taken} is taken by another program. "
        f"Choose another one: {name}={taken + 10} make demo\n"
    )


def test_the_demo_refuses_a_port_that_is_none(tmp_path):
    with running("-m", "orchestrator.demo", DEMO_DIR=str(tmp_path), PORT="eighty") as process:
        said, _ = process.communicate(timeout=60)
    assert (process.returncode, said) == (1, "PORT must be a port number, not 'eighty'\n")
