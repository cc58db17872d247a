"""Files that the hub makes are for its own user only: sessions, people's names and secrets lie in them."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

__all__ = ["keep_private"]

_OURS = ("*.sqlite3", "*.sqlite3-wal", "*.sqlite3-shm", "beat-schedule*", "queue", "queue/**/*")


def keep_private(folder: Path) -> None:
    """From now on this program's files are private, and so is what it made in ``folder`` before.

    A folder of somebody else, or with nothing in it but what others put there, is left as it is: ``DATA_DIR``
    may be told wrong, and "/tmp" must stay what it is.
    """
    os.umask(0o077)
    ours = sorted(set(_made_in(folder)))
    if _is_own(folder) and (ours or not any(folder.iterdir())):
        for path in (folder, *ours):
            _close(path)


def _made_in(folder: Path) -> Iterator[Path]:
    for pattern in _OURS:
        yield from folder.glob(pattern)


def _is_own(folder: Path) -> bool:
    found = folder.stat()
    return found.st_uid == os.geteuid() and not found.st_mode & stat.S_ISVTX


def _close(path: Path) -> None:
    try:
        found = path.lstat()
        private = 0o700 if stat.S_ISDIR(found.st_mode) else 0o600
        if not stat.S_ISLNK(found.st_mode) and stat.S_IMODE(found.st_mode) & 0o077:
            path.chmod(private)
    except (FileNotFoundError, PermissionError):
        # A message of the queue that was taken meanwhile; a file of another user.
        return
