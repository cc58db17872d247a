"""Connectors whose settings decide what they can do.

The hub asks ``isinstance(connector, Searchable)``. What a configured connection can do is not known
before its settings are, so the class of each connection is put together from them: a connection
without a search has no ``search`` at all, and nobody is offered one::

    def __new__(cls, config, **_):
        parts = (Searching,) if config.search_path else ()
        return object.__new__(compose(cls, parts, max_batch=config.batch_size))
"""

from __future__ import annotations

from abc import ABCMeta
from functools import lru_cache
from typing import Any, TypeVar, cast

__all__ = ["compose"]

T = TypeVar("T")


def compose(base: type[T], parts: tuple[type, ...], **limits: int) -> type[T]:
    """The class of the parts and the base, with these class attributes; the same class for the same."""
    key: Any = base
    return cast("type[T]", _composed(key, parts, tuple(limits.items())))


@lru_cache(maxsize=256)
def _composed(base: type, parts: tuple[type, ...], limits: tuple[tuple[str, int], ...]) -> type:
    return ABCMeta(base.__name__, (*parts, base), {**dict(limits), "__module__": base.__module__})
