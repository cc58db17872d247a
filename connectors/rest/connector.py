"""The connector that an administrator configures: reading by id, and the capabilities of the settings.

The hub asks ``isinstance(connector, Searchable)``. What a REST connection can do is not known before
its settings are, so the class of each connection is put together from them: a connection without a
search path has no ``search`` at all, and nobody is offered one.
"""

from __future__ import annotations

from abc import ABCMeta
from collections.abc import Callable
from functools import lru_cache
from typing import Any, ClassVar, Self, cast

from connectors.rest.asking import RestAsking
from connectors.rest.capabilities import Collecting, Noticing, Rendering, Sampling, Searching, ServingPictures
from connectors.rest.changes import Polling
from connectors.rest.people import Finding
from connectors.rest.reading import RestReading
from connectors.rest.settings import RestApiConfig

__all__ = ["RestApiConnector"]

_CAPABILITIES: tuple[tuple[type[RestAsking], Callable[[RestApiConfig], object]], ...] = (
    (Searching, lambda config: config.search_path),
    (Collecting, lambda config: config.query_path),
    (Finding, lambda config: config.find_path),
    (Polling, lambda config: config.changes_path),
    (Noticing, lambda config: config.notice_ids),
    (Rendering, lambda config: config.rendition_path),
    (ServingPictures, lambda config: config.pictures_need_key),
)


class RestApiConnector(Sampling, RestReading):
    """Any system with a JSON API, by settings."""

    name: ClassVar[str] = "REST"
    description: ClassVar[str] = "Any system with a JSON API: addresses, paging and fields are settings."
    config_class = RestApiConfig

    def __new__(cls, config: RestApiConfig, **_: Any) -> Self:
        """An instance of the class that has just the capabilities of these settings."""
        chosen = tuple(part for part, wanted in _CAPABILITIES if wanted(config))
        size = config.batch_size if config.batch_path else 1
        return cast("Self", object.__new__(_composed(cls, chosen, size, config.concurrency)))


@lru_cache(maxsize=256)
def _composed(
    base: type[RestApiConnector],
    capabilities: tuple[type[RestAsking], ...],
    max_batch: int,
    max_concurrency: int,
) -> type[RestApiConnector]:
    limits = {"max_batch": max_batch, "max_concurrency": max_concurrency, "__module__": base.__module__}
    composed = ABCMeta(base.__name__, (*capabilities, base), limits)
    return cast("type[RestApiConnector]", composed)
