"""Who may read what lies in a folder."""

import stat

__all__ = ["mode", "open_to_others"]


def mode(path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def open_to_others(folder) -> dict[str, str]:
    """What others may read, write or enter, with its mode."""
    return {
        str(path.relative_to(folder)): oct(mode(path))
        for path in (folder, *folder.rglob("*"))
        if mode(path) & 0o077 and "static" not in path.parts
    }
