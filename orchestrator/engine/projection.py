"""The document of an answer: the selection and the outcomes in, plain JSON data out.

The document holds nothing that changes by waiting, so that equal values give equal bytes: an item
says since when its value is known (``as_of``), not how old it is.

How a slot is filled: each item stands at its place if its outcome is usable and not staler than the
slot's policy takes. An item that is not usable is replaced, at its place, by the next unused usable
fallback if the policy is ``substitute`` or ``last_known_good``; with ``omit`` it is left out. A
fallback is looked at only when it is needed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from orchestrator.engine.context import Context
from orchestrator.engine.framing import PictureRules, Show, Shown, as_read, wanted
from orchestrator.engine.outcome import LinkState, Outcome, Reading, SlotState, Want
from orchestrator.engine.plan import Bound, Collected, Failure, Item, Linked
from orchestrator.engine.selection import Chosen, SelectedSlot, Selection

__all__ = ["is_decided", "project"]

_NOT_READ = Outcome(LinkState.TIMEOUT, reason="not_read")


def project(
    selection: Selection, outcomes: Mapping[Want, Outcome], context: Context, show: Show = as_read
) -> dict[str, Any]:
    """The answer's document. A want without an outcome counts as not read in time.

    ``show`` makes of a reading what a slot shows of it; it is asked for what is shown, and for nothing else.
    """
    plan = selection.plan
    rules = context.pictures
    return {
        "experience": {
            "id": plan.id,
            "slug": plan.slug,
            "version": plan.version,
            "title": plan.title,
            "lang": plan.locale,
        },
        "channel": context.channel,
        "locale": context.locale,
        "slots": {slot.name: _slot(slot, outcomes, rules, show) for slot in selection.slots},
    }


def is_decided(selection: Selection, outcomes: Mapping[Want, Outcome]) -> bool:
    """Whether what is still missing can no longer change the document.

    A fallback that is not needed is never waited for.
    """
    return all(_fill(slot, outcomes).complete for slot in selection.slots)


@dataclass(slots=True)
class _Filling:
    """What a slot shows. ``complete`` is false when a needed outcome is not there yet."""

    shown: list[tuple[Chosen, Outcome]] = field(default_factory=list)
    missing: list[tuple[Chosen, Outcome]] = field(default_factory=list)
    substituted: bool = False
    complete: bool = True


def _fill(slot: SelectedSlot, outcomes: Mapping[Want, Outcome]) -> _Filling:
    filling = _Filling()
    spare = iter(slot.fallback) if slot.policy.on_failure is not Failure.OMIT else iter(())
    for chosen in slot.items:
        outcome = _outcome(chosen, outcomes, filling)
        if _shows(outcome, slot):
            filling.shown.append((chosen, outcome))
            continue
        filling.missing.append((chosen, outcome))
        _substitute(slot, spare, outcomes, filling)
    return filling


def _substitute(
    slot: SelectedSlot, spare: Iterator[Chosen], outcomes: Mapping[Want, Outcome], filling: _Filling
) -> None:
    for chosen in spare:
        outcome = _outcome(chosen, outcomes, filling)
        if _shows(outcome, slot):
            filling.shown.append((chosen, outcome))
            filling.substituted = True
            return


def _outcome(chosen: Chosen, outcomes: Mapping[Want, Outcome], filling: _Filling) -> Outcome:
    if chosen.want is None:
        return chosen.settled or _NOT_READ
    outcome = outcomes.get(chosen.want)
    if outcome is None:
        filling.complete = False
        return _NOT_READ
    return outcome


def _shows(outcome: Outcome, slot: SelectedSlot) -> bool:
    return bool(_taken(outcome, slot))


def _taken(outcome: Outcome, slot: SelectedSlot) -> Sequence[Reading]:
    """What the slot takes of it: of a list those members that are not too stale."""
    if not outcome.usable:
        return ()
    limit = slot.last_good_s
    if outcome.state is LinkState.FRESH or limit is None:
        return outcome.readings
    return [reading for reading in outcome.readings if reading.stale_s <= limit]


def _slot(
    slot: SelectedSlot, outcomes: Mapping[Want, Outcome], rules: PictureRules, show: Show
) -> dict[str, Any]:
    filling = _fill(slot, outcomes)
    asked = wanted(slot.frame, rules)
    items = [
        _item(chosen.item, outcome, reading, show(reading, asked))
        for chosen, outcome in filling.shown
        for reading in _taken(outcome, slot)
    ]
    missing = [_missing(chosen.item, outcome) for chosen, outcome in filling.missing]
    if not items:
        state, reason = SlotState.EMPTY, missing[0]["reason"] if missing else "no_items"
    elif filling.substituted:
        state, reason = SlotState.SUBSTITUTED, missing[0]["reason"]
    else:
        state, reason = SlotState.FILLED, None
    return {"label": slot.label, "state": state.value, "reason": reason, "items": items, "missing": missing}


def _item(item: Item, outcome: Outcome, reading: Reading, look: Shown) -> dict[str, Any]:
    ref, asset = reading.asset.ref, reading.asset
    fields = dict(look.fields)
    shown: dict[str, Any] = {"id": item.id, "type": ref.type, "source": reading.source}
    state = outcome.state
    match item:
        case Linked():
            shown["external_id"] = ref.external_id
            fields.update(item.overrides)
        case Collected():
            shown["id"] = f"{item.id}/{ref.external_id}"
            shown["external_id"] = ref.external_id
            shown["collection"] = item.id
            # One member that could not be read does not make the others stale.
            state = LinkState.STALE if reading.stale_s else LinkState.FRESH
        case Bound():
            pass  # The id of a person's record stays between the hub and the system that holds it.
    picture = {} if look.picture is None else {"picture": look.picture}
    return shown | {
        "state": state.value,
        "as_of": _instant(reading.as_of),
        "valid_until": _instant(asset.valid_until) if asset.valid_until else None,
        "lang": asset.lang,
        "fields": fields,
        **picture,
    }


def _missing(item: Item, outcome: Outcome) -> dict[str, Any]:
    # A value that is there but not shown is either an empty list or staler than the slot takes.
    reason = outcome.reason or outcome.state.value
    if outcome.usable:
        reason = "too_stale" if outcome.readings else "no_items"
    return {
        "id": item.id,
        "type": getattr(item, "type", None),
        "source": outcome.source,
        "state": outcome.state.value,
        "reason": reason,
    }


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
