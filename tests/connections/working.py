"""What is used, and a worker who works through what is left without anybody waiting for time to pass."""

from datetime import timedelta
from uuid import uuid4

from django.db.models import F
from django.utils import timezone

from orchestrator.connections.listening.rereading import reread
from orchestrator.connections.models import AssetProblem, Reread
from orchestrator.connections.observing.problems import doubts, problems
from orchestrator.connections.process import this_process
from orchestrator.connections.purges.rereads import SECOND_LOOK_S, due_marks
from orchestrator.links import api as links
from tests.connections.conftest import settle

LONG = {"*": {"fresh_for_s": 3600, "if_error_for_s": 86_400}}


def use(*rows):
    """Some experience uses these links and collections."""
    kinds = {"Link": "link", "Collection": "collection"}
    targets = [(kinds[type(row).__name__], row.uuid) for row in rows]
    links.report_uses(used_by="experience", used_by_uuid=uuid4(), draft=targets, live=[])


def link(system, ref):
    return links.ensure_link(connection=system.connection, type=ref.type, external_id=ref.external_id)


def make_due():
    """Let the pauses pass that anything waits for."""
    Reread.objects.exclude(due_at=None).update(due_at=timezone.now() - timedelta(seconds=1))
    pause = timedelta(seconds=SECOND_LOOK_S)
    AssetProblem.objects.filter(confirmed_at=None).update(first_seen_at=F("first_seen_at") - pause)


def work(*, most=50):
    """Let time pass and a worker work until nothing is left; how many pieces of work it took."""
    for pieces in range(most):
        make_due()
        marks = due_marks()
        if not marks:
            return pieces
        for pk in marks:
            reread(this_process(), pk)
        settle()
    return most


def broken():
    """What is listed as broken."""
    return [(problem.external_id, problem.state) for problem in problems()]


def doubted():
    """What is looked at again before it is listed."""
    return [(doubt.external_id, doubt.state) for doubt in doubts()]
