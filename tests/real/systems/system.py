"""One interface to real systems: install once, start often, edit as their own people do."""

from __future__ import annotations

import contextlib
import json
import shutil
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, ClassVar, Self

import requests

from tests.kept import build, digest_of, forget_unused, note_use
from tests.real.systems.programs import free_port, is_taken

__all__ = ["Key", "Running", "Seeded", "System"]

_SEED = "seed.json"


@dataclass(frozen=True, slots=True)
class Key:
    """Credentials. ``user`` is empty where a system has a token alone."""

    user: str
    secret: str


@dataclass(frozen=True, slots=True)
class Seeded:
    """One thing that a system holds from its start: its own id, its own word for the kind, its title."""

    id: str
    kind: str
    title: str


class Running(ABC):
    """A system that answers at ``base_url``. As a context manager it stops at the end.

    The edits act on the system's own admin API, by ``id``; one that the system does not have is named
    in ``cannot``, with the reason, and raises it as ``NotImplementedError``.

    Attributes:
        key: What a connection is given: reads everything, and nothing more where the system can say so.
        wrong_key: One that is refused for everything.
        narrow_key: One that may not read ``unreadable``, but all else; ``None`` if ``cannot`` says so.
        added_kind: The kind of what ``add`` makes, as ``seeded`` has it.
        seeded: Everything that it holds after a start, sorted by id.
        notes: What ``seed`` was told and has to be known later, such as a key that the system made up.
    """

    cannot: ClassVar[Mapping[str, str]] = {}
    added_kind: ClassVar[str]
    start_within_s: ClassVar[float] = 90.0
    # A path that answers 200 as soon as the system works.
    health: ClassVar[str]

    key: Key
    wrong_key: Key
    narrow_key: Key | None = None
    unreadable: str = ""

    def __init__(self, software: Path, data: Path, port: int) -> None:
        self.software, self.data, self.port = software, data, port
        self.base_url = f"http://127.0.0.1:{port}"
        self.seeded: Sequence[Seeded] = ()
        self.notes: dict[str, str] = {}

    # To be written for each system.

    @abstractmethod
    def boot(self) -> None:
        """Start its programs on ``data``, and wait until they answer."""

    @abstractmethod
    def halt(self, *, gently: bool) -> None:
        """End its programs: asked to, or by ``kill -9``."""

    @abstractmethod
    def seed(self) -> Sequence[Seeded]:
        """Fill it, when it is new."""

    @property
    @abstractmethod
    def version(self) -> str:
        """The version that it says it has."""

    @abstractmethod
    def read(self, id: str, key: Key | None = None) -> str | None:
        """The title that ``key`` (or the good one) gets to see; ``None`` if it gets none."""

    @abstractmethod
    def refuses(self, key: Key) -> bool:
        """Whether it refuses this key for everything."""

    def shows(self, id: str) -> bool:
        """Whether the system says of a thing that it is published, where it has drafts."""
        raise self._no("hide")

    # Edits, as a person makes them.

    def add(self, title: str) -> str:
        """Make one more thing, published; its id."""
        raise self._no("add")

    def edit(self, id: str, title: str) -> None:
        """Give it another title."""
        raise self._no("edit")

    def hide(self, id: str) -> None:
        """Make it a draft."""
        raise self._no("hide")

    def publish(self, id: str) -> None:
        """Publish what was hidden."""
        raise self._no("publish")

    def delete(self, id: str) -> None:
        """Delete it for good."""
        raise self._no("delete")

    def restore(self, id: str) -> None:
        """Bring back, under the same id, what was deleted."""
        raise self._no("restore")

    def _no(self, edit: str) -> NotImplementedError:
        return NotImplementedError(self.cannot.get(edit, f"{type(self).__name__} does not say how to {edit}"))

    # The same for all.

    @property
    def ports(self) -> Sequence[int]:
        """Every port that its programs listen at."""
        return (self.port,)

    def stop(self) -> None:
        """End it as its people would."""
        self.halt(gently=True)

    def kill(self) -> None:
        """``kill -9`` of all its programs, in the middle of whatever they do."""
        self.halt(gently=False)

    def start_again(self) -> Self:
        """Start it at the same address, with what it held, after ``kill`` or ``stop``."""
        self.boot()
        return self

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def answers(self) -> bool:
        """Whether it works, by its ``health``."""
        with contextlib.suppress(requests.RequestException):
            return requests.get(f"{self.base_url}/{self.health}", timeout=5).status_code == 200
        return False

    def ask(
        self, method: str, path: str, *, accept: Sequence[int] = (200, 201, 204), **options: Any
    ) -> requests.Response:
        """Ask the system itself; another status than those in ``accept`` is an error that tells the body."""
        answer = requests.request(method, f"{self.base_url}/{path}", timeout=30, **options)
        if answer.status_code not in accept:
            raise RuntimeError(f"{method} {path}: HTTP {answer.status_code}: {answer.text[:500]}")
        return answer


class System(ABC):
    """One kind of system: how it is installed, and how one is started.

    Attributes:
        name: As in ``make real-test SYSTEMS=...``; also the name of its folder here.
        title: What people call it.
        version: The start of what a running one says its version is.
        locks: Files of its folder that decide, byte for byte, what is installed.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    version: ClassVar[str]
    locks: ClassVar[tuple[str, ...]]
    running_class: ClassVar[type[Running]]

    @property
    def folder(self) -> Path:
        """The launcher's own folder in the checkout."""
        return Path(__file__).parent / self.name

    @abstractmethod
    def build_software(self, place: Path) -> None:
        """Install into an empty folder that is renamed afterwards. May call package registries."""

    def ensure_machine(self) -> None:  # noqa: B027 - most need nothing.
        """Install what the system needs outside the cache. May call package registries."""

    def installed_version(self) -> str:
        """What decides the software beside the lock files, such as versions of the machine's packages."""
        return ""

    def installed(self, cache: Path) -> bool:
        """Whether ``start`` finds everything that it needs."""
        return self._software(cache).is_dir() and self._template(cache).is_dir()

    def install(self, cache: Path) -> None:
        """Install, and keep initialised and seeded data as a template. Nothing is done twice."""
        self.ensure_machine()
        software, template = self._software(cache), self._template(cache)
        build(software, self.build_software)
        build(template, lambda place: self._build_template(software, place))
        for place in (software, template):
            note_use(place)
        forget_unused(cache.glob(f"{self.name}-*"))

    def start(self, folder: Path, *, cache: Path, port: int = 0) -> Running:
        """A running system with its seed, on a copy of the template in a new folder below ``folder``.

        Raises:
            RuntimeError: It is not installed, or does not start; the message says what to do.
        """
        if not self.installed(cache):
            raise RuntimeError(f"{self.name} is not installed: python -m tests.real.install {self.name}")
        for _ in range(3):
            running = self._lay_out(folder, cache, port or free_port())
            try:
                running.boot()
            except BaseException:
                running.kill()
                if port or not any(is_taken(one) for one in running.ports):
                    raise
            else:
                return running
        raise RuntimeError(f"{self.name}: others take its ports as soon as they are free")

    def _lay_out(self, folder: Path, cache: Path, port: int) -> Running:
        """Not running yet, on a copy of the template."""
        data = Path(tempfile.mkdtemp(prefix=f"{self.name}-", dir=folder)) / "data"
        shutil.copytree(self._template(cache), data, symlinks=True)
        running = self.running_class(self._software(cache), data, port)
        running.seeded, running.notes = _read_seed(data / _SEED)
        return running

    def _build_template(self, software: Path, place: Path) -> None:
        running = self.running_class(software, place, free_port())
        try:
            running.boot()
            seeded = sorted(running.seed(), key=lambda one: one.id)
            kept = {"seeded": [asdict(one) for one in seeded], "notes": running.notes}
            (place / _SEED).write_text(json.dumps(kept))
            running.stop()
        finally:
            running.kill()

    def _software(self, cache: Path) -> Path:
        decided = digest_of([self.folder / name for name in self.locks], self.installed_version())
        return cache / f"{self.name}-{decided}"

    def _template(self, cache: Path) -> Path:
        """Named for everything that decides the data: the software, and all files of the launcher."""
        shared = [Path(__file__), Path(__file__).with_name("pictures.py")]
        files = shared + sorted(file for file in self.folder.rglob("*") if file.suffix in _DECIDING)
        return cache / f"{self.name}-data-{digest_of(files, self._software(cache).name)}"


_DECIDING = {".py", ".php", ".js", ".json", ".ini", ".txt", ".png"}


def _read_seed(file: Path) -> tuple[list[Seeded], dict[str, str]]:
    kept = json.loads(file.read_text())
    return [Seeded(**one) for one in kept["seeded"]], kept["notes"]
