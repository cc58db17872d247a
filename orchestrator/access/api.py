"""The way into access for other apps: who is calling, and for which brand."""

from orchestrator.access.clients import (
    NOBODY,
    RIGHTS,
    Client,
    UnknownRightError,
    client_for_key,
    clients_in,
    create_client,
    save_client,
    with_keys,
)
from orchestrator.access.keys import KeyRefusedError, adopt_key, issue_key, make_key, revoke_key
from orchestrator.access.spaces import default_space, save_space, space_by_slug, spaces
from orchestrator.access.usage import note_use, use_is_news

__all__ = [
    "NOBODY",
    "RIGHTS",
    "Client",
    "KeyRefusedError",
    "UnknownRightError",
    "adopt_key",
    "client_for_key",
    "clients_in",
    "create_client",
    "default_space",
    "issue_key",
    "make_key",
    "note_use",
    "revoke_key",
    "save_client",
    "save_space",
    "space_by_slug",
    "spaces",
    "use_is_news",
    "with_keys",
]
