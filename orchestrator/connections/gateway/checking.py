"""Asking systems whether they work, because a person or a worker wants to know."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from connectors.sdk import Call, capabilities
from orchestrator.connections.configuring.sources import Source
from orchestrator.connections.failures import Failure, failure_of
from orchestrator.connections.gateway.lanes import Lane, Lanes
from orchestrator.connections.models import Connection
from orchestrator.connections.observing.health import write_health

__all__ = ["CheckResult", "check_all"]

_PATIENCE_S = 8.0


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What a check found. ``message`` is for people, ``reason`` a stable word ("ok" if it works)."""

    ok: bool
    message: str
    capabilities: tuple[str, ...] = ()
    reason: str = "ok"


@dataclass(eq=False)
class _Check:
    """One check, running or ended."""

    connection: Connection
    lane: Lane | None = None
    failure: Failure | None = None
    ended: threading.Event = field(default_factory=threading.Event)

    def begin(self, lane: Lane | Failure) -> None:
        """Ask the system, if there is a connector to ask it with."""
        if isinstance(lane, Failure):
            self.failure = lane
            self.ended.set()
        else:
            self.lane = lane
            lane.submit(lambda: self._run(lane))

    def _run(self, lane: Lane) -> None:
        try:
            lane.connector.check(Call.within(_PATIENCE_S))
        # A plugin may raise anything at all.
        except BaseException as error:  # noqa: BLE001
            self.failure = failure_of(error)
        finally:
            self.ended.set()


def check_all(lanes: Lanes, connections: Sequence[Connection]) -> list[CheckResult]:
    """Ask each connection's system whether it works, all at once, and write down what they say."""
    checks = [_Check(connection) for connection in connections]
    for check in checks:
        lanes.when_open(Source.of(check.connection), check.begin)
    until = time.monotonic() + _PATIENCE_S + 1
    for check in checks:
        if not check.ended.wait(max(0.0, until - time.monotonic())):
            check.failure = Failure("timeout")
        write_health(str(check.connection.uuid), check.failure)
    return [_result(check) for check in checks]


def _result(check: _Check) -> CheckResult:
    names = capabilities(check.lane.connector) if check.lane else ()
    if check.failure is None:
        return CheckResult(True, _("The system answers and accepts these settings."), names)
    if check.failure.code == "timeout":
        return CheckResult(False, _("The system did not answer in time."), names, "timeout")
    return CheckResult(False, check.failure.message, names, check.failure.code)
