"""What takes long to make is kept outside the checkout: made once, whole or not at all."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

__all__ = ["build", "digest_of", "forget_unused", "kept_folder", "note_use", "only_one"]

_UNUSED_DAYS = 14


def kept_folder(kind: str) -> Path:
    """A folder below ``ONEVOICE_TEST_CACHE``, or below ``~/.cache/onevoice``."""
    named = os.environ.get("ONEVOICE_TEST_CACHE")
    return (Path(named).absolute() if named else Path.home() / ".cache" / "onevoice") / kind


def digest_of(files: Sequence[Path], *more: str) -> str:
    """A name for what these files and words decide; another one as soon as one of them changes."""
    digest = hashlib.sha256()
    for part in [*(file.read_bytes() for file in files), *(word.encode() for word in more)]:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()[:16]


def build(place: Path, make: Callable[[Path], None]) -> None:
    """Make a folder by ``make``, unless it is there.

    It is made aside and then renamed, so that half of it never counts; who comes second waits.
    """
    place.parent.mkdir(parents=True, exist_ok=True)
    with only_one(place.parent / f"{place.name}.lock"):
        if place.is_dir():
            return
        aside = Path(tempfile.mkdtemp(prefix=f"{place.name}.making-", dir=place.parent))
        try:
            make(aside)
            aside.rename(place)
        except BaseException:
            shutil.rmtree(aside, ignore_errors=True)
            raise


def note_use(place: Path) -> None:
    """Say that a folder is still of use."""
    os.utime(place)


def forget_unused(places: Iterable[Path]) -> None:
    """Remove the folders that nobody used for two weeks."""
    oldest = time.time() - _UNUSED_DAYS * 86_400
    for place in places:
        if place.is_dir() and place.stat().st_mtime < oldest:
            shutil.rmtree(place, ignore_errors=True)


@contextlib.contextmanager
def only_one(lock: Path) -> Iterator[None]:
    """Hold the lock; it goes with the process that holds it."""
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
