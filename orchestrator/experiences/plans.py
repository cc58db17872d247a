"""What delivery asks for: a published plan and its fragments, in at most two queries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from django.db.models import Q, QuerySet

from orchestrator.engine.plan import Bundle, Plan
from orchestrator.experiences.locales import locale_tag
from orchestrator.experiences.models import PublishedPlan

__all__ = ["fragments_for", "published_experiences", "published_plan"]


def published_plan(*, space_id: int, slug: str, locales: Sequence[str]) -> Bundle | None:
    """The live experience that ``slug`` names, in the best of ``locales``, with its fragments.

    ``locales`` are in the order of preference, as :func:`locale_chain` gives them. The slug of any
    translation finds its family; where two families claim it, the one that claims it in the better
    locale wins. ``None`` where none of the locales is live.

    Raises:
        PlanFormatError: The stored plan is of another version; ``manage.py recompile`` mends that.
    """
    rank = _rank(locale_tag(locale) for locale in locales)
    rows = _family_rows(space_id, slug, list(rank))
    named = [row for row in rows if row.slug == slug]
    if not named:
        return None
    family = min(named, key=lambda row: (rank.get(row.locale, len(rank)), row.locale, row.pk)).family
    translations = [row for row in rows if row.family == family and row.locale in rank]
    if not translations:
        return None
    best = min(translations, key=lambda row: rank[row.locale])
    plan = best.plan
    fragments = fragments_for(plan.fragment_ids(), locales=[*rank, plan.locale])
    return Bundle(plan, fragments, changes_at=best.changes_at)


def fragments_for(families: Sequence[str], *, locales: Iterable[str]) -> Mapping[str, Plan]:
    """The live fragments by family, each in the best of ``locales``; one query, none without families."""
    if not families:
        return {}
    rank = _rank(locales)
    rows = PublishedPlan.objects.filter(
        kind=PublishedPlan.Kind.FRAGMENT, live=True, family__in=families, locale__in=list(rank)
    )
    ordered = sorted(rows, key=lambda row: rank[row.locale], reverse=True)
    # The best comes last and stays.
    return {str(row.family): row.plan for row in ordered}


def published_experiences(space_id: int) -> QuerySet[PublishedPlan]:
    """What is live in a space: one row for each experience and language."""
    return PublishedPlan.objects.filter(
        kind=PublishedPlan.Kind.EXPERIENCE, space=space_id, live=True
    ).order_by("slug", "locale")


def _rank(locales: Iterable[str]) -> dict[str, int]:
    """Each locale with its place, the better the smaller, in that order."""
    return {locale: place for place, locale in enumerate(dict.fromkeys(locales))}


def _family_rows(space_id: int, slug: str, locales: list[str]) -> list[PublishedPlan]:
    live = published_experiences(space_id).order_by()
    families = live.filter(slug=slug).values("family")
    return list(live.filter(Q(slug=slug) | Q(family__in=families, locale__in=locales)))
