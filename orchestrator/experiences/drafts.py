"""The draft in memory as delivery would read it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from orchestrator.engine.plan import Bundle, Plan
from orchestrator.experiences.compilation import compile_plan, is_lost
from orchestrator.experiences.locales import locale_chain
from orchestrator.experiences.models import Composition
from orchestrator.experiences.places import places
from orchestrator.experiences.plans import fragments_for
from orchestrator.links import api as links

__all__ = ["compile_draft", "sample_identifiers"]


def compile_draft(composition: Composition) -> Bundle:
    """The plan of a draft, and the fragments that it uses.

    Fragments are what is live; one that is not live yet stands in with its own newest draft.
    """
    plan = compile_plan(composition, version=0)
    chain = locale_chain(plan.locale)
    live = fragments_for(plan.fragment_ids(), locales=chain)
    return Bundle(plan, {**_draft_fragments(composition), **live})


def sample_identifiers(composition: Composition, *, viewer: Any) -> dict[str, str]:
    """The test person's identifiers, by kind, from the bound links of a draft and of its fragments.

    None of a person whom ``viewer`` would not see on the bound link's own card.
    """
    bound_links = list(_bound_links(composition))
    seen = links.seen_by(viewer)
    # One kind may lead to several systems: a closed one among them closes the person.
    closed_kinds = {bound.identifier_kind for bound in bound_links if not seen.shows(bound)}
    return {
        bound.identifier_kind: bound.sample_value
        for bound in bound_links
        if bound.sample_value and bound.identifier_kind not in closed_kinds
    }


def _draft_fragments(composition: Composition) -> dict[str, Plan]:
    return {
        str(fragment.translation_key): compile_plan(fragment.get_latest_revision_as_object(), version=0)
        for fragment in _values(composition, "fragment")
        if not fragment.live
    }


def _bound_links(composition: Composition) -> Iterator[Any]:
    own = list(_values(composition, "bound"))
    shared = [
        bound
        for fragment in _values(composition, "fragment")
        for bound in _values(fragment.get_latest_revision_as_object(), "bound")
    ]
    yield from (*shared, *own)


def _values(composition: Composition, kind: str) -> Iterator[Any]:
    for place in places(composition):
        if place.kind == kind and not is_lost(place.value):
            yield place.value
