"""Which step comes next. Pure: facts about the hub and about who asks come in, a step comes out.

The order is that of somebody who begins with nothing and wants an app to get an answer: a system that
answers, a program with a key, a channel, something composed, something published, somebody who fetches.
What is broken comes before what is missing. After that come the steps by which a hub grows. A step is
proposed only to those who may take it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

__all__ = [
    "Advice",
    "ChannelFact",
    "ClientFact",
    "ConnectionFact",
    "Done",
    "DraftFact",
    "Facts",
    "Kind",
    "LiveFact",
    "Step",
    "Wait",
    "advise",
]


class Kind(StrEnum):
    """What a step is about; a stable word."""

    CONNECT = "connect"
    MEND_CONNECTION = "mend-connection"
    RETRY_CONNECTION = "retry-connection"
    TEST_CONNECTION = "test-connection"
    MEND_LINKS = "mend-links"
    ADD_CLIENT = "add-client"
    MAKE_KEY = "make-key"
    ADD_CHANNEL = "add-channel"
    OPEN_CHANNEL = "open-channel"
    COMPOSE = "compose"
    PUBLISH = "publish"
    SUBMIT = "submit"
    FETCH = "fetch"
    PUBLISH_CHANGES = "publish-changes"
    SUBMIT_CHANGES = "submit-changes"
    HEAR_CHANGES = "hear-changes"
    BIND_PEOPLE = "bind-people"
    INVITE = "invite"


class Wait(StrEnum):
    """What somebody waits for who has no step: others have to act first."""

    FOR_A_SYSTEM = "system"
    FOR_A_DECISION = "decision"


class Done(StrEnum):
    """What is there already."""

    CONNECTED = "connected"
    HEARD = "heard"
    KEYS = "keys"
    CHANNELS = "channels"
    LIVE = "live"
    FETCHED = "fetched"


@dataclass(frozen=True, slots=True)
class ConnectionFact:
    """A connection in use that the person may see.

    Attributes:
        state: ``ok``, ``unchecked``, ``failing`` or ``broken``.
        since: When that state began, as text; another outage is another step.
        hears: A hook or a poll tells what changes there.
        could_hear: Its settings allow for hooks or polling, used or not.
        bound: A bound link leads to its people.
    """

    pk: int
    name: str
    state: str = "ok"
    since: str = ""
    personal: bool = False
    may_use: bool = True
    may_configure: bool = False
    hears: bool = False
    could_hear: bool = False
    bound: bool = False


@dataclass(frozen=True, slots=True)
class ClientFact:
    """A program. ``keys`` are those that are not revoked."""

    pk: int
    name: str
    keys: int = 0
    has_fetched: bool = False


@dataclass(frozen=True, slots=True)
class ChannelFact:
    """A channel. ``is_open``: a program with a key may use it."""

    pk: int
    name: str
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class DraftFact:
    """Unpublished work that the person may change; ``decided``: it waits for a moderator or for its time."""

    url: str
    title: str
    is_experience: bool = True
    live: bool = False
    published_before: bool = False
    decided: bool = False


@dataclass(frozen=True, slots=True)
class LiveFact:
    """An experience that is live. ``address``: where a program with a key can fetch it; empty if none may."""

    title: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is there, as far as the person may know.

    Attributes:
        may: Permissions as ``has_perm`` names them.
        newest: The experience that was published last, best one that a program may fetch.
        live: How many experiences are.
    """

    may: frozenset[str] = frozenset()
    connections: Sequence[ConnectionFact] = ()
    clients: Sequence[ClientFact] = ()
    channels: Sequence[ChannelFact] = ()
    drafts: Sequence[DraftFact] = ()
    newest: LiveFact | None = None
    live: int = 0
    broken_links: int = 0
    people: int = 1


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do. ``subject`` and ``name`` say with what; ``mark`` tells one occasion from the next."""

    kind: Kind
    subject: int | str = ""
    name: str = ""
    number: int = 0
    mark: str = ""

    @property
    def key(self) -> str:
        """What is remembered of a step that somebody put off: the same trouble later is another step."""
        return ":".join(str(part) for part in (self.kind, self.subject, self.number or "", self.mark))


@dataclass(frozen=True, slots=True)
class Advice:
    """What to tell one person. At most one of ``step`` and ``wait`` is there; neither: all is done."""

    step: Step | None
    wait: Wait | None
    done: Sequence[tuple[Done, int]]
    put_off: Sequence[Step]


def advise(facts: Facts, put_off: Collection[str] = ()) -> Advice:
    """The first step that is open and not put off, by the keys in ``put_off``."""
    steps = list(_open_steps(facts))
    later = [step for step in steps if step.key in put_off]
    now = next((step for step in steps if step.key not in put_off), None)
    wait = None if steps else _wait(facts)
    return Advice(step=now, wait=wait, done=tuple(_done(facts)), put_off=later)


def _open_steps(facts: Facts) -> Iterator[Step]:
    yield from _connect(facts)
    yield from _mend(facts)
    yield from _let_fetch(facts)
    yield from _compose(facts)
    yield from _fetch(facts)
    yield from _renew(facts)
    yield from _grow(facts)


_OF_STATE = {
    "broken": Kind.MEND_CONNECTION,
    "failing": Kind.RETRY_CONNECTION,
    "unchecked": Kind.TEST_CONNECTION,
}


def _connect(facts: Facts) -> Iterator[Step]:
    if not facts.connections and "connections.add_connection" in facts.may:
        yield Step(Kind.CONNECT)
    for state, kind in _OF_STATE.items():
        for connection in facts.connections:
            if connection.state == state and connection.may_configure:
                yield Step(kind, connection.pk, connection.name, mark=connection.since)


def _mend(facts: Facts) -> Iterator[Step]:
    if facts.broken_links and {"links.view_link", "experiences.change_experience"} <= facts.may:
        yield Step(Kind.MEND_LINKS, number=facts.broken_links)


def _let_fetch(facts: Facts) -> Iterator[Step]:
    """Somebody who may ask, and a place to ask for."""
    keyless = [client for client in facts.clients if not client.keys]
    if not facts.clients:
        if "access.add_apiclient" in facts.may:
            yield Step(Kind.ADD_CLIENT)
    elif len(keyless) == len(facts.clients) and "access.change_apiclient" in facts.may:
        yield Step(Kind.MAKE_KEY, keyless[0].pk, keyless[0].name)
    if not facts.channels:
        if "channels.add_channel" in facts.may:
            yield Step(Kind.ADD_CHANNEL)
    elif not any(channel.is_open for channel in facts.channels) and "channels.change_channel" in facts.may:
        yield Step(Kind.OPEN_CHANNEL, facts.channels[0].pk, facts.channels[0].name)


def _compose(facts: Facts) -> Iterator[Step]:
    """Somebody took an old one off the air on purpose: it is proposed again only when nothing is live."""
    composed = facts.live or any(draft.is_experience for draft in facts.drafts)
    if not composed and _may_pick(facts) and "experiences.add_experience" in facts.may:
        yield Step(Kind.COMPOSE)
    kind = _next_for_drafts(facts, Kind.PUBLISH, Kind.SUBMIT)
    for draft in facts.drafts:
        is_new = not draft.published_before or not facts.live
        if is_new and not draft.live and not draft.decided:
            yield Step(kind, draft.url, draft.title)


def _fetch(facts: Facts) -> Iterator[Step]:
    fetched = any(client.has_fetched for client in facts.clients)
    ready = facts.newest and facts.newest.address
    if ready and not fetched and "access.change_apiclient" in facts.may:
        yield Step(Kind.FETCH, facts.newest.address, facts.newest.title)


def _renew(facts: Facts) -> Iterator[Step]:
    kind = _next_for_drafts(facts, Kind.PUBLISH_CHANGES, Kind.SUBMIT_CHANGES)
    for draft in facts.drafts:
        if draft.live and not draft.decided:
            yield Step(kind, draft.url, draft.title)


def _grow(facts: Facts) -> Iterator[Step]:
    for connection in facts.connections:
        if connection.could_hear and not connection.hears and connection.may_configure:
            yield Step(Kind.HEAR_CHANGES, connection.pk, connection.name)
    for connection in facts.connections:
        bindable = connection.personal and connection.may_use and not connection.bound
        if bindable and "links.add_boundlink" in facts.may:
            yield Step(Kind.BIND_PEOPLE, connection.pk, connection.name)
    if facts.people == 1 and "auth.add_user" in facts.may:
        yield Step(Kind.INVITE)


def _next_for_drafts(facts: Facts, publish: Kind, submit: Kind) -> Kind:
    return publish if "experiences.publish_experience" in facts.may else submit


def _may_pick(facts: Facts) -> bool:
    return any(connection.may_use and not connection.personal for connection in facts.connections)


def _wait(facts: Facts) -> Wait | None:
    if "experiences.change_experience" not in facts.may:
        return None
    if not _may_pick(facts):
        return Wait.FOR_A_SYSTEM
    return Wait.FOR_A_DECISION if any(draft.decided for draft in facts.drafts) else None


def _done(facts: Facts) -> Iterator[tuple[Done, int]]:
    """What is there and how many of it. Programs are told to those only who look after them."""
    clients = facts.clients if "access.change_apiclient" in facts.may else ()
    counted = {
        Done.CONNECTED: sum(connection.state == "ok" for connection in facts.connections),
        Done.HEARD: sum(connection.hears for connection in facts.connections),
        Done.KEYS: sum(bool(client.keys) for client in clients),
        Done.CHANNELS: len(facts.channels),
        Done.LIVE: facts.live,
        Done.FETCHED: sum(client.has_fetched for client in clients),
    }
    yield from ((thing, number) for thing, number in counted.items() if number)
