"""Where the system is, and how it knows us."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationInfo, field_validator

from connectors.sdk.connector import ConnectorConfig
from connectors.sdk.mapping.hints import shown

__all__ = ["AddressSettings", "credential_headers", "credential_params"]

_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
# Credentials have settings of their own, which are kept secret; the rest belongs to the transport.
_RESERVED_HEADERS = frozenset(
    {"authorization", "cookie", "host", "content-length", "transfer-encoding", "connection"}
    | {"proxy-authorization"}
)


class AddressSettings(ConnectorConfig):
    """Where the system is, and how it knows us."""

    base_url: str = Field(
        title="Address",
        description="Where the API begins, such as https://pim.example.com/api/v2",
        json_schema_extra={**shown("Address"), "format": "uri"},
    )
    auth: Literal["none", "basic", "bearer", "header", "query"] = Field(
        default="none",
        title="How it knows us",
        description="What its own documentation calls authentication",
        json_schema_extra=shown(
            "Address",
            labels={
                "none": "It does not ask",
                "basic": "User name and password (Basic)",
                "bearer": "A token (Bearer)",
                "header": "A key in a header of its own",
                "query": "A key in the address (?api_key=…)",
            },
        ),
    )
    username: str = Field(default="", title="User name", json_schema_extra=shown("Address", auth=["basic"]))
    password: SecretStr = Field(
        default=SecretStr(""), title="Password", json_schema_extra=shown("Address", auth=["basic"])
    )
    token: SecretStr = Field(
        default=SecretStr(""), title="Token", json_schema_extra=shown("Address", auth=["bearer"])
    )
    key_name: str = Field(
        default="",
        title="Name of the header or parameter",
        description="Such as X-Api-Key or api_key",
        json_schema_extra=shown("Address", auth=["header", "query"]),
    )
    key: SecretStr = Field(
        default=SecretStr(""), title="Key", json_schema_extra=shown("Address", auth=["header", "query"])
    )
    extra_headers: dict[str, str] = Field(
        default={},
        title="Further headers",
        description="Sent with each call, such as a version of the API. Nothing secret: use the key above.",
        json_schema_extra=shown("Address", format="pairs"),
    )

    @field_validator("base_url")
    @classmethod
    def _address(cls, value: str) -> str:
        parts = urlsplit(value.strip())
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("give a whole address, such as https://pim.example.com/api")
        if parts.username or parts.password or parts.query or parts.fragment:
            raise ValueError("give the address without a key, a ? or a #: those have settings of their own")
        return value.strip()

    @field_validator("username", "key_name", "password", "token", "key")
    @classmethod
    def _credentials(cls, value: str | SecretStr, info: ValidationInfo) -> str | SecretStr:
        auth = info.data.get("auth")
        needed = {"basic": ("username",), "bearer": ("token",), "header": ("key_name", "key")}
        needed["query"] = needed["header"]
        text = value.get_secret_value() if isinstance(value, SecretStr) else value
        if info.field_name in needed.get(str(auth), ()) and not text.strip():
            raise ValueError("needed for the way chosen above")
        if re.search(r"[\r\n]", text):
            raise ValueError("one line, please")
        if info.field_name == "key_name" and text and not _HEADER_NAME.fullmatch(text):
            raise ValueError("letters, digits and - only")
        return value

    @field_validator("extra_headers")
    @classmethod
    def _plain_headers(cls, headers: dict[str, str]) -> dict[str, str]:
        for name, value in headers.items():
            if not _HEADER_NAME.fullmatch(name) or re.search(r"[\r\n]", value):
                raise ValueError(f"“{name}” is not a header")
            if name.lower() in _RESERVED_HEADERS:
                raise ValueError(f"“{name}” cannot be set here")
        return headers


def credential_headers(config: AddressSettings) -> Mapping[str, str]:
    """The header that lets us in, where it is a header."""
    if config.auth == "basic":
        pair = f"{config.username}:{config.password.get_secret_value()}".encode()
        return {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}
    if config.auth == "bearer":
        return {"Authorization": f"Bearer {config.token.get_secret_value()}"}
    return {config.key_name: config.key.get_secret_value()} if config.auth == "header" else {}


def credential_params(config: AddressSettings) -> Mapping[str, str]:
    """The key, where it belongs in the query."""
    return {config.key_name: config.key.get_secret_value()} if config.auth == "query" else {}
