"""One request and one answer, as the systems see them."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl


@dataclass(frozen=True, slots=True)
class Request:
    """What a client asked. ``path`` is what follows the system's prefix; header names are lower case."""

    method: str
    path: str
    query_string: str
    headers: Mapping[str, str]
    body: bytes
    # Where the outside reaches this program, such as http://127.0.0.1:8801.
    address: str

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Parameters in their order, repeated ones too."""
        return parse_qsl(self.query_string, keep_blank_values=True)

    @property
    def query(self) -> dict[str, str]:
        """Parameters by name; of repeated ones the last."""
        return dict(self.pairs)

    def number(self, name: str, default: int, *, most: int) -> int:
        """A whole number between 1 and ``most``; what cannot be read is ``default``."""
        text = self.query.get(name, "")
        return max(1, min(int(text), most)) if text.isdigit() else default

    def basic_auth(self) -> tuple[str, str] | None:
        """User and password of HTTP Basic, or ``None`` if there are none to be read."""
        scheme, _, encoded = self.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "basic":
            return None
        try:
            user, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
        except ValueError:
            return None
        return user, password

    def bearer(self) -> str | None:
        """The token of ``Authorization: Bearer``, or ``None``."""
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        return token.strip() if scheme.lower() == "bearer" else None


@dataclass(frozen=True, slots=True)
class Response:
    """What a system answers."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


def json_response(
    body: Any, *, status: int = 200, content_type: str = "application/json", **headers: str
) -> Response:
    """An answer in JSON. Header names are given with ``_`` for ``-``."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(
        status, json.dumps(body, ensure_ascii=False).encode(), {"Content-Type": content_type, **named}
    )
