"""What a hub answers while somebody works in a real system: one transcript for each, with times.

::

    python -m tests.real.transcript wordpress kinto

A hub of its own (web, worker, scheduler) shows one thing of the system in one slot, fresh for an hour, so
that every change it shows was told by a hook or a poll. Times run from the end of the edit to the first
answer that differs.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests
import yaml

from tests.real.systems import SYSTEMS, Running, cache_folder
from tests.real.systems.programs import free_port

__all__ = ["main"]

ROOT = Path(__file__).parents[2]
WITHIN_S = 40.0
POLL_S = 2
HOOK_HEADER = "X-Hub-Secret"


@dataclass(frozen=True)
class Way:
    """How the hub is connected to a system. ``config`` makes the settings, with the secret ``{env: KEY}``."""

    connector: str
    type: str
    config: Callable[[Running], dict[str, Any]]
    key: Callable[[Running], str]
    hooks: bool = False
    # Of a person, the identifier by which the system finds the first of its seed.
    identifier: Mapping[str, str] = field(default_factory=dict)


_KEY = {"env": "KEY"}
WAYS = {
    "wordpress": Way(
        "wordpress",
        "Article",
        lambda there: {
            "base_url": there.base_url,
            "username": there.key.user,
            "application_password": _KEY,
        },
        lambda there: there.key.secret,
    ),
    "vendure": Way(
        "vendure",
        "Product",
        lambda there: {"base_url": there.base_url, "api_key": _KEY, "asset_library": False},
        lambda there: there.api_key,
    ),
    "directus": Way(
        "directus",
        "ImageObject",
        lambda there: {"base_url": there.base_url, "token": _KEY, "status_field": "status"},
        lambda there: there.key.secret,
        hooks=True,
    ),
    "kinto": Way(
        "kinto",
        "Person",
        lambda there: {
            "base_url": f"{there.base_url}/v1",
            "username": there.key.user,
            "password": _KEY,
            "bucket": "crm",
            "collection": "contacts",
            "identifiers": {"loyalty_id": "loyalty_id"},
        },
        lambda there: there.key.secret,
        identifier={"loyalty_id": "ML-100234"},
    ),
}


def main(names: Sequence[str]) -> int:
    """Print the transcripts of these systems, as Markdown."""
    unknown = [name for name in names if name not in WAYS]
    if unknown or not names:
        sys.stderr.write(f"Not a system: {' '.join(unknown)}. There are: {' '.join(WAYS)}\n")
        return 2
    for name in names:
        with tempfile.TemporaryDirectory(prefix="onevoice-real-", ignore_cleanup_errors=True) as folder:
            (Path(folder) / "system").mkdir()
            with SYSTEMS[name].start(Path(folder) / "system", cache=cache_folder()) as there:
                _Transcript(name, there, Path(folder)).go()
    return 0


class _Transcript:
    """One system, one hub, one slot."""

    def __init__(self, name: str, there: Running, folder: Path) -> None:
        self.there, self.way, self.folder = there, WAYS[name], folder
        self.title, self.name = "Lighthouse keeper", name
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.id = self._person() if self.way.identifier else there.add(self.title)
        self.env = {
            "DATA_DIR": str(folder / "hub"),
            "SECRET_KEY": secrets.token_urlsafe(48),
            "SECRETS_KEYS": secrets.token_urlsafe(48),
            "OUTBOUND_ALLOWED_HOSTS": "127.0.0.1",
            "PUBLIC_URL": self.url,
            "ALLOWED_HOSTS": "127.0.0.1",
            "LOG_LEVEL": "CRITICAL",
            "KEY": self.way.key(there),
            "APP_KEY": f"ov_{secrets.token_hex(4)}_{secrets.token_urlsafe(32)}",
            "HOOK_SECRET": secrets.token_urlsafe(24),
        }

    def go(self) -> None:
        """Work in the system, and tell what the hub answers."""
        self._manage("migrate", "--verbosity", "0")
        self._connect()
        with self._hub():
            if self.way.hooks:
                there: Any = self.there
                there.send_hooks_to(self._hook(), header=HOOK_HEADER, secret=self.env["HOOK_SECRET"])
            told = "hooks" if self.way.hooks else f"a poll each {POLL_S} s"
            _say(f"\n### {self.name} {self.there.version}, told by {told}\n")
            _say("| there | the hub answers | after |\n|---|---|---|")
            _say(f"| nothing yet | {self._until(lambda said: said.startswith('filled'))} | |")
            for words, edit in self._steps():
                before, _ = self._answer(), edit()
                began = time.monotonic()
                after = self._until(lambda said, before=before: said != before, otherwise="the same")
                _say(f"| {words} | {after} | {time.monotonic() - began:.1f} s |")

    def _steps(self) -> Iterator[tuple[str, Callable[[], Any]]]:
        there, cannot = self.there, self.there.cannot
        yield "its title is edited", lambda: there.edit(self.id, "Keeper of the lighthouse")
        if "hide" not in cannot:
            yield "it becomes a draft", lambda: there.hide(self.id)
            yield "it is published", lambda: there.publish(self.id)
        if hasattr(there, "trash"):
            yield "it is put in the trash", lambda: there.trash(self.id)
            yield "it is taken out of the trash", lambda: there.untrash(self.id)
        yield "the key is changed for a wrong one", lambda: self._change_key(there.wrong_key.secret)
        yield "the right key is given again", lambda: self._change_key(self.way.key(there))
        yield "it is killed and edited after its start", self._kill_and_edit
        yield "it is deleted for good", lambda: there.delete(self.id)
        if "restore" not in cannot:
            yield "it is restored", lambda: there.restore(self.id)

    def _kill_and_edit(self) -> None:
        self.there.kill()
        _say(f"| it is killed | {self._answer()} | |")
        self.there.start_again()
        self.there.edit(self.id, "Back at the lighthouse")

    def _change_key(self, secret: str) -> None:
        self.env["KEY"] = secret
        self._connect()

    def _person(self) -> str:
        ask: Any = self.there
        (wanted,) = self.way.identifier.items()
        found = ask.ask(
            "GET",
            f"v1/buckets/crm/collections/contacts/records?{wanted[0]}={wanted[1]}",
            auth=(self.there.key.user, self.there.key.secret),
        )
        return str(found.json()["data"][0]["id"])

    def _connect(self) -> None:
        """The whole hub as a file: the connection, one experience with one slot, a channel, a key."""
        connection: dict[str, Any] = {
            "slug": "there",
            "name": SYSTEMS[self.name].title,
            "connector": self.way.connector,
            "config": self.way.config(self.there),
            "freshness": {"*": {"fresh_for_s": 0 if self.way.identifier else 3600}},
            "poll_interval_s": 0 if self.way.hooks else POLL_S,
        }
        if self.way.hooks:
            secret = {"env": "HOOK_SECRET"}
            connection["hooks"] = {"scheme": "header", "header": HOOK_HEADER, "secret": secret}
        space: dict[str, Any] = {"slug": "real", "name": "Real", "connections": [connection]}
        item: dict[str, Any] = {"link": "there", "type": self.way.type, "id": self.id}
        if self.way.identifier:
            connection["personal"] = True
            ((kind, value),) = self.way.identifier.items()
            bound = {"name": "The guest", "connection": "there", "identifier": kind, "sample": value}
            space["bound_links"], item = [bound], {"bound": "The guest"}
        rights = ["experiences:read", "personal:read"]
        space["api_clients"] = [{"name": "App", "rights": rights, "keys": [{"env": "APP_KEY"}]}]
        space["channels"] = [{"slug": "web", "name": "Website", "clients": ["App"]}]
        slots = [{"name": "it", "items": [item]}]
        space["experiences"] = [{"slug": "page", "title": "Page", "slots": slots, "state": "published"}]
        file = self.folder / "hub.yaml"
        file.write_text(yaml.safe_dump({"spaces": [space]}), encoding="utf-8")
        self._manage("apply", str(file))

    def _answer(self) -> str:
        """State and reason of the slot, and the title of what is in it."""
        ask: dict[str, Any] = {"headers": {"Authorization": f"Bearer {self.env['APP_KEY']}"}}
        if self.way.identifier:
            ask["json"] = {"identifiers": dict(self.way.identifier)}
        answer = requests.request(
            "POST" if self.way.identifier else "GET",
            f"{self.url}/api/v1/experiences/page?channel=web",
            timeout=30,
            **ask,
        )
        answer.raise_for_status()
        slot = answer.json()["slots"]["it"]
        said = [slot["state"], *filter(None, [slot.get("reason")])]
        for item in slot["items"]:
            fields = item["fields"]
            title = next((fields[name] for name in ("name", "headline", "givenName") if name in fields), "")
            said.append(f"{item['state']} “{title}”")
        return ", ".join(said)

    def _until(self, enough: Callable[[str], bool], *, otherwise: str = "") -> str:
        end = time.monotonic() + WITHIN_S
        said = self._answer()
        while not enough(said):
            if time.monotonic() > end:
                return otherwise or said
            time.sleep(0.1)
            said = self._answer()
        return said

    def _hook(self) -> str:
        code = "from orchestrator.connections.models import Connection as C; print(C.objects.get().uuid)"
        return f"{self.url}/api/v1/hooks/{self._manage('shell', '-v', '0', '-c', code).split()[-1]}"

    def _manage(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env={**os.environ, **self.env},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"manage.py {arguments[0]}:\n{done.stdout}{done.stderr}")
        return done.stdout

    @contextlib.contextmanager
    def _hub(self) -> Iterator[None]:
        command = [sys.executable, "manage.py", "up", "--port", str(self.port), "--workers", "1"]
        with subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, **self.env},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        ) as process:
            assert process.stdout
            for line in process.stdout:
                if "The hub answers" in line:
                    break
            try:
                yield
            finally:
                process.send_signal(signal.SIGTERM)
                process.communicate(timeout=30)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
