"""What a connector is: two methods, and a capability for each further method that it has.

A capability is a ``Protocol``; the hub asks ``isinstance(connector, Searchable)`` and nothing is
declared twice. A connector is stateless and read-only (but for ``Acts`` and ``Erases``): no cache,
no retry, no thread, no setting, no database. The hub does those once, in its gateway.
"""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, Protocol, TypeVar, runtime_checkable

from pydantic import BaseModel, ConfigDict

from connectors.sdk.assets import (
    Asset,
    AssetPage,
    ChangePage,
    FocalPoint,
    Identifier,
    MappingTrial,
    Missing,
    Notice,
    Picture,
    Ref,
    Rendition,
    Unchanged,
)

__all__ = [
    "Acts",
    "Call",
    "Connector",
    "ConnectorConfig",
    "Egress",
    "Erases",
    "Identifies",
    "MapsFields",
    "Notifies",
    "Polls",
    "Queryable",
    "Remarks",
    "Renders",
    "Samples",
    "Searchable",
    "ServesPictures",
    "capabilities",
]


class ConnectorConfig(BaseModel):
    """Settings of one connection. Secrets are ``SecretStr``; unknown keys are refused.

    The JSON schema of this model draws the admin's form: ``title`` and ``description`` of each
    field are what an administrator reads.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")


@dataclass(frozen=True, slots=True)
class Egress:
    """Where outbound calls may go.

    Every address that a name resolves to must be public, unless the host is in ``allowed_hosts``
    ("dam.internal" for any port, "127.0.0.1:8801" for one). ``max_body_bytes`` bounds what is read
    of one answer, after decompression. ``ca_bundle`` is a PEM file of the authorities to trust in
    place of the public ones.
    """

    allowed_hosts: frozenset[str] = frozenset()
    max_body_bytes: int = 5_000_000
    ca_bundle: str | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """What every call knows: until when, for which locale, as part of which trace.

    ``deadline`` is an instant of ``time.monotonic()``. ``validators`` are what the hub kept from
    earlier reads; a connector that can read conditionally answers ``Unchanged`` for such a ref.
    """

    deadline: float
    locale: str = "en"
    traceparent: str | None = None
    validators: Mapping[Ref, str] = field(default_factory=dict)

    @classmethod
    def within(cls, seconds: float, *, locale: str = "en") -> Call:
        """A call that has to end in ``seconds`` from now."""
        return cls(deadline=time.monotonic() + seconds, locale=locale)

    def remaining_s(self) -> float:
        """Seconds left, never below zero."""
        return max(0.0, self.deadline - time.monotonic())


C = TypeVar("C", bound=ConnectorConfig)


class Connector(ABC, Generic[C]):
    """Speaks to one kind of external system.

    Class attributes:
        name: What people read in the list of connectors ("Directus").
        description: One sentence: what it links to.
        config_class: The settings of one connection.
        types: Canonical types that it can give; empty where the settings decide (see ``asset_types``).
        max_batch: Refs that one ``fetch`` may be asked for.
        max_concurrency: Calls that may run at once against one system.
    """

    name: ClassVar[str]
    description: ClassVar[str] = ""
    config_class: ClassVar[type[ConnectorConfig]]
    types: ClassVar[tuple[str, ...]] = ()
    max_batch: ClassVar[int] = 50
    max_concurrency: ClassVar[int] = 4

    def __init__(self, config: C, *, egress: Egress | None = None) -> None:
        self.config = config
        self.egress = egress or Egress()

    def asset_types(self) -> tuple[str, ...]:
        """Canonical types that this connection gives."""
        return self.types

    @abstractmethod
    def fetch(self, refs: Sequence[Ref], call: Call) -> Mapping[Ref, Asset | Missing | Unchanged]:
        """Read assets by id, at most ``max_batch``.

        A ref that the answer leaves out counts as ``Missing(unknown)``. Partial success is the
        return value; whole failure is the exception. No refs, no call.
        """

    @abstractmethod
    def check(self, call: Call) -> None:
        """Return if the connection works; raise the error that says why not."""

    def close(self) -> None:
        """Give back pooled connections."""


@runtime_checkable
class Searchable(Protocol):
    """People can pick its assets."""

    def search(self, query: str, types: Sequence[str], cursor: str | None, call: Call) -> AssetPage:
        """Find by words; an empty query lists the newest. ``types`` empty means all."""
        ...


@runtime_checkable
class Queryable(Protocol):
    """It answers stored queries (collections)."""

    def query_schema(self) -> Mapping[str, Any]:
        """JSON schema of a query's parameters: what an editor can ask for. Always has no secrets."""
        ...

    def query(
        self, type: str, query: Mapping[str, Any], limit: int, cursor: str | None, call: Call
    ) -> AssetPage:
        """At most ``limit`` assets of ``type`` for the parameters, in the system's order."""
        ...


@runtime_checkable
class Identifies(Protocol):
    """It finds a person's record by an identifier, for bound links. Such a connection is personal."""

    identifier_kinds: tuple[str, ...]

    def find(self, identifiers: Sequence[Identifier], call: Call) -> Mapping[Identifier, Asset | Missing]:
        """One record for each identifier, in batch."""
        ...


@runtime_checkable
class Notifies(Protocol):
    """It sends hooks."""

    def parse_notice(self, headers: Mapping[str, str], body: bytes) -> Notice:
        """What changed, from a notice whose sender was verified. ``BadResponseError`` if unreadable.

        Header names are lower case.
        """
        ...


@runtime_checkable
class Polls(Protocol):
    """It tells what changed since a cursor."""

    def changes_since(self, cursor: str | None, call: Call) -> ChangePage:
        """Changes after ``cursor``; without one, no changes and the cursor of now."""
        ...


@runtime_checkable
class Renders(Protocol):
    """It gives pictures in other sizes and formats."""

    def rendition(
        self,
        asset: Asset,
        *,
        width: int | None = None,
        height: int | None = None,
        encoding_format: str | None = None,
        focal_point: FocalPoint | None = None,
    ) -> Rendition | None:
        """The address of the closest rendition, and what will come. No I/O.

        Of a picture, or of the first picture of anything else; ``None`` when there is none.

        Args:
            width, height: Pixels. What comes is not smaller, or else the largest that there is; never
                enlarged. With one of them the picture keeps its shape; with both it is cut to theirs, where
                the system can cut.
            encoding_format: A media type. A system that does not make it gives what it has.
            focal_point: The point that a cut keeps in sight; without one, the picture's own
                (``extra.focalPoint``), where the system cuts around a point.

        Returns:
            ``width``, ``height`` and ``encoding_format`` of what will come, ``None`` where that is not known.
            Equal arguments give equal addresses, and none has a secret in it. ``protected`` where it opens
            with the connection's credentials only.
        """
        ...


@runtime_checkable
class ServesPictures(Protocol):
    """Its pictures need the connection's credentials."""

    def open_picture(self, url: str, call: Call) -> Picture:
        """Open a picture of this system. Refuses an address that is not the system's own."""
        ...


@runtime_checkable
class Samples(Protocol):
    """It shows a raw record, for forms that map live fields."""

    def sample(self, call: Call) -> Mapping[str, Any]:
        """One raw record as the system answers it, before any mapping."""
        ...


@runtime_checkable
class MapsFields(Protocol):
    """Its settings map fields, and can be tried on a sample."""

    def try_mapping(self, record: Mapping[str, Any]) -> MappingTrial:
        """Each mapped or needed field on a raw record: its value, or what is wrong. No I/O; never raises."""
        ...


@runtime_checkable
class Remarks(Protocol):
    """It works, and can say what of its system does not fit: lines of a file that are left out."""

    def remarks(self, call: Call) -> Sequence[str]:
        """A sentence for each, for the person who tries the settings. No values of what is there."""
        ...


@runtime_checkable
class Acts(Protocol):
    """It does something in its system."""

    def act(self, action: str, payload: Mapping[str, Any], key: str, call: Call) -> Mapping[str, Any]:
        """Do it at most once for each idempotency ``key``."""
        ...


@runtime_checkable
class Erases(Protocol):
    """It erases a person's data in its system."""

    def erase(self, identifier: Identifier, call: Call) -> Mapping[str, Any]:
        """Erase, and return what proves it: plain JSON data that holds nothing of what was erased.

        Nobody found is a proof, too. Where several people hold the identifier, nobody is erased:
        ``ConfigurationError``.
        """
        ...


_CAPABILITIES: Mapping[str, type] = {
    "search": Searchable,
    "collections": Queryable,
    "identify": Identifies,
    "hooks": Notifies,
    "polling": Polls,
    "renditions": Renders,
    "pictures": ServesPictures,
    "samples": Samples,
    "mapping": MapsFields,
    "remarks": Remarks,
    "actions": Acts,
    "erasure": Erases,
}


def capabilities(connector: Connector[Any] | type[Connector[Any]]) -> tuple[str, ...]:
    """Names of the capabilities that a connector or its class has, in a fixed order."""
    methods = {
        name: [m for m in vars(protocol) if not m.startswith("_") and callable(getattr(protocol, m))]
        for name, protocol in _CAPABILITIES.items()
    }
    return tuple(
        name for name, names in methods.items() if all(callable(getattr(connector, m, None)) for m in names)
    )
