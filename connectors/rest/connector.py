"""The connector that an administrator configures: reading by id, and the capabilities of the settings.

The class of each connection is put together from its settings, see :mod:`connectors.sdk.composing`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Self

from connectors.rest.capabilities import Collecting, Rendering, Sampling, Searching, ServingPictures
from connectors.rest.changes import Polling
from connectors.rest.people import Finding
from connectors.rest.reading import RestReading
from connectors.rest.settings import RestApiConfig
from connectors.sdk.composing import compose
from connectors.sdk.mapping import Noticing

__all__ = ["RestApiConnector"]

_CAPABILITIES: tuple[tuple[type, Callable[[RestApiConfig], object]], ...] = (
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
        return object.__new__(compose(cls, chosen, max_batch=size, max_concurrency=config.concurrency))
