"""How long a value is good: three windows for each type, in seconds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from orchestrator.connections.errors import InvalidConfigError

__all__ = ["ANY_TYPE", "WINDOW_NAMES", "Windows", "clean_freshness", "longest_s", "windows_for"]


@dataclass(frozen=True, slots=True)
class Windows:
    """``fresh_s`` from the reading on; the other two count from the end of freshness.

    In ``revalidate_s`` a value is served while it is read again in the background; in ``if_error_s``
    it is served only when its source fails.
    """

    fresh_s: float
    revalidate_s: float
    if_error_s: float

    @property
    def total_s(self) -> float:
        """From the reading to the end of the last window."""
        return self.fresh_s + max(self.revalidate_s, self.if_error_s)


ANY_TYPE = "*"
WINDOW_NAMES = ("fresh_for_s", "revalidate_for_s", "if_error_for_s")

_MEDIA = Windows(300, 600, 86_400)
_PRODUCT = Windows(30, 60, 3_600)
_POST = Windows(60, 300, 86_400)
_ARTICLE = Windows(600, 3_600, 86_400)
_CUSTOMER = Windows(0, 0, 0)
_BY_TYPE: Mapping[str, Windows] = {
    **dict.fromkeys(("ImageObject", "VideoObject", "AudioObject", "MediaObject"), _MEDIA),
    **dict.fromkeys(("Product", "Offer", "Service"), _PRODUCT),
    **dict.fromkeys(("SocialMediaPosting", "Review"), _POST),
    **dict.fromkeys(("Person", "ProgramMembership", "Order"), _CUSTOMER),
}
_MOST_S = 30 * 86_400


def windows_for(type: str, overrides: Mapping[str, Mapping[str, float]] | None = None) -> Windows:
    """The windows of a type: the default, then the connection's word for all types, then for this one."""
    default = _BY_TYPE.get(type, _ARTICLE)
    said = {**(overrides or {}).get(ANY_TYPE, {}), **(overrides or {}).get(type, {})}
    return Windows(
        fresh_s=said.get("fresh_for_s", default.fresh_s),
        revalidate_s=said.get("revalidate_for_s", default.revalidate_s),
        if_error_s=said.get("if_error_for_s", default.if_error_s),
    )


def longest_s(overrides: Iterable[Mapping[str, Mapping[str, float]]]) -> float:
    """The longest that any value may be held, for these connections' settings."""
    types = {ANY_TYPE, *_BY_TYPE}
    return max(
        (windows_for(name, said).total_s for said in ({}, *overrides) for name in types | set(said)),
        default=0.0,
    )


def clean_freshness(data: Any) -> dict[str, dict[str, float]]:
    """Overrides as the database holds them: ``{"Product": {"fresh_for_s": 3600}, "*": {...}}``.

    Raises:
        InvalidConfigError: Another shape, an unknown window, or seconds out of range.
    """
    if not isinstance(data, Mapping):
        raise InvalidConfigError({"freshness": _("Name types, each with its windows.")})
    return {str(name): _clean_windows(str(name), windows) for name, windows in data.items()}


def _clean_windows(type: str, windows: Any) -> dict[str, float]:
    if not isinstance(windows, Mapping):
        raise InvalidConfigError({f"freshness.{type}": _("Name the windows, in seconds.")})
    for name, seconds in windows.items():
        place = f"freshness.{type}.{name}"
        if name not in WINDOW_NAMES:
            raise InvalidConfigError({place: _("Use one of: %s.") % ", ".join(WINDOW_NAMES)})
        if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 <= seconds <= _MOST_S:
            raise InvalidConfigError({place: _("Give seconds, from 0 to %d.") % _MOST_S})
    return dict(windows)
