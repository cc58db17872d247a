"""Compiling again what is live, without anybody publishing."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from orchestrator.experiences import publishing
from orchestrator.experiences.errors import DeletedMeanwhileError
from orchestrator.experiences.models import Composition, Experience, Fragment, PublishedPlan

__all__ = ["Recompilation", "recompile", "recompile_row"]


@dataclass(frozen=True, slots=True)
class Recompilation:
    """How many plans were compiled, and how many of them got a new version."""

    compiled: int
    changed: int


def recompile() -> Recompilation:
    """Compile every live fragment and experience. A plan that says the same keeps its version."""
    live = [
        (model, pk)
        for model in (Fragment, Experience)
        for pk in model.objects.filter(live=True).order_by("pk").values_list("pk", flat=True)
    ]
    changes = [changed for model, pk in live if (changed := recompile_row(model, pk)) is not None]
    return Recompilation(compiled=len(changes), changed=sum(changes))


@transaction.atomic
def recompile_row(model: type[Composition], pk: int) -> bool | None:
    """Whether its plan got a new version; ``None`` if it is not live any more.

    Locked and read anew: somebody may have published or withdrawn it since the list was made.
    """
    try:
        composition = publishing.claim(model(pk=pk))
    except DeletedMeanwhileError:
        return None
    if not composition.live:
        return None
    before = PublishedPlan.objects.filter(object_uuid=composition.uuid, live=True).first()
    after = publishing.store(composition)
    return before is None or before.version != after.version
