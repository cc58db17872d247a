"""What the hub uses of a connection's assets and queries, as the apps above know it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from orchestrator.connections.purges.concern import Concern
from orchestrator.engine.outcome import Want

__all__ = ["FindUsed", "UsedPage", "sound_assets", "tell_what_is_used", "used_assets", "used_queries"]


@dataclass(frozen=True, slots=True)
class UsedPage:
    """Some of what is used. ``last`` is where to go on after it, ``None`` when there is no more."""

    wants: Sequence[Want] = ()
    last: int | None = None


FindUsed = Callable[[Concern, int, int], UsedPage]


def _nothing(_concern: Concern, _after: int, _most: int) -> UsedPage:
    return UsedPage()


_finders: dict[str, FindUsed] = {"assets": _nothing, "queries": _nothing, "sound": _nothing}


def tell_what_is_used(*, assets: FindUsed, queries: FindUsed, sound: FindUsed) -> None:
    """Say how to find what is used; called once, from ``AppConfig.ready()``.

    Each gets what may have changed, a place to go on after (0 at first) and how many to give at most,
    and makes one query. ``sound`` are the used assets of which nothing bad is known.
    """
    _finders.update(assets=assets, queries=queries, sound=sound)


def used_assets() -> FindUsed:
    """How to find the assets that are used."""
    return _finders["assets"]


def sound_assets() -> FindUsed:
    """How to find the assets that are used and that nobody has found absent."""
    return _finders["sound"]


def used_queries() -> FindUsed:
    """How to find the stored queries that are used."""
    return _finders["queries"]
