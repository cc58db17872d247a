"""The straight line between a plan and its document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from orchestrator.connections import api as connections
from orchestrator.engine.context import Context
from orchestrator.engine.outcome import Outcome, Want
from orchestrator.engine.plan import Bundle
from orchestrator.engine.projection import is_decided, project
from orchestrator.engine.selection import Selection, select


@dataclass(frozen=True, slots=True)
class Assembly:
    """An answer and what it was made of.

    ``document`` is the body. ``selection`` and ``resolution`` explain it: what was chosen, what
    became of each want, and which calls were made.
    """

    document: dict[str, Any]
    selection: Selection
    resolution: connections.Resolution


def assemble(
    bundle: Bundle, context: Context, *, locale: str, budget_s: float, traceparent: str | None = None
) -> Assembly:
    """Decide, read and project, within ``budget_s`` seconds. Never raises for a fault of a source.

    ``locale`` is the language in which sources are asked; ``context.locale`` the one asked for.
    """
    selection = select(bundle, context)
    resolution = connections.resolve(
        selection.wants(),
        locale=locale,
        budget_s=budget_s,
        decided=lambda outcomes: is_decided(selection, outcomes),
        limits=selection.limits(),
        traceparent=traceparent,
    )
    document = project(selection, _deliverable(resolution.outcomes), context)
    return Assembly(document, selection, resolution)


def _deliverable(outcomes: Mapping[Want, Outcome]) -> dict[Want, Outcome]:
    """The same outcomes with addresses that the outside can open instead of protected ones."""
    return {
        want: replace(outcome, readings=[connections.deliverable(reading) for reading in outcome.readings])
        for want, outcome in outcomes.items()
    }
