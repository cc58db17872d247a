"""Compiling again what is live, without anybody publishing."""

from __future__ import annotations

from dataclasses import dataclass

from orchestrator.experiences import publishing
from orchestrator.experiences.models import Experience, Fragment, PublishedPlan

__all__ = ["Recompilation", "recompile"]


@dataclass(frozen=True, slots=True)
class Recompilation:
    """How many plans were compiled, and how many of them got a new version."""

    compiled: int
    changed: int


def recompile() -> Recompilation:
    """Compile every live fragment and experience. A plan that says the same keeps its version."""
    compiled = changed = 0
    for model in (Fragment, Experience):
        for composition in model.objects.filter(live=True).select_related("space", "locale").iterator():
            before = PublishedPlan.objects.filter(object_uuid=composition.uuid, live=True).first()
            after = publishing.store(composition)
            compiled += 1
            changed += before is None or before.version != after.version
    return Recompilation(compiled=compiled, changed=changed)
