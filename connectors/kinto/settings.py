"""Settings of a Kinto connection."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, field_validator

from connectors.sdk import ConnectorConfig
from connectors.sdk.types import field_names

__all__ = ["KintoConfig"]

# What Kinto's filters take, and what cannot be mistaken for one of its own parameters ("_since").
_PLACE = re.compile(r"[A-Za-z]\w{0,63}(\.\w{1,64}){0,5}", re.ASCII)


def _checked_name(name: str) -> str:
    # Source: https://docs.kinto-storage.org/en/stable/api/1.x/buckets.html
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,254}", name):
        raise ValueError("letters, digits, - and _ only")
    return name


Name = Annotated[str, AfterValidator(_checked_name)]


def _in(group: str, format: str | None = None) -> dict[str, Any]:
    return {"group": group} if format is None else {"group": group, "format": format}


def _refuse_odd_places(places: Iterable[str]) -> None:
    for place in places:
        if not _PLACE.fullmatch(place):
            raise ValueError(f"“{place}” is not a field of a record: letters, digits and _, parts with dots")


class KintoConfig(ConnectorConfig):
    """Settings of a Kinto connection. Kinto has no schema: which field means what is said here."""

    base_url: str = Field(
        title="Address",
        description="Where Kinto's API begins, with its version: https://crm.example.com/v1",
        json_schema_extra=_in("Address", "uri"),
    )
    username: str = Field(
        title="Account",
        description="One that may read the collection; to let the hub erase people, one that may write it",
        json_schema_extra=_in("Address"),
    )
    password: SecretStr = Field(title="Password", json_schema_extra=_in("Address"))
    bucket: Name = Field(title="Bucket", description="Such as crm", json_schema_extra=_in("Address"))
    collection: Name = Field(
        title="Collection", description="The one with the people: contacts", json_schema_extra=_in("Address")
    )
    identifiers: dict[str, str] = Field(
        default={"loyalty_id": "loyalty_id"},
        title="Identifiers",
        description="Each kind that apps send, and the field of a record that holds it. A record that holds "
        "another value is never given out",
        json_schema_extra=_in("People", "pairs"),
    )
    fields: dict[str, str] = Field(
        default={
            "name": "name",
            "memberOf.membershipNumber": "loyalty_id",
            "memberOf.membershipPointsEarned": "points",
            "memberOf.tier.name": "tier",
        },
        title="Fields",
        description="Each value that apps get, and the field of a record that holds it, such as "
        "memberOf.tier.name from card.level. Nothing else is read. “extra.nights” keeps what has no name",
        json_schema_extra=_in("People", "pairs"),
    )
    programme: str = Field(
        default="",
        title="Name of the loyalty programme",
        description="The same for everybody; empty if there is none",
        json_schema_extra=_in("People"),
    )
    edit_url: str = Field(
        default="",
        title="Where people edit a record",
        description="With {id}, such as https://crm.example.com/people/{id}",
        json_schema_extra=_in("People"),
    )

    @field_validator("base_url")
    @classmethod
    def _address(cls, value: str) -> str:
        parts = urlsplit(value.strip())
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("give a whole address, such as https://crm.example.com/v1")
        if parts.username or parts.password or parts.query or parts.fragment:
            raise ValueError("give the address alone, without a password, a ? or a #")
        return value.strip().rstrip("/")

    @field_validator("username", "password")
    @classmethod
    def _credentials(cls, value: str | SecretStr) -> str | SecretStr:
        text = value.get_secret_value() if isinstance(value, SecretStr) else value
        if not text.strip() or re.search(r"[\r\n]", text):
            raise ValueError("one line, please")
        return value

    @field_validator("username")
    @classmethod
    def _account(cls, value: str) -> str:
        if ":" in value:
            # The first colon ends the name in HTTP Basic.
            raise ValueError("the name alone, without “account:” or any other :")
        return value

    @field_validator("identifiers")
    @classmethod
    def _identifiers(cls, kinds: dict[str, str]) -> dict[str, str]:
        if not kinds:
            raise ValueError("name at least one kind of identifier, such as loyalty_id")
        for kind in kinds:
            if not re.fullmatch(r"[a-z][a-z0-9_]*", kind):
                raise ValueError(f"“{kind}”: small letters, digits and _ only")
        _refuse_odd_places(kinds.values())
        return kinds

    @field_validator("fields")
    @classmethod
    def _fields(cls, fields: dict[str, str]) -> dict[str, str]:
        known = {field.name for field in field_names("Person")}
        for name in fields:
            if name not in known and not re.fullmatch(r"extra\.\w{1,64}", name):
                raise ValueError(f"“{name}” is not a field of a person")
        _refuse_odd_places(fields.values())
        return fields

    @field_validator("edit_url")
    @classmethod
    def _edit_url(cls, value: str) -> str:
        if value and (urlsplit(value).scheme not in ("http", "https") or "{id}" not in value):
            raise ValueError("a whole address with {id} in it")
        return value

    def places(self) -> tuple[str, ...]:
        """Fields of a record that are read, each once."""
        return tuple(dict.fromkeys((*self.identifiers.values(), *self.fields.values())))
