"""A connector that does what a test wrote down: the hub's own test double.

It is a real connector with every reading capability, found by entry point and built from settings
alone. Its settings name a :class:`Script`, which the test holds and may change between calls::

    script = scripts["dam"] = Script()
    script.put("ImageObject", "a-1", name="Lobby")
    script.error = TransientError("dam: GET files: HTTP 503")
    ...
    assert script.count("fetch") == 1
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from pydantic import Field, SecretStr

from connectors.sdk.assets import (
    Asset,
    AssetPage,
    Change,
    ChangePage,
    FocalPoint,
    Identifier,
    Missing,
    MissingReason,
    Notice,
    Picture,
    Ref,
    Rendition,
    Unchanged,
)
from connectors.sdk.connector import Call, Connector, ConnectorConfig, Egress
from connectors.sdk.errors import BadResponseError, ConfigurationError, TransientError

__all__ = ["Called", "Script", "ScriptedConfig", "ScriptedConnector", "scripts"]

Scripted = Asset | Missing | Unchanged


@dataclass(frozen=True, slots=True)
class Called:
    """One call that reached the connector, as the script logs it. ``at`` is of ``time.monotonic()``."""

    method: str
    refs: tuple[Ref, ...] = ()
    query: str = ""
    locale: str = ""
    at: float = field(default_factory=time.monotonic)
    thread: str = field(default_factory=lambda: threading.current_thread().name)


@dataclass
class Script:
    """What one scripted system holds and how it behaves. Every attribute may be changed at any time.

    Attributes:
        assets: By ref, in the system's order. An exception in place of an asset is raised by any
            fetch that asks for it. A ref that is not here is answered as ``missing``.
        missing: The answer for a ref that is not in ``assets``; ``None`` leaves it out of the answer.
        people: Records by identifier, for ``find``.
        pictures: Bytes by address, as (content type, body).
        renders: Whether it gives pictures in other sizes.
        made_widths: The widths that it made of each picture, in place of any width asked for.
        changes: The log that ``changes_since`` reads; ``put`` and ``delete`` write it.
        wait_s: What it asks the hub to wait before it asks for changes again.
        delay_s: How long each call takes. A call whose deadline is earlier raises a timeout at its
            deadline, or overruns it when ``keeps_deadline`` is false.
        gate: When set to an event, calls wait for it (or for their deadline) before they answer.
        building: When set to an event, the connector's constructor waits for it, whatever time it is.
        error: Raised by every call. ``errors`` does so by method name ("search") and wins over it.
        page_size: Assets per page of ``search``.
        honours_validators: Answer ``Unchanged`` where the call's validator is the asset's.
        max_batch: As on :class:`~connectors.sdk.connector.Connector`; read when one is built.
        log: The calls, in order of arrival.
        refusal: Raised by the connector's constructor.
        built: How many constructors were begun.
        running, most_running: Calls inside the connector now, and at most so far.
    """

    assets: dict[Ref, Scripted | Exception] = field(default_factory=dict)
    missing: Missing | None = field(default_factory=lambda: Missing(MissingReason.GONE))
    people: dict[Identifier, Asset | Missing] = field(default_factory=dict)
    pictures: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    renders: bool = True
    made_widths: tuple[int, ...] = ()
    changes: list[Change] = field(default_factory=list)
    wait_s: float | None = None
    delay_s: float = 0.0
    keeps_deadline: bool = True
    gate: threading.Event | None = None
    building: threading.Event | None = None
    refusal: Exception | None = None
    error: Exception | None = None
    errors: dict[str, Exception] = field(default_factory=dict)
    page_size: int = 20
    honours_validators: bool = False
    max_batch: int = 50
    max_concurrency: int = 4
    types: tuple[str, ...] = ("ImageObject", "Product", "SocialMediaPosting", "Question", "Article", "Person")
    log: list[Called] = field(default_factory=list)
    built: int = 0
    running: int = 0
    most_running: int = 0
    _lock: threading.RLock = field(default_factory=threading.RLock, repr=False, compare=False)

    def put(self, type: str, external_id: str, *, asset: Asset | None = None, **fields: Any) -> Ref:
        """Add or replace an asset, given whole or by its fields, and note the change."""
        ref = Ref(type, external_id)
        with self._lock:
            self.assets[ref] = asset or Asset(ref=ref, fields=fields, updated_at=datetime.now(UTC))
            self.changes.append(Change(ref))
        return ref

    def edit(self, ref: Ref, **fields: Any) -> None:
        """Change fields of an asset that is there, and note the change."""
        with self._lock:
            asset = self.assets[ref]
            if not isinstance(asset, Asset):
                raise KeyError(ref)
            changed = replace(asset, fields={**asset.fields, **fields}, updated_at=datetime.now(UTC))
            self.put(ref.type, ref.external_id, asset=changed)

    def delete(self, ref: Ref) -> None:
        """Delete an asset as its system would, and note the change."""
        with self._lock:
            self.assets.pop(ref, None)
            self.changes.append(Change(ref, deleted=True))

    def count(self, method: str | None = None) -> int:
        """How many calls there were, of all methods or of one."""
        with self._lock:
            return sum(1 for called in self.log if method in (None, called.method))

    def enter(self, called: Called) -> None:
        """Note the start of a call."""
        with self._lock:
            self.log.append(called)
            self.running += 1
            self.most_running = max(self.most_running, self.running)

    def leave(self) -> None:
        """Note the end of a call."""
        with self._lock:
            self.running -= 1

    def snapshot(self) -> dict[Ref, Scripted | Exception]:
        """The assets as they are now."""
        with self._lock:
            return dict(self.assets)


scripts: dict[str, Script] = {}
"""The scripts by name. A test puts its own here; the connector looks it up at each call."""


class ScriptedConfig(ConnectorConfig):
    """Settings of a scripted connection."""

    script: str = Field(title="Script", description="Name of the script that a test registered.")
    password: SecretStr | None = Field(default=None, title="Password", description="Used for nothing.")


class ScriptedConnector(Connector[ScriptedConfig]):
    """Answers from the script that its settings name."""

    name = "Scripted"
    description = "Answers what a test wrote down."
    config_class = ScriptedConfig
    types = Script().types
    identifier_kinds: tuple[str, ...] = ("loyalty_id", "email")

    def __init__(self, config: ScriptedConfig, *, egress: Egress | None = None) -> None:
        super().__init__(config, egress=egress)
        script = scripts.get(config.script, Script())
        # The limits are class attributes of a real connector; here each script has its own.
        vars(self).update(max_batch=script.max_batch, max_concurrency=script.max_concurrency)
        script.built += 1
        if script.building is not None:
            script.building.wait()
        if script.refusal is not None:
            raise script.refusal

    def asset_types(self) -> tuple[str, ...]:
        return self._script().types

    def fetch(self, refs: Sequence[Ref], call: Call) -> Mapping[Ref, Asset | Missing | Unchanged]:
        if not refs:
            return {}
        with _Played(self._script(), Called("fetch", refs=tuple(refs), locale=call.locale), call) as script:
            assets = script.snapshot()
            answers = {ref: _answer(script, assets, ref, call) for ref in refs}
            return {ref: answer for ref, answer in answers.items() if answer is not None}

    def check(self, call: Call) -> None:
        with _Played(self._script(), Called("check"), call):
            return

    def search(self, query: str, types: Sequence[str], cursor: str | None, call: Call) -> AssetPage:
        with _Played(self._script(), Called("search", query=query, locale=call.locale), call) as script:
            found = [
                asset
                for asset in _held(script)
                if (not types or asset.ref.type in types) and _mentions(asset, query)
            ]
            return _page(found, cursor, script.page_size)

    def query_schema(self) -> Mapping[str, Any]:
        return {
            "type": "object",
            "additionalProperties": False,
            "properties": {"tag": {"type": "string", "title": "Tag"}},
        }

    def query(
        self, type: str, query: Mapping[str, Any], limit: int, cursor: str | None, call: Call
    ) -> AssetPage:
        called = Called("query", query=json.dumps(query, sort_keys=True), locale=call.locale)
        with _Played(self._script(), called, call) as script:
            tag = query.get("tag")
            found = [
                asset
                for asset in _held(script)
                if asset.ref.type == type and (not tag or tag in asset.fields.get("keywords", ()))
            ]
            return _page(found, cursor, limit)

    def find(self, identifiers: Sequence[Identifier], call: Call) -> Mapping[Identifier, Asset | Missing]:
        if not identifiers:
            return {}
        with _Played(self._script(), Called("find", locale=call.locale), call) as script:
            return {i: script.people.get(i, Missing(MissingReason.GONE)) for i in identifiers}

    def changes_since(self, cursor: str | None, call: Call) -> ChangePage:
        with _Played(self._script(), Called("changes_since"), call) as script:
            end = len(script.changes)
            start = end if cursor is None else int(cursor)
            changes = tuple(script.changes[start:end])
            return ChangePage(changes=changes, cursor=str(end), wait_s=script.wait_s)

    def parse_notice(self, headers: Mapping[str, str], body: bytes) -> Notice:  # noqa: ARG002 - the protocol's argument.
        try:
            data = json.loads(body)
            refs = tuple(Ref(str(r["type"]), str(r["external_id"])) for r in data.get("refs", ()))
            return Notice(refs=refs, types=tuple(map(str, data.get("types", ()))))
        except (ValueError, KeyError, TypeError, AttributeError):
            raise BadResponseError(f"{self.name}: the notice is not readable") from None

    def rendition(
        self,
        asset: Asset,
        *,
        width: int | None = None,
        height: int | None = None,
        encoding_format: str | None = None,
        focal_point: FocalPoint | None = None,  # noqa: ARG002 - the protocol's argument.
    ) -> Rendition | None:
        script, address = self._script(), asset.fields.get("contentUrl")
        if not address or not script.renders:
            return None
        if script.made_widths and (width or height):
            width, height = _closest(script.made_widths, width or 0), None
        own = asset.fields.get("width")
        size = "".join(f"&{k}={v}" for k, v in (("width", width), ("height", height)) if v)
        return Rendition(
            url=f"{address}?rendition{size}",
            width=min(width, own) if width and own else width,
            height=height,
            encoding_format=encoding_format,
            protected=asset.protected,
        )

    def open_picture(self, url: str, call: Call) -> Picture:
        with _Played(self._script(), Called("open_picture"), call) as script:
            if url not in script.pictures:
                raise BadResponseError(f"{self.name}: the picture is not this system's own")
            content_type, body = script.pictures[url]
            return Picture(content_type=content_type, chunks=iter([body]), size_bytes=len(body))

    def sample(self, call: Call) -> Mapping[str, Any]:
        with _Played(self._script(), Called("sample"), call) as script:
            asset = next(iter(_held(script)), None)
            return {"id": asset.ref.external_id, **asset.fields} if asset else {}

    def _script(self) -> Script:
        try:
            return scripts[self.config.script]
        except KeyError:
            raise ConfigurationError(f"{self.name}: no script of this name is registered") from None


class _Played:
    """One call of a script: logged, delayed, failed as it says."""

    def __init__(self, script: Script, called: Called, call: Call) -> None:
        self.script, self.called, self.call = script, called, call

    def __enter__(self) -> Script:
        self.script.enter(self.called)
        try:
            self._behave()
        except BaseException:
            self.script.leave()
            raise
        return self.script

    def __exit__(self, *_: object) -> None:
        self.script.leave()

    def _behave(self) -> None:
        script, left_s = self.script, self.call.remaining_s()
        if script.gate is not None and not script.gate.wait(left_s if script.keeps_deadline else None):
            raise TransientError(f"Scripted: {self.called.method}: no answer in time", timeout=True)
        if script.delay_s:
            time.sleep(min(script.delay_s, left_s) if script.keeps_deadline else script.delay_s)
            if script.keeps_deadline and script.delay_s > left_s:
                raise TransientError(f"Scripted: {self.called.method}: no answer in time", timeout=True)
        error = script.errors.get(self.called.method, script.error)
        if error is not None:
            raise error


def _answer(
    script: Script, assets: Mapping[Ref, Scripted | Exception], ref: Ref, call: Call
) -> Scripted | None:
    answer = assets.get(ref, script.missing)
    if isinstance(answer, Exception):
        raise answer
    if (
        script.honours_validators
        and isinstance(answer, Asset)
        and answer.validator is not None
        and call.validators.get(ref) == answer.validator
    ):
        return Unchanged()
    return answer


def _closest(widths: Sequence[int], asked: int) -> int:
    """The smallest that is not smaller, else the largest."""
    return min((width for width in widths if width >= asked), default=max(widths))


def _held(script: Script) -> list[Asset]:
    return [asset for asset in script.snapshot().values() if isinstance(asset, Asset)]


def _mentions(asset: Asset, query: str) -> bool:
    words: Iterable[str] = (v for v in asset.fields.values() if isinstance(v, str))
    return not query or query.casefold() in " ".join(words).casefold()


def _page(found: Sequence[Asset], cursor: str | None, size: int) -> AssetPage:
    start = int(cursor or 0)
    end = start + size
    return AssetPage(tuple(found[start:end]), next_cursor=str(end) if end < len(found) else None)
