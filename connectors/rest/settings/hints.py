"""Settings that are a path, or statuses: their checks."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator

__all__ = ["Path", "Statuses"]

_NEVER_ABOUT_A_RECORD = frozenset({408, 425, 429})


def _checked_path(path: str) -> str:
    path = path.strip()
    if "://" in path or path.startswith("//"):
        raise ValueError("give the part after the address, such as /items/{id}")
    if re.search(r"[\s#]", path):
        raise ValueError("a path has no spaces and no #; write a space as %20")
    if re.search(r"[{}]", re.sub(r"{[A-Za-z_]\w*}", "", path)):
        raise ValueError("braces hold a name, such as {id}")
    return path


def _checked_statuses(statuses: list[int]) -> list[int]:
    if any(status not in range(400, 500) or status in _NEVER_ABOUT_A_RECORD for status in statuses):
        raise ValueError("an HTTP status from 400 to 499, but not 408, 425 or 429, which ask to try later")
    return statuses


Path = Annotated[str, AfterValidator(_checked_path)]
Statuses = Annotated[list[int], AfterValidator(_checked_statuses)]
