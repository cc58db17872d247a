"""Links that their sources no longer give, by cause, with what to do about each.

A connection whose key is refused, that does not answer, or that has lost everything at once is one sentence
and not a list: nothing is wrong with its links.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from orchestrator.connections import api as connections
from orchestrator.engine.outcome import LinkState
from orchestrator.links.models import Link
from orchestrator.links.permissions import visible
from orchestrator.links.uses import UsedBy, uses_of
from orchestrator.links.words import type_label

__all__ = [
    "BrokenLink",
    "Cause",
    "Outage",
    "count_broken",
    "count_doubted",
    "find_broken",
    "find_outages",
]

# The order of the page: what only an editor can mend comes first.
_CAUSES = {
    LinkState.GONE: gettext_lazy("Choose another asset, or take them out."),
    LinkState.HIDDEN: gettext_lazy("They come back by themselves when their source publishes them."),
    LinkState.DENIED: gettext_lazy("Somebody at their source must let the hub read them."),
}
_CHUNK = 300


@dataclass(frozen=True, slots=True)
class BrokenLink:
    """A link with a problem, and who uses it."""

    link: Link
    since: datetime
    users: Sequence[UsedBy] = ()


@dataclass(frozen=True, slots=True)
class Cause:
    """The broken links of one state."""

    state: str
    advice: str
    links: Sequence[BrokenLink] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Outage:
    """A connection that cannot be read as a whole. ``words`` says what that means for its links."""

    connection: Any
    words: str
    since: datetime | None


def find_broken(user: Any) -> list[Cause]:
    """Broken links that ``user`` may see, by cause; causes without any are left out."""
    found = list(_broken(user))
    users = uses_of(kind="link", uuids=[link.uuid for link, _problem in found])
    by_state: dict[str, list[BrokenLink]] = {}
    for link, problem in found:
        broken = BrokenLink(link, problem.first_seen_at, users.get(str(link.uuid), ()))
        by_state.setdefault(problem.state, []).append(broken)
    return [
        # What is used comes first: an unused link harms nobody.
        Cause(
            state, str(advice), sorted(by_state[state], key=lambda broken: (not broken.users, broken.since))
        )
        for state, advice in _CAUSES.items()
        if state in by_state
    ]


def count_broken(user: Any) -> int:
    """How many links are broken: one number from the database, for a menu that is on each page."""
    return _problems(user).count()


def count_doubted(user: Any) -> int:
    """How many links are being looked at a second time before they are called broken."""
    return _of_links(connections.doubts().filter(with_all_others=False), user).count()


def _problems(user: Any) -> QuerySet[Any]:
    """The problems of links that ``user`` may see, without those of connections that are out as a whole."""
    return _of_links(connections.problems(), user).filter(state__in=[state.value for state in _CAUSES])


def _of_links(problems: QuerySet[Any], user: Any) -> QuerySet[Any]:
    """Those of links. An asset has one link at most, so these are as many as the links."""
    address = {name: OuterRef(name) for name in ("connection", "type", "external_id")}
    return (
        visible(problems, user)
        .filter(Exists(Link.objects.filter(**address)))
        .exclude(connection__in=_out(user).values("pk"))
    )


def _broken(user: Any) -> Iterable[tuple[Link, Any]]:
    problems = {
        (problem.connection_id, problem.type, problem.external_id): problem for problem in _problems(user)
    }
    for links in _matching(user, problems):
        for link in links:
            problem = problems.get((link.connection_id, link.type, link.external_id))
            if problem:
                yield link, problem


def _matching(user: Any, problems: dict[tuple[int, str, str], Any]) -> Iterable[QuerySet[Link]]:
    ids = sorted({external_id for _connection, _type, external_id in problems})
    for start in range(0, len(ids), _CHUNK):
        yield visible(Link.objects.filter(external_id__in=ids[start : start + _CHUNK]), user)


def find_outages(user: Any) -> list[Outage]:
    """Connections of which no link can be read, or none of a type, with what that means for them."""
    rows = (
        _out(user)
        .annotate(number=Count("links"))
        .filter(number__gt=0)
        .select_related("health")
        .order_by("name")
    )
    return [*(Outage(row, _outage_words(row), row.health.since) for row in rows), *_losses(user)]


def _losses(user: Any) -> Iterable[Outage]:
    """Sources that work and have none of what is linked any more: that is not believed for a day."""
    lost = _of_links(connections.doubts().filter(with_all_others=True), user)
    by_source: dict[Any, list[Any]] = {}
    for problem in lost.order_by("connection__name", "first_seen_at"):
        by_source.setdefault(problem.connection, []).append(problem)
    for source, problems in by_source.items():
        yield Outage(source, _loss_words(source, problems), problems[0].first_seen_at)


def _loss_words(source: Any, problems: Sequence[Any]) -> str:
    types = ", ".join(sorted({type_label(problem.type) for problem in problems}))
    what = ngettext(
        "%(source)s works, but all its linked assets of a type are missing at once: %(types)s, %(n)s link.",
        "%(source)s works, but all its linked assets of a type are missing at once: %(types)s, %(n)s links.",
        len(problems),
    ) % {"source": source.name, "types": types, "n": len(problems)}
    return f"{what} {_('They count as broken only if that lasts a day.')}"


def _out(user: Any) -> QuerySet[Any]:
    """Connections that cannot be read at all."""
    return connections.connections_for(user, connections.GrantLevel.VIEW).filter(
        enabled=True, health__state__in=["broken", "failing"]
    )


def _outage_words(connection: Any) -> str:
    health = connection.health
    if health.state == "failing":
        why = _("%(source)s does not answer.")
    elif health.reason == "access_denied":
        why = _("The key of %(source)s was refused.")
    else:
        why = _("The settings of %(source)s need a change.")
    fine = ngettext("Its %(number)s link is fine.", "Its %(number)s links are fine.", connection.number) % {
        "number": connection.number
    }
    return f"{why % {'source': connection.name}} {fine}"
