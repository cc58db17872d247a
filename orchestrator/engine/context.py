"""What is known in one request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from orchestrator.engine.framing import PictureRules

__all__ = ["Context"]


@dataclass(frozen=True, slots=True)
class Context:
    """The inputs of one decision.

    Attributes:
        now: The request's instant, with a zone. The engine has no other clock.
        channel: Slug of the channel that is delivered to.
        locale: The locale asked for, as a BCP 47 tag ("de-CH").
        identifiers: What the request says of the person, by kind. Personal: read to bind links,
            never shown, logged or hashed into a shared key.
        may_use_personal: Whether the caller holds the right to personal data.
        pictures: What the channel says of its pictures.
    """

    now: datetime
    channel: str
    locale: str
    identifiers: Mapping[str, str] = field(default_factory=dict, repr=False)
    may_use_personal: bool = False
    pictures: PictureRules = field(default_factory=PictureRules)
