"""What delivery asks for: a published plan and its fragments.

One narrow query finds a plan in the language that was asked for, another one where only another language
has it, and one more its fragments. What a plan says is read once for each version, and kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import QuerySet

from orchestrator.engine.plan import Bundle, Plan
from orchestrator.experiences.locales import locale_tag
from orchestrator.experiences.models import PublishedPlan
from orchestrator.experiences.versions import Version, plan_of

__all__ = ["fragments_for", "published_experiences", "published_plan"]


class _Row(NamedTuple):
    """A live plan without its body: decoding that costs more than finding it."""

    pk: int
    object_uuid: UUID
    version: int
    published_at: datetime
    slug: str
    family: UUID
    locale: str
    changes_at: datetime | None

    def plan(self) -> Plan | None:
        return plan_of(Version(self.object_uuid, self.version, self.published_at))


def published_plan(*, space_id: int, slug: str, locales: Sequence[str]) -> Bundle | None:
    """The live experience that ``slug`` names, in the best of ``locales``, with its fragments.

    ``locales`` are in the order of preference, as :func:`locale_chain` gives them. The slug of any
    translation finds its family; where two families claim it, the one that claims it in the better
    locale wins. ``None`` where none of the locales is live.

    Raises:
        PlanFormatError: The stored plan is of another version; ``manage.py recompile`` mends that.
    """
    rank = _rank(locale_tag(locale) for locale in locales)
    best = _best_row(space_id, slug, rank)
    plan = best.plan() if best else None
    if best is None or plan is None:
        return None
    fragments = fragments_for(plan.fragment_ids(), locales=[*rank, plan.locale])
    return Bundle(plan, fragments, changes_at=best.changes_at)


def fragments_for(families: Sequence[str], *, locales: Iterable[str]) -> Mapping[str, Plan]:
    """The live fragments by family, each in the best of ``locales``; one query, none without families."""
    if not families:
        return {}
    rank = _rank(locales)
    rows = _rows(
        PublishedPlan.objects.filter(
            kind=PublishedPlan.Kind.FRAGMENT, live=True, family__in=families, locale__in=list(rank)
        )
    )
    # The best comes last and stays.
    best = {row.family: row for row in sorted(rows, key=lambda row: rank[row.locale], reverse=True)}
    return {str(family): plan for family, row in best.items() if (plan := row.plan())}


def published_experiences(space_id: int) -> QuerySet[PublishedPlan]:
    """What is live in a space: one row for each experience and language."""
    return PublishedPlan.objects.filter(
        kind=PublishedPlan.Kind.EXPERIENCE, space=space_id, live=True
    ).order_by("slug", "locale")


def _best_row(space_id: int, slug: str, rank: Mapping[str, int]) -> _Row | None:
    live = published_experiences(space_id).order_by()
    named = _rows(live.filter(slug=slug))
    if not named:
        return None
    nearest = min(named, key=lambda row: (rank.get(row.locale, len(rank)), row.locale, row.pk))
    if rank.get(nearest.locale) == 0:
        # No translation is better than the one that was asked for.
        return nearest
    family = _rows(live.filter(family=nearest.family, locale__in=list(rank)))
    return min(family, key=lambda row: rank[row.locale], default=None)


def _rank(locales: Iterable[str]) -> dict[str, int]:
    """Each locale with its place, the better the smaller, in that order."""
    return {locale: place for place, locale in enumerate(dict.fromkeys(locales))}


def _rows(plans: QuerySet[PublishedPlan]) -> list[_Row]:
    return [_Row(*row) for row in plans.values_list(*_Row._fields)]
