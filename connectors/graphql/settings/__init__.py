"""Settings of a generic GraphQL connection; the README of this connector has a row for each."""

from connectors.graphql.settings.config import GraphqlConfig

__all__ = ["GraphqlConfig"]
