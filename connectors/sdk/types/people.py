"""People: who wrote something, and who is known by a membership."""

# ruff: noqa: N815 - the names are schema.org's.

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, ConfigDict, Field

from connectors.sdk.types.shapes import Shape, Thing
from connectors.sdk.types.values import Url, Urls, as_named

__all__ = ["Author", "MemberProgramTier", "Person", "ProgramMembership"]


class Author(Shape):
    """A person or an organisation, as far as a byline needs."""

    name: str = Field(title="Author")
    url: Url | None = Field(None, title="Author's page")
    image: Url | None = Field(None, title="Author's picture")


class MemberProgramTier(Shape):
    name: str = Field(title="Tier")


class ProgramMembership(Shape):
    """A membership. ``tier`` is ours: schema.org has no way from a membership to its tier."""

    programName: str | None = Field(None, title="Programme")
    membershipNumber: str | None = Field(None, title="Membership number")
    membershipPointsEarned: float | None = Field(None, title="Points")
    tier: Annotated[MemberProgramTier, BeforeValidator(as_named)] | None = Field(None, title="Tier")


class Person(Thing):
    model_config = ConfigDict(title="Person")

    name: str | None = Field(None, title="Name")
    givenName: str | None = Field(None, title="Given name")
    familyName: str | None = Field(None, title="Family name")
    honorificPrefix: str | None = Field(None, title="Form of address")
    email: str | None = Field(None, title="E-mail")
    telephone: str | None = Field(None, title="Telephone")
    image: Urls | None = Field(None, title="Pictures")
    memberOf: ProgramMembership | None = Field(None, title="Membership")
