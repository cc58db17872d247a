"""What a connector's test gives to the contract, and the stage on which each case plays."""

from __future__ import annotations

import json
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar
from urllib.parse import urlsplit

import pytest

from connectors.sdk.assets import Asset, Missing, MissingReason, Ref
from connectors.sdk.connector import (
    Call,
    Connector,
    Egress,
    Erases,
    Identifies,
    Polls,
    Queryable,
    Remarks,
    Samples,
    Searchable,
)
from connectors.sdk.errors import ConnectorError
from connectors.sdk.testing.faults import JSON, FaultProxy, Form
from connectors.sdk.testing.simulator import SimulatorServer
from connectors.sdk.types import TYPES, canonical

__all__ = ["Collection", "ContractData", "NotApplicable", "Stage", "case"]

LOOPBACK = Egress(allowed_hosts=frozenset({"127.0.0.1"}))
LEAKED = "leaked-body-text"  # What the fault proxy writes into bodies.

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class NotApplicable:
    """Stands in place of a hook or a value that this system has no meaning for. The table shows why."""

    reason: str


@dataclass(frozen=True, slots=True)
class Collection:
    """A stored query and the ids that it brings from the simulator, in order."""

    type: str
    query: Mapping[str, Any]
    ids: Sequence[str]


@dataclass(frozen=True, slots=True)
class Stage:
    """A simulator, the proxy before it, and a connector that knows only the proxy."""

    simulator: Any
    proxy: FaultProxy
    connector: Connector[Any]


def case(*, capability: str | None = None, needs: Sequence[str] = ()) -> Callable[[F], F]:
    """Mark a case: the capability it is about, and the hooks without which it cannot be played."""

    def mark(test: F) -> F:
        vars(test).update(contract_capability=capability, contract_needs=tuple(needs))
        return test

    return mark


class ContractData:
    """What a connector's test has to say. All of it; or ``NotApplicable("why")`` where it has no meaning.

    Attributes:
        secrets: Every secret that ``make_connector`` uses: never in a message, a log line or a repr.
        known: At least three refs that the simulator holds.
        seeded: Every ref that it holds: what paging to the end has to bring. More than one page.
        unknown: A well-formed ref that it does not hold; ``unknown_as`` is how that is answered
            (``None``: left out of the answer). The same for ``deleted_as``, ``hidden_as`` and
            ``forbidden_as`` after ``delete``, ``hide`` and ``forbid``.
        search_word, search_hits: A word, and the refs that it finds: some of the seeded, not all.
        collections: Stored queries and what they bring; at least one with two results or more.
        person, stranger: An identifier that is known, and one that is not.
        notices: Genuine hooks as the system sends them: headers, body, and what they mean.
        picture: A known ref with a picture.
        form: How the system writes its answers, if not as JSON.
    """

    form: ClassVar[Form] = JSON
    secrets: ClassVar[Any]
    known: ClassVar[Any]
    seeded: ClassVar[Any]
    unknown: ClassVar[Any]
    unknown_as: ClassVar[MissingReason | None] = MissingReason.GONE
    deleted_as: ClassVar[MissingReason | None] = MissingReason.GONE
    hidden_as: ClassVar[MissingReason | None] = MissingReason.HIDDEN
    forbidden_as: ClassVar[MissingReason | None] = MissingReason.FORBIDDEN
    search_word: ClassVar[Any]
    search_hits: ClassVar[Any]
    collections: ClassVar[Any]
    person: ClassVar[Any]
    stranger: ClassVar[Any]
    notices: ClassVar[Any]
    picture: ClassVar[Any]
    # Names of the capabilities that the connector under test has; found, not given.
    has: ClassVar[tuple[str, ...]] = ()

    def make_simulator(self) -> SimulatorServer:
        """A simulator with its seed, not started."""
        raise NotImplementedError

    def make_connector(self, url: str, egress: Egress) -> Connector[Any]:
        """A connector for a simulator at ``url``."""
        raise NotImplementedError

    def make_refused(self, url: str, egress: Egress) -> Connector[Any]:
        """The same with credentials that the simulator refuses."""
        raise NotImplementedError

    def edit(self, simulator: Any, ref: Ref) -> None:
        """Change something of an asset that its fields show, as a person would at the system."""
        raise NotImplementedError

    def delete(self, simulator: Any, ref: Ref) -> None:
        """Delete an asset at the system."""
        raise NotImplementedError

    def hide(self, simulator: Any, ref: Ref) -> None:
        """Make an asset a draft, or put it under an embargo."""
        raise NotImplementedError

    def forbid(self, simulator: Any, ref: Ref) -> None:
        """Take away the right to this one asset."""
        raise NotImplementedError

    def drift(self, data: Any) -> Any:
        """Rewrite an answer's data into a shape that the connector must refuse, not misread."""
        raise NotImplementedError

    @pytest.fixture
    def stage(self) -> Iterator[Stage]:
        """Simulator, proxy and connector, over real sockets."""
        simulator = self.make_simulator()
        with (
            simulator,
            FaultProxy(simulator.url, form=self.form) as proxy,
            closing(self.make_connector(proxy.url, LOOPBACK)) as connector,
        ):
            yield Stage(simulator, proxy, connector)

    def operations(self, connector: Connector[Any]) -> dict[str, Callable[[Call], Any]]:
        """Everything that this connector can be asked to do over the network, by name."""
        every: dict[str, Callable[[Call], Any]] = {
            "fetch": lambda call: connector.fetch(self.known[:2], call),
            "check": connector.check,
        }
        if isinstance(connector, Searchable):
            every["search"] = lambda call: connector.search(self.search_word, (), None, call)
        if isinstance(connector, Queryable):
            first: Collection = self.collections[0]
            every["query"] = lambda call: connector.query(first.type, first.query, 5, None, call)
        if "identify" in self.has and isinstance(connector, Identifies):
            every["find"] = lambda call: connector.find([self.person], call)
        if isinstance(connector, Polls):
            every["changes"] = lambda call: connector.changes_since(None, call)
        if isinstance(connector, Samples):
            every["sample"] = connector.sample
        if isinstance(connector, Remarks):
            every["remarks"] = connector.remarks
        if "erasure" in self.has and isinstance(connector, Erases):
            every["erase"] = lambda call: connector.erase(self.person, call)
        return every

    def failure_of(self, operation: Callable[[Call], Any], *, within_s: float = 5.0) -> ConnectorError:
        """The error that an operation ends with: one of the SDK's, free of secrets."""
        try:
            answer = operation(Call.within(within_s))
        except ConnectorError as error:
            self.assert_silent(error)
            return error
        pytest.fail(f"it was answered, with {type(answer).__name__}, where an error was due")

    def assert_silent(self, error: ConnectorError) -> None:
        """No secret, body, query or identifier in what people and logs get to see of an error."""
        told = f"{error!s} {error!r} {''.join(traceback.format_exception(error))}"
        for secret in (*self.secrets, LEAKED, *self._private_words()):
            assert secret not in told, "a message tells what it must not"

    def assert_proper(self, asset: Any, ref: Ref | None = None) -> None:
        """An asset as the SDK promises it."""
        assert isinstance(asset, Asset)
        assert ref is None or asset.ref == ref
        assert asset.ref.type in TYPES
        assert isinstance(asset.ref.external_id, str)
        assert asset.ref.external_id
        assert canonical(asset.ref.type, asset.fields) == asset.fields, "the fields are not canonical"
        assert json.loads(json.dumps(asset.fields)) == asset.fields, "the fields are not plain JSON"
        for moment in (asset.updated_at, asset.valid_until):
            assert moment is None or moment.tzinfo is not None, "a time has no zone"
        assert asset.edit_url is None or urlsplit(asset.edit_url).scheme in ("http", "https")
        assert asset.validator is None or isinstance(asset.validator, str)

    def _private_words(self) -> list[str]:
        words = [self.search_word] if "search" in self.has else []
        if "identify" in self.has:
            words += [identifier.value for identifier in (self.person, self.stranger)]
        return words


def is_missing(answer: object, reason: MissingReason | None) -> bool:
    """Whether a ref was answered as missing for this reason, or left out where there is none."""
    return answer is None if reason is None else isinstance(answer, Missing) and answer.reason is reason


def soon(condition: Callable[[], bool], *, within_s: float = 5.0) -> bool:
    """Wait until a condition holds."""
    end = time.monotonic() + within_s
    while not condition() and time.monotonic() < end:
        time.sleep(0.01)
    return condition()
