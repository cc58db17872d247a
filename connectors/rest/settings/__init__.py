"""Settings of a generic REST connection; the README of this connector has a row for each."""

from connectors.rest.settings.config import RestApiConfig

__all__ = ["RestApiConfig"]
