"""The way into connections for other apps: configured connectors, and everything read through them.

A language may be named in any writing ("de-ch" is Django's, "de-CH" an app's): it is one reading, and
sources are asked in that of BCP 47.

Reading never raises for a fault of a source: what became of each thing is data. Nothing here gives
secrets away, and nothing but this app's cache keeps what sources say.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from django.db.models import QuerySet

from orchestrator.connections.configuring.abilities import Abilities, abilities
from orchestrator.connections.configuring.registry import failed_connectors, registered_connectors
from orchestrator.connections.configuring.saving import connection_by_slug, save_connection
from orchestrator.connections.errors import InvalidConfigError, UnknownConnectorError
from orchestrator.connections.gateway.checking import CheckResult, check_all
from orchestrator.connections.gateway.search import SourceResult
from orchestrator.connections.gateway.seeking import Resolution, UpstreamCall
from orchestrator.connections.listening.in_use import UsedPage, tell_what_is_used
from orchestrator.connections.listening.news import generation
from orchestrator.connections.models import Connection, GrantLevel, HookScheme
from orchestrator.connections.observing.problems import doubts, problems
from orchestrator.connections.permissions import connections_for
from orchestrator.connections.pictures import edit_url, thumbnail
from orchestrator.connections.process import this_process
from orchestrator.connections.purges.concern import Concern
from orchestrator.connections.purges.purging import purge
from orchestrator.connections.renditions import shower
from orchestrator.connections.urls import hook_url, source_urls
from orchestrator.engine.locales import locale_tag
from orchestrator.engine.outcome import Outcome, Want

__all__ = [
    "Abilities",
    "CheckResult",
    "Concern",
    "Connection",
    "GrantLevel",
    "HookScheme",
    "InvalidConfigError",
    "Resolution",
    "SourceResult",
    "UnknownConnectorError",
    "UpstreamCall",
    "UsedPage",
    "abilities",
    "cache_answers",
    "check",
    "connection_by_slug",
    "connections_for",
    "connections_in",
    "doubts",
    "edit_url",
    "failed_connectors",
    "generation",
    "hook_url",
    "problems",
    "purge",
    "registered_connectors",
    "resolve",
    "save_connection",
    "search",
    "shower",
    "source_urls",
    "tell_what_is_used",
    "thumbnail",
    "write_soon",
]


def resolve(
    wants: Sequence[Want],
    *,
    locale: str,
    budget_s: float,
    decided: Callable[[Mapping[Want, Outcome]], bool] | None = None,
    limits: Mapping[Want, float | None] | None = None,
    traceparent: str | None = None,
) -> Resolution:
    """Read what is wanted; see :meth:`orchestrator.connections.gateway.resolving.Gateway.resolve`."""
    return this_process().gateway.resolve(
        wants,
        locale=locale_tag(locale),
        budget_s=budget_s,
        decided=decided,
        limits=limits,
        traceparent=traceparent,
    )


def search(
    *,
    connections: Sequence[Connection],
    query: str,
    types: Sequence[str],
    cursors: Mapping[str, str],
    wait_s: float,
    locale: str = "en",
) -> list[SourceResult]:
    """Ask connections what matches; see :meth:`orchestrator.connections.gateway.search.Searches.ask`."""
    return this_process().searches.ask(
        connections=connections,
        query=query,
        types=types,
        cursors=cursors,
        wait_s=wait_s,
        locale=locale_tag(locale),
    )


def check(connection: Connection) -> CheckResult:
    """Ask a connection's system whether it works, and write down what it says."""
    return check_all(this_process().lanes, [connection])[0]


def connections_in(space_id: int) -> QuerySet[Connection]:
    """The connections of a space."""
    return Connection.objects.filter(space_id=space_id)


def cache_answers() -> bool:
    """Whether the shared cache works. Answers go on without it."""
    return this_process().cache.shared.answers()


def write_soon(write: Callable[[], None]) -> None:
    """Have something small written to the database off a request's path. It may get lost; answers go on."""
    this_process().findings.note(write)
