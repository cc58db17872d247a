"""What the scheduler runs for connections; when is in settings."""

from __future__ import annotations

import time

from celery import shared_task
from django.utils import timezone

from orchestrator.connections.gateway.checking import check_all
from orchestrator.connections.gateway.checkups import unheard_of
from orchestrator.connections.listening.floods import pay_purges
from orchestrator.connections.listening.polling import poll_connections
from orchestrator.connections.listening.rereading import reread
from orchestrator.connections.listening.sweeping import plan_sweeps
from orchestrator.connections.process import this_process
from orchestrator.connections.purges.log import prune_purges
from orchestrator.connections.purges.rereads import due_marks

__all__ = ["check_up", "poll_due", "reread_due", "reread_mark", "tidy"]


@shared_task
def poll_due() -> int:
    """Ask every connection whose interval is over what changed."""
    process = this_process()
    asked = poll_connections(process.lanes, process.findings)
    process.findings.flush()
    return asked


@shared_task
def reread_due() -> int:
    """Hand out the work that purges have left; how much. What is lost on the way is handed out again."""
    pay_purges()
    marks = due_marks()
    for pk in marks:
        reread_mark.apply_async((pk,), expires=30, retry=False)
    return len(marks)


@shared_task
def reread_mark(pk: int) -> int:
    """Read again what one mark is about, up to a bound."""
    return reread(this_process(), pk)


@shared_task
def tidy() -> None:
    """Tidy the shared cache and the purge log, and see that the next night's sweeps are planned."""
    process = this_process()
    process.cache.shared.prune(time.time())
    prune_purges()
    plan_sweeps()


@shared_task
def check_up() -> None:
    """Ask the systems that did not work, and those that nobody has heard of lately, how they do."""
    check_all(this_process().lanes, list(unheard_of(timezone.now())))
