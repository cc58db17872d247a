"""What every connector has to show against the real system that it was written for.

A connector's test inherits it, as it inherits the contract, and says what the seed looks like through it::

    class TestShop(RealSuite):
        system = "shop"
        unknown = Ref("Product", "99999")
        ...

        def make_connector(self, url, key, egress):
            return Shop(ShopConfig(base_url=url, token=key.secret), egress=egress)

        def ref_of(self, seeded):
            return Ref("Product", seeded.id)

The contract proves a connector against its simulator and many faults; this proves that the simulator
did not make reality up. A hook that is neither given nor ``NotApplicable("why")`` is an error when the
class is made. Cases of capabilities that the connector does not have, and of edits that the system does
not have (its launcher's ``cannot``), are not generated; :mod:`tests.real.table` shows them with the reason.
"""

from __future__ import annotations

import io
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from typing import Any, ClassVar

import pytest
import requests
from PIL import Image, ImageStat

from connectors.sdk import (
    AccessDeniedError,
    Asset,
    Call,
    Connector,
    ConnectorError,
    Egress,
    FocalPoint,
    Missing,
    MissingReason,
    RateLimitedError,
    Ref,
    Rendition,
    TransientError,
)
from connectors.sdk.connector import capabilities
from connectors.sdk.testing.contract import Collection, NotApplicable
from connectors.sdk.testing.faults import FaultProxy, Status
from connectors.sdk.testing.stage import case
from connectors.sdk.types import picture_of, title_of
from tests.real.hooks import listening
from tests.real.systems import SYSTEMS, Key, Running, Seeded

__all__ = ["Collection", "NotApplicable", "RealSuite", "real_cases"]

LOOPBACK = Egress(allowed_hosts=frozenset({"127.0.0.1"}))
WITHIN_S = 20.0
"""How long a call may take: these are real systems, and the machine may be busy."""

SEEN_WITHIN_S = 30.0
"""How long a change may take to be told. Some systems note times in whole seconds."""

MAX_PAGES = 50


class RealSuite:
    """All cases. A test takes what it changes from ``added``, which is gone after it.

    Attributes:
        system: The name of the launcher.
        unknown: A well-formed ref that the system does not hold; ``unknown_as`` is how that is answered
            (``None``: left out). The same for ``deleted_as``, ``hidden_as`` and ``forbidden_as``.
        search_word, search_hits: A word, and the titles of all that it finds.
        collections: Stored queries, with the titles that they bring in place of ids, in any order.
        picture: The title of a seeded thing with a picture of at least 900 pixels each way.
        exact_sizes: ``True`` if a rendition has the very size that was asked for, and crops keep a focal
            point; else why the nearest one that was made has to do.
        formats: Media types that a rendition can be asked in.
        hooks_sent: ``True``, or why the system that is installed here sends none.
        deletions_told: "hook"; "poll"; "poll, as a change", where only reading it again says that it is
            gone; or why neither tells.
        person, stranger: An identifier that is known, and one that is not.
    """

    system: ClassVar[str]
    unknown: ClassVar[Any]
    unknown_as: ClassVar[MissingReason | None] = MissingReason.GONE
    deleted_as: ClassVar[MissingReason | None] = MissingReason.GONE
    hidden_as: ClassVar[MissingReason | None] = MissingReason.HIDDEN
    forbidden_as: ClassVar[MissingReason | None] = MissingReason.FORBIDDEN
    search_word: ClassVar[Any]
    search_hits: ClassVar[Any]
    collections: ClassVar[Any]
    picture: ClassVar[Any]
    exact_sizes: ClassVar[Any] = True
    formats: ClassVar[Any]
    hooks_sent: ClassVar[Any] = True
    deletions_told: ClassVar[Any]
    person: ClassVar[Any]
    stranger: ClassVar[Any]

    has: ClassVar[tuple[str, ...]] = ()
    connector_name: ClassVar[str] = ""
    not_applicable: ClassVar[Mapping[str, str]] = {}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        _refuse_gaps(cls, ("system", "make_connector", "ref_of"))
        cls.has, cls.connector_name = _look_at(cls)
        needed = [name for has in cls.has for name in _NEEDED_WITH.get(has, ())]
        _refuse_gaps(cls, ("unknown", "deletions_told", *needed))
        cls.not_applicable = dict(_inapplicable(cls))
        for name in cls.not_applicable:
            setattr(cls, name, None)  # Pytest collects no case that is no function.

    @classmethod
    def described(cls) -> dict[str, Any]:
        """What the table has to know of a suite, as plain data."""
        return {
            "name": cls.connector_name,
            "system": cls.system,
            "cases": list(real_cases()),
            "not_applicable": dict(cls.not_applicable),
        }

    # To be given.

    def make_connector(self, url: str, key: Key, egress: Egress) -> Connector[Any]:
        """A connector for the system at ``url``."""
        raise NotImplementedError

    def ref_of(self, seeded: Seeded) -> Ref | None:
        """How the connector calls a thing of the system; ``None`` for what it does not give."""
        raise NotImplementedError

    def key_of(self, running: Running) -> Key:
        """What the connection is given."""
        return running.key

    def make_narrow(self, running: Running) -> Connector[Any]:
        """A connector with the key that may not read one thing."""
        assert running.narrow_key
        return self.make_connector(running.base_url, running.narrow_key, LOOPBACK)

    # The stage.

    @pytest.fixture
    def connector(self, running: Running) -> Iterator[Connector[Any]]:
        """A connector to the real system, with nothing between."""
        with closing(self.make_connector(running.base_url, self.key_of(running), LOOPBACK)) as connector:
            yield connector

    @pytest.fixture
    def added(self, running: Running) -> Iterator[Ref]:
        """One more thing, published, which a test may change; gone after it."""
        external_id = running.add("Lighthouse keeper")
        ref = self.ref_of(Seeded(external_id, running.added_kind, "Lighthouse keeper"))
        assert ref, "ref_of gives no ref for what the launcher adds"
        yield ref
        if running.read(external_id) is not None:
            running.delete(external_id)

    # Reading and finding.

    @case()
    def test_it_passes_its_check(self, connector: Any) -> None:
        connector.check(_call())

    @case()
    def test_every_seeded_thing_comes_by_its_id(self, connector: Any, running: Running) -> None:
        refs = sorted(self._seeded(running))
        for start in range(0, len(refs), connector.max_batch):
            batch = refs[start : start + connector.max_batch]
            answers = connector.fetch(batch, _call())
            assert [ref for ref in batch if not isinstance(answers.get(ref), Asset)] == []
            for ref in batch:
                assert title_of(answers[ref].fields, ref.type) == self._seeded(running)[ref]

    @case(capability="search")
    def test_all_pages_together_are_the_seeded_set(self, connector: Any, running: Running) -> None:
        refs, pages = _walk(lambda cursor: connector.search("", (), cursor, _call()))
        assert pages > 1, "the seed must be more than a page"
        assert len(refs) == len(set(refs)), "something came twice"
        assert set(refs) == set(self._seeded(running))

    @case(capability="search", needs=("search_word", "search_hits"))
    def test_a_search_finds_just_what_has_the_word(self, connector: Any, running: Running) -> None:
        refs, _ = _walk(lambda cursor: connector.search(self.search_word, (), cursor, _call()))
        assert self._titles(running, refs) == sorted(self.search_hits)

    @case(capability="collections", needs=("collections",))
    def test_a_filter_filters(self, connector: Any, running: Running) -> None:
        assert self.collections
        for one in self.collections:
            refs, _ = _walk(lambda cursor, one=one: connector.query(one.type, one.query, 5, cursor, _call()))
            assert self._titles(running, refs) == sorted(one.ids), one.query

    @case(capability="identify", needs=("person", "stranger"))
    def test_a_person_is_found_and_a_stranger_is_not(self, connector: Any) -> None:
        answers = connector.find([self.stranger, self.person], _call())
        assert isinstance(answers[self.person], Asset)
        assert isinstance(answers[self.stranger], Missing)

    @case(needs=("unknown",))
    def test_an_unknown_id_spoils_no_batch(self, connector: Any, running: Running) -> None:
        first, second = sorted(self._seeded(running))[:2]
        answers = connector.fetch([first, self.unknown, second], _call())
        assert _is_missing(answers.get(self.unknown), self.unknown_as), answers.get(self.unknown)
        assert isinstance(answers[first], Asset)
        assert isinstance(answers[second], Asset)
        assert _is_missing(connector.fetch([self.unknown], _call()).get(self.unknown), self.unknown_as)

    # Changes at the system.

    @case()
    def test_an_edit_is_read_at_once(self, connector: Any, running: Running, added: Ref) -> None:
        before = connector.fetch([added], _call())[added]
        running.edit(added.external_id, "Keeper of the lighthouse")
        after = connector.fetch([added], _conditional(before))[added]
        assert isinstance(after, Asset), "a validator hid the edit"
        assert title_of(before.fields, added.type) == "Lighthouse keeper"
        assert title_of(after.fields, added.type) == "Keeper of the lighthouse"

    @case(capability="polling")
    def test_an_edit_is_told_by_a_poll(self, connector: Any, running: Running, added: Ref) -> None:
        cursor = connector.changes_since(None, _call()).cursor
        for title in ("Keeper of the lighthouse", "The last keeper"):
            running.edit(added.external_id, title)
            told, cursor = _poll_until(connector, cursor, added)
            assert not told.deleted

    @case(capability="hooks", needs=("hooks_sent",))
    def test_an_edit_is_told_by_a_hook(self, connector: Any, running: Any, added: Ref) -> None:
        with listening(running) as hooks:
            running.edit(added.external_id, "Keeper of the lighthouse")
            hooks.wait_for(added, connector, within_s=SEEN_WITHIN_S)

    @case(needs=("deletions_told",))
    def test_a_deletion_is_told(self, connector: Any, running: Any, added: Ref) -> None:
        if self.deletions_told == "hook":
            with listening(running) as hooks:
                running.delete(added.external_id)
                hooks.wait_for(added, connector, within_s=SEEN_WITHIN_S)
            return
        cursor = connector.changes_since(None, _call()).cursor
        running.delete(added.external_id)
        told, _ = _poll_until(connector, cursor, added)
        assert told.deleted is (self.deletions_told == "poll")

    @case()
    def test_what_is_deleted_is_gone(self, connector: Any, running: Running, added: Ref) -> None:
        running.delete(added.external_id)
        self._assert_missing(connector, running, added, self.deleted_as)

    @case(needs=("hide",))
    def test_a_draft_is_hidden_until_it_is_published(
        self, connector: Any, running: Running, added: Ref
    ) -> None:
        running.hide(added.external_id)
        self._assert_missing(connector, running, added, self.hidden_as)
        running.publish(added.external_id)
        assert isinstance(connector.fetch([added], _call())[added], Asset)

    @case(needs=("restore",))
    def test_what_is_restored_is_there_again(self, connector: Any, running: Running, added: Ref) -> None:
        running.delete(added.external_id)
        assert not isinstance(connector.fetch([added], _call()).get(added), Asset)
        running.restore(added.external_id)
        assert isinstance(connector.fetch([added], _call())[added], Asset)

    # Keys, limits, failures.

    @case()
    def test_a_wrong_key_is_refused_and_drops_no_link(self, running: Running) -> None:
        refs = sorted(self._seeded(running))[:2]
        with closing(self.make_connector(running.base_url, running.wrong_key, LOOPBACK)) as connector:
            for ask in (lambda: connector.fetch(refs, _call()), lambda: connector.check(_call())):
                with pytest.raises(AccessDeniedError) as refused:
                    ask()
                _assert_silent(refused.value, running)

    @case(needs=("narrow",))
    def test_one_forbidden_thing_does_not_blame_the_key(self, running: Running) -> None:
        one = next(seeded for seeded in running.seeded if seeded.id == running.unreadable)
        forbidden = self.ref_of(one)
        assert forbidden
        others = [ref for ref in sorted(self._seeded(running)) if ref != forbidden][:2]
        with closing(self.make_narrow(running)) as connector:
            answers = connector.fetch([others[0], forbidden, others[1]], _call())
            assert _is_missing(answers.get(forbidden), self.forbidden_as), answers.get(forbidden)
            assert all(isinstance(answers[ref], Asset) for ref in others)
            connector.check(_call())

    @case()
    def test_a_limit_of_calls_is_told_with_its_seconds(self, running: Any) -> None:
        ref = min(self._seeded(running))
        with (
            self._limited(running) as url,
            closing(self.make_connector(url, self.key_of(running), LOOPBACK)) as connector,
        ):
            limited = _until_limited(lambda: connector.fetch([ref], _call()))
        assert limited.retry_after_s
        _assert_silent(limited, running)

    @case()
    def test_killed_midway_it_goes_on_when_it_is_back(self, connector: Any, running: Running) -> None:
        refs = sorted(self._seeded(running))[:2]
        first = connector.search("", (), None, _call()) if "search" in self.has else None
        connector.fetch(refs, _call())
        running.kill()
        try:
            for _ in range(2):  # The connection in the pool, and a new one.
                with pytest.raises(TransientError) as failed:
                    connector.fetch(refs, _call())
                _assert_silent(failed.value, running)
        finally:
            running.start_again()
        assert all(isinstance(connector.fetch(refs, _call())[ref], Asset) for ref in refs)
        if first:
            rest, _ = _walk(lambda cursor: connector.search("", (), cursor, _call()), first.next_cursor)
            assert {*rest, *(asset.ref for asset in first.assets)} == set(self._seeded(running))

    # Pictures.

    @case(capability="renditions", needs=("picture",))
    def test_a_rendition_has_about_the_size_asked(self, connector: Any, running: Running) -> None:
        asset = self._pictured(connector, running)
        original = _size_of(self._picture(connector, asset))
        for wanted in (300, 700, 5000):
            rendition = connector.rendition(asset, width=wanted)
            width, height = _size_of(_opened(connector, rendition))
            assert min(wanted, original[0]) / 2 <= width <= min(wanted * 2, original[0]), (
                "enlarged, or far off"
            )
            assert self.exact_sizes is not True or abs(width - min(wanted, original[0])) <= 1
            assert abs(width / height - original[0] / original[1]) < 0.02, "another shape than the original"
            assert _is_told(rendition, width, height)

    @case(capability="renditions", needs=("picture", "exact_sizes"))
    def test_a_crop_has_the_size_asked_and_keeps_the_focal_point(
        self, connector: Any, running: Running
    ) -> None:
        asset = self._pictured(connector, running)
        redness = []
        for across in (0.1, 0.9):
            wish = {"width": 300, "height": 600, "focal_point": FocalPoint(across, 0.5)}
            rendition = connector.rendition(asset, **wish)
            data = _opened(connector, rendition)
            assert _size_of(data) == (300, 600)
            assert _is_told(rendition, 300, 600)
            redness.append(_redness(data))
        # The pictures of the seed grow redder from one side to the other.
        assert abs(redness[0] - redness[1]) > 60, "the focal point changed nothing"

    @case(capability="renditions", needs=("picture", "formats"))
    def test_a_rendition_has_the_format_asked(self, connector: Any, running: Running) -> None:
        asset = self._pictured(connector, running)
        for encoding_format in self.formats:
            rendition = connector.rendition(asset, width=300, encoding_format=encoding_format)
            assert rendition.encoding_format == encoding_format
            assert _format_of(_opened(connector, rendition)) == encoding_format

    @case(capability="renditions", needs=("picture",))
    def test_the_picture_itself_can_be_fetched(self, connector: Any, running: Running) -> None:
        asset = self._pictured(connector, running)
        assert min(_size_of(self._picture(connector, asset))) >= 900

    # What cases share.

    def _seeded(self, running: Running) -> dict[Ref, str]:
        """Titles of everything that the connector has to give, by ref."""
        refs = {self.ref_of(one): one.title for one in running.seeded}
        return {ref: title for ref, title in refs.items() if ref}

    def _titles(self, running: Running, refs: Sequence[Ref]) -> list[str]:
        seeded = self._seeded(running)
        return sorted(seeded.get(ref, f"unknown: {ref}") for ref in refs)

    def _assert_missing(
        self, connector: Any, running: Running, missing: Ref, reason: MissingReason | None
    ) -> None:
        """Missing for this reason in a batch, where the others stay, and missing alone."""
        others = sorted(self._seeded(running))[:2]
        answers = connector.fetch([others[0], missing, others[1]], _call())
        assert _is_missing(answers.get(missing), reason), answers.get(missing)
        assert all(isinstance(answers[ref], Asset) for ref in others)
        alone = connector.fetch([missing], _call()).get(missing)
        assert _is_missing(alone, reason), alone

    def _picture(self, connector: Any, asset: Asset) -> bytes:
        address = picture_of(asset.fields, asset.ref.type)
        assert address
        return _opened(connector, Rendition(address, protected=asset.protected))

    def _pictured(self, connector: Any, running: Running) -> Asset:
        ref = next(ref for ref, title in self._seeded(running).items() if title == self.picture)
        asset = connector.fetch([ref], _call())[ref]
        assert isinstance(asset, Asset)
        return asset

    @contextmanager
    def _limited(self, running: Any) -> Iterator[str]:
        """The address of the system while it takes no more calls: by itself, or by a proxy before it."""
        if hasattr(running, "limit"):
            running.limit(5)
            try:
                yield running.base_url
            finally:
                running.limit(None)
            return
        with FaultProxy(running.base_url) as proxy, proxy.faulty(Status(429, {"Retry-After": "7"})):
            yield proxy.url


def real_cases() -> dict[str, Callable[..., None]]:
    """Every case by the name of its test, in the order of the table."""
    return {name: test for name, test in vars(RealSuite).items() if name.startswith("test_")}


_NEEDED_WITH: Mapping[str, tuple[str, ...]] = {
    "search": ("search_word", "search_hits"),
    "collections": ("collections",),
    "identify": ("person", "stranger"),
    "renditions": ("picture", "formats"),
}
_EDITS = ("hide", "restore", "narrow")


def _refuse_gaps(cls: type[RealSuite], names: Sequence[str]) -> None:
    gaps = [name for name in names if getattr(cls, name, None) is getattr(RealSuite, name, None)]
    if gaps:
        raise TypeError(f"{cls.__name__}: the suite needs {', '.join(gaps)}; see RealSuite")


def _look_at(cls: type[RealSuite]) -> tuple[tuple[str, ...], str]:
    key = SYSTEMS[cls.system].running_class.key
    with closing(cls().make_connector("http://127.0.0.1:9", key, LOOPBACK)) as connector:
        return capabilities(connector), connector.name


def _inapplicable(cls: type[RealSuite]) -> Iterator[tuple[str, str]]:
    cannot = SYSTEMS[cls.system].running_class.cannot
    for name, test in real_cases().items():
        capability = vars(test)["contract_capability"]
        if capability and capability not in cls.has:
            yield name, f"has no {capability}"
            continue
        for need in vars(test)["contract_needs"]:
            given = cannot.get(need) if need in _EDITS else getattr(cls, need)
            if isinstance(given, NotApplicable) or (need in _EDITS and given):
                yield name, given.reason if isinstance(given, NotApplicable) else str(given)
                break


def _call() -> Call:
    return Call.within(WITHIN_S)


def _conditional(known: Asset) -> Call:
    validators = {known.ref: known.validator} if known.validator else {}
    return Call(deadline=_call().deadline, validators=validators)


def _until_limited(ask: Callable[[], Any]) -> RateLimitedError:
    for _ in range(20):
        try:
            ask()
        except RateLimitedError as limited:
            return limited
    raise AssertionError("its limit of calls was not told")


def _walk(ask: Callable[[str | None], Any], cursor: str | None = None) -> tuple[list[Ref], int]:
    """All refs page by page, and the number of pages."""
    refs: list[Ref] = []
    for pages in range(1, MAX_PAGES + 1):
        page = ask(cursor)
        refs += [asset.ref for asset in page.assets]
        cursor = page.next_cursor
        if cursor is None:
            return refs, pages
    raise AssertionError(f"no end after {MAX_PAGES} pages")


def _poll_until(connector: Any, cursor: str, wanted: Ref) -> tuple[Any, str]:
    """Poll until a change of ``wanted`` is told, on any page of a pass; the last one, and the cursor then."""
    end = time.monotonic() + SEEN_WITHIN_S
    told: list[Any] = []
    while time.monotonic() < end:
        page = connector.changes_since(cursor, _call())
        cursor = page.cursor
        told += [change for change in page.changes if change.ref == wanted]
        if told and not page.more:
            return told[-1], cursor
        if not page.more:
            time.sleep(0.2)
    raise AssertionError(f"no poll told of {wanted} in {SEEN_WITHIN_S:.0f} s")


def _opened(connector: Any, rendition: Rendition) -> bytes:
    """A picture as the hub or, where it is public, as any browser gets it."""
    if rendition.protected:
        return b"".join(connector.open_picture(rendition.url, _call()).chunks)
    answer = requests.get(rendition.url, timeout=WITHIN_S)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("image/")
    return answer.content


def _size_of(data: bytes) -> tuple[int, int]:
    with Image.open(io.BytesIO(data)) as picture:
        picture.load()
        return picture.size


def _format_of(data: bytes) -> str | None:
    with Image.open(io.BytesIO(data)) as picture:
        return Image.MIME.get(picture.format or "")


def _redness(data: bytes) -> float:
    with Image.open(io.BytesIO(data)) as picture:
        return float(ImageStat.Stat(picture.convert("RGB")).mean[0])


def _is_told(rendition: Rendition, width: int, height: int) -> bool:
    """Whether the connector foretold this size, as far as it foretold any."""
    told = (rendition.width or width, rendition.height or height)
    return abs(told[0] - width) <= 1 and abs(told[1] - height) <= 1


def _is_missing(answer: object, reason: MissingReason | None) -> bool:
    return answer is None if reason is None else isinstance(answer, Missing) and answer.reason is reason


def _assert_silent(error: ConnectorError, running: Running) -> None:
    told = f"{error!s} {error!r} {''.join(traceback.format_exception(error))}"
    for key in (running.key, running.wrong_key, running.narrow_key):
        assert key is None or key.secret not in told, "a message tells a secret"
