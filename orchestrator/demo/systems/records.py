"""What one system holds, in memory, and how a person or a test changes it."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from typing import Any, ClassVar

import yaml

from orchestrator.demo.systems.messages import Request, Response


@dataclass(frozen=True, slots=True)
class Record:
    """One thing in a system. Times have a zone; each system writes them in its own way."""

    id: str
    values: Mapping[str, Any]
    created_at: datetime
    updated_at: datetime
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """A value that people may change on the page."""

    name: str
    label: str
    kind: str = "text"  # text, long (many lines), number, price, words (a list with commas), choice
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SentHook:
    """A hook that left, for the page. ``outcome`` is the hub's status or what went wrong."""

    at: datetime
    event: str
    record_id: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Hook:
    """A hook to send: the hub's path and headers are added by the sender."""

    event: str
    record_id: str
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Manual:
    """What the vendor's documentation would tell somebody who connects the system by hand.

    ``entries`` are pairs of a question, in the words of the hub's form, and its answer; an address in them
    begins with ``{address}``. Each line of an answer with several is one of a table: "a: b". ``credentials``
    are curl's, ``example`` is a path to try them on, by a POST where there is a ``body``. ``maps`` is true
    where the form asks which value is which field.
    """

    connector: str
    entries: Sequence[tuple[str, str]]
    credentials: str
    example: str
    body: str = ""
    maps: bool = False


class UnknownRecordError(LookupError):
    """There is no record of that id."""


class UnknownColumnError(LookupError):
    """People cannot change a value of that name."""


@dataclass(slots=True)
class Behaviour:
    """How the system behaves at the moment."""

    plugged: bool = True
    delay_ms: int = 0
    hooks: bool = True
    # Where hooks go: what an administrator copies from the hub into a vendor's settings.
    hook_url: str = ""


class System(ABC):
    """One of Meridian's systems. Subclasses speak a vendor's dialect in :meth:`answer`.

    Class attributes:
        slug: The path prefix, and the file of its first content.
        style: One sentence on how it differs from the others.
        columns: What people can change; the first is the title.
        sends_hooks: Whether the vendor has hooks at all.
        deleted_is: What its people call something that they deleted.
    """

    slug: ClassVar[str]
    name: ClassVar[str]
    style: ClassVar[str]
    columns: ClassVar[tuple[Column, ...]]
    sends_hooks: ClassVar[bool] = False
    deleted_is: ClassVar[str] = "deleted"

    def __init__(self, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.behaviour = Behaviour()
        self.sent_hooks: deque[SentHook] = deque(maxlen=8)
        self.request_count = 0
        self.on_change: Callable[[System, Hook], None] | None = None
        self._now = now
        self._lock = threading.RLock()
        self._records = {record.id: record for record in first_content(self.slug, self._now())}

    @abstractmethod
    def answer(self, request: Request) -> Response:
        """Answer as the vendor would."""

    @abstractmethod
    def manual(self) -> Manual:
        """How to connect it by hand; holds its key."""

    def hook_for(self, record: Record, change: str) -> Hook | None:  # noqa: ARG002
        """The hook of a change (``created``, ``updated``, ``deleted``); ``None`` for systems without."""
        return None

    def picture_of(self, record: Record) -> str | None:
        """The scene that the page shows beside a record."""
        return record.values.get("scene")

    def also_called(self, record: Record) -> str:  # noqa: ARG002
        """What its people call a record by, beside the id; empty if there is nothing."""
        return ""

    def reset(self) -> None:
        """Back to the first content, plugged in and fast; hooks go where they went.

        Each record that is another one by that is a change like any other, which the hub is told of or
        finds when it asks.
        """
        with self._lock:
            self.behaviour = Behaviour(hook_url=self.behaviour.hook_url)
            self.request_count = 0
        first = {record.id: record for record in first_content(self.slug, self._now())}
        for record in self.all_records():
            if record.id in first:
                self._begin_anew(record, first[record.id])
            elif not record.deleted:
                self.delete(record.id)

    def count_request(self) -> None:
        """One more call reached this system."""
        with self._lock:
            self.request_count += 1

    def all_records(self) -> list[Record]:
        """Everything, deleted ones too, in the order of the first content."""
        with self._lock:
            return list(self._records.values())

    def records(self) -> Iterator[Record]:
        """What is not deleted, newest change first."""
        alive = [record for record in self.all_records() if not record.deleted]
        return iter(sorted(alive, key=lambda record: (record.updated_at, record.id), reverse=True))

    def find(self, record_id: str) -> Record | None:
        """One record, deleted or not."""
        with self._lock:
            return self._records.get(record_id)

    def edit(self, record_id: str, changes: Mapping[str, Any]) -> Record:
        """Change values and tell the hub.

        Raises:
            UnknownRecordError, UnknownColumnError, ValueError: Nothing was changed.
        """
        columns = {column.name: column for column in self.columns}
        unknown = set(changes) - set(columns)
        if unknown:
            raise UnknownColumnError(f"{self.slug} has no field {min(unknown)}")
        values = {name: read(columns[name], value) for name, value in changes.items()}
        before = self.find(record_id)
        if before is not None and all(before.values[name] == value for name, value in values.items()):
            return before
        return self._store(record_id, "updated", values=values)

    def create(self, record_id: str, values: Mapping[str, Any]) -> Record:
        """Add a record and tell the hub."""
        with self._lock:
            now = self._now()
            self._records[record_id] = record = Record(record_id, dict(values), now, now)
        self._tell(record, "created")
        return record

    def delete(self, record_id: str) -> Record:
        """Delete a record; what an outsider then gets is the vendor's way."""
        return self._store(record_id, "deleted", deleted=True)

    def restore(self, record_id: str) -> Record:
        """Bring a deleted record back under its id."""
        return self._store(record_id, "updated", deleted=False)

    def _begin_anew(self, record: Record, first: Record) -> None:
        if record.deleted or record.values != first.values:
            self._store(record.id, "updated", values=first.values, deleted=False)

    def _store(
        self,
        record_id: str,
        change: str,
        *,
        values: Mapping[str, Any] | None = None,
        deleted: bool | None = None,
    ) -> Record:
        with self._lock:
            before = self._records.get(record_id)
            if before is None:
                raise UnknownRecordError(f"{self.slug} has no record {record_id}")
            # Two changes within the clock's step still have an order.
            now = max(self._now(), before.updated_at + timedelta(milliseconds=1))
            after = replace(before, values={**before.values, **(values or {})}, updated_at=now)
            if deleted is not None:
                after = replace(after, deleted=deleted)
            self._records[record_id] = after
        self._tell(after, change)
        return after

    def _tell(self, record: Record, change: str) -> None:
        hook = self.hook_for(record, change)
        ready = self.behaviour.hooks and self.behaviour.hook_url and self.on_change is not None
        if hook is not None and ready:
            self.on_change(self, hook)


def read(column: Column, value: Any) -> Any:
    """A value as the column holds it; people write prices and lists as text.

    Raises:
        ValueError: It is not of the column's kind.
    """
    if column.kind == "words":
        words = value if isinstance(value, list) else str(value).split(",")
        return [str(word).strip() for word in words if str(word).strip()]
    if column.kind == "number":
        try:
            return int(str(value).strip())
        except ValueError:
            raise ValueError(f"{column.label} must be a whole number") from None
    text = str(value).replace("\r\n", "\n").strip()
    if column.kind == "choice" and text not in column.choices:
        raise ValueError(f"{column.label} must be {' or '.join(column.choices)}")
    if column.kind == "price":
        try:
            return _amount(text)
        except ValueError:
            raise ValueError(f"{column.label} must be an amount, such as 145.00") from None
    return text


def _amount(text: str) -> str:
    amount = float(text.replace(",", "."))
    if not 0 <= amount < 1_000_000:  # Nor is "nan" an amount, although float() reads it.
        raise ValueError
    return f"{amount:.2f}"


def first_content(slug: str, now: datetime) -> list[Record]:
    """Records of ``seed/<slug>.yaml``; ``age_h`` says how long before ``now`` each was made."""
    text = files("orchestrator.demo.systems").joinpath("seed", f"{slug}.yaml").read_text(encoding="utf-8")
    records = []
    for entry in yaml.safe_load(text):
        made = (now - timedelta(hours=entry.pop("age_h"))).replace(microsecond=0)
        records.append(Record(str(entry.pop("id")), entry, made, made))
    return records
