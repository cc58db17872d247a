"""What a shop's webhook says. Vendure itself sends none; plugins do, and say what their owner writes.

``{"products": ["7"], "assets": ["3"]}`` names what changed. A body without either, or none at all (which is
what the usual webhook plugin sends by itself), means that anything may have changed.

Source: https://docs.vendure.io/plugins/webhook-plugin
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from connectors.sdk import BadResponseError, Notice, Ref

__all__ = ["read_notice"]

_LISTS = {"products": "Product", "assets": "ImageObject"}


def read_notice(body: bytes, types: Sequence[str]) -> Notice:
    """What changed, of ``types``.

    Raises:
        BadResponseError: It is not such an object.
    """
    data = _object(body) if body.strip() else {}
    named = {kind: _ids(data[name]) for name, kind in _LISTS.items() if name in data}
    if not named:
        return Notice(types=tuple(types))
    return Notice(refs=[Ref(kind, one) for kind, ids in named.items() if kind in types for one in ids])


def _object(body: bytes) -> Mapping[str, Any]:
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        raise BadResponseError("Vendure: a hook is not JSON") from None
    if not isinstance(data, Mapping):
        raise BadResponseError("Vendure: a hook is not an object")
    return data


def _ids(held: Any) -> list[str]:
    """Ids as texts: Vendure's own are numbers, and its APIs write them as texts."""
    if not isinstance(held, list) or not all(type(one) in (str, int) for one in held):
        raise BadResponseError("Vendure: a hook names what is no list of ids")
    return list(dict.fromkeys(str(one) for one in held))
