"""What applying a file did, or would do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.db.models import Model

__all__ = ["Change", "Outcome", "Summary", "snapshot"]

# Encrypted anew each time: what they hold is told by the connection's settings_version.
_SAYS_NOTHING = frozenset({"secrets"})


class Outcome(StrEnum):
    """What became of one object."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Change:
    """One object of the file. ``kind`` and ``name`` are for people: "connection", "pim"."""

    kind: str
    name: str
    outcome: Outcome


@dataclass(slots=True)
class Summary:
    """All objects of a file, in the order in which they were applied."""

    changes: list[Change] = field(default_factory=list)

    def note(self, kind: str, name: str, before: Any, after: Any) -> None:
        """Compare two snapshots; ``before`` is ``None`` when there was no such object."""
        outcome = Outcome.CREATED if before is None else Outcome.UPDATED
        self.changes.append(Change(kind, name, Outcome.UNCHANGED if before == after else outcome))

    @property
    def changed(self) -> list[Change]:
        """What is not as it was."""
        return [change for change in self.changes if change.outcome is not Outcome.UNCHANGED]

    def lines(self) -> list[str]:
        """For people: each change, then the numbers."""
        if not self.changed:
            return [f"Nothing changed ({len(self.changes)} objects are as the file says)."]
        counts = [
            f"{number} {outcome}"
            for outcome in Outcome
            if (number := sum(change.outcome is outcome for change in self.changes))
        ]
        listed = [f"{change.outcome:<9} {change.kind} {change.name}" for change in self.changed]
        return [*listed, ", ".join(counts) + "."]


def snapshot(row: Model | None, *, more: Sequence[Iterable[Any]] = ()) -> Any:
    """The values of a row as something to compare; ``more`` are related values that count too."""
    if row is None:
        return None
    stored = type(row)._base_manager.get(pk=row.pk)
    values = {
        column.attname: getattr(stored, column.attname)
        for column in row._meta.concrete_fields
        if column.attname not in _SAYS_NOTHING
    }
    return values, [sorted(map(str, related)) for related in more]
