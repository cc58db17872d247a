"""What the functions of this app raise.

::

    ConnectionsError
    ├─ InvalidConfigError        what a person typed is refused; ``fields`` says where and why
    ├─ UnknownConnectorError     no installed package brings this connector
    ├─ SecretsUnreadableError    no key of SECRETS_KEYS opens what is stored
    └─ NoSuchCapabilityError     the connector cannot do what was asked

Reading assets raises none of them: what became of each is data (``engine.outcome``).
"""

from __future__ import annotations

from collections.abc import Mapping

__all__ = [
    "ConnectionsError",
    "InvalidConfigError",
    "NoSuchCapabilityError",
    "SecretsUnreadableError",
    "UnknownConnectorError",
]


class ConnectionsError(Exception):
    """Base of all."""


class InvalidConfigError(ConnectionsError):
    """Settings are refused. ``fields`` maps a dotted path ("auth.token") to a sentence, without values."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{path}: {text}" for path, text in fields.items()))
        self.fields = dict(fields)


class UnknownConnectorError(ConnectionsError):
    """No installed package brings this connector, or the one that does failed to import."""


class SecretsUnreadableError(ConnectionsError):
    """The stored secrets were encrypted with a key that SECRETS_KEYS no longer holds."""


class NoSuchCapabilityError(ConnectionsError):
    """The connector cannot do this."""
