"""The Dockerfile's steps, run as plain commands in an empty folder: they build and start the hub.

No image is built: there need not be Docker. What the base image brings is what this machine has, and
the locked packages are taken from this environment instead of being downloaded; pip still compares
them with the lock file.
"""

import json
import os
import re
import secrets
import shutil
import subprocess
import sysconfig
from pathlib import Path

import pytest
import requests

from tests.migrated import copy_migrated
from tests.runtime.processes import ROOT, free_port, until

# The base image's python is the one that runs this test.
PYTHON = re.compile(r"^python (?=-m venv)")


def instructions() -> list[tuple[str, str]]:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [tuple(line.split(maxsplit=1)) for line in lines]


def of(kind: str) -> list[str]:
    return [rest for name, rest in instructions() if name == kind]


def ignored_by_docker(name: str) -> bool:
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    return f"!{name}" not in lines


def copy(sources: list[str], folder: Path) -> None:
    for name in sources:
        assert not ignored_by_docker(name), f"{name} never reaches the builder"
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(ROOT / name, folder / name)


@pytest.fixture
def built(tmp_path):
    """A folder in which every COPY and RUN of the first stage has been done."""
    offline = {"PYTHONPATH": sysconfig.get_path("purelib"), "PIP_NO_INDEX": "1", "PATH": os.environ["PATH"]}
    for kind, rest in instructions()[1:]:
        if kind == "FROM":
            break
        if kind == "COPY":
            copy([name.removeprefix("./") for name in rest.split()[:-1]], tmp_path)
        elif kind == "RUN":
            command = PYTHON.sub(f"{shutil.which('python3')} ", rest)
            done = subprocess.run(
                ["bash", "-euc", command],
                cwd=tmp_path,
                env=offline,
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, f"{rest}\n{done.stdout[-2000:]}{done.stderr[-2000:]}"
    return tmp_path


def test_the_steps_build_and_start_a_hub_that_its_health_check_finds(built):
    assert (built / "staticfiles" / "wagtailadmin").is_dir()
    assert list((built / "data").iterdir()) == []
    copy_migrated(built / "data")
    port = free_port()
    image = dict(pair.split("=", 1) for pair in " ".join(of("ENV")).split())
    environment = {
        **{name: value.replace("/srv/onevoice", str(built)) for name, value in image.items()},
        "PYTHONPATH": sysconfig.get_path("purelib"),
        "PATH": os.environ["PATH"],
        "SECRET_KEY": secrets.token_urlsafe(50),
        "SECRETS_KEYS": secrets.token_urlsafe(50),
        "PUBLIC_URL": "https://hub.example.com",
        "ALLOWED_HOSTS": "hub.example.com",
        "BEHIND_PROXY": "1",
    }
    command = [
        part.replace("8000", str(port)).replace("0.0.0.0", "127.0.0.1") for part in json.loads(of("CMD")[-1])
    ]
    check = json.loads(of("HEALTHCHECK")[0].partition("CMD ")[2])

    def healthy() -> bool:
        asked = [part.replace("8000", str(port)) for part in check]
        return (
            subprocess.run(asked, cwd=built, env=environment, capture_output=True, check=False).returncode
            == 0
        )

    with subprocess.Popen(command, cwd=built, env=environment, stdout=subprocess.DEVNULL) as process:
        try:
            until(healthy, within_s=300, why="the health check never passed")
            headers = {"Host": "hub.example.com", "X-Forwarded-Proto": "https"}
            page = requests.get(f"http://127.0.0.1:{port}/admin/login/", headers=headers, timeout=20)
            style = re.search(r'href="(/static/[^"]+\.css[^"]*)"', page.text)[1]
            styled = requests.get(f"http://127.0.0.1:{port}{style}", headers=headers, timeout=20)
            assert (page.status_code, styled.status_code) == (200, 200)
        finally:
            process.terminate()
        assert process.wait(timeout=20) == 0


def test_the_image_runs_as_nobody_in_particular_and_gets_no_secret():
    final = [pair for place, pair in enumerate(instructions()) if place > _last_from()]
    assert ("USER", "10001:10001") in final
    assert [rest.split()[0] for name, rest in final if name == "COPY"] == ["--from=build"] * 2
    assert not re.search(r"SECRET|KEY|PASSWORD|TOKEN", " ".join(of("ENV") + of("ARG")))


def _last_from() -> int:
    return max(place for place, (name, _) in enumerate(instructions()) if name == "FROM")
