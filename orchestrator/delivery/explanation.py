"""Why an answer is as it is: choices, states, ages and times. Never a value, never an identifier."""

from __future__ import annotations

from typing import Any

from orchestrator.delivery.pipeline import Delivery
from orchestrator.delivery.tracing import Trace
from orchestrator.engine.outcome import LinkState, Outcome, Want, WantAsset, WantFound
from orchestrator.engine.selection import Chosen, SelectedSlot

__all__ = ["explain"]

_NOT_READ = Outcome(LinkState.TIMEOUT, reason="not_read")


def explain(delivery: Delivery, *, trace: Trace) -> dict[str, Any]:
    """The ``explain`` part of an answer; its shape is ``schemas.Explanation``."""
    selection = delivery.assembly.selection
    return {
        "request_id": trace.request_id,
        "at": delivery.context.now.isoformat(timespec="milliseconds"),
        "client": delivery.client.name,
        "rights": sorted(delivery.client.rights),
        "identifier_kinds": sorted(delivery.context.identifiers),
        "locales": list(delivery.locales),
        "version": selection.plan.version,
        "fragments": dict(selection.fragments),
        "budget_ms": delivery.budget_ms,
        "elapsed_ms": round(trace.elapsed_s() * 1000, 1),
        "slots": {slot.name: _explain_slot(slot, delivery) for slot in selection.slots},
        "calls": _explain_calls(delivery),
    }


def _explain_slot(slot: SelectedSlot, delivery: Delivery) -> dict[str, Any]:
    outcomes = delivery.assembly.resolution.outcomes
    places = [("item", chosen) for chosen in slot.items] + [("fallback", chosen) for chosen in slot.fallback]
    return {
        "on_failure": slot.policy.on_failure.value,
        "last_known_good_s": slot.last_good_s,
        "wants": [_explain_want(place, chosen, outcomes) for place, chosen in places],
    }


def _explain_want(place: str, chosen: Chosen, outcomes: Any) -> dict[str, Any]:
    outcome = chosen.settled or outcomes.get(chosen.want, _NOT_READ)
    return {
        "id": chosen.item.id,
        "place": place,
        "kind": _kind(chosen.want),
        "source": outcome.source,
        "state": outcome.state.value,
        "reason": outcome.reason,
        "count": len(outcome.readings),
        "stale_s": max((round(reading.stale_s, 1) for reading in outcome.readings), default=0),
        "timing": dict(outcome.timing),
    }


def _kind(want: Want | None) -> str:
    if want is None:
        return "settled"
    if isinstance(want, WantAsset):
        return "asset"
    return "person" if isinstance(want, WantFound) else "query"


def _explain_calls(delivery: Delivery) -> list[dict[str, Any]]:
    return [
        {
            "source": call.connection,
            "kind": call.kind,
            "items": call.items,
            "elapsed_ms": round(call.elapsed_ms, 1),
            "outcome": call.outcome,
        }
        for call in delivery.assembly.resolution.calls
    ]
