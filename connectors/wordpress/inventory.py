"""What a list holds: how many, and the ids of the newest. Two of them tell what is gone.

WordPress lists no deletions, and what was deleted has no time of change. Of the newest it shows by its id
that it is gone, of all others by the number: what is gone, and nothing came in its place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from connectors.sdk import BadResponseError

__all__ = ["WINDOW", "Inventory"]

WINDOW = 100  # The most that WordPress gives in one page.


@dataclass(frozen=True, slots=True)
class Inventory:
    """One list at one time.

    ``newest`` are the highest ids, ``whole`` says that there are no others; ``total`` is ``None`` where
    the header got lost on the way.
    """

    total: int | None
    whole: bool
    newest: tuple[int, ...]

    def lost_by(self, now: Inventory) -> tuple[int, ...]:
        """The ids of those that are gone, as far as ids are known."""
        return tuple(n for n in self.newest if n >= now._lowest and n not in now.newest)

    def lost_others_by(self, now: Inventory) -> bool:
        """Whether some are gone beside those, by the number.

        What came below the ids that are known hides as many of them.
        """
        if self.total is None or now.total is None:
            return False
        came = [n for n in now.newest if n >= self._lowest and n not in self.newest]
        return now.total < self.total + len(came) - len(self.lost_by(now))

    @property
    def _lowest(self) -> int:
        return 0 if self.whole else min(self.newest, default=0)

    def to_data(self) -> list[Any]:
        """Plain JSON, for a cursor."""
        return [self.total, self.whole, self.newest]

    @classmethod
    def from_data(cls, data: Any) -> Inventory:
        """Read what :meth:`to_data` wrote. ``BadResponseError`` if it is something else."""
        match data:
            case [int() | None as total, bool() as whole, [*newest]] if _are_ids(newest):
                return cls(total, whole, tuple(newest))
        raise BadResponseError("not a cursor of WordPress")


def _are_ids(values: Sequence[Any]) -> bool:
    return all(isinstance(value, int) for value in values)
