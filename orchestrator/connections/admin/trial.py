"""Trying settings that are not saved: what works and what does not, in words."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from connectors.sdk import (
    AccessDeniedError,
    AssetPage,
    BadResponseError,
    Call,
    ConfigurationError,
    Connector,
    ConnectorError,
    MapsFields,
    Polls,
    RateLimitedError,
    Remarks,
    Samples,
    Searchable,
    TransientError,
    capabilities,
)
from orchestrator.connections.admin.words import capability_words
from orchestrator.connections.configuring.patience import within
from orchestrator.connections.configuring.registry import build_connector
from orchestrator.connections.errors import NoSuchCapabilityError

__all__ = ["Step", "Trial", "explain", "read_sample", "try_mapping", "try_settings"]

# For a person who waits in front of a form; more than a page of an app would ever get.
_PATIENCE_S = 8.0
_MOST_REMARKS = 20
# A connector that keeps its deadline answers a moment after it.
_GRACE_S = 0.5

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was tried. ``detail`` is the connector's own sentence, for those who know the system."""

    works: bool
    sentence: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of it. ``elapsed_ms`` is for all steps together."""

    steps: tuple[Step, ...]
    capabilities: list[str] = field(default_factory=list)
    types: tuple[str, ...] = ()
    elapsed_ms: int = 0

    @property
    def works(self) -> bool:
        """Whether every step did."""
        return all(step.works for step in self.steps)


def try_settings(connector: str, config: Mapping[str, Any], *, personal: bool) -> Trial:
    """Ask the system with these settings, secrets included. Never raises: what failed is a step.

    A connection of ``personal`` data is not searched, here as anywhere.
    """
    started = time.monotonic()
    steps: list[Step] = []
    built: Connector[Any] | None = None
    try:
        built = _build(connector, config)
        call = Call.within(_PATIENCE_S)
        for attempt in _attempts(built, call, personal=personal):
            steps.append(_take(attempt))
            if not steps[-1].works:
                break
        can, types = capability_words(capabilities(built)), _ask(lambda: tuple(built.asset_types()))
    # Building and describing run a plugin's code too.
    except Exception as error:  # noqa: BLE001
        steps.append(explain(error))
        can, types = [], ()
    finally:
        if built:
            _close(built)
    return Trial(tuple(steps), can, types, round((time.monotonic() - started) * 1000))


def read_sample(connector: str, config: Mapping[str, Any]) -> Mapping[str, Any]:
    """One raw record of the system, with these settings. Whatever the connector raises comes through.

    Raises:
        NoSuchCapabilityError: The connector cannot show one.
    """
    built = _build(connector, config)
    try:
        if not isinstance(built, Samples):
            raise NoSuchCapabilityError(_("This connector shows no sample."))
        return _ask(lambda: built.sample(Call.within(_PATIENCE_S)))
    finally:
        _close(built)


def try_mapping(connector: str, config: Mapping[str, Any], record: Any) -> dict[str, Any]:
    """What the expressions of these settings give on one raw record, for the browser that holds it.

    ``{"values": {field: value}, "problems": {field: sentence}}``, or ``{"problem": sentence}``.
    """
    if not isinstance(record, Mapping):
        return {"problem": _("The sample is not a record.")}
    try:
        built = _build(connector, config)
        if not isinstance(built, MapsFields):
            return {"problem": _("This connector does not map fields.")}
        trial = _ask(lambda: built.try_mapping(record))
    # A plugin may raise anything at all; the form has to say so and stay open.
    except Exception as error:  # noqa: BLE001
        step = explain(error)
        return {"problem": f"{step.sentence} {step.detail}"}
    return {
        "values": {field.name: field.value for field in trial.fields if field.value is not None},
        "problems": {field.name: field.problem for field in trial.fields if field.problem},
    }


def _build(connector: str, config: Mapping[str, Any]) -> Connector[Any]:
    return _ask(lambda: build_connector(connector, config))


def _ask(run: Callable[[], T]) -> T:
    """What a plugin's code gives. It has a deadline, which it may not keep: no request waits longer."""
    return within(_PATIENCE_S + _GRACE_S, run, name="connections-trial")


def _close(built: Connector[Any]) -> None:
    with suppress(Exception):
        _ask(built.close)


def explain(error: Exception) -> Step:
    """Why a call failed, in words. Messages of connectors name path and status, nothing secret."""
    detail = str(error) if isinstance(error, ConnectorError | NoSuchCapabilityError) else type(error).__name__
    return Step(works=False, sentence=_sentence(error), detail=detail)


def _attempts(connector: Connector[Any], call: Call, *, personal: bool) -> Iterator[Callable[[], str]]:
    yield lambda: _check(connector, call)
    if isinstance(connector, Searchable) and not personal:
        yield lambda: _search(connector, call)
    if isinstance(connector, Polls):
        yield lambda: _poll(connector, call)
    if isinstance(connector, Remarks):
        yield lambda: _remark(connector, call)


def _take(attempt: Callable[[], str]) -> Step:
    try:
        return Step(works=True, sentence=attempt())
    # A plugin may raise anything at all.
    except Exception as error:  # noqa: BLE001
        return explain(error)


def _check(connector: Connector[Any], call: Call) -> str:
    _ask(lambda: connector.check(call))
    return _("The system answers and accepts these settings.")


def _search(connector: Searchable, call: Call) -> str:
    page: AssetPage = _ask(lambda: connector.search("", (), None, call))
    count = len(page.assets)
    if not count:
        return _("Search answers, but lists nothing yet.")
    return ngettext(
        "Search works: its first page lists %(count)d asset.",
        "Search works: its first page lists %(count)d assets.",
        count,
    ) % {"count": count}


def _poll(connector: Polls, call: Call) -> str:
    _ask(lambda: connector.changes_since(None, call))
    return _("It says what changed, so polling works.")


def _remark(connector: Remarks, call: Call) -> str:
    remarks = _ask(lambda: list(connector.remarks(call)))
    if not remarks:
        return _("Everything in it can be read.")
    shown = " · ".join(str(remark)[:200] for remark in remarks[:_MOST_REMARKS])
    return ngettext(
        "%(count)d thing in it cannot be read: %(shown)s",
        "%(count)d things in it cannot be read, such as: %(shown)s",
        len(remarks),
    ) % {"count": len(remarks), "shown": shown}


# The first kind that fits counts: each is listed before those that it is a kind of.
_SENTENCES: Sequence[tuple[type[Exception], str]] = (
    (AccessDeniedError, gettext_lazy("The address answers, but the key was refused.")),
    (ConfigurationError, gettext_lazy("A setting is wrong.")),
    (RateLimitedError, gettext_lazy("The address answers, but asks us to wait: too many calls.")),
    (TransientError, gettext_lazy("The address cannot be reached, or the system is down.")),
    (BadResponseError, gettext_lazy("The address answers, but not with what this connector expects.")),
    (NoSuchCapabilityError, gettext_lazy("This connector cannot do that.")),
)


def _sentence(error: Exception) -> str:
    if isinstance(error, TransientError) and error.timeout:
        return _("No answer in time. Is the address right, and may this server reach it?")
    for kind, sentence in _SENTENCES:
        if isinstance(error, kind):
            return str(sentence)
    return _("The connector failed. Its author has to look at it.")
