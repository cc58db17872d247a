"""Kinto as a store of customer records: contacts with a loyalty number, a tier and points.

Its data is in memory, which is what its own documentation offers for tests; so a start, also one after a
kill, brings the seed again, and the tombstones of before are lost.

Source: https://docs.kinto-storage.org/en/stable/api/1.x/
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from tests.real.systems.programs import Program, run
from tests.real.systems.system import Key, Running, Seeded, System

__all__ = ["Kinto", "RunningKinto"]

CONTACTS = (
    ("ML-100234", "Ada Lindqvist", "gold", 18_200),
    ("ML-100235", "Björn Harbour", "silver", 4_150),
    ("ML-100236", "Chiara Rossi", "platinum", 61_000),
    ("ML-100237", "Dmitri Harbour", "silver", 3_900),
    ("ML-100238", "Élodie Martin", "gold", 22_075),
    ("ML-100239", "Fatima Zahra", "basic", 120),
    ("ML-100240", "Goran Kovač", "basic", 0),
)
# More than one page of any size that a connector may choose.
MORE_CONTACTS = tuple((f"ML-2{n:05}", f"Guest {n:03}", "basic", n) for n in range(1, 114))
_BATCH = 25  # What Kinto takes at once, by default.
_RECORDS = "buckets/crm/collections/contacts/records"


class RunningKinto(Running):
    """Contacts in ``/v1/buckets/crm/collections/contacts``."""

    cannot: ClassVar[Mapping[str, str]] = {
        "hide": "Kinto has no drafts.",
        "publish": "Kinto has no drafts.",
    }
    health = "v1/__heartbeat__"
    added_kind = "contact"
    key = Key("hub", "hub-may-read")
    wrong_key = Key("hub", "not-this-one")
    narrow_key = Key("narrow", "narrow-may-read-most")
    unreadable = "c-007"
    _admin = ("admin", "admin-may-everything")

    def __init__(self, software: Path, data: Path, port: int) -> None:
        super().__init__(software, data, port)
        python = software / "venv" / "bin" / "python"
        ini = Path(__file__).with_name("kinto.ini")
        self._program = Program(
            [
                str(python),
                *("-W", "ignore", "-c", "from kinto.__main__ import main; main()"),
                *("start", "--ini", str(ini), "--port", str(port)),
            ],
            folder=data,
            log=data / "kinto.log",
        )

    def boot(self) -> None:
        self._program.start(self.answers, within_s=self.start_within_s)
        self._fill()

    def halt(self, *, gently: bool) -> None:
        if gently:
            self._program.stop()
        else:
            self._program.kill()

    @property
    def version(self) -> str:
        return str(self.ask("GET", "v1/").json()["project_version"])

    def seed(self) -> Sequence[Seeded]:
        return [Seeded(one, "contact", body["data"]["name"]) for one, body in _seed()]

    def read(self, id: str, key: Key | None = None) -> str | None:
        key = key or self.key
        answer = self.ask(
            "GET", f"v1/{_RECORDS}/{id}", accept=(200, 401, 403, 404), auth=(key.user, key.secret)
        )
        return str(answer.json()["data"]["name"]) if answer.status_code == 200 else None

    def refuses(self, key: Key) -> bool:
        answer = self.ask("GET", f"v1/{_RECORDS}", accept=(200, 401, 403), auth=(key.user, key.secret))
        return answer.status_code == 401

    def add(self, title: str) -> str:
        body = _contact("", title, "basic", 0)
        made = self.ask("POST", f"v1/{_RECORDS}", json=body, auth=self._admin).json()
        return str(made["data"]["id"])

    def edit(self, id: str, title: str) -> None:
        self.set(id, name=title)

    def set(self, id: str, **fields: Any) -> None:
        """Change fields of a contact."""
        self.ask("PATCH", f"v1/{_RECORDS}/{id}", json={"data": fields}, auth=self._admin)

    def delete(self, id: str) -> None:
        self.ask("DELETE", f"v1/{_RECORDS}/{id}", auth=self._admin)

    def restore(self, id: str) -> None:
        body = dict(_seed()).get(id) or _contact("", "Restored", "basic", 0)
        self.ask("PUT", f"v1/{_RECORDS}/{id}", json=body, auth=self._admin)

    def _fill(self) -> None:
        for user, password in (self._admin, *((k.user, k.secret) for k in (self.key, self.narrow_key))):
            self.ask("PUT", f"v1/accounts/{user}", json={"data": {"password": password}})
        bucket = {"permissions": {"read": [f"account:{self.key.user}"]}}
        self.ask("PUT", "v1/buckets/crm", json=bucket, auth=self._admin)
        self.ask("PUT", "v1/buckets/crm/collections/contacts", auth=self._admin)
        seed = list(_seed())
        for start in range(0, len(seed), _BATCH):
            requests = [
                {"method": "PUT", "path": f"/v1/{_RECORDS}/{one}", "body": body}
                for one, body in seed[start : start + _BATCH]
            ]
            self.ask("POST", "v1/batch", json={"requests": requests}, auth=self._admin)


class Kinto(System):
    """Kinto from PyPI, in a virtual environment of its own."""

    name = "kinto"
    title = "Kinto"
    version = "26.5.0"
    locks = ("requirements.txt",)
    running_class = RunningKinto

    def build_software(self, place: Path) -> None:
        venv, log = place / "venv", place / "install.log"
        run([sys.executable, "-m", "venv", str(venv)], folder=place, log=log)
        lock = self.folder / "requirements.txt"
        install = ("-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(lock))
        run([str(venv / "bin" / "python"), *install], folder=place, log=log)


def _seed() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every contact by its id. The narrow key reads each but one: Kinto then lists what it may read."""
    for number, contact in enumerate((*CONTACTS, *MORE_CONTACTS), start=1):
        one = f"c-{number:03}"
        readers = [] if one == RunningKinto.unreadable else [f"account:{RunningKinto.narrow_key.user}"]
        yield one, {**_contact(*contact), "permissions": {"read": readers}}


def _contact(loyalty_id: str, name: str, tier: str, points: int) -> dict[str, Any]:
    email = f"{loyalty_id.lower() or 'new'}@example.test"
    return {
        "data": {
            "loyalty_id": loyalty_id,
            "name": name,
            "email": email,
            "tier": tier,
            "points": points,
        }
    }
