"""Following changes: hooks and polling."""

from __future__ import annotations

from typing import Any

from connectors.sdk.assets import Change, Notice
from connectors.sdk.connector import Call
from connectors.sdk.errors import BadResponseError
from connectors.sdk.testing.faults import Status
from connectors.sdk.testing.stage import ContractData, Stage, case
from connectors.sdk.types import TYPES

__all__ = ["FollowingCases"]

GARBAGE = (
    b"",
    b"\xff\xfe\x00",
    b"{",
    b"null",
    b"42",
    b'"text"',
    b"[]",
    b"[1, null, {}]",
    b"{}",
    b'{"id": {"a": []}, "key": null, "keys": {"x": 1}, "event": 7, "payload": "x"}',
    b"[" * 100_000,
    b"<html></html>",
    b"id=1&title=x",
)
MAX_PAGES = 20


class FollowingCases(ContractData):
    """What ``parse_notice`` and ``changes_since`` promise."""

    @case(capability="hooks", needs=("notices",))
    def test_a_genuine_notice_names_what_changed(self, stage: Stage) -> None:
        connector: Any = stage.connector
        assert self.notices, "the contract needs a genuine notice"
        for headers, body, meant in self.notices:
            notice = connector.parse_notice(headers, body)
            assert sorted(notice.refs) == sorted(meant.refs)
            assert sorted(notice.types) == sorted(meant.types)
        assert stage.proxy.requests == 0, "a notice is read without a call"

    @case(capability="hooks")
    def test_a_garbage_notice_is_refused_or_means_little(self, stage: Stage) -> None:
        connector: Any = stage.connector
        for body in GARBAGE:
            try:
                notice = connector.parse_notice({"content-type": "application/json"}, body)
            except BadResponseError as error:
                self.assert_silent(error)
            else:
                assert isinstance(notice, Notice)
                assert all(isinstance(ref.external_id, str) and ref.type in TYPES for ref in notice.refs)
                assert set(notice.types) <= set(TYPES)

    @case(capability="polling")
    def test_the_first_poll_brings_a_cursor_and_no_changes(self, stage: Stage) -> None:
        connector: Any = stage.connector
        page = connector.changes_since(None, Call.within(5))
        assert not page.changes
        assert isinstance(page.cursor, str)
        assert page.cursor

    @case(capability="polling", needs=("edit",))
    def test_a_poll_sees_an_edit_and_the_next_one_the_next(self, stage: Stage) -> None:
        connector: Any = stage.connector
        cursor = connector.changes_since(None, Call.within(5)).cursor
        for ref in self.known[:2]:
            self.edit(stage.simulator, ref)
            changes, cursor = self._changes(connector, cursor)
            assert ref in [change.ref for change in changes]

    @case(capability="polling", needs=("edit",))
    def test_a_failed_poll_loses_nothing(self, stage: Stage) -> None:
        connector: Any = stage.connector
        cursor = connector.changes_since(None, Call.within(5)).cursor
        self.edit(stage.simulator, self.known[0])
        with stage.proxy.faulty(Status(503)):
            self.failure_of(lambda call: connector.changes_since(cursor, call))
        changes, _ = self._changes(connector, cursor)
        assert self.known[0] in [change.ref for change in changes]

    @case(capability="polling", needs=("delete",))
    def test_a_poll_after_a_deletion_names_nothing_else_as_deleted(self, stage: Stage) -> None:
        connector: Any = stage.connector
        cursor = connector.changes_since(None, Call.within(5)).cursor
        self.delete(stage.simulator, self.known[0])
        changes, _ = self._changes(connector, cursor)
        assert {change.ref for change in changes if change.deleted} <= {self.known[0]}

    def _changes(self, connector: Any, cursor: str) -> tuple[list[Change], str]:
        changes: list[Change] = []
        for _ in range(MAX_PAGES):
            page = connector.changes_since(cursor, Call.within(5))
            changes += page.changes
            assert set(page.types) <= set(connector.asset_types())
            cursor = page.cursor
            if not page.more:
                return changes, cursor
        raise AssertionError(f"more changes without end, after {MAX_PAGES} pages")
