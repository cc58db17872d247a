"""Settings of a Directus connection."""

from __future__ import annotations

import re
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, field_validator

from connectors.sdk import ConnectorConfig

__all__ = ["DirectusConfig"]


def _checked_field(name: str) -> str:
    if name and not re.fullmatch(r"[A-Za-z_]\w{0,63}", name):
        raise ValueError("the key of a field: letters, digits and _ only")
    return name


FieldKey = Annotated[str, AfterValidator(_checked_field)]


def _in(group: str) -> dict[str, Any]:
    return {"group": group}


class DirectusConfig(ConnectorConfig):
    """Settings of a Directus connection. Directus has no licence or status of a file by itself."""

    base_url: str = Field(
        title="Address",
        description="Where Directus runs, such as https://dam.example.com",
        json_schema_extra={**_in("Address"), "format": "uri"},
    )
    token: SecretStr = Field(
        title="Static token",
        description="Of a user whose role may read directus_files, and nothing more",
        json_schema_extra=_in("Address"),
    )
    public_pictures: bool = Field(
        default=False,
        title="Everybody may see the pictures",
        description="Tick it if the public role may read files; else pictures pass through the hub",
        json_schema_extra=_in("Pictures"),
    )
    licence_end_field: FieldKey = Field(
        default="",
        title="Field with the end of the licence",
        description="Key of a date field that you added to directus_files. After it a file is never served",
        json_schema_extra=_in("Your own fields"),
    )
    licence_field: FieldKey = Field(
        default="",
        title="Field with the licence",
        description="Key of a text field that you added to directus_files",
        json_schema_extra=_in("Your own fields"),
    )
    credit_field: FieldKey = Field(
        default="",
        title="Field with the credit",
        description="Key of a text field that you added to directus_files",
        json_schema_extra=_in("Your own fields"),
    )
    status_field: FieldKey = Field(
        default="",
        title="Field with the status",
        description="Key of a field that you added to directus_files; empty shows every file",
        json_schema_extra=_in("Your own fields"),
    )
    published_status: str = Field(
        default="published",
        title="Status of a file that may be shown",
        description="A file with another status is hidden",
        json_schema_extra=_in("Your own fields"),
    )

    @field_validator("base_url")
    @classmethod
    def _address(cls, value: str) -> str:
        parts = urlsplit(value.strip())
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("give a whole address, such as https://dam.example.com")
        if parts.username or parts.password or parts.query or parts.fragment:
            raise ValueError("give the address alone, without a token, a ? or a #")
        return value.strip().rstrip("/")

    @field_validator("token")
    @classmethod
    def _token(cls, value: SecretStr) -> SecretStr:
        if not re.fullmatch(r"[\x21-\x7e]+", value.get_secret_value()):
            raise ValueError("one word, please")
        return value

    def own_fields(self) -> tuple[str, ...]:
        """Fields that this installation added, as far as they are set up."""
        keys = (self.licence_end_field, self.licence_field, self.credit_field, self.status_field)
        return tuple(dict.fromkeys(filter(None, keys)))
