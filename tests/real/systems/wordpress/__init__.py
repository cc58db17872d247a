"""WordPress as Debian packages it, on a MariaDB of its own and PHP's own server.

Source: https://developer.wordpress.org/rest-api/reference/
"""

from __future__ import annotations

import contextlib
import getpass
import html
import json
import shutil
import socket
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from tests.real.systems.debian import ensure_packages, versions_of
from tests.real.systems.pictures import jpeg
from tests.real.systems.programs import Program, free_port, run
from tests.real.systems.system import Key, Running, Seeded, System

__all__ = ["RunningWordPress", "WordPress"]

# mini-httpd, which answers loopback only, stands in for the Apache that the package would bring and start.
_PACKAGES = (
    *("php-cli", "php-curl", "php-gd", "php-intl", "php-mbstring", "php-mysql", "php-xml"),
    *("mini-httpd", "mariadb-server-core"),
    *("wordpress", "wordpress-theme-twentytwentythree"),
)
_FILES = Path("/usr/share/wordpress")
TIMEZONE = "Europe/Zurich"

POSTS = (
    ("How to reach Meridian Bay", "Guides", "By boat from the old harbour, or by the coastal railway."),
    ("What’s on at the harbour", "Guides", "Concerts on Fridays, and the fish market every morning."),
    ("A walk along the harbour wall", "Guides", "Forty minutes, best at low tide."),
    ("Spa etiquette", "Spa", "Bring nothing: towels, robes and slippers are there."),
    ("Breakfast hours", "House", "From half past six to eleven, on the terrace in summer."),
)
PICTURES = (
    ("Meridian Bay at dusk", "The bay from the lighthouse, lights coming on", (1600, 1000)),
    ("Lighthouse", "The lighthouse in fog", (900, 1400)),
)
PRIVATE = "Night porter’s handbook"
NOTES = tuple(f"Note {n:03}" for n in range(1, 114))


class RunningWordPress(Running):
    """Posts with categories and a tag, media with sizes, and one private post."""

    cannot: ClassVar[Mapping[str, str]] = {
        "restore": "What WordPress deleted for good is gone; untrash brings back what is in its trash."
    }
    health = "wp-json/"
    added_kind = "posts"
    # Of an editor: nobody with fewer rights is told a draft from what does not exist.
    key = Key("hub", "HubReadsEverything000001")
    wrong_key = Key("hub", "NotThisOne00000000000000")
    # Of a subscriber, who reads what is published.
    narrow_key = Key("reader", "ReaderReadsPublished0001")
    _admin = ("admin", "AdminMayEverything000001")

    def __init__(self, software: Path, data: Path, port: int) -> None:
        super().__init__(software, data, port)
        self._site, self._database_port = data / "site", free_port()
        self._database = Program(self._database_command(), folder=data, log=data / "mariadb.log")
        self._php = Program(
            [*_php(), "-S", f"127.0.0.1:{port}", "-t", str(self._site), str(_own("router.php"))],
            folder=data,
            log=data / "php.log",
            environment={**self._environment(), "PHP_CLI_SERVER_WORKERS": "4"},
        )

    @property
    def ports(self) -> Sequence[int]:
        return (self.port, self._database_port)

    @property
    def unreadable(self) -> str:  # type: ignore[override]
        return next(one.id for one in self.seeded if one.title == PRIVATE)

    def boot(self) -> None:
        new = not self._site.exists()
        if new:
            self._lay_out()
        self._database.start(self._database_answers, within_s=self.start_within_s)
        if new:
            self._set_up()
        self._php.start(self.answers, within_s=self.start_within_s)

    def halt(self, *, gently: bool) -> None:
        for program in (self._php, self._database):
            if gently:
                program.stop()
            else:
                program.kill()

    @property
    def version(self) -> str:
        told = (self._site / "wp-includes" / "version.php").read_text()
        return told.partition("$wp_version = '")[2].partition("'")[0]

    def seed(self) -> Sequence[Seeded]:
        categories = {name: self._term("categories", name) for name in dict.fromkeys(c for _, c, _ in POSTS)}
        tag = self._term("tags", "harbour")
        pictures = [self.add_picture(title, alt=alt, size=size) for title, alt, size in PICTURES]
        for number, (title, category, text) in enumerate(POSTS):
            tags = [tag] if "harbour" in title.lower() else []
            featured = pictures[0] if number == 0 else 0
            self._post(
                title, content=text, categories=[categories[category]], tags=tags, featured_media=featured
            )
        self._post(PRIVATE, status="private")
        return list(self._everything())

    def read(self, id: str, key: Key | None = None) -> str | None:
        key = key or self.key
        for kind in ("posts", "media"):
            answer = self._ask(
                "GET", f"{kind}/{id}", accept=(200, 401, 403, 404), auth=(key.user, key.secret)
            )
            if answer.status_code == 200:
                return html.unescape(answer.json()["title"]["rendered"]).removeprefix("Private: ")
        return None

    def refuses(self, key: Key) -> bool:
        # With a wrong password, what is public is answered as to anybody, by 200.
        answer = self._ask("GET", "users/me", accept=(200, 401), auth=(key.user, key.secret))
        return answer.status_code == 401

    def shows(self, id: str) -> bool:
        return self._ask("GET", f"posts/{id}", accept=(200, 401), auth=None).status_code == 200

    def add(self, title: str) -> str:
        return self._post(title, content=f"About: {title}")

    def add_picture(self, title: str, *, alt: str = "", size: tuple[int, int] = (1200, 800)) -> str:
        """Upload a picture; WordPress makes its sizes at once."""
        made = self._ask(
            "POST",
            "media",
            data=jpeg(size),
            headers={
                "Content-Type": "image/jpeg",
                "Content-Disposition": f'attachment; filename="{title.lower().replace(" ", "-")}.jpg"',
            },
        ).json()
        self._ask("POST", f"media/{made['id']}", json={"title": title, "alt_text": alt})
        return str(made["id"])

    def edit(self, id: str, title: str) -> None:
        self.set(id, title=title)

    def set(self, id: str, **fields: Any) -> None:
        """Change fields of a post or of a picture."""
        self._ask("POST", f"{self._kind(id)}/{id}", json=fields)

    def hide(self, id: str) -> None:
        self.set(id, status="draft")

    def publish(self, id: str) -> None:
        self.set(id, status="publish")

    def trash(self, id: str) -> None:
        """Put a post into the trash, as *Delete* does in its admin."""
        self._ask("DELETE", f"posts/{id}")

    def untrash(self, id: str) -> None:
        """Take a post out of the trash, published."""
        self.publish(id)

    def delete(self, id: str) -> None:
        self._ask("DELETE", f"{self._kind(id)}/{id}", params={"force": "true"})

    def _ask(self, method: str, path: str, **options: Any) -> Any:
        options.setdefault("auth", self._admin)
        return self.ask(method, f"wp-json/wp/v2/{path}", **options)

    def _kind(self, id: str) -> str:
        there = self._ask("GET", f"posts/{id}", accept=(200, 404)).status_code == 200
        return "posts" if there else "media"

    def _post(self, title: str, **fields: Any) -> str:
        made = self._ask("POST", "posts", json={"status": "publish", "title": title, **fields})
        return str(made.json()["id"])

    def _term(self, kind: str, name: str) -> int:
        return int(self._ask("POST", kind, json={"name": name}).json()["id"])

    def _everything(self) -> Iterator[Seeded]:
        for kind, status in (("posts", "publish,private"), ("media", "inherit")):
            page: int | None = 1
            while page:
                asked = {"per_page": 100, "page": page, "status": status, "context": "edit"}
                answer = self._ask("GET", kind, params=asked)
                for one in answer.json():
                    yield Seeded(str(one["id"]), kind, one["title"]["raw"])
                page = page + 1 if page < int(answer.headers["X-WP-TotalPages"]) else None

    # Its programs.

    def _lay_out(self) -> None:
        """A copy of WordPress with our settings, and an empty database."""
        shutil.copytree(self.software / "site", self._site)
        shutil.copy(_own("wp-config.php"), self._site / "wp-config.php")
        command = [
            "mariadb-install-db",
            "--no-defaults",
            "--skip-test-db",
            "--auth-root-authentication-method=normal",
        ]
        own = [f"--user={getpass.getuser()}", f"--datadir={self.data / 'mariadb'}", *_SMALL]
        run([*command, *own], folder=self.data, log=self.data / "mariadb.log")
        (self.data / "init.sql").write_text(_INIT_SQL)

    def _set_up(self) -> None:
        people = [(key.user, role, key.secret) for key, role in self._people()]
        settings = json.dumps({"timezone": TIMEZONE, "people": people, "notes": NOTES})
        run(
            [*_php(), str(_own("setup.php")), str(self._site), settings],
            folder=self.data,
            log=self.data / "php.log",
            environment=self._environment(),
        )

    def _people(self) -> Sequence[tuple[Key, str]]:
        assert self.narrow_key
        admin = Key(*self._admin)
        return ((admin, "administrator"), (self.key, "editor"), (self.narrow_key, "subscriber"))

    def _environment(self) -> dict[str, str]:
        return {"REAL_DB_PORT": str(self._database_port)}

    def _database_command(self) -> list[str]:
        return [
            shutil.which("mariadbd", path="/usr/sbin:/usr/bin") or "mariadbd",
            "--no-defaults",
            f"--user={getpass.getuser()}",
            f"--datadir={self.data / 'mariadb'}",
            # Below the data folder: a whole path may be longer than a socket's may be.
            "--socket=mariadb.sock",
            "--bind-address=127.0.0.1",
            f"--port={self._database_port}",
            f"--init-file={self.data / 'init.sql'}",
            "--skip-name-resolve",
            "--skip-log-bin",
            "--performance-schema=off",
            *_SMALL,
        ]

    def _database_answers(self) -> bool:
        with (
            contextlib.suppress(OSError),
            socket.create_connection(("127.0.0.1", self._database_port), timeout=2) as connection,
        ):
            return bool(connection.recv(1))  # It greets before it is asked.
        return False


class WordPress(System):
    """WordPress and what it runs on, from Debian."""

    name = "wordpress"
    title = "WordPress"
    version = "6."
    locks = ()
    running_class = RunningWordPress

    def ensure_machine(self) -> None:
        ensure_packages(_PACKAGES)

    def installed_version(self) -> str:
        versions = versions_of(_PACKAGES)
        return " ".join(f"{name}={versions.get(name)}" for name in _PACKAGES)

    def build_software(self, place: Path) -> None:
        """Its files without Debian's links and settings; PHP and MariaDB stay on the machine."""
        shutil.copytree(_FILES, place / "site", ignore=shutil.ignore_patterns("wp-config.php", ".htaccess"))


_SMALL = ("--innodb-log-file-size=4M", "--innodb-buffer-pool-size=32M", "--innodb-flush-method=nosync")
_INIT_SQL = """
CREATE DATABASE IF NOT EXISTS wordpress CHARACTER SET utf8mb4;
CREATE USER IF NOT EXISTS wordpress@'127.0.0.1' IDENTIFIED BY 'wordpress';
GRANT ALL ON wordpress.* TO wordpress@'127.0.0.1';
"""


def _own(name: str) -> Path:
    return Path(__file__).with_name(name)


def _php() -> list[str]:
    return ["php", "-d", "opcache.enable_cli=1", "-d", "post_max_size=16M", "-d", "upload_max_filesize=16M"]
