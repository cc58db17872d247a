"""API keys: their form, their digests, and how they begin and end.

A key reads ``ov_<8>_<43>``: the first part is shown in lists, the last holds 256 random bits.

Only a plain SHA-256 of a key is stored. Salt and slow hashing protect secrets that can be guessed, which
256 random bits cannot; a digest keyed by ``SECRET_KEY`` would revoke every key when that is rotated. The
digest is found by an index, not compared: what the time of that search could tell is a digest of the
caller's own text, so constant time has nothing to protect.
"""

from __future__ import annotations

import re
import secrets
import string
from hashlib import sha256

from django.utils import timezone

from orchestrator.access.models import ApiClient, ApiKey

__all__ = [
    "KeyRefusedError",
    "adopt_key",
    "digest_key",
    "issue_key",
    "looks_like_key",
    "make_key",
    "revoke_key",
]

_FORM = re.compile(r"ov_[A-Za-z0-9]{8}_[A-Za-z0-9_-]{43}", re.ASCII)
_PREFIX_ALPHABET = string.ascii_lowercase + string.digits
# Of 43 random characters from 64, 31 differ on average; fewer than 16 means that a person made it up.
_LEAST_DIFFERENT_CHARACTERS = 16


class KeyRefusedError(ValueError):
    """A key given from outside cannot be adopted. The message never holds the key."""


def make_key() -> str:
    """A new key's plaintext."""
    prefix = "".join(secrets.choice(_PREFIX_ALPHABET) for _ in range(8))
    return f"ov_{prefix}_{secrets.token_urlsafe(32)}"


def looks_like_key(text: str) -> bool:
    """Whether ``text`` has a key's form; what has not is never looked up."""
    return _FORM.fullmatch(text) is not None


def digest_key(plaintext: str) -> str:
    """What is stored of a key: 64 hexadecimal characters."""
    return sha256(plaintext.encode()).hexdigest()


def issue_key(client: ApiClient) -> tuple[ApiKey, str]:
    """Make a key. The plaintext is in the return value and nowhere else: show it once."""
    plaintext = make_key()
    return _store_key(client, plaintext), plaintext


def adopt_key(client: ApiClient, plaintext: str) -> ApiKey:
    """Take over a key that was made elsewhere, for example by whoever writes the environment.

    Adopting the same key for the same client again changes nothing.

    Raises:
        KeyRefusedError: Wrong form, too little randomness, revoked, or the key of another client.
    """
    if not looks_like_key(plaintext):
        raise KeyRefusedError(
            "an API key reads ov_, 8 letters or digits, _, and 43 characters of A-Z a-z 0-9 _ -"
        )
    if len(set(plaintext[-43:])) < _LEAST_DIFFERENT_CHARACTERS:
        raise KeyRefusedError("the last 43 characters of an API key must be random")
    known = ApiKey.objects.filter(digest=digest_key(plaintext)).first()
    if known is None:
        return _store_key(client, plaintext)
    if known.client_id != client.pk:
        raise KeyRefusedError("this API key belongs to another client")
    if known.revoked_at is not None:
        raise KeyRefusedError("this API key was revoked; make another one")
    return known


def revoke_key(key: ApiKey) -> None:
    """End a key, from the next request on. Revoking it again keeps the first time."""
    ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=timezone.now())
    key.refresh_from_db(fields=["revoked_at"])


def _store_key(client: ApiClient, plaintext: str) -> ApiKey:
    return ApiKey.objects.create(client=client, prefix=plaintext[:11], digest=digest_key(plaintext))
