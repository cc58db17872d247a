"""Who is calling: the key of ``Authorization: Bearer``, and what it may do."""

from __future__ import annotations

from collections.abc import Mapping

from orchestrator.access import api as access
from orchestrator.delivery.problems import ProblemError

__all__ = ["authenticate", "require_right"]


def authenticate(headers: Mapping[str, str]) -> access.Client:
    """The client whose key the request carries. One query.

    Raises:
        ProblemError: 401 without a key, or with one that is malformed, unknown or revoked.
    """
    scheme, _blank, key = headers.get("Authorization", "").strip().partition(" ")
    if scheme.lower() != "bearer" or not key.strip():
        raise ProblemError(
            "key_required",
            "This address needs an API key as a bearer token.",
            headers={"WWW-Authenticate": 'Bearer realm="Onevoice"'},
        )
    client = access.client_for_key(key.strip())
    if client is None:
        # RFC 6750, section 3.1: a token that was sent and does not hold is named as such.
        raise ProblemError(
            "key_refused",
            "This API key is unknown or revoked.",
            headers={"WWW-Authenticate": 'Bearer realm="Onevoice", error="invalid_token"'},
        )
    return client


def require_right(client: access.Client, right: str) -> None:
    """Raises ``ProblemError`` (403) unless the client holds ``right``."""
    if not client.may(right):
        raise ProblemError("right_missing", f"This needs the right {right}, which the client does not have.")
