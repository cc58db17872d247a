"""Two requests at the same row, on PostgreSQL: SQLite lets one transaction write at a time anyway.

Where one has to wait for the other, the test waits until it does: the database knows who waits for whom.
"""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone
from wagtail.models import Revision

from orchestrator.experiences import publishing
from orchestrator.experiences.errors import DeletedMeanwhileError
from orchestrator.experiences.models import Experience, Placement, PublishedPlan
from orchestrator.experiences.recompiling import recompile_row
from orchestrator.experiences.scheduling import publish_due
from orchestrator.links.models import Use

pytestmark = [
    pytest.mark.services,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no locks on rows"),
]
PATIENCE_S = 60


class Somebody(threading.Thread):
    """Another request, with a database connection of its own. ``error`` is what it ended in."""

    def __init__(self, act, *, pause_before=None):
        super().__init__(daemon=True)
        self.act, self.pause_before = act, pause_before
        self.paused, self.go_on = threading.Event(), threading.Event()
        self.result = self.error = None
        self.start()

    def run(self):
        try:
            with connection.execute_wrapper(self.wait_there):
                self.result = self.act()
        except Exception as error:  # noqa: BLE001 - the test looks at it.
            self.error = error
        finally:
            connection.close()

    def wait_there(self, execute, sql, params, many, context):
        if self.pause_before and self.pause_before in sql and not self.paused.is_set():
            self.paused.set()
            assert self.go_on.wait(PATIENCE_S)
        return execute(sql, params, many, context)

    def wait_until_it_waits(self):
        """Return when it is done, or held up by a row that another transaction has locked."""
        for _attempt in range(PATIENCE_S * 20):
            if not self.is_alive() or somebody_waits():
                return
            self.join(0.05)
        raise AssertionError("it neither ended nor had to wait")

    def end(self):
        self.join(PATIENCE_S)
        assert not self.is_alive()
        return self.error


def somebody_waits():
    with connection.cursor() as cursor:
        # Not a view of statistics: those stand still within a transaction.
        cursor.execute(
            "SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid) "
            "WHERE NOT l.granted AND a.datname = current_database()"
        )
        return cursor.fetchone()[0] > 0


def live_title():
    return PublishedPlan.objects.get(live=True).title


def changed(experience, title):
    """A new draft of it."""
    draft = Experience.objects.get(pk=experience.pk).get_latest_revision_as_object()
    draft.title = title
    return draft.save_revision()


@pytest.mark.parametrize("compile_again", ["follow", "recompile"])
def test_compiling_again_does_not_bring_back_what_was_before_a_publication(save, compile_again):
    experience = save()
    acts = {
        "follow": lambda: publishing.follow(experience),
        "recompile": lambda: recompile_row(Experience, experience.pk),
    }
    revision = changed(experience, "New")
    # It has read the experience, and not yet what is delivered, when somebody publishes.
    slow = Somebody(acts[compile_again], pause_before="experiences_publishedplan")
    assert slow.paused.wait(PATIENCE_S)
    publisher = Somebody(revision.publish)
    publisher.wait_until_it_waits()
    slow.go_on.set()
    assert (slow.end(), publisher.end()) == (None, None)
    assert (live_title(), PublishedPlan.objects.get().version) == ("New", 2)


def test_of_two_publications_each_has_its_version_and_the_later_one_stays(save):
    experience = save()
    first, second = changed(experience, "First"), changed(experience, "Second")
    with transaction.atomic():
        first.publish()
        later = Somebody(second.publish)
        later.wait_until_it_waits()
    assert later.end() is None
    assert (live_title(), PublishedPlan.objects.get().version) == ("Second", 3)


def test_publishing_does_not_bring_back_what_is_being_deleted(save):
    experience = save()
    revision = changed(experience, "New")
    with transaction.atomic():
        Experience.objects.get().delete()
        publisher = Somebody(revision.publish)
        publisher.wait_until_it_waits()
    assert isinstance(publisher.end(), DeletedMeanwhileError)
    assert nothing_is_left()


def test_who_publishes_and_who_deletes_lock_in_the_same_order(save):
    experience = save()
    # Before its first lock on the row itself: whatever it holds then, it must not be a revision.
    publisher = Somebody(changed(experience, "New").publish, pause_before="FOR UPDATE")
    assert publisher.paused.wait(PATIENCE_S)
    deleter = Somebody(Experience.objects.get().delete)
    deleter.wait_until_it_waits()
    publisher.go_on.set()
    assert isinstance(publisher.end(), DeletedMeanwhileError)
    assert deleter.end() is None
    assert nothing_is_left()


def test_deleting_takes_along_what_a_publication_still_adds(save, save_fragment):
    fragment = save_fragment()
    experience = save(publish=False)
    with transaction.atomic():
        save(slots=[{"name": "foot", "items": [{"fragment": fragment}]}])
        deleter = Somebody(experience.delete)
        deleter.wait_until_it_waits()
    assert deleter.end() is None
    assert nothing_is_left()


def test_a_schedule_passes_over_what_is_being_deleted(save):
    experience = save(publish=False)
    experience.go_live_at = timezone.now() + timedelta(hours=1)
    revision = experience.save_revision()
    revision.publish()
    Revision.objects.filter(pk=revision.pk).update(approved_go_live_at=timezone.now())
    with transaction.atomic():
        Experience.objects.get().delete()
        scheduler = Somebody(publish_due)
        scheduler.wait_until_it_waits()
    assert scheduler.end() is None
    assert (scheduler.result.published, scheduler.result.refused) == ([], {})
    assert nothing_is_left()


def nothing_is_left():
    """Of the experience."""
    rows = (
        Experience.objects.all(),
        PublishedPlan.objects.filter(kind="experience"),
        Placement.objects.all(),
        Use.objects.filter(used_by="experience"),
        Revision.objects.filter(content_type__model="experience"),
    )
    return not any(row.exists() for row in rows)
