"""The second look at assets that were found absent: what it confirms counts, what it does not is forgotten.

One answer proves nothing: a replica lags, a shop is half up, an index is being built. Nor do many of a
source that has lost everything. So a doubt is looked at again after a pause, in one round of calls with
others that should be there, after the system itself has said that it works.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from connectors.sdk import Ref
from orchestrator.connections.configuring.sources import Source
from orchestrator.connections.failures import Failure
from orchestrator.connections.gateway.checking import check_all
from orchestrator.connections.gateway.lanes import Lane
from orchestrator.connections.listening.in_use import sound_assets
from orchestrator.connections.listening.whereabouts import Whereabouts, by_locale
from orchestrator.connections.models import AssetProblem, Reread
from orchestrator.connections.observing.problems import clear_problem
from orchestrator.connections.process import Process
from orchestrator.connections.purges.concern import Concern
from orchestrator.connections.purges.purging import purge
from orchestrator.connections.purges.rereads import (
    SECOND_LOOK_S,
    finish_walk,
    next_try,
    pause_s,
    postpone_walk,
)
from orchestrator.engine.outcome import LinkState, WantAsset

__all__ = ["SecondLook", "Sight"]

_LONGEST_PAGE = 100
# Of each type. One of them may be gone, too, without anybody knowing.
_WITNESSES = 3
# A system that works, but will not say of one asset whether it is there, is not asked for ever.
_MOST_TRIES = 4
# By then no last good copy is left to lose, with the windows that connections have by themselves.
_BELIEVED_AFTER = timedelta(days=1)
_ABSENT = {LinkState.GONE: "gone", LinkState.HIDDEN: "hidden", LinkState.DENIED: "denied"}


@dataclass(frozen=True, slots=True)
class Sight:
    """What one look has shown: which assets are there, in which states others are absent, which failed.

    ``others`` are those of which more than the doubt itself is known: the types with other assets, and
    whether the source has any other at all.
    """

    there: frozenset[Ref] = frozenset()
    absent: dict[Ref, frozenset[str]] = field(default_factory=dict)
    failed: frozenset[Ref] = frozenset()
    types_with_others: frozenset[str] = frozenset()
    has_others: bool = False

    def vouches_for(self, type: str) -> bool:
        """Whether it shows that its source gives what it has of this type.

        Something of the same type must be there. For the only one that is known of its type, anything
        else of its source must be; the only one that is known of its source stands for itself.
        """
        if any(ref.type == type for ref in self.there):
            return True
        if type in self.types_with_others:
            return False
        return bool(self.there) or not self.has_others


class SecondLook:
    """One look at the doubts of a connection, at most a page of them."""

    def __init__(self, process: Process, mark: Reread) -> None:
        self.process, self.mark = process, mark
        self.source = Source.of(mark.connection)
        self._doubts = AssetProblem.objects.filter(connection=mark.connection, confirmed_at=None)

    def go(self) -> int:
        """Look, and act on it; how many assets were asked for."""
        if self.source.personal:
            # It was none when they were found. People are never read without a request.
            self._doubts.delete()
        if not self._is_due():
            self._rest()
            return 0
        lane = self.process.lanes.of(self.source, within_s=self.source.timeout_s)
        if isinstance(lane, Failure) or lane.resting or not self._works():
            self._postpone(lane)
            return 0
        page = list(self._due().order_by("with_all_others", "first_seen_at", "pk")[: _size_of(lane)])
        witnesses = self._witnesses({doubt.type for doubt in page})
        sight = self._look([*map(_ref_of, page), *witnesses], witnesses)
        if self._act(page, sight):
            self._postpone(lane)
        else:
            self._rest()
        return len(page) + len(witnesses)

    def _due(self) -> QuerySet[AssetProblem]:
        before = timezone.now() - timedelta(seconds=SECOND_LOOK_S)
        return self._doubts.filter(first_seen_at__lte=before)

    def _is_due(self) -> bool:
        return self._due().exists()

    def _works(self) -> bool:
        return check_all(self.process.lanes, [self.mark.connection])[0].ok

    def _witnesses(self, types: Iterable[str]) -> list[Ref]:
        """Others that should be there: of each type, and any where a type has none."""
        found = {name: self._sound(frozenset({name})) for name in sorted(types)}
        refs = [ref for each in found.values() for ref in each]
        return refs if all(found.values()) else list(dict.fromkeys([*refs, *self._sound(None)]))

    def _sound(self, types: frozenset[str] | None) -> list[Ref]:
        wants = sound_assets()(Concern(self.source.uuid, types), 0, _WITNESSES).wants
        return [want.ref for want in wants if isinstance(want, WantAsset)]

    def _look(self, refs: Sequence[Ref], witnesses: Sequence[Ref]) -> Sight:
        """Ask for all of them anew, in each language in which they are held."""
        answers = self._read(refs)
        there = {ref for ref, states in answers.items() if LinkState.FRESH in states}
        absent = {
            ref: frozenset(_ABSENT[state] for state in states)
            for ref, states in answers.items()
            if ref not in there and states <= _ABSENT.keys()
        }
        doubted = list(self._doubts.order_by().values_list("type", flat=True))
        known = [*doubted, *(ref.type for ref in witnesses)]
        return Sight(
            frozenset(there),
            absent,
            frozenset(answers.keys() - there - absent.keys()),
            frozenset(name for name in known if known.count(name) > 1),
            len(known) > 1,
        )

    def _read(self, refs: Sequence[Ref]) -> dict[Ref, set[LinkState]]:
        whereabouts = Whereabouts(self.process, self.source, Concern(self.source.uuid))
        wants = [WantAsset(self.source.uuid, ref) for ref in refs]
        answers: dict[Ref, set[LinkState]] = {ref: set() for ref in refs}
        for locale, asked in by_locale(whereabouts.in_languages(wants, always=True)).items():
            assets = [want for want in asked if isinstance(want, WantAsset)]
            budget_s = self.source.timeout_s + 1
            outcomes = self.process.gateway.read_anew(assets, locale=locale, budget_s=budget_s)
            for want in assets:
                answers[want.ref].add(outcomes[want].state)
        # What was found, of witnesses too, is written before it is judged.
        self.process.findings.flush()
        return answers

    def _act(self, page: Sequence[AssetProblem], sight: Sight) -> bool:
        """Confirm, forget, or leave open; true where something is left open that a pause may settle."""
        last_try = self.mark.tries >= _MOST_TRIES
        failed = [doubt for doubt in page if _ref_of(doubt) in sight.failed]
        absent = [doubt for doubt in page if _ref_of(doubt) in sight.absent]
        believed = [doubt for doubt in absent if sight.vouches_for(doubt.type) or _is_old(doubt)]
        unbelieved = {doubt.type for doubt in absent if doubt not in believed}
        self._forget([_ref_of(doubt) for doubt in page if _ref_of(doubt) in sight.there])
        self._confirm(believed, sight)
        if last_try:
            # Its next reader, or the next sweep, finds out.
            self._forget(map(_ref_of, failed))
        if last_try or not sight.failed:
            self._note_unbelieved(unbelieved, of={doubt.type for doubt in page})
        return bool(unbelieved or (failed and not last_try))

    def _confirm(self, doubts: Iterable[AssetProblem], sight: Sight) -> None:
        """From now on they are broken, and what is held of those that are gone is dropped."""
        with transaction.atomic():
            confirmed = [doubt for doubt in doubts if self._confirm_one(doubt, sight)]
            gone = [_ref_of(doubt) for doubt in confirmed if doubt.state == "gone"]
            purge(connection=self.mark.connection, refs=gone, drop=True, read_again=False)

    def _confirm_one(self, doubt: AssetProblem, sight: Sight) -> bool:
        """False where somebody has read it since, or it is absent in another way: that is a new doubt."""
        if doubt.state not in sight.absent[_ref_of(doubt)]:
            return False
        open_still = self._doubts.filter(pk=doubt.pk, state=doubt.state)
        return bool(open_still.update(confirmed_at=timezone.now(), with_all_others=False))

    def _forget(self, refs: Iterable[Ref]) -> None:
        """They count as there; whoever holds the strange answer reads again."""
        refs = list(refs)
        for ref in refs:
            clear_problem(self.source.uuid, ref.type, ref.external_id)
        purge(connection=self.mark.connection, refs=refs)

    def _note_unbelieved(self, types: set[str], *, of: set[str]) -> None:
        """All of these types that is in doubt is so with all others; of the other ones it is so no more."""
        self._doubts.filter(type__in=types).update(with_all_others=True)
        self._doubts.filter(type__in=of - types).update(with_all_others=False)

    def _postpone(self, lane: Lane | Failure) -> None:
        rest_s = 0.0 if isinstance(lane, Failure) else lane.rest_s
        tries = next_try(self.mark.tries)
        postpone_walk(self.mark, "", wait_s=rest_s or pause_s(tries), tries=tries)

    def _rest(self) -> None:
        """Until the oldest doubt is due; for good where there is none."""
        oldest = self._doubts.order_by("first_seen_at").first()
        if oldest is None:
            finish_walk(self.mark)
            return
        age_s = (timezone.now() - oldest.first_seen_at).total_seconds()
        postpone_walk(self.mark, "", wait_s=SECOND_LOOK_S - age_s, tries=0)


def _size_of(lane: Lane) -> int:
    """One round of calls, as in every walk."""
    return min(_LONGEST_PAGE, lane.max_concurrency * lane.max_batch)


def _ref_of(doubt: AssetProblem) -> Ref:
    return Ref(doubt.type, doubt.external_id)


def _is_old(doubt: AssetProblem) -> bool:
    return timezone.now() - doubt.first_seen_at >= _BELIEVED_AFTER
