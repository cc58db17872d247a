"""The shapes of what comes in and goes out, for the OpenAPI document and for reading bodies.

Answers are made by the engine, not by these models; a test holds that real answers have these shapes.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from orchestrator.engine.outcome import LinkState, SlotState

__all__ = ["Answer", "PersonalRequest", "Problem"]

IdentifierKind = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,50}$")]
IdentifierValue = Annotated[
    str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")
]


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)


class RequestContext(_Shape):
    """What else is known in the request. Channel and locale are in the address; there is nothing more yet."""


class PersonalRequest(_Shape):
    """Whom the answer is for."""

    identifiers: dict[IdentifierKind, IdentifierValue] = Field(
        default_factory=dict, max_length=20, examples=[{"loyalty_id": "ML-100234"}]
    )
    """What is known of the person, by kind. Read for this answer, then forgotten: never stored or logged.

    A kind that no link of the space asks for is not looked at: an app goes on as it is when editors take
    a link out or put one in. A slot that lacks its kind is empty for the reason no_identifier.
    """
    context: RequestContext = Field(default_factory=RequestContext)


class ExperienceHead(_Shape):
    """What was composed, and which publication of it this is."""

    id: str
    slug: str
    version: int
    title: str
    lang: str
    """The language found for the locale asked for: de-CH, else de, else the installation's own."""


class FocalPoint(_Shape):
    """The point that must stay visible, in fractions from the left and the top."""

    x: float
    y: float


class AnswerPicture(_Shape):
    """An item's picture, for the slot that shows it."""

    contentUrl: str  # noqa: N815 - schema.org's name.
    """The closest to the slot's size that is not smaller, or else the largest there is."""
    width: int | None = None
    """Pixels of the file that will come, where the source tells."""
    height: int | None = None
    encodingFormat: str | None = None  # noqa: N815
    """Its media type, where the source tells."""
    srcset: str = ""
    """What the attribute of <img> takes: addresses with their widths. On channels for the web, where the
    source gives several widths; say with “sizes” how wide the page shows it."""
    focalPoint: FocalPoint | None = None  # noqa: N815
    """For “object-position”, where the page cuts the picture itself and the source knows the point."""


class AnswerItem(_Shape):
    """One asset, as its source has it."""

    id: str
    """Stable: the link's id; of a member of a collection, the collection's id, a slash, and its own."""
    type: str
    """A schema.org type name."""
    source: str
    """Short name of the connection that it comes from."""
    external_id: str = ""
    """Its id at the source. A person's record has none here."""
    collection: str = ""
    """The collection that brought it."""
    state: LinkState
    as_of: datetime
    """Since when this very value is known. It does not change by waiting."""
    valid_until: datetime | None
    """When its rights, price or embargo end. Do not show it later."""
    lang: str | None
    fields: dict[str, Any]
    """schema.org names; what the source has beyond them is under “extra”."""
    picture: AnswerPicture | None = None
    """Its picture as the slot needs it. Where the slot or the channel says something of pictures."""


class MissingItem(_Shape):
    """One asset that is not shown, and why."""

    id: str
    type: str | None
    source: str | None
    state: LinkState
    reason: str | None


class AnswerSlot(_Shape):
    """A named place."""

    label: str
    state: SlotState
    reason: str | None
    """Why it is empty or substituted: a stable word."""
    items: list[AnswerItem]
    missing: list[MissingItem]


class ExplainedCall(_Shape):
    """One call to a source that this answer waited for."""

    source: str
    kind: str
    items: int
    elapsed_ms: float
    outcome: str


class ExplainedWant(_Shape):
    """What became of one item of a slot."""

    id: str
    place: str
    """Whether it is one of the slot's items or a fallback."""
    kind: str
    """asset, query, person or settled: whether it was looked up, and how."""
    source: str | None
    state: LinkState
    reason: str | None
    count: int
    """How many assets it brought."""
    stale_s: float
    """Seconds past the end of its freshness."""
    timing: dict[str, Any]


class ExplainedSlot(_Shape):
    """A slot's policy, and what became of all that it could show."""

    on_failure: str
    last_known_good_s: float | None
    wants: list[ExplainedWant]


class Explanation(_Shape):
    """Why the answer is as it is. States, ages and times; never a value or an identifier."""

    request_id: str
    at: datetime
    client: str
    rights: list[str]
    identifier_kinds: list[str]
    locales: list[str]
    """The languages that were looked for, in this order."""
    version: int
    fragments: dict[str, int]
    """The version of each fragment that was used."""
    budget_ms: int
    elapsed_ms: float
    slots: dict[str, ExplainedSlot]
    calls: list[ExplainedCall]


class Answer(_Shape):
    """An experience with every slot resolved."""

    experience: ExperienceHead
    channel: str
    locale: str
    """The locale asked for; without one, the channel's default."""
    slots: dict[str, AnswerSlot]
    explain: Explanation | None = None
    """Only with explain=1."""


class ProblemField(_Shape):
    """One thing that is wrong with the request."""

    place: str
    name: str
    code: str
    detail: str


class Problem(_Shape):
    """RFC 9457: what went wrong, for people (title, detail) and for programs (code)."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[ProblemField] = []
    request_id: str = ""
