"""Secrets of connections: found by their settings' schema, encrypted at rest, never shown again."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from orchestrator.connections.errors import SecretsUnreadableError

__all__ = ["Secrets", "derive_key", "join_secrets", "reseal", "split_secrets"]

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Secrets:
    """What one connection keeps secret: values of its settings by path, and the secret of its hooks."""

    config: Mapping[Path, str] = field(default_factory=dict, repr=False)
    hook: str = field(default="", repr=False)

    def seal(self) -> str:
        """Encrypted text; empty when there is nothing to keep."""
        if not self.config and not self.hook:
            return ""
        data = {"config": [[list(path), value] for path, value in self.config.items()], "hook": self.hook}
        return _fernet().encrypt(json.dumps(data).encode()).decode()

    @classmethod
    def unseal(cls, text: str) -> Secrets:
        """Read what :meth:`seal` wrote.

        Raises:
            SecretsUnreadableError: No key of ``SECRETS_KEYS`` opens it.
        """
        if not text:
            return cls()
        try:
            data = json.loads(_fernet().decrypt(text.encode()))
        except InvalidToken:
            raise SecretsUnreadableError("the stored secrets need a key that SECRETS_KEYS lacks") from None
        return cls({tuple(path): value for path, value in data["config"]}, data["hook"])


def reseal(text: str) -> str:
    """The same secrets under the newest key.

    Raises:
        SecretsUnreadableError: No key opens them.
    """
    try:
        return _fernet().rotate(text.encode()).decode()
    except InvalidToken:
        raise SecretsUnreadableError("the stored secrets need a key that SECRETS_KEYS lacks") from None


def split_secrets(
    schema: Mapping[str, Any], config: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[Path, str]]:
    """Settings without their secrets, and the secrets by path. Empty secrets count as not given."""
    public = deepcopy(dict(config))
    found: dict[Path, str] = {}
    for path in sorted(_secret_paths(schema, schema, config, ()), key=len, reverse=True):
        value = _take(public, path)
        if value:
            found[path] = str(value)
    return public, found


def join_secrets(config: Mapping[str, Any], secrets: Mapping[Path, str]) -> dict[str, Any]:
    """Settings with their secrets in place. A secret whose place is gone is left out."""
    whole = deepcopy(dict(config))
    for path, value in secrets.items():
        target: Any = whole
        for part in path[:-1]:
            target = _step(target, part)
        if isinstance(target, dict) or (isinstance(target, list) and isinstance(path[-1], int)):
            _put(target, path[-1], value)
    return whole


def derive_key(secret: str, purpose: str, *, length: int = 32) -> bytes:
    """A key of ``length`` bytes for one purpose, from a secret text of any length."""
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=purpose.encode()).derive(secret.encode())


def _fernet() -> MultiFernet:
    return _fernet_of(tuple(settings.SECRETS_KEYS))


@lru_cache(maxsize=4)
def _fernet_of(keys: Sequence[str]) -> MultiFernet:
    derived = (derive_key(key, "onevoice: secrets of connections") for key in keys)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in derived])


def _secret_paths(root: Mapping[str, Any], node: Any, data: Any, path: Path) -> Iterator[Path]:
    options = list(_alternatives(root, node))
    if isinstance(data, Mapping):
        for name, value in data.items():
            yield from _secret_paths(root, {"anyOf": _children(options, name)}, value, (*path, name))
    elif isinstance(data, list):
        items = {"anyOf": [o["items"] for o in options if isinstance(o.get("items"), Mapping)]}
        for index, value in enumerate(data):
            yield from _secret_paths(root, items, value, (*path, index))
    elif any(o.get("format") == "password" or o.get("writeOnly") for o in options):
        yield path


def _alternatives(root: Mapping[str, Any], node: Any) -> Iterator[Mapping[str, Any]]:
    """The schemas that a node may stand for, references followed."""
    if not isinstance(node, Mapping):
        return
    if "$ref" in node:
        yield from _alternatives(root, root.get("$defs", {}).get(node["$ref"].rpartition("/")[2]))
    for word in ("anyOf", "oneOf", "allOf"):
        for option in node.get(word, ()):
            yield from _alternatives(root, option)
    yield node


def _children(options: Sequence[Mapping[str, Any]], name: str) -> list[Any]:
    named = [o["properties"][name] for o in options if name in o.get("properties", {})]
    return named or [o["additionalProperties"] for o in options if "additionalProperties" in o]


def _take(data: dict[str, Any], path: Path) -> Any:
    target: Any = data
    for part in path[:-1]:
        target = target[part]
    value = target[path[-1]]
    if isinstance(target, dict):
        del target[path[-1]]
    else:
        target[path[-1]] = ""
    return value


def _step(target: Any, part: str | int) -> Any:
    if isinstance(target, dict) and isinstance(part, str):
        return target.setdefault(part, {})
    if isinstance(target, list) and isinstance(part, int) and part < len(target):
        return target[part]
    return None


def _put(target: Any, part: str | int, value: str) -> None:
    if isinstance(target, list) and part >= len(target):  # type: ignore[operator]
        return
    target[part] = value
