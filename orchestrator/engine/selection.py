"""Which assets a request gets: the plan and the context in, wants and their places out.

Nothing is read here. Fallbacks are selected together with what they may replace, so that all leave
in the same round; whether one is used is decided in :mod:`orchestrator.engine.projection`, when the
outcomes are known.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from connectors.sdk.assets import Identifier, Ref
from orchestrator.engine.context import Context
from orchestrator.engine.outcome import LinkState, Outcome, Want, WantAsset, WantFound, WantQuery
from orchestrator.engine.plan import (
    Bound,
    Bundle,
    Collected,
    Failure,
    FragmentUse,
    Frame,
    Item,
    Linked,
    Plan,
    Policy,
)

__all__ = ["Chosen", "SelectedSlot", "Selection", "canonical_query", "select"]


@dataclass(frozen=True, slots=True)
class Chosen:
    """One item that a slot is to show.

    ``want`` is what has to be read for it. Where nothing can be read (no identifier in the request,
    a fragment that is not published), ``settled`` says so and ``want`` is ``None``.
    """

    item: Item
    want: Want | None
    settled: Outcome | None = None


@dataclass(frozen=True, slots=True)
class SelectedSlot:
    """A slot with its fragments unfolded, in the author's order."""

    name: str
    label: str
    items: tuple[Chosen, ...]
    fallback: tuple[Chosen, ...]
    policy: Policy
    frame: Frame | None = None

    @property
    def last_good_s(self) -> float | None:
        """Seconds past freshness for which it takes a last good copy; ``None``: as the connection says."""
        if self.policy.on_failure is Failure.LAST_KNOWN_GOOD:
            return self.policy.last_known_good_s
        return 0


@dataclass(frozen=True, slots=True)
class Selection:
    """What was chosen for one request, and of which versions."""

    plan: Plan
    fragments: Mapping[str, int]
    slots: tuple[SelectedSlot, ...]

    def chosen(self) -> Iterator[Chosen]:
        """Every chosen item and fallback, in order."""
        for slot in self.slots:
            yield from slot.items
            yield from slot.fallback

    def wants(self) -> tuple[Want, ...]:
        """What has to be read, each once, in order of first use."""
        return tuple(dict.fromkeys(chosen.want for chosen in self.chosen() if chosen.want is not None))

    def limits(self) -> dict[Want, float | None]:
        """For each want the most generous last-known-good of the slots that share it, in seconds.

        ``None`` leaves it to the connection. Each slot holds its own limit again when it is filled.
        """
        limits: dict[Want, float | None] = {}
        for slot in self.slots:
            for chosen in (*slot.items, *slot.fallback):
                if chosen.want is not None:
                    limits[chosen.want] = _more_generous(slot.last_good_s, limits.get(chosen.want, 0))
        return limits

    @property
    def personal(self) -> bool:
        """Whether it reads a person's data, so that the answer is for one caller only."""
        return any(isinstance(chosen.want, WantFound) for chosen in self.chosen())


def select(bundle: Bundle, context: Context) -> Selection:
    """Choose what the request gets. Cannot fail: what is not known has a reason.

    The order of slots and items is the author's. A fragment stands for its items, at its place.
    """
    unfold = _Unfolding(bundle.fragments, context)
    slots = tuple(
        SelectedSlot(
            name=slot.name,
            label=slot.label,
            items=tuple(unfold.each(slot.items)),
            fallback=tuple(unfold.each(slot.fallback)),
            policy=slot.policy,
            frame=slot.frame,
        )
        for slot in bundle.plan.slots
    )
    return Selection(plan=bundle.plan, fragments=unfold.versions, slots=slots)


def canonical_query(query: Mapping[str, object]) -> str:
    """A query as text that is equal for equal queries."""
    return json.dumps(query, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


class _Unfolding:
    """Turns plan items into chosen ones, fragments into their items."""

    def __init__(self, fragments: Mapping[str, Plan], context: Context) -> None:
        self.fragments = fragments
        self.context = context
        self.versions: dict[str, int] = {}

    def each(self, items: Iterable[Item], inside: tuple[str, ...] = ()) -> Iterator[Chosen]:
        for item in items:
            match item:
                case FragmentUse():
                    yield from self._fragment(item, inside)
                case Linked():
                    yield Chosen(item, WantAsset(item.connection, Ref(item.type, item.external_id)))
                case Collected():
                    query = canonical_query(item.query)
                    yield Chosen(item, WantQuery(item.connection, item.type, query, item.limit))
                case Bound():
                    yield self._bound(item)

    def _fragment(self, use: FragmentUse, inside: tuple[str, ...]) -> Iterator[Chosen]:
        fragment = self.fragments.get(use.id)
        if fragment is None:
            yield _settled(use, LinkState.HIDDEN, "fragment_not_published")
        elif use.id in inside:
            yield _settled(use, LinkState.ERROR, "fragment_in_itself")
        else:
            self.versions[use.id] = fragment.version
            for slot in fragment.slots:
                yield from self.each(slot.items, (*inside, use.id))

    def _bound(self, item: Bound) -> Chosen:
        # In this order: without an identifier the answer is public, and equal whatever the caller may do.
        value = self.context.identifiers.get(item.identifier_kind)
        if not value:
            return _settled(item, LinkState.DENIED, "no_identifier")
        if not self.context.may_use_personal:
            return _settled(item, LinkState.DENIED, "personal_data_not_permitted")
        return Chosen(item, WantFound(item.connection, item.type, Identifier(item.identifier_kind, value)))


def _settled(item: Item, state: LinkState, reason: str) -> Chosen:
    return Chosen(item, want=None, settled=Outcome(state, reason=reason))


def _more_generous(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else max(one, other)
