"""Where polling by time stands: nothing twice, nothing lost, a cursor that stays small."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from connectors.sdk import BadResponseError, Change, Ref
from connectors.sdk.polling import PollPosition, clock_of

START = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
OVERLAP = timedelta(seconds=10)


def changed(id: str, second: int, **options) -> tuple[Change, datetime]:
    return Change(Ref("Product", id), **options), START + timedelta(seconds=second)


def told(page) -> list[str]:
    return [change.ref.external_id for change in page.changes]


def test_what_the_overlap_brings_again_is_not_told_again():
    seen = [changed("a", 1), changed("b", 2)]
    first = PollPosition.at(START).advance(seen, next_page=None, overlap=OVERLAP)
    again = PollPosition.from_text(first.cursor)
    second = again.advance([*seen, changed("c", 2)], next_page=None, overlap=OVERLAP)
    assert told(first) == ["a", "b"]
    assert told(second) == ["c"]


def test_a_later_change_of_the_same_thing_is_told():
    first = PollPosition.at(START).advance([changed("a", 1)], next_page=None, overlap=OVERLAP)
    second = PollPosition.from_text(first.cursor).advance([changed("a", 3)], next_page=None, overlap=OVERLAP)
    assert told(second) == ["a"]


def test_a_change_of_the_second_that_is_not_over_is_told_again():
    seen, second = [changed("a", 7), changed("b", 6)], START + timedelta(seconds=7)
    first = PollPosition.at(START).advance(seen, next_page=None, overlap=OVERLAP, answered_at=second)
    again = PollPosition.from_text(first.cursor)
    later = second + timedelta(seconds=5)
    following = again.advance(seen, next_page=None, overlap=OVERLAP, answered_at=later)
    last = PollPosition.from_text(following.cursor)
    assert told(first) == ["a", "b"]
    assert told(following) == ["a"]
    assert told(last.advance(seen, next_page=None, overlap=OVERLAP, answered_at=later)) == []


def test_a_time_in_the_future_is_told_once_and_does_not_move_the_next_pass_on():
    now = START + timedelta(seconds=7)
    seen = [changed("a", 3), changed("b", 10**8)]
    page = PollPosition.at(START).advance(seen, next_page=None, overlap=OVERLAP, answered_at=now)
    again = PollPosition.from_text(page.cursor)
    assert told(page) == ["a", "b"]
    assert again.since == now
    later = now + timedelta(seconds=60)
    assert (
        told(again.advance([changed("b", 10**8)], next_page=None, overlap=OVERLAP, answered_at=later)) == []
    )


def test_a_deletion_in_the_second_of_an_edit_is_another_change():
    first = PollPosition.at(START).advance([changed("a", 1)], next_page=None, overlap=OVERLAP)
    gone = changed("a", 1, deleted=True)
    second = PollPosition.from_text(first.cursor).advance([gone], next_page=None, overlap=OVERLAP)
    assert [change.deleted for change in second.changes] == [True]


def test_a_pass_of_several_pages_asks_from_one_instant():
    first = PollPosition.at(START).advance([changed("a", 50)], next_page="2", overlap=OVERLAP)
    middle = PollPosition.from_text(first.cursor)
    assert first.more
    assert (middle.since, middle.page) == (START, "2")
    last = middle.advance([changed("b", 5)], next_page=None, overlap=OVERLAP)
    assert not last.more
    assert PollPosition.from_text(last.cursor).since == START + timedelta(seconds=50)


def test_a_quiet_system_keeps_its_place():
    page = PollPosition.at(START).advance([], next_page=None, overlap=OVERLAP)
    assert PollPosition.from_text(page.cursor) == PollPosition.at(START)


def test_a_change_without_a_time_is_told_each_time():
    timeless = (Change(Ref("Product", "a"), deleted=True), None)
    page = PollPosition.at(START).advance([timeless], next_page=None, overlap=OVERLAP)
    again = PollPosition.from_text(page.cursor).advance([timeless], next_page=None, overlap=OVERLAP)
    assert told(page) == told(again) == ["a"]


def test_a_cursor_forgets_what_lies_before_the_overlap_and_never_grows_without_end():
    page = PollPosition.at(START).advance(
        [changed("old", 1), changed("new", 60)], next_page=None, overlap=OVERLAP
    )
    assert [mark.partition(" ")[0] for mark in PollPosition.from_text(page.cursor).told] == [
        (START + timedelta(seconds=60)).isoformat()
    ]
    crowd = [changed(f"p{n}", 1) for n in range(2000)]
    crowded = PollPosition.at(START).advance(crowd, next_page=None, overlap=OVERLAP)
    assert len(PollPosition.from_text(crowded.cursor).told) == 500


def test_a_cursor_holds_no_id_and_no_digest_that_can_be_looked_up():
    script = """
from connectors.sdk import Change, Ref
from connectors.sdk.polling import PollPosition
from datetime import UTC, datetime
at = datetime(2026, 11, 21, 12, tzinfo=UTC)
seen = [(Change(Ref("Person", "ada@example.com")), at)]
print(PollPosition.at(at).advance(seen, next_page=None, overlap=at - at).cursor)
"""
    run = [sys.executable, "-c", script]
    cursors = [subprocess.run(run, capture_output=True, text=True, check=True).stdout for _ in range(2)]
    assert "ada" not in cursors[0]
    assert cursors[0] != cursors[1]
    seen = [(Change(Ref("Person", "ada@example.com")), START)]
    after_a_restart = PollPosition.from_text(cursors[0])
    first = after_a_restart.advance(seen, next_page=None, overlap=OVERLAP)
    again = PollPosition.from_text(first.cursor).advance(seen, next_page=None, overlap=OVERLAP)
    assert (told(first), told(again)) == (["ada@example.com"], [])


def test_ids_in_a_cursor_of_an_earlier_version_are_forgotten():
    old = json.dumps([START.isoformat(), START.isoformat(), [f"{START.isoformat()} ada@example.com"], None])
    page = PollPosition.from_text(old).advance([changed("b", 1)], next_page=None, overlap=OVERLAP)
    assert told(page) == ["b"]
    assert "ada" not in page.cursor


@pytest.mark.parametrize("text", ["", "x", "{}", "[1]", '["a", "b", [], null]', "null"])
def test_a_cursor_that_is_none_of_ours_is_refused(text):
    with pytest.raises(BadResponseError):
        PollPosition.from_text(text)


def test_the_clock_of_the_system_is_used_where_it_tells_the_time():
    assert clock_of({"date": "Sat, 21 Nov 2026 12:00:00 GMT"}, otherwise=datetime.now(UTC)) == START
    assert clock_of({"date": "soon"}, otherwise=START) == START
    assert clock_of({}, otherwise=START) == START
