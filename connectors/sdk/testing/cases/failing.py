"""What a connector makes of a system that is slow, broken or lying."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from connectors.sdk.assets import Asset, Missing, MissingReason
from connectors.sdk.connector import Call
from connectors.sdk.errors import (
    AccessDeniedError,
    BadResponseError,
    ConfigurationError,
    ConnectorError,
    RateLimitedError,
    TransientError,
)
from connectors.sdk.login import LoginConnector
from connectors.sdk.testing.faults import (
    BadGzip,
    Drift,
    DripBody,
    DripHeaders,
    Fault,
    GzipBomb,
    Hang,
    Html,
    Oversized,
    Reset,
    Status,
    Truncated,
    TruncatedJson,
    WrongCharset,
)
from connectors.sdk.testing.stage import ContractData, Stage, case

__all__ = ["FailingCases"]

# A drip or a hang lasts until the client ends it, so the margin above the deadline proves little
# less when it is wide, and a busy machine does not fail the test.
DEADLINE_S = 0.15
MARGIN_S = 2.0
NONSENSE: tuple[Any, ...] = ({}, [], None, "text", 42, {"data": None}, [None], {"data": [[]]})


class FailingCases(ContractData):
    """Each fault ends in the error that tells the hub what to do next, for every operation."""

    @case()
    def test_http_401_is_access_denied(self, stage: Stage) -> None:
        self._expect(stage, Status(401), AccessDeniedError)

    @case()
    def test_http_403_is_access_denied_and_drops_no_link(self, stage: Stage) -> None:
        for _ in _before_and_after_login(stage):
            with stage.proxy.faulty(Status(403)):
                for name, operation in self.operations(stage.connector).items():
                    if name != "fetch":
                        assert isinstance(self.failure_of(operation), AccessDeniedError), name
                self._assert_no_link_dropped(stage)

    @case()
    def test_a_wrong_address_fails_the_check(self, stage: Stage) -> None:
        with stage.proxy.faulty(Status(404)):
            assert isinstance(self.failure_of(stage.connector.check), ConfigurationError)

    @case()
    def test_http_429_carries_the_seconds_to_wait(self, stage: Stage) -> None:
        for error in self._expect(stage, Status(429, {"Retry-After": "7"}), RateLimitedError):
            assert isinstance(error, RateLimitedError)
            assert error.retry_after_s == 7

    @case()
    def test_http_503_that_says_when_to_come_again_is_listened_to(self, stage: Stage) -> None:
        for error in self._expect(stage, Status(503, {"Retry-After": "7"}), RateLimitedError):
            assert isinstance(error, RateLimitedError)
            assert error.retry_after_s == 7

    @case()
    def test_http_500_and_503_are_transient(self, stage: Stage) -> None:
        self._expect(stage, Status(500), TransientError)
        self._expect(stage, Status(503), TransientError)

    @case()
    def test_a_hang_ends_at_the_deadline(self, stage: Stage) -> None:
        self._expect_late(stage, Hang())

    @case()
    def test_dripped_headers_end_at_the_deadline(self, stage: Stage) -> None:
        self._expect_late(stage, DripHeaders())

    @case()
    def test_a_dripped_body_ends_at_the_deadline(self, stage: Stage) -> None:
        self._expect_late(stage, DripBody())

    @case()
    def test_nothing_is_called_after_the_deadline(self, stage: Stage) -> None:
        for name, operation in self.operations(stage.connector).items():
            error = self.failure_of(operation, within_s=-1.0)
            assert isinstance(error, TransientError), name
            assert error.timeout, name
        assert stage.proxy.requests == 0

    @case()
    def test_a_reset_connection_is_transient(self, stage: Stage) -> None:
        self._expect(stage, Reset(), TransientError)

    @case()
    def test_a_system_that_is_off_is_transient(self, stage: Stage) -> None:
        stage.proxy.stop()
        for name, operation in self.operations(stage.connector).items():
            assert isinstance(self.failure_of(operation), TransientError), name

    @case()
    def test_it_works_again_after_a_failure(self, stage: Stage) -> None:
        with stage.proxy.faulty(Reset()):
            self.failure_of(self.operations(stage.connector)["fetch"])
        with stage.proxy.faulty(DripBody()):
            self.failure_of(self.operations(stage.connector)["fetch"], within_s=DEADLINE_S)
        answers = stage.connector.fetch(self.known, Call.within(5))
        for ref in self.known:
            self.assert_proper(answers.get(ref), ref)

    @case()
    def test_html_for_json_is_a_bad_response(self, stage: Stage) -> None:
        self._expect(stage, Html(), BadResponseError)
        self._expect(stage, Html("application/json"), BadResponseError)

    @case()
    def test_a_truncated_answer_is_never_taken_for_whole(self, stage: Stage) -> None:
        self._expect(stage, Truncated(), (TransientError, BadResponseError))
        self._expect(stage, TruncatedJson(), BadResponseError)

    @case()
    def test_an_oversized_answer_is_cut_off(self, stage: Stage) -> None:
        self._expect(stage, Oversized(), BadResponseError)
        self._expect(stage, GzipBomb(), BadResponseError)

    @case()
    def test_a_wrong_encoding_is_a_bad_response(self, stage: Stage) -> None:
        self._expect(stage, WrongCharset(), BadResponseError)
        self._expect(stage, BadGzip(), BadResponseError)

    @case(needs=("drift",))
    def test_a_drifted_schema_is_a_bad_response_not_a_wrong_asset(self, stage: Stage) -> None:
        _log_in(stage)  # It is the shape of the things that drifts.
        failed: list[Exception] = []
        with stage.proxy.faulty(Drift(_noting(failed, self.drift))):
            operations = self.operations(stage.connector)
            for name in ("fetch", *(["search"] if "search" in self.has else [])):
                try:
                    error = self.failure_of(operations[name])
                finally:
                    assert not failed, f"drift() itself failed, on an answer of {name}: {failed[0]!r}"
                assert isinstance(error, BadResponseError), name

    @case()
    def test_nonsense_in_json_never_crashes_it(self, stage: Stage) -> None:
        for nonsense in (one for one in NONSENSE for _ in _before_and_after_login(stage)):
            with stage.proxy.faulty(Drift(_always(nonsense))):
                for operation in self.operations(stage.connector).values():
                    self._survives(operation)

    @case()
    def test_no_log_line_holds_a_secret(self, stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
        with caplog.at_level(logging.DEBUG):
            for operation in self.operations(stage.connector).values():
                operation(Call.within(5))
            with stage.proxy.faulty(Status(500)):
                for operation in self.operations(stage.connector).values():
                    self.failure_of(operation)
        for secret in (*self.secrets, *self._private_words()):
            assert secret not in caplog.text

    def _expect(
        self, stage: Stage, fault: Fault, kinds: type[ConnectorError] | tuple[type[ConnectorError], ...]
    ) -> list[ConnectorError]:
        """The errors of every operation under a fault, all of these kinds."""
        errors = []
        for _ in _before_and_after_login(stage):
            with stage.proxy.faulty(fault):
                for name, operation in self.operations(stage.connector).items():
                    error = self.failure_of(operation)
                    assert isinstance(error, kinds), f"{name}: {type(error).__name__}"
                    errors.append(error)
        return errors

    def _expect_late(self, stage: Stage, fault: Fault) -> None:
        for _ in _before_and_after_login(stage):
            with stage.proxy.faulty(fault):
                for name, operation in self.operations(stage.connector).items():
                    started = time.monotonic()
                    error = self.failure_of(operation, within_s=DEADLINE_S)
                    assert isinstance(error, TransientError), name
                    assert error.timeout, name
                    assert time.monotonic() - started < DEADLINE_S + MARGIN_S, name

    def _survives(self, operation: Any) -> None:
        try:
            answer = operation(Call.within(5))
        except ConnectorError as error:
            self.assert_silent(error)
        else:
            answers = answer.values() if isinstance(answer, dict) else ()
            assert not [one for one in answers if isinstance(one, Asset)], "an asset was made from nonsense"

    def _assert_no_link_dropped(self, stage: Stage) -> None:
        """A connector that reads one by one cannot tell; but it must not call them gone."""
        try:
            answers = stage.connector.fetch(self.known[:2], Call.within(5))
        except AccessDeniedError as error:
            self.assert_silent(error)
        else:
            told = [a.reason for a in answers.values() if isinstance(a, Missing)]
            assert set(told) <= {MissingReason.FORBIDDEN, MissingReason.UNKNOWN}


def _before_and_after_login(stage: Stage) -> Iterator[None]:
    """Once, and once more with a token, of a connector that logs in: else only its login met a fault."""
    yield
    if isinstance(stage.connector, LoginConnector):
        _log_in(stage)
        yield


def _log_in(stage: Stage) -> None:
    if isinstance(stage.connector, LoginConnector):
        stage.connector.check(Call.within(5))


def _always(data: Any) -> Callable[[Any], Any]:
    return lambda _: data


def _noting(failed: list[Exception], rewrite: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A rewriting whose error is kept for the case: in the thread of the proxy nobody would hear it."""

    def noted(data: Any) -> Any:
        try:
            return rewrite(data)
        except (LookupError, TypeError, AttributeError, ValueError) as error:
            failed.append(error)
            return data

    return noted
