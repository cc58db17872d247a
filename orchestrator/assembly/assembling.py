"""The straight line between a plan and its document."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from orchestrator.connections import api as connections
from orchestrator.engine.context import Context
from orchestrator.engine.framing import wanted
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
    end = time.monotonic() + budget_s
    selection = select(bundle, context)
    resolution = connections.resolve(
        selection.wants(),
        locale=locale,
        budget_s=budget_s,
        decided=lambda outcomes: is_decided(selection, outcomes),
        limits=selection.limits(),
        traceparent=traceparent,
    )
    show = connections.shower(
        resolution,
        asks_for_pictures=any(wanted(slot.frame, context.pictures) for slot in selection.slots),
        within_s=max(0.0, end - time.monotonic()),
    )
    return Assembly(project(selection, resolution.outcomes, context, show), selection, resolution)
