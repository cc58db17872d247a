"""Directus with SQLite: a file library with folders, tags, a status and an end of licence.

Source: https://directus.io/docs/api/files and https://directus.io/docs/configuration/general
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from tests.real.systems import npm
from tests.real.systems.pictures import jpeg
from tests.real.systems.programs import Program, run
from tests.real.systems.system import Key, Running, Seeded, System

__all__ = ["Directus", "RunningDirectus", "Upload", "id_of"]


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it is uploaded; the focal point is in pixels, as Directus has it."""

    title: str
    folder: str = ""
    tags: Sequence[str] = ()
    size: tuple[int, int] = (320, 240)
    media: str = "image/jpeg"
    focal_point: tuple[int, int] | None = None


UPLOADS = (
    Upload("Harbour at dusk", "Meridian Bay", ("harbour", "sea"), (1600, 1000), focal_point=(400, 750)),
    Upload("Harbour at dawn", "Meridian Bay", ("harbour", "sea"), (1200, 800)),
    Upload("Lighthouse", "Meridian Bay", ("sea",), (900, 1400)),
    Upload("Treatment room", "Spa", ("spa",), (1000, 1000)),
    Upload("Sauna", "Spa", ("spa", "warm"), (1200, 800)),
    Upload("Suite, corner", "Rooms", (), (1200, 800)),
    Upload("A walk through the house", "Rooms", (), media="video/mp4"),
)
# More than two of the pages that the connector asks for.
MORE_UPLOADS = tuple(Upload(f"Detail {n:02}", "Details", ("detail",), (160, 120)) for n in range(1, 54))
NOT_OFFERED = Upload("House rules", "Rooms", media="application/pdf")
ADDED_FIELDS = (
    {"field": "status", "type": "string", "schema": {"default_value": "published"}, "meta": {}},
    {"field": "licence_end", "type": "dateTime", "schema": {}, "meta": {}},
    {"field": "credit", "type": "string", "schema": {}, "meta": {}},
)
_READ = ("directus_files", "directus_folders")


class RunningDirectus(Running):
    """Files of two types that the hub knows, and one that it does not, which is not in ``seeded``."""

    cannot: ClassVar[Mapping[str, str]] = {
        "narrow": "Directus has rules for single items only with a licence (RESOURCE_RESTRICTED)."
    }
    health = "server/ping"
    added_kind = "image"
    key = Key("", "hub-may-read-00000000001")
    wrong_key = Key("", "not-this-one-0000000001")
    _admin = "admin-may-everything-001"

    def __init__(self, software: Path, data: Path, port: int) -> None:
        super().__init__(software, data, port)
        self._limit: Mapping[str, str] = {}
        self._program: Program | None = None

    def boot(self) -> None:
        if not (self.data / "directus.sqlite3").exists():
            self._bootstrap()
        self._program = Program(
            self._command("start"), folder=self.data, log=self._log, environment=self._environment()
        )
        self._program.start(self.answers, within_s=self.start_within_s)

    def halt(self, *, gently: bool) -> None:
        if self._program and gently:
            self._program.stop()
        elif self._program:
            self._program.kill()

    def limit(self, points: int | None, *, per_s: int = 3600) -> None:
        """Start it again with its rate limiter at so many requests, or without."""
        on = {"RATE_LIMITER_ENABLED": "true", "RATE_LIMITER_DURATION": str(per_s)}
        self._limit = {} if points is None else {**on, "RATE_LIMITER_POINTS": str(points)}
        self.kill()
        self.start_again()

    @property
    def version(self) -> str:
        return str(self.admin("GET", "server/health").json()["releaseId"])

    def seed(self) -> Sequence[Seeded]:
        for field in ADDED_FIELDS:
            self.admin("POST", "fields/directus_files", json=field)
        uploads = (*UPLOADS, *MORE_UPLOADS)
        folders = {
            name: self.admin("POST", "folders", json={"name": name}).json()["data"]["id"]
            for name in dict.fromkeys(one.folder for one in uploads)
        }
        for one in (*uploads, NOT_OFFERED):
            self.upload(one, folder=folders[one.folder])
        self._people()
        return [Seeded(id_of(one.title), one.media.partition("/")[0], one.title) for one in uploads]

    def read(self, id: str, key: Key | None = None) -> str | None:
        headers = _bearer((key or self.key).secret)
        answer = self.ask("GET", f"files/{id}", accept=(200, 401, 403), headers=headers)
        return str(answer.json()["data"]["title"]) if answer.status_code == 200 else None

    def refuses(self, key: Key) -> bool:
        answer = self.ask("GET", "files?limit=1", accept=(200, 401, 403), headers=_bearer(key.secret))
        return answer.status_code != 200

    def shows(self, id: str) -> bool:
        return bool(self.admin("GET", f"files/{id}").json()["data"]["status"] == "published")

    def add(self, title: str) -> str:
        return self.upload(Upload(title))

    def upload(self, one: Upload, *, folder: str | None = None) -> str:
        """Upload a file; its id comes from its title."""
        fields: dict[str, Any] = {
            "id": id_of(one.title),
            "title": one.title,
            "description": f"Seen: {one.title}",
            "tags": json.dumps(list(one.tags)),
            **({"folder": folder} if folder else {}),
            **(
                {"focal_point_x": one.focal_point[0], "focal_point_y": one.focal_point[1]}
                if one.focal_point
                else {}
            ),
        }
        data = jpeg(one.size) if one.media == "image/jpeg" else b"%PDF-1.4 or a film"
        ending = {"image/jpeg": "jpg", "video/mp4": "mp4", "application/pdf": "pdf"}[one.media]
        # Fields count only if they come before the file.
        parts = [*((name, (None, str(value))) for name, value in fields.items())]
        parts.append(("file", (f"{one.title}.{ending}", data, one.media)))  # type: ignore[arg-type]
        return str(self.admin("POST", "files", files=parts).json()["data"]["id"])

    def edit(self, id: str, title: str) -> None:
        self.set(id, title=title)

    def set(self, id: str, **fields: Any) -> None:
        """Change fields of a file."""
        self.admin("PATCH", f"files/{id}", json=fields)

    def hide(self, id: str) -> None:
        self.set(id, status="draft")

    def publish(self, id: str) -> None:
        self.set(id, status="published")

    def delete(self, id: str) -> None:
        self.admin("DELETE", f"files/{id}")

    def restore(self, id: str) -> None:
        """Upload it anew under its old id, which is all that Directus offers."""
        known = {id_of(one.title): one for one in (*UPLOADS, *MORE_UPLOADS)}
        again = known.get(id, Upload("Restored"))
        made = self.upload(again) if id in known else self._upload_as(id, again)
        if made != id:
            raise RuntimeError("Directus gave another id")

    def send_hooks_to(self, url: str, *, header: str, secret: str) -> str:
        """Make a flow that posts every change of a file to ``url``; its id."""
        options = {
            "type": "action",
            "scope": ["files.upload", "items.create", "items.update", "items.delete"],
            "collections": ["directus_files"],
        }
        flow = self.admin(
            "POST",
            "flows",
            json={"name": "Tell the hub", "trigger": "event", "status": "active", "options": options},
        ).json()["data"]["id"]
        request = {
            "method": "POST",
            "url": url,
            "headers": [
                {"header": header, "value": secret},
                {"header": "Content-Type", "value": "application/json"},
            ],
            "body": "{{$trigger}}",
        }
        operation = self.admin(
            "POST",
            "operations",
            json={
                "flow": flow,
                "type": "request",
                "key": "tell",
                "name": "Tell",
                "position_x": 19,
                "position_y": 1,
                "options": request,
            },
        ).json()["data"]["id"]
        self.admin("PATCH", f"flows/{flow}", json={"operation": operation})
        return str(flow)

    def stop_hooks(self, flow: str) -> None:
        """Delete a flow."""
        self.admin("DELETE", f"flows/{flow}")

    def admin(self, method: str, path: str, **options: Any) -> Any:
        """Ask as the administrator."""
        return self.ask(method, path, headers=_bearer(self._admin), **options)

    def _upload_as(self, id: str, one: Upload) -> str:
        parts = [
            ("id", (None, id)),
            ("title", (None, one.title)),
            ("file", ("again.jpg", jpeg(one.size), one.media)),
        ]
        return str(self.admin("POST", "files", files=parts).json()["data"]["id"])

    def _people(self) -> None:
        """A user who only reads."""
        permissions = [{"collection": name, "action": "read", "fields": ["*"]} for name in _READ]
        policy = self.admin("POST", "policies", json={"name": "Reads", "permissions": permissions})
        self.admin(
            "POST",
            "users",
            json={
                "email": "hub@example.com",
                "token": self.key.secret,
                "status": "active",
                "policies": [{"policy": policy.json()["data"]["id"]}],
            },
        )

    # Its program.

    def _bootstrap(self) -> None:
        for name in ("uploads", "extensions"):
            (self.data / name).mkdir()
        run(self._command("bootstrap"), folder=self.data, log=self._log, environment=self._environment())

    def _command(self, what: str) -> list[str]:
        # Not its cli.js, which first asks for news of a newer version.
        api = self.software / "node_modules" / "@directus" / "api" / "dist" / "cli" / "run.js"
        return [str(npm.node(self.software)), *npm.LOOPBACK_ONLY, str(api), what]

    @property
    def _log(self) -> Path:
        return self.data / "directus.log"

    def _environment(self) -> dict[str, str]:
        return {
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "PUBLIC_URL": self.base_url,
            "DB_CLIENT": "sqlite3",
            "DB_FILENAME": str(self.data / "directus.sqlite3"),
            "STORAGE_LOCAL_ROOT": str(self.data / "uploads"),
            "EXTENSIONS_PATH": str(self.data / "extensions"),
            "SECRET": "known-to-everyone-and-used-by-tests-only",
            "ADMIN_EMAIL": "admin@example.com",
            "ADMIN_PASSWORD": "admin-may-everything",
            "ADMIN_TOKEN": self._admin,
            # Without a licence it reports all the same; loopback-only.cjs stops it.
            "TELEMETRY": "false",
            "SERVE_APP": "false",
            "WEBSOCKETS_ENABLED": "false",
            "IMPORT_IP_DENY_LIST": "",
            # On a busy machine it would answer 503 by itself.
            "PRESSURE_LIMITER_ENABLED": "false",
            "LOG_LEVEL": "warn",
            **self._limit,
        }


class Directus(System):
    """Directus from npm."""

    name = "directus"
    title = "Directus"
    version = "12.4.0"
    locks = npm.LOCKS
    running_class = RunningDirectus

    def ensure_machine(self) -> None:
        npm.ensure_npm()

    def build_software(self, place: Path) -> None:
        npm.install(place, self.folder, native=("isolated-vm", "sqlite3"))


def id_of(title: str) -> str:
    """The id under which a file of this title is uploaded."""
    return str(uuid.uuid5(uuid.UUID("7a1f4c52-0f5e-4f9e-9d4b-5d2f0c7f1c11"), title))


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}
