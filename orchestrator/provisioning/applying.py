"""Makes a hub as a file says: one transaction, all or nothing, the second time without effect."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError as ModelError
from django.db import transaction
from pydantic import ValidationError

from connectors.sdk.refusals import did_you_mean, keys_at, refusal_words
from orchestrator.access import api as access
from orchestrator.channels import api as channels
from orchestrator.connections import api as connections
from orchestrator.experiences import api as experiences
from orchestrator.links import api as links
from orchestrator.provisioning import shapes
from orchestrator.provisioning.errors import Place
from orchestrator.provisioning.fitting import Finding, Fitting
from orchestrator.provisioning.reading import Source, read_source
from orchestrator.provisioning.summary import Summary, snapshot

__all__ = ["apply_file"]


def apply_file(
    path: Path | str, *, dry_run: bool = False, environment: Mapping[str, str] = os.environ
) -> Summary:
    """Create or change what the file names; what it does not name stays as it is.

    With ``dry_run`` nothing is kept, and the summary tells what would have been done.

    Raises:
        ApplyError: Something is wrong with the file; nothing was changed.
    """
    source = read_source(Path(path), environment)
    file = _judge_shape(source)
    with transaction.atomic():
        summary = Summary()
        for number, space in enumerate(file.spaces):
            _Space(source, summary, space, ("spaces", number)).apply()
        source.raise_problems()
        if dry_run:
            transaction.set_rollback(True)
    return summary


def _judge_shape(source: Source) -> shapes.File:
    try:
        file = shapes.File.model_validate(source.data)
    except ValidationError as refused:
        for error in refused.errors(include_input=False, include_url=False):
            source.complain(error["loc"], _in_words(source, error))
        source.raise_problems()
        raise
    _refuse_twins(source)
    source.raise_problems()
    return file


def _in_words(source: Source, error: Mapping[str, Any]) -> str:
    place = error["loc"]
    if error["type"] == "string_pattern_mismatch":
        # Slugs are the only texts here that have a pattern.
        return "must be letters, digits, - and _ only, 50 at most"
    known = keys_at(shapes.File, place[:-1])
    return _hint_at_environment(refusal_words(error, known=known, given=source.at(place)), source.at(place))


def _hint_at_environment(words: str, given: Any) -> str:
    if words.startswith("must be a text") and isinstance(given, Mapping):
        return "must be a text, or {env: NAME}, where followed_by may stand beside env"
    return words


def _refuse_twins(source: Source) -> None:
    """Two entries of one list with the same name would silently be one."""
    for number, space in enumerate(source.data["spaces"]):
        for kind, entries in space.items():
            if isinstance(entries, list):
                _refuse_twins_in(source, ("spaces", number, kind), entries)
    _refuse_twins_in(source, ("spaces",), source.data["spaces"])


def _refuse_twins_in(source: Source, place: Place, entries: Sequence[Mapping[str, Any]]) -> None:
    seen = set()
    for number, entry in enumerate(entries):
        key = "slug" if "slug" in entry else "name"
        name = (entry[key], entry.get("locale", "en"))
        if name in seen:
            source.complain((*place, number, key), "another one before it has this name")
        seen.add(name)


_SINGULAR = {
    "connections": "connection",
    "collections": "collection",
    "bound_links": "bound",
    "api_clients": "API client",
    "channels": "channel",
    "fragments": "fragment",
    "experiences": "experience",
}
_IN_WORDS = {"bound": "bound link"}


class _Space:
    """Applies one space. Rows that later parts refer to are found by the names that the file uses."""

    def __init__(self, source: Source, summary: Summary, shape: shapes.Space, place: Place) -> None:
        self._source = source
        self._summary = summary
        self._shape = shape
        self._place = place
        self._rows: dict[tuple[str, str], Any] = {}
        self._fitting = Fitting()
        self._published_fragments: list[tuple[Place, Any]] = []
        self._refused: set[tuple[str, str]] = set()

    def apply(self) -> None:
        """In the order in which the parts need each other."""
        before = snapshot(access.space_by_slug(self._shape.slug))
        self._space = access.save_space(slug=self._shape.slug, name=self._shape.name)
        self._summary.note("space", self._shape.slug, before, snapshot(self._space))
        self._each("connections", self._apply_connection)
        self._each("collections", self._apply_collection)
        self._each("bound_links", self._apply_bound_link)
        self._each("api_clients", self._apply_client)
        self._each("channels", self._apply_channel)
        self._each("fragments", self._apply_fragment)
        self._each("experiences", self._apply_experience)
        # Not before: the experiences that show them may have changed with them.
        for place, fragment in self._published_fragments:
            with self._complaints(place):
                experiences.refuse_unless_fitting(fragment)

    def _each(self, kind: str, apply: Callable[[Any, Place], None]) -> None:
        for number, shape in enumerate(getattr(self._shape, kind)):
            place = (*self._place, kind, number)
            known = len(self._source.problems)
            with self._complaints(place):
                apply(shape, place)
            if len(self._source.problems) > known:
                self._refused.add((_SINGULAR[kind], getattr(shape, "slug", None) or shape.name))

    @contextmanager
    def _complaints(self, place: Place) -> Iterator[None]:
        """Turn what the apps refuse into problems at ``place``; the objects after it are still judged."""
        try:
            with transaction.atomic():
                yield
        except _ToldError:
            pass
        except _UnknownNameError as error:
            self._source.complain(error.place, str(error))
        except _REFUSALS as error:
            for inner, message in _explain(error, self._source.at(place)):
                given = self._source.at((*place, *inner))
                self._source.complain((*place, *inner), _hint_at_environment(message, given))

    @contextmanager
    def _nothing_told(self) -> Iterator[None]:
        """Go on only if nothing was wrong with what an entry is made of."""
        known = len(self._source.problems)
        yield
        if len(self._source.problems) > known:
            raise _ToldError

    def _judge(self, findings: Iterable[Finding], place: Place) -> None:
        for inner, message in findings:
            self._source.complain((*place, *inner), message)

    def _apply_connection(self, shape: shapes.Connection, place: Place) -> None:
        before = snapshot(connections.connection_by_slug(self._space, shape.slug))
        hooks = shape.hooks
        row = connections.save_connection(
            space=self._space,
            slug=shape.slug,
            name=shape.name,
            connector=shape.connector,
            config=shape.config,
            keep_secrets=False,
            enabled=shape.enabled,
            personal=shape.personal,
            timeout_ms=shape.timeout_ms,
            freshness=shape.freshness,
            poll_interval_s=shape.poll_interval_s,
            hook_scheme=hooks.scheme if hooks else "none",
            hook_header=hooks.header if hooks else "",
            hook_secret=hooks.secret if hooks else "",
        )
        self._note("connection", shape.slug, before, row)
        self._judge(self._fitting.connection(row, shape), place)

    def _apply_collection(self, shape: shapes.Collection, place: Place) -> None:
        connection = self._row("connection", shape.connection, (*place, "connection"))
        before = snapshot(links.collection_by_name(connection=connection, name=shape.name))
        row = links.save_collection(
            connection=connection, name=shape.name, type=shape.type, query=shape.query, limit=shape.limit
        )
        self._note("collection", shape.name, before, row)
        self._judge(self._fitting.collection(connection, shape), place)

    def _apply_bound_link(self, shape: shapes.BoundLink, place: Place) -> None:
        connection = self._row("connection", shape.connection, (*place, "connection"))
        before = snapshot(links.bound_link_by_name(connection=connection, name=shape.name))
        row = links.save_bound_link(
            connection=connection,
            name=shape.name,
            identifier_kind=shape.identifier,
            type=shape.type,
            sample_value=shape.sample,
        )
        self._note("bound", shape.name, before, row)
        self._judge(self._fitting.bound_link(connection, shape), place)

    def _apply_client(self, shape: shapes.Client, place: Place) -> None:
        unknown = [(n, right) for n, right in enumerate(shape.rights) if right not in access.RIGHTS]
        for number, right in unknown:
            message = f"there is no such right{did_you_mean(right, access.RIGHTS)}"
            self._source.complain((*place, "rights", number), message)
        if unknown:
            return
        found = access.clients_in(self._space).filter(name=shape.name).first()
        before = _client_snapshot(found)
        row = access.save_client(space=self._space, name=shape.name, rights=shape.rights)
        for key in shape.keys:
            access.adopt_key(row, key)
        self._summary.note("API client", shape.name, before, _client_snapshot(row))

    def _apply_channel(self, shape: shapes.Channel, place: Place) -> None:
        clients = [
            self._row("API client", name, (*place, "clients", number))
            for number, name in enumerate(shape.clients)
        ]
        found = channels.channels_in(self._space.pk).filter(slug=shape.slug).first()
        before = _channel_snapshot(found)
        row = channels.save_channel(
            space=self._space,
            slug=shape.slug,
            name=shape.name,
            default_locale=shape.default_locale,
            shared_cache=shape.shared_cache,
            srcset=shape.srcset,
            widest_picture_px=shape.widest_picture_px,
            clients=clients,
        )
        self._summary.note("channel", shape.slug, before, _channel_snapshot(row))

    def _apply_fragment(self, shape: shapes.Fragment, place: Place) -> None:
        address = {"space": self._space, "slug": shape.slug, "locale": shape.locale}
        before = _composition_snapshot(experiences.fragment_by_slug(**address))
        with self._nothing_told():
            items = self._items(shape.items, (*place, "items"))
        row = experiences.save_fragment(
            **address,
            title=shape.title,
            items=items,
            publish=shape.state == "published",
            fit_is_judged_later=True,
        )
        if shape.state == "published":
            self._published_fragments.append((place, row))
        self._summary.note("fragment", _address(shape), before, _composition_snapshot(row))

    def _apply_experience(self, shape: shapes.Experience, place: Place) -> None:
        address = {"space": self._space, "slug": shape.slug, "locale": shape.locale}
        before = _composition_snapshot(experiences.experience_by_slug(**address))
        with self._nothing_told():
            slots = [
                self._slot(slot, shape.locale, (*place, "slots", number))
                for number, slot in enumerate(shape.slots)
            ]
        row = experiences.save_experience(
            **address, title=shape.title, slots=slots, publish=shape.state == "published"
        )
        self._summary.note("experience", _address(shape), before, _composition_snapshot(row))

    def _slot(self, slot: shapes.Slot, locale: str, place: Place) -> dict[str, Any]:
        rows = connections.connections_in(self._space.pk).iterator()
        self._judge(self._fitting.accepts(slot.accepts, rows), place)
        return {
            "name": slot.name,
            "label": slot.label,
            "accepts": slot.accepts,
            "items": self._items(slot.items, (*place, "items"), locale),
            "fallback": self._items(slot.fallback, (*place, "fallback"), locale),
            "on_failure": slot.on_failure,
            "last_known_good_s": slot.last_known_good_s,
            "picture_width": slot.pictures.width,
            "picture_height": slot.pictures.height,
            "picture_format": slot.pictures.format,
        }

    def _items(self, items: Sequence[shapes.Item], place: Place, locale: str = "en") -> list[dict[str, Any]]:
        return [self._item(item, (*place, number), locale) for number, item in enumerate(items)]

    def _item(self, item: shapes.Item, place: Place, locale: str) -> dict[str, Any]:
        if item.link is not None:
            connection = self._row("connection", item.link, (*place, "link"))
            self._judge(self._fitting.link(connection, item.type or ""), place)
            link = links.ensure_link(connection=connection, type=item.type or "", external_id=item.id or "")
            return {"link": link}
        if item.fragment is not None:
            return {"fragment": self._fragment(item.fragment, locale, (*place, "fragment"))}
        kind = "collection" if item.collection is not None else "bound"
        return {kind: self._row(kind, getattr(item, kind), (*place, kind))}

    def _row(self, kind: str, name: str, place: Place) -> Any:
        """What this file, or else the space, has under that name."""
        if (kind, name) in self._refused:
            raise _ToldError
        row = self._rows.get((kind, name)) or self._stored(kind, name)
        if row is None:
            meant = did_you_mean(name, self._names(kind))
            message = f"this space has no {_IN_WORDS.get(kind, kind)} “{name}”{meant}"
            raise _UnknownNameError(message, place)
        return row

    def _stored(self, kind: str, name: str) -> Any:
        if kind == "connection":
            return connections.connection_by_slug(self._space, name)
        if kind == "API client":
            return access.clients_in(self._space).filter(name=name).first()
        return None

    def _names(self, kind: str) -> set[str]:
        """What there is of this kind, in this file or else in the space."""
        names = {name for known, name in self._rows if known == kind}
        if kind == "connection":
            names |= set(connections.connections_in(self._space.pk).values_list("slug", flat=True))
        if kind == "API client":
            names |= set(access.clients_in(self._space).values_list("name", flat=True))
        return names

    def _fragment(self, slug: str, locale: str, place: Place) -> Any:
        row = experiences.fragment_by_slug(space=self._space, slug=slug, locale=locale)
        return row or self._row("fragment", slug, place)

    def _note(self, kind: str, name: str, before: Any, row: Any) -> None:
        self._rows[kind, name] = row
        self._summary.note(_IN_WORDS.get(kind, kind), name, before, snapshot(row))


class _ToldError(Exception):
    """What is wrong was told where it is wrong; what only follows from it needs no other problem."""


class _UnknownNameError(LookupError):
    """The file refers to something that is not there."""

    def __init__(self, message: str, place: Place) -> None:
        super().__init__(message)
        self.place = place


_REFUSALS = (
    access.KeyRefusedError,
    connections.InvalidConfigError,
    connections.UnknownConnectorError,
    experiences.PublishRefusedError,
    experiences.UnknownLocaleError,
    links.AddressError,
    ModelError,
)


def _explain(error: Exception, entry: Any) -> Iterator[tuple[Place, str]]:
    """What an app refused: where inside the entry of the file, and in which words."""
    if isinstance(error, connections.InvalidConfigError):
        for path, message in error.fields.items():
            yield _setting_place(path), message
        return
    messages = getattr(error, "messages", None) or [str(error)]
    for message in messages:
        yield _PLACES.get(type(error), ()) or _slot_named_in(message, entry), message


_PLACES: Mapping[type[Exception], Place] = {
    connections.UnknownConnectorError: ("connector",),
    experiences.UnknownLocaleError: ("locale",),
}


def _slot_named_in(message: str, entry: Any) -> Place:
    """Reasons against publishing name their slot."""
    named = re.match(r"Slot “([^”]*)”", message)
    slots = entry.get("slots", ()) if named and isinstance(entry, Mapping) else ()
    numbers = [n for n, slot in enumerate(slots) if named and slot.get("name") == named[1]]
    return ("slots", numbers[0]) if numbers else ()


def _setting_place(path: str) -> Place:
    """Where the file has what ``save_connection`` calls ``path``."""
    first, *rest = path.split(".")
    own = {"hook_secret": ("hooks", "secret"), "hook_header": ("hooks", "header")}
    if first in own:
        return own[first]
    if first in shapes.Connection.model_fields:
        return (first, *rest)
    return ("config", first, *rest)


def _client_snapshot(row: Any) -> Any:
    return snapshot(row, more=[row.keys.values_list("digest", flat=True)]) if row else None


def _channel_snapshot(row: Any) -> Any:
    return snapshot(row, more=[row.clients.values_list("pk", flat=True)]) if row else None


def _composition_snapshot(row: Any) -> Any:
    """A draft that was saved or published is told by its revisions."""
    return (row.latest_revision_id, row.live_revision_id, row.live) if row else None


def _address(shape: shapes.Fragment | shapes.Experience) -> str:
    return f"{shape.slug} ({shape.locale}, {shape.state})"
