"""docs/writing-a-connector.md, followed to the letter: each command is typed, each file is written."""

import json
import os
import re
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest
import requests
from django.contrib.auth.models import User
from django.core.management import call_command
from django.urls import reverse

from connectors.sdk.testing.serve import simulator_at
from connectors.sdk.types import TYPES
from orchestrator.connections import api as connections
from orchestrator.connections.configuring.registry import forget_connectors
from orchestrator.connections.models import Connection
from tests.connectors.kit.pages import blocks

ROOT = Path(__file__).parents[3]
GUIDE = (ROOT / "docs" / "writing-a-connector.md").read_text(encoding="utf-8")
BLOCKS = blocks(GUIDE)


class Author:
    """Somebody at a terminal, in the environment of a hub. What is made beside it is made in ``folder``."""

    def __init__(self, folder):
        self.folder, self.place = folder, ROOT
        # An environment on top of this one, so that installing changes nothing for anybody else.
        venv.create(folder / "env", symlinks=True)
        own = Path(sysconfig.get_path("purelib", vars={"base": str(folder / "env")}))
        (own / "hub.pth").write_text(f"import site; site.addsitedir({sysconfig.get_path('purelib')!r})\n")
        self.packages = own

    def type(self, command, *, fine=True):
        """Run a command of the page, and give what it says."""
        if command.startswith("cd "):
            self.place = self.folder / Path(command[3:]).name
            return ""
        command = command.replace(".venv/bin/python", "python")
        if "startconnector" in command:
            command += f" {self.folder}"
        command = re.sub(r"(^|\s)(pip|pytest)(?=\s|$)", r"\1python -m \2", command)
        done = subprocess.run(
            ["bash", "-euc", command],
            cwd=self.place,
            env={
                **{k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "DJANGO", "COV"))},
                "PATH": f"{self.folder / 'env' / 'bin'}:{os.environ['PATH']}",
                "DATA_DIR": str(self.folder / "data"),
                "PIP_NO_INDEX": "1",
                "PIP_CONFIG_FILE": os.devnull,
                # A machine's own plugins of pytest are not the page's subject.
                "PYTEST_ADDOPTS": "-p no:cacheprovider -p no:playwright -p no:django -p no:randomly",
            },
            capture_output=True,
            text=True,
            check=False,
        )
        said = done.stdout + done.stderr
        assert (done.returncode == 0) is fine, f"$ {command}\n{said[-3000:]}"
        return said

    def write(self, block):
        """Write a block to its file, or after what stands there."""
        path = self.place / block.file
        before = path.read_text(encoding="utf-8") + "\n" if block.goes_on else ""
        path.write_text(before + block.text, encoding="utf-8")


@pytest.fixture(scope="module")
def author(tmp_path_factory):
    """Who has followed the page up to the hub; ``runs`` is what each ``pytest`` of the page said."""
    author = Author(tmp_path_factory.mktemp("author"))
    author.runs = []
    for block in BLOCKS:
        if block.language in ("python", "markdown"):
            author.write(block)
        for command in block.commands if block.language == "console" else ():
            if "testing.serve" in command:
                continue
            if command == "pytest":
                # The first time the blanks are red.
                author.runs.append(author.type(command, fine=bool(author.runs)))
            else:
                author.type(command)
    return author


@pytest.fixture
def installed(author, monkeypatch):
    """This process has the package installed, as a hub that is started again."""
    monkeypatch.syspath_prepend(author.packages)
    monkeypatch.syspath_prepend(author.place)
    forget_connectors()
    yield
    forget_connectors()
    for name in [name for name in sys.modules if name.partition(".")[0] == "harbour_events"]:
        del sys.modules[name]


def test_of_a_new_package_only_the_blanks_are_red(author):
    red = re.findall(r"^(?:FAILED|ERROR) (\S+)", author.runs[0], re.MULTILINE)
    assert len(red) > 10
    assert {test.partition("::")[0] for test in red} == {"tests/test_blanks.py"}
    shown = re.search(r"^(tests/test_blanks.py::\S+)\n(.*)", GUIDE, re.MULTILINE)
    assert shown[1] in red
    assert shown[2] in author.runs[0]


def test_at_the_end_all_is_green_and_no_blank_is_left(author):
    assert re.search(r" \d+ passed in", author.runs[-1])
    assert len(author.runs) == 2


def test_the_record_says_what_holds(author):
    record = json.loads((author.place / "harbour_events" / "conformance.json").read_text(encoding="utf-8"))
    assert record["levels"] == ["read", "search", "collection", "change"]


def test_the_page_names_every_type():
    listed = GUIDE.partition("<!-- types -->")[2].partition("<!-- /types -->")[0]
    assert re.findall(r"`(\w+)`", listed) == list(TYPES)


@pytest.mark.django_db
def test_its_things_are_in_the_picker(author, installed, client, tmp_path, monkeypatch):
    client.force_login(User.objects.create_superuser("root", "root@example.com"))
    chooser = client.get(reverse("connections:add")).content.decode()
    assert "Harbour" in chooser
    place, port = next(c for b in BLOCKS for c in b.commands if "testing.serve" in c).split()[3:5]
    page = next(block for block in BLOCKS if block.file == "calendar.yaml").text
    with simulator_at(place) as simulator:
        file = tmp_path / "calendar.yaml"
        file.write_text(page.replace(port, str(simulator.port)), encoding="utf-8")
        monkeypatch.setenv("HARBOUR_KEY", "k3y-of-the-simulator")
        call_command("apply", str(file))
        connection = Connection.objects.get(slug="calendar")
        assert connections.check(connection).ok
        body = json.dumps({"query": "market", "patient": True})
        found = client.post(reverse("links_picker:results"), body, content_type="application/json").json()
    (source,) = found["sources"]
    assert (source["name"], source["state"]) == ("Calendar", "done")
    assert ["Night market" in option or "Fish market" in option for option in source["options"]] == [
        True,
        True,
    ]


def test_a_simulator_is_served_as_the_page_says(author):
    command = next(c for b in BLOCKS for c in b.commands if "testing.serve" in c).removesuffix(" &")
    words = command.replace(" 8900", "").split()[1:]
    with subprocess.Popen(
        [author.folder / "env" / "bin" / "python", *words],
        cwd=author.place,
        stdout=subprocess.PIPE,
        text=True,
    ) as serving:
        try:
            url = re.search(r"answers at (\S+)", serving.stdout.readline())[1]
            assert requests.get(f"{url}/v2/events", timeout=10).status_code == 401
        finally:
            serving.terminate()
    assert serving.returncode == 0
