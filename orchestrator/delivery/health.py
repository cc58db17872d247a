"""Whether this process runs, and whether it can answer. For load balancers: no key, no secret, no names."""

from __future__ import annotations

import structlog
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse

from orchestrator.connections import api as connections

__all__ = ["show_live", "show_ready"]

log = structlog.stdlib.get_logger(__name__)


def show_live(_request: HttpRequest) -> JsonResponse:
    """200 while the process answers at all. Asks nothing: a dead database is no reason to restart it."""
    return _answer({"status": "live"}, 200)


def show_ready(_request: HttpRequest) -> JsonResponse:
    """200 when requests can be answered. The cache is told, but not needed: without it answers go on."""
    checks = {"database": _check_database(), "cache": _check_cache()}
    ready = checks["database"] == "ok"
    return _answer({"status": "ready" if ready else "not ready", "checks": checks}, 200 if ready else 503)


def _check_database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        log.warning("database_unreachable", error=type(error).__name__)
        return "unreachable"
    return "ok"


def _check_cache() -> str:
    return "ok" if connections.cache_answers() else "unreachable"


def _answer(document: dict[str, object], status: int) -> JsonResponse:
    return JsonResponse(document, status=status, headers={"Cache-Control": "no-store"})
