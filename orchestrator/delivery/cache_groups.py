"""Names by which a cache in front of the hub forgets all answers that show one thing.

RFC 9875 lets a cache refuse more than 32 groups or names longer than 32 characters. The names are keyed
hashes: they say nothing of what an answer shows to those who see its headers.
"""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from functools import lru_cache

from django.conf import settings
from django.utils.crypto import salted_hmac

from orchestrator.engine.outcome import Want, WantAsset, WantFound, WantQuery
from orchestrator.engine.selection import Selection

__all__ = ["group_name", "groups_of"]

MAX_GROUPS = 32


def groups_of(selection: Selection) -> list[str]:
    """The groups of an answer: its experience, its fragments, and each asset or collection it asks for.

    Where these are more than 32, the connections stand for their assets. None for a personal answer.
    """
    if selection.personal:
        return []
    wants = selection.wants()
    composed = [
        ("experience", selection.plan.id),
        *(("fragment", fragment) for fragment in selection.fragments),
    ]
    things = [*composed, *(_parts(want) for want in wants)]
    if len(things) > MAX_GROUPS:
        connections = dict.fromkeys(("connection", want.connection) for want in wants)
        things = [("experience", selection.plan.id), *connections][:MAX_GROUPS]
    return list(dict.fromkeys(group_name(*parts) for parts in things))


def group_name(*parts: str) -> str:
    """The name of a thing's group: 16 characters."""
    return _name(settings.SECRET_KEY, "\x1f".join(parts))


@lru_cache(maxsize=8192)
def _name(secret: str, text: str) -> str:
    return urlsafe_b64encode(hmac.digest(_key(secret), text.encode(), "sha256")[:12]).decode()


@lru_cache(maxsize=2)
def _key(secret: str) -> bytes:
    return salted_hmac("onevoice.cache-groups", "", secret=secret, algorithm="sha256").digest()


def _parts(want: Want) -> tuple[str, ...]:
    match want:
        case WantAsset():
            return ("asset", want.connection, want.ref.type, want.ref.external_id)
        case WantQuery():
            # A new item matches queries that never held it: what is told of a type concerns them all.
            return ("collections", want.connection, want.type)
        case WantFound():
            raise TypeError("a person's record has no group")
