"""The connector that an administrator configures: reading by id, and the capabilities of the settings.

The class of each connection is put together from its settings, see :mod:`connectors.sdk.composing`.

Source: https://spec.graphql.org/October2021/ and, for lists that go on by ``pageInfo``,
https://relay.dev/graphql/connections.htm
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Self

from connectors.graphql.capabilities import Collecting, Rendering, Sampling, Searching, ServingPictures
from connectors.graphql.changes import Polling
from connectors.graphql.reading import GraphqlReading
from connectors.graphql.settings import GraphqlConfig
from connectors.sdk.composing import compose
from connectors.sdk.mapping import Noticing

__all__ = ["GraphqlConnector"]

_CAPABILITIES: tuple[tuple[type, Callable[[GraphqlConfig], object]], ...] = (
    (Searching, lambda config: config.search_document),
    (Collecting, lambda config: config.query_document),
    (Polling, lambda config: config.changes_document),
    (Noticing, lambda config: config.notice_ids),
    (Rendering, lambda config: config.rendition_params),
    (ServingPictures, lambda config: config.pictures_need_key),
    (Sampling, lambda config: config.list_document or config.search_document),
)


class GraphqlConnector(GraphqlReading):
    """Any system with a GraphQL API, by settings."""

    name: ClassVar[str] = "GraphQL"
    description: ClassVar[str] = "Any system with a GraphQL API: queries, paging and fields are settings."
    config_class = GraphqlConfig

    def __new__(cls, config: GraphqlConfig, **_: Any) -> Self:
        """An instance of the class that has just the capabilities of these settings."""
        chosen = tuple(part for part, wanted in _CAPABILITIES if wanted(config))
        size = config.batch_size if config.batch_document else 1
        return object.__new__(compose(cls, chosen, max_batch=size, max_concurrency=config.concurrency))
