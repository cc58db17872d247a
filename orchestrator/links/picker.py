"""What the picker finds and what it makes of a choice. Everything a page sends back is checked here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from orchestrator.connections import api as connections
from orchestrator.links.models import Link
from orchestrator.links.registry import AddressError, ensure_link
from orchestrator.links.sources import Source, pickable
from orchestrator.links.titles import asset_title
from orchestrator.links.words import explain, type_icon, type_label

__all__ = ["Ask", "Choice", "ChoiceRefusedError", "Found", "Option", "choose", "find"]

# The first answer leaves with what is there by then; the second waits for the slower ones.
FIRST_WAIT_S = 0.4
PATIENT_WAIT_S = 5.0
THUMBNAIL_WIDTH = 320


class ChoiceRefusedError(ValueError):
    """A choice that this person may not make, or that is no address. The message is for people."""


@dataclass(frozen=True, slots=True)
class Ask:
    """A search. ``sources`` and the keys of ``cursors`` are connection uuids; empty means all."""

    query: str = ""
    sources: frozenset[str] = frozenset()
    types: frozenset[str] = frozenset()
    accepts: tuple[str, ...] = ()
    space: int | None = None
    cursors: Mapping[str, str] = field(default_factory=dict)
    patient: bool = False


@dataclass(frozen=True, slots=True)
class Option:
    """One asset that can be picked, as its source shows it now."""

    connection: str
    source: str
    type: str
    external_id: str
    title: str
    picture: str | None

    @property
    def type_label(self) -> str:
        """Its type in words."""
        return type_label(self.type)

    @property
    def icon(self) -> str:
        """What stands for it when it has no picture."""
        return type_icon(self.type)


@dataclass(frozen=True, slots=True)
class Found:
    """What one source answered: ``state`` is ``done``, ``pending`` or ``failed``, ``note`` says why."""

    id: str
    name: str
    state: str
    note: str = ""
    options: Sequence[Option] = ()
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """An asset that somebody picked; ``connection`` is a uuid."""

    connection: str
    type: str
    external_id: str


def find(user: Any, ask: Ask) -> list[Found]:
    """Ask all sources that ``user`` may pick from at once, and answer in time.

    A source that is slow is ``pending`` the first time; when the page asks for it again, it has
    ``PATIENT_WAIT_S``, and then failed.
    """
    types = tuple(sorted(ask.types)) or ask.accepts
    sources = [
        source
        for source in pickable(user, space=ask.space, accepts=types)
        if not ask.sources or source.id in ask.sources
    ]
    results = connections.search(
        connections=[source.connection for source in sources],
        query=ask.query,
        types=types,
        cursors={
            source.connection.slug: ask.cursors[source.id] for source in sources if source.id in ask.cursors
        },
        wait_s=PATIENT_WAIT_S if ask.patient else FIRST_WAIT_S,
        locale=get_language() or "en",
    )
    return [_found(result, ask) for result in results]


def _found(result: Any, ask: Ask) -> Found:
    connection = result.connection
    late = result.state == "pending" and ask.patient
    reason = "timeout" if late else result.reason
    state = "failed" if late else str(result.state)
    return Found(
        id=str(connection.uuid),
        name=connection.name,
        state=state,
        note=_why(connection.name, reason) if state == "failed" else "",
        options=[_option(connection, reading) for reading in result.readings],
        cursor=result.next_cursor,
    )


def _why(source: str, reason: str | None) -> str:
    why = explain("error", reason, source=source)
    return _("%(why)s What it holds cannot be shown now.") % {"why": why}


def _option(connection: Any, reading: Any) -> Option:
    asset = reading.asset
    return Option(
        connection=str(connection.uuid),
        source=connection.name,
        type=asset.ref.type,
        external_id=asset.ref.external_id,
        title=asset_title(asset),
        picture=connections.thumbnail(reading, width=THUMBNAIL_WIDTH),
    )


def choose(
    user: Any, choices: Sequence[Choice], *, space: int | None = None, accepts: Sequence[str] = ()
) -> list[Link]:
    """Links to what was picked, in its order; all or none.

    Raises:
        ChoiceRefusedError: One of them is not this person's to pick, is of a type that the place does
            not accept, or is no address.
    """
    sources = {source.id: source for source in pickable(user, space=space)}
    for choice in choices:
        _refuse_unless_offered(choice, sources, accepts)
    try:
        with transaction.atomic():
            return [
                ensure_link(
                    connection=sources[choice.connection].connection,
                    type=choice.type,
                    external_id=choice.external_id,
                )
                for choice in choices
            ]
    except AddressError as refused:
        raise ChoiceRefusedError(str(refused)) from None


def _refuse_unless_offered(choice: Choice, sources: Mapping[str, Source], accepts: Sequence[str]) -> None:
    source = sources.get(choice.connection)
    if source is None:
        raise ChoiceRefusedError(_("You may not pick from this connection."))
    if choice.type not in source.types:
        raise ChoiceRefusedError(_("This connection has nothing of this type."))
    if accepts and choice.type not in accepts:
        raise ChoiceRefusedError(_("This place does not accept this type."))
