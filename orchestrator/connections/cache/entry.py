"""What the cache holds, and its JSON form. Times are seconds since the epoch."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import orjson

from connectors.sdk import Asset, Ref

__all__ = [
    "ASSET",
    "COLUMNS",
    "FORMER",
    "QUERY",
    "READS_KEPT_S",
    "Address",
    "Entry",
    "Position",
    "Purges",
    "Row",
    "can_be_held",
    "connections_of",
    "count_of",
    "database_of",
    "fingerprint_of",
    "is_name_of_type",
    "item_scope",
]

ASSET, QUERY = "asset", "query"
# The last good reading of an asset that is said to be gone, until that is confirmed.
FORMER = "former"
# When something was read is known for half a day, though its value may have ended long before. Not for a
# whole one: what one night reads late, the next would come to a little earlier and pass over.
READS_KEPT_S = 43_200
_LONGEST_ID = 200
_LONGEST_TYPE = 100

Row = Sequence[Any]
# The latest purge of each scope, by its number.
Purges = Mapping[str, int]
COLUMNS = (
    "key",
    "connection",
    "version",
    "epoch",
    "kind",
    "type",
    "id",
    "locale",
    "value",
    "fingerprint",
    "stored_at",
    "as_of",
    "fresh_until",
    "revalidate_until",
    "error_until",
    "hard_end",
    "generation",
    "purpose",
)


@dataclass(frozen=True, slots=True)
class Address:
    """What is read: one asset, or one stored query, of one connection, in one locale.

    ``version`` is the connection's settings version: a changed setting never serves what the old one
    read. ``epoch`` is that of the purge log: after a restore from a backup there is nothing at the
    addresses from before. ``id`` is the external id, or the query with its limit.
    """

    connection: str
    version: int
    epoch: str
    kind: str
    type: str
    id: str
    locale: str
    key: str

    @classmethod
    def of(
        cls, *, connection: str, version: int, epoch: str, kind: str, type: str, id: str, locale: str
    ) -> Address:
        """The address with its key; long ids are hashed in it."""
        key = f"{connection}:{version}:{epoch}:{kind}:{type}:{locale}:{_short(id)}"
        return cls(connection, version, epoch, kind, type, id, locale, key)

    def of_epoch(self, epoch: str) -> Address:
        """The same in that epoch."""
        return self if epoch == self.epoch else self._with(epoch=epoch)

    @property
    def former(self) -> Address:
        """Where an asset's last good reading is kept while the asset is said to be gone."""
        return self._with(kind=FORMER)

    @property
    def ref(self) -> Ref:
        """The asset's ref; of an asset's address only."""
        return Ref(self.type, self.id)

    @property
    def scopes(self) -> tuple[str, ...]:
        """The purge scopes that concern it. A query is over a type, so an item's purge reaches it too."""
        base = f"c:{self.connection}"
        last = f"{base}:q:{self.type}" if self.kind == QUERY else item_scope(self.connection, self.ref)
        return base, f"{base}:t:{self.type}", last

    def prefix(self, *, of_type: bool) -> str:
        """How the keys of all begin that are of its kind, or of its kind and type, at its connection."""
        kinds = self.key.removesuffix(f"{self.type}:{self.locale}:{_short(self.id)}")
        return f"{kinds}{self.type}:" if of_type else kinds

    def _with(self, *, epoch: str | None = None, kind: str | None = None) -> Address:
        return Address.of(
            connection=self.connection,
            version=self.version,
            epoch=epoch or self.epoch,
            kind=kind or self.kind,
            type=self.type,
            id=self.id,
            locale=self.locale,
        )

    def is_before(self, purges: Purges, generation: int) -> bool:
        """Whether one of these purges overtook a reading of this generation."""
        return any(generation < purges.get(scope, 0) for scope in self.scopes)


@dataclass(frozen=True, slots=True)
class Position:
    """How far somebody who uses this cache has heard the purge log: the line ``n`` of ``at``, in ``epoch``.

    ``at`` is seconds since the epoch of clocks, as the line has it.
    """

    epoch: str
    n: int
    at: float


@dataclass(frozen=True, slots=True)
class Entry:
    """One reading that is held: an asset, the refs of a query, or the fact that there is no asset.

    Attributes:
        asset: The value, of an asset that is there.
        refs: The ordered result, of a query.
        absent: ``gone``, ``hidden``, ``forbidden``, ``moved`` or ``expired`` where there is no value.
        moved_to: Where it moved.
        as_of: When this very value was first seen.
        fresh_until, revalidate_until, error_until: Ends of the three windows.
        hard_end: After it the value is not served, whatever happens.
        generation: The purge number that was known when its read began.
        purpose: Why it is held, for the ledger.
        derived: What this process made of the value, such as addresses of its renditions. It is of the
            value and ends with it; it is not written.
    """

    address: Address
    fingerprint: str
    stored_at: float
    as_of: float
    fresh_until: float
    revalidate_until: float
    error_until: float
    generation: int
    asset: Asset | None = None
    refs: tuple[Ref, ...] | None = None
    absent: str | None = None
    moved_to: Ref | None = None
    hard_end: float | None = None
    purpose: str = "delivery"
    size_bytes: int = 0
    derived: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def key(self) -> str:
        """The cache key."""
        return self.address.key

    @property
    def last_end(self) -> float:
        """After it the entry is of no use to anybody."""
        end = max(self.fresh_until, self.revalidate_until, self.error_until)
        return end if self.hard_end is None else min(end, self.hard_end)

    def known_since(self, other: Entry | None) -> Entry:
        """This reading as one of the value that ``other`` holds, if it is the same: seen first when that
        one was, and with its keys in the same order. So an answer made of either has the same bytes."""
        if other is None or (other.absent, other.fingerprint) != (self.absent, self.fingerprint):
            return self
        asset = self.asset and other.asset and replace(self.asset, fields=other.asset.fields)
        return replace(self, asset=asset, as_of=min(self.as_of, other.as_of))

    @property
    def set_aside(self) -> Entry:
        """The same reading at the address where it outlives the answer that its asset is gone."""
        return replace(self, address=self.address.former)

    def newer_than(self, other: Entry | None) -> bool:
        """Whether this reading says more than ``other``: of a later generation, or of the same and later."""
        if other is None:
            return True
        return (self.generation, self.stored_at) > (other.generation, other.stored_at)

    def to_row(self) -> tuple[Any, ...]:
        """Values for :data:`COLUMNS`; only plain data, never pickled."""
        a = self.address
        return (
            *(a.key, a.connection, a.version, a.epoch, a.kind, a.type, a.id, a.locale, self._value()),
            *(self.fingerprint, self.stored_at, self.as_of),
            *(self.fresh_until, self.revalidate_until, self.error_until, self.hard_end),
            *(self.generation, self.purpose),
        )

    @classmethod
    def from_row(cls, row: Row) -> Entry:
        """Read what :meth:`to_row` wrote.

        Raises:
            ValueError, KeyError, TypeError: It is something else.
        """
        key, connection, version, epoch, kind, type_, id_, locale, value, *rest = row
        fingerprint, stored_at, as_of, fresh, revalidate, error, hard_end, generation, purpose = rest
        data = orjson.loads(value)
        return cls(
            address=Address(connection, version, epoch, kind, type_, id_, locale, key),
            fingerprint=fingerprint,
            stored_at=stored_at,
            as_of=as_of,
            fresh_until=fresh,
            revalidate_until=revalidate,
            error_until=error,
            hard_end=hard_end,
            generation=generation,
            purpose=purpose,
            size_bytes=len(value),
            asset=_asset_from_json(data["asset"]) if "asset" in data else None,
            refs=tuple(Ref(*ref) for ref in data["refs"]) if "refs" in data else None,
            absent=data.get("absent"),
            moved_to=Ref(*data["moved_to"]) if data.get("moved_to") else None,
        )

    def _value(self) -> bytes:
        data: dict[str, Any] = {}
        if self.asset is not None:
            data["asset"] = _asset_to_json(self.asset)
        if self.refs is not None:
            data["refs"] = [[ref.type, ref.external_id] for ref in self.refs]
        if self.absent is not None:
            data["absent"] = self.absent
        if self.moved_to is not None:
            data["moved_to"] = [self.moved_to.type, self.moved_to.external_id]
        return orjson.dumps(data)


def fingerprint_of(fields: Mapping[str, Any], lang: str | None) -> str:
    """Equal for equal values: 32 hexadecimal characters."""
    text = orjson.dumps([fields, lang], option=orjson.OPT_SORT_KEYS)
    return hashlib.blake2b(text, digest_size=16).hexdigest()


def item_scope(connection: str, ref: Ref) -> str:
    """The purge scope of one asset; fits the log's column for any id."""
    return f"c:{connection}:i:{ref.type}:{_short(ref.external_id)}"


def can_be_held(ref: Any) -> bool:
    """Whether there can be an address of it: text that keys, scopes and every database take."""
    return (
        isinstance(ref, Ref)
        and is_name_of_type(ref.type)
        and isinstance(ref.external_id, str)
        and _is_text(ref.external_id)
    )


def is_name_of_type(name: Any) -> bool:
    """Whether a type can be called so."""
    return isinstance(name, str) and 0 < len(name) <= _LONGEST_TYPE and _is_text(name)


def database_of(epoch: str) -> str:
    """Which database a log is in: the same after a restore, another one for each hub."""
    return epoch.partition(".")[0]


def count_of(epoch: str) -> int:
    """How many epochs this database had before: a restore may bring back an earlier one."""
    parts = epoch.split(".")
    return int(parts[1]) if len(parts) == 3 else 0


def connections_of(purges: Purges) -> Sequence[str]:
    """The connections that purges are about, by uuid, each once."""
    return list(dict.fromkeys(scope.split(":", 2)[1] for scope in purges))


def _short(id: str) -> str:
    if len(id) <= _LONGEST_ID:
        return id
    return f"sha256~{hashlib.sha256(id.encode()).hexdigest()}"


def _is_text(text: str) -> bool:
    """PostgreSQL takes no NUL; half a character, which JSON can hold, is no UTF-8."""
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def _asset_to_json(asset: Asset) -> dict[str, Any]:
    return {
        "ref": [asset.ref.type, asset.ref.external_id],
        "fields": asset.fields,
        "lang": asset.lang,
        "updated_at": asset.updated_at.isoformat() if asset.updated_at else None,
        "valid_until": asset.valid_until.isoformat() if asset.valid_until else None,
        "validator": asset.validator,
        "edit_url": asset.edit_url,
        "protected": asset.protected,
    }


def _asset_from_json(data: Mapping[str, Any]) -> Asset:
    return Asset(
        ref=Ref(*data["ref"]),
        fields=data["fields"],
        lang=data["lang"],
        updated_at=datetime.fromisoformat(data["updated_at"]) if data["updated_at"] else None,
        valid_until=datetime.fromisoformat(data["valid_until"]) if data["valid_until"] else None,
        validator=data["validator"],
        edit_url=data["edit_url"],
        protected=data["protected"],
    )
