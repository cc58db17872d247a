"""Live cards: what links, collections and bound links bring now, read in one batch for a whole page.

Nothing of a card is stored here. With all sources down a card says so and its link stays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import get_language, gettext

from connectors.sdk import Identifier, Ref
from orchestrator.connections import api as connections
from orchestrator.engine.outcome import LinkState, Outcome, Reading, Want, WantAsset, WantFound, WantQuery
from orchestrator.engine.selection import canonical_query
from orchestrator.links.models import BoundLink, Collection, Link
from orchestrator.links.registry import bound_links_by_uuid, collections_by_uuid, links_by_uuid
from orchestrator.links.seeing import seen_by
from orchestrator.links.titles import asset_title, facts
from orchestrator.links.words import CLOSED, StateWords, explain, state_words, type_icon, type_label

__all__ = ["Card", "Member", "read_cards"]

BUDGET_S = 3.0
PICTURE_WIDTH = 320
MEMBER_PICTURE_WIDTH = 160

Row = Link | Collection | BoundLink


@dataclass(frozen=True, slots=True)
class Member:
    """One of the assets that a collection brings now."""

    title: str
    picture: str | None
    icon: str
    edit_url: str | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """What an editor sees of one link. ``problem`` is a sentence, empty while all is well.

    ``label`` is one line for headings and screen readers. ``members`` is for collections, ``facts`` and
    ``sample`` for bound links.
    """

    kind: str
    label: str
    source: str
    type: str
    state: str
    problem: str = ""
    picture: str | None = None
    as_of: datetime | None = None
    edit_url: str | None = None
    members: Sequence[Member] = ()
    facts: Sequence[tuple[str, str]] = ()
    sample: bool = False

    @property
    def words(self) -> StateWords:
        """Its state in words."""
        return state_words(self.state)

    @property
    def type_label(self) -> str:
        """Its type in words."""
        return type_label(self.type)

    @property
    def icon(self) -> str:
        """What stands for it when it has no picture."""
        return "list-ul" if self.kind == "collection" else type_icon(self.type)


def read_cards(
    user: Any, *, links: Iterable[str] = (), collections: Iterable[str] = (), bound: Iterable[str] = ()
) -> dict[str, Card]:
    """Cards by uuid: one call for each connection at most, whatever the number of cards.

    Uuids that name no row get a card that says so.
    """
    asked = {"link": list(links), "collection": list(collections), "bound": list(bound)}
    rows: dict[str, Row] = {
        **links_by_uuid(asked["link"]),
        **collections_by_uuid(asked["collection"]),
        **bound_links_by_uuid(asked["bound"]),
    }
    seen = seen_by(user)
    wants = {uuid: want for uuid, row in rows.items() if seen.shows(row) and (want := want_of(row))}
    outcomes = resolve(wants.values())
    cards = {
        uuid: card_of(row, outcomes.get(wants[uuid]) if uuid in wants else None, shown=seen.shows(row))
        for uuid, row in rows.items()
    }
    return cards | {uuid: _lost(kind) for kind, uuids in asked.items() for uuid in uuids if uuid not in cards}


def resolve(wants: Iterable[Want]) -> Mapping[Want, Outcome]:
    """Ask the gateway for all at once, in the editor's language."""
    distinct = list(dict.fromkeys(wants))
    if not distinct:
        return {}
    return connections.resolve(distinct, locale=get_language() or "en", budget_s=BUDGET_S).outcomes


def want_of(row: Row) -> Want | None:
    """What to ask the gateway for; ``None`` for a bound link without a sample."""
    connection = str(row.connection.uuid)
    if isinstance(row, Link):
        return WantAsset(connection, Ref(row.type, row.external_id))
    if isinstance(row, Collection):
        return WantQuery(connection, row.type, canonical_query(row.query), row.limit)
    if not row.sample_value:
        return None
    return WantFound(connection, row.type, Identifier(row.identifier_kind, row.sample_value))


def card_of(row: Row, outcome: Outcome | None, *, shown: bool = True) -> Card:
    """The card of a row, from what became of its want; without an outcome it says why there is none."""
    if not shown:
        return _plain(row, CLOSED)
    if outcome is None:
        return _plain(row, "no_sample" if isinstance(row, BoundLink) else LinkState.ERROR)
    return _CARDS[type(row)](row, outcome)


def _plain(row: Row, state: str, reason: str | None = None) -> Card:
    # Its source stands beside it on the card. An id can say as much as a title does.
    label = row.name if not isinstance(row, Link) else type_label(row.type)
    if isinstance(row, Link) and state != CLOSED:
        label = f"{label} {row.external_id}"
    return Card(
        kind=_KINDS[type(row)],
        label=label,
        source=row.connection.name,
        type=row.type,
        state=state,
        problem=explain(state, reason, source=row.connection.name),
    )


def _lost(kind: str) -> Card:
    return Card(
        kind=kind,
        label=str(state_words("lost").text),
        source="",
        type="",
        state="lost",
        problem=explain("lost", None, source=""),
    )


def _link_card(link: Link, outcome: Outcome) -> Card:
    if not outcome.readings:
        return _plain(link, outcome.state, outcome.reason)
    reading = outcome.readings[0]
    return Card(
        kind="link",
        label=asset_title(reading.asset),
        source=link.connection.name,
        type=link.type,
        state=outcome.state,
        problem=explain(outcome.state, outcome.reason, source=link.connection.name),
        picture=connections.thumbnail(reading, width=PICTURE_WIDTH),
        as_of=reading.as_of,
        edit_url=connections.edit_url(reading),
    )


def _collection_card(collection: Collection, outcome: Outcome) -> Card:
    source = collection.connection.name
    problem = explain(outcome.state, outcome.reason, source=source)
    if outcome.usable and not outcome.readings:
        problem = gettext("%(source)s finds nothing for this query now.") % {"source": source}
    return Card(
        kind="collection",
        label=collection.name or gettext("Preview"),
        source=source,
        type=collection.type,
        state=outcome.state,
        problem=problem,
        as_of=max((reading.as_of for reading in outcome.readings), default=None),
        members=[_member(reading) for reading in outcome.readings],
    )


def _member(reading: Reading) -> Member:
    return Member(
        title=asset_title(reading.asset),
        picture=connections.thumbnail(reading, width=MEMBER_PICTURE_WIDTH),
        icon=type_icon(reading.asset.ref.type),
        edit_url=connections.edit_url(reading),
    )


def _bound_card(bound: BoundLink, outcome: Outcome) -> Card:
    if not outcome.readings:
        return _plain(bound, outcome.state, outcome.reason)
    reading = outcome.readings[0]
    return Card(
        kind="bound",
        label=f"{bound.name}: {asset_title(reading.asset)}",
        source=bound.connection.name,
        type=bound.type,
        state=outcome.state,
        problem=explain(outcome.state, outcome.reason, source=bound.connection.name),
        picture=connections.thumbnail(reading, width=PICTURE_WIDTH),
        as_of=reading.as_of,
        facts=facts(reading.asset),
        sample=True,
    )


_KINDS = {Link: "link", Collection: "collection", BoundLink: "bound"}
_CARDS: Mapping[type, Callable[[Any, Outcome], Card]] = {
    Link: _link_card,
    Collection: _collection_card,
    BoundLink: _bound_card,
}
