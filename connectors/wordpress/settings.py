"""Settings of a WordPress connection."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationInfo, field_validator

from connectors.sdk import ConnectorConfig

__all__ = ["WordPressConfig"]


def _in(group: str, **more: Any) -> dict[str, Any]:
    return {"group": group, **more}


class WordPressConfig(ConnectorConfig):
    """Settings of a WordPress connection. Without credentials it sees what everybody sees."""

    base_url: str = Field(
        title="Address",
        description="Of the site, such as https://blog.example.com",
        json_schema_extra=_in("Address", format="uri"),
    )
    username: str = Field(
        default="",
        title="User name",
        description="Of an editor: then drafts and the trash are told apart. Empty reads as everybody",
        json_schema_extra=_in("Address"),
    )
    application_password: SecretStr = Field(
        default=SecretStr(""),
        validate_default=True,
        title="Application password",
        description="Made in WordPress: Users, Profile. Not the password that people log in with",
        json_schema_extra=_in("Address"),
    )
    post_types: list[str] = Field(
        default=["posts"],
        title="Articles from",
        description="One a line: posts, pages, or the REST base of a type of your own",
        json_schema_extra=_in("What it gives"),
    )
    media: bool = Field(
        default=True,
        title="Pictures and videos of the media library",
        json_schema_extra=_in("What it gives"),
    )
    language: str = Field(
        default="",
        title="Language of the site",
        description="Such as de-CH. WordPress does not say it for its articles",
        json_schema_extra=_in("What it gives"),
    )

    @field_validator("base_url")
    @classmethod
    def _address(cls, value: str) -> str:
        parts = urlsplit(value.strip())
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("give a whole address, such as https://blog.example.com")
        if parts.username or parts.password or parts.query or parts.fragment:
            raise ValueError("give the address alone, without a password, a ? or a #")
        if "/wp-json" in parts.path or "/wp-admin" in parts.path:
            raise ValueError("give the address of the site, without /wp-json or /wp-admin")
        return value.strip().rstrip("/")

    @field_validator("username")
    @classmethod
    def _name(cls, value: str) -> str:
        if re.search(r"[\r\n:]", value):
            raise ValueError("one line without a :")
        return value.strip()

    @field_validator("application_password")
    @classmethod
    def _password(cls, value: SecretStr, info: ValidationInfo) -> SecretStr:
        text = value.get_secret_value().strip()
        if info.data.get("username") and not text:
            raise ValueError("needed with a user name")
        if re.search(r"[\r\n]", text):
            raise ValueError("one line, please")
        return SecretStr(text)

    @field_validator("post_types")
    @classmethod
    def _types(cls, bases: list[str]) -> list[str]:
        for base in bases:
            # Source: register_post_type() keeps a REST base as a part of a path.
            if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,63}", base):
                raise ValueError(f"“{base}”: small letters, digits, - and _ only")
            if base == "media":
                raise ValueError("media has a setting of its own")
        return list(dict.fromkeys(bases))

    @field_validator("media")
    @classmethod
    def _something(cls, media: bool, info: ValidationInfo) -> bool:
        if not media and info.data.get("post_types") == []:
            raise ValueError("without articles and without media there is nothing to give")
        return media

    @field_validator("language")
    @classmethod
    def _language(cls, value: str) -> str:
        if value and not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", value):
            raise ValueError("a language tag, such as de or de-CH")
        return value

    @property
    def has_key(self) -> bool:
        """Whether it asks as somebody."""
        return bool(self.username)
