"""Where what purges concern is in use: what the apps above use and what the shared cache holds, by pages."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from django.conf import settings

from connectors.sdk import Ref
from orchestrator.connections.cache import Address
from orchestrator.connections.cache.entry import ASSET, QUERY
from orchestrator.connections.configuring.sources import Source
from orchestrator.connections.gateway.lanes import Lane
from orchestrator.connections.listening.in_use import FindUsed, used_assets, used_queries
from orchestrator.connections.process import Process
from orchestrator.connections.purges.concern import Concern
from orchestrator.engine.locales import locale_tag
from orchestrator.engine.outcome import Want, WantAsset, WantQuery

__all__ = ["Found", "Page", "Part", "Whereabouts", "by_locale"]

_LONGEST_PAGE = 100

# What to ask for, and in which language.
Found = tuple[Want, str]


@dataclass(frozen=True, slots=True)
class Page:
    """Some of what is to be read. ``after`` is where to go on, empty at the end of its part."""

    found: Sequence[Found]
    after: str


@dataclass(frozen=True, slots=True)
class Part:
    """One kind of whereabouts: ``find`` gives a page after a place, at most of ``size``."""

    find: Callable[[str, int], Page]
    size: int


class Whereabouts:
    """All that a concern is about and that is in use; what is used comes first."""

    def __init__(self, process: Process, source: Source, concern: Concern) -> None:
        self.process, self.source, self.concern = process, source, concern

    def parts(self, lane: Lane) -> list[Part]:
        """Each page is one round of calls: none of them waits for its turn past its deadline."""
        calls = lane.max_concurrency
        assets = min(_LONGEST_PAGE, calls * lane.max_batch)
        return [
            Part(self._used(used_assets()), assets),
            Part(self._used(used_queries()), calls),
            Part(self._named, assets),
            Part(self._held(QUERY, self.concern.query_types), calls),
            Part(self._held(ASSET, self.concern.types), assets),
        ]

    def _used(self, find_used: FindUsed) -> Callable[[str, int], Page]:
        def find(after: str, most: int) -> Page:
            page = find_used(self.concern, int(after or 0), most)
            return Page(self.in_languages(page.wants, always=True), str(page.last or ""))

        return find

    def _named(self, after: str, most: int) -> Page:
        """Single assets that are held though nobody uses them."""
        start = int(after or 0)
        refs = self.concern.refs[start : start + most]
        wants = [WantAsset(self.source.uuid, ref) for ref in refs]
        rest = str(start + most) if len(refs) == most else ""
        return Page(self.in_languages(wants, always=False), rest)

    def _held(self, kind: str, types: Collection[str] | None) -> Callable[[str, int], Page]:
        """What the shared cache holds of these types, ``None`` for all."""
        prefixes = [self._keys_of(kind, name) for name in ([""] if types is None else types)]

        def find(after: str, most: int) -> Page:
            addresses = self.process.cache.shared.addresses(prefixes, after=after, most=most)
            found = [(_want_at(address), address.locale) for address in addresses]
            return Page(found, addresses[-1].key if addresses else "")

        return find

    def _keys_of(self, kind: str, type: str) -> str:
        """How the keys of this kind begin, and of this type unless it is empty."""
        uuid = self.source.uuid
        like = WantAsset(uuid, Ref(type, "")) if kind == ASSET else WantQuery(uuid, type, "", 0)
        return self._address(like, "").prefix(of_type=bool(type))

    def in_languages(self, wants: Sequence[Want], *, always: bool) -> list[Found]:
        """Each want in the languages in which it is held; if in none and ``always``, in the hub's own."""
        languages = _languages()
        places = {want: [self._address(want, locale) for locale in languages] for want in wants}
        held = self.process.gateway.held(a for addresses in places.values() for a in addresses)
        found: list[Found] = []
        for want, addresses in places.items():
            locales = [address.locale for address in addresses if held[address.key] is not None]
            found += [(want, locale) for locale in locales or (languages[:1] if always else ())]
        return found

    def not_read_since(self, wants: Sequence[Want], at: float) -> list[Found]:
        """Those that nobody has read later than ``at``, in any language; each in one language."""
        languages = _languages()
        keys = {want: [self._address(want, locale).key for locale in languages] for want in wants}
        read = self.process.cache.shared.read_since([key for each in keys.values() for key in each], at)
        return [(want, languages[0]) for want, each in keys.items() if read.isdisjoint(each)]

    def _address(self, want: Want, locale: str) -> Address:
        if isinstance(want, WantQuery):
            return self.process.gateway.query_address(self.source, want, locale)
        if isinstance(want, WantAsset):
            return self.process.gateway.asset_address(self.source, want.ref, locale)
        raise TypeError("people are never read without a request")


def by_locale(found: Iterable[Found]) -> dict[str, list[Want]]:
    """What to ask for in each language."""
    wants: dict[str, list[Want]] = {}
    for want, locale in found:
        wants.setdefault(locale, []).append(want)
    return wants


def _languages() -> list[str]:
    """The languages in which sources are asked, the hub's own first."""
    codes = [settings.LANGUAGE_CODE, *(code for code, _name in settings.LANGUAGES)]
    return list(dict.fromkeys(map(locale_tag, codes)))


def _want_at(address: Address) -> Want:
    if address.kind == ASSET:
        return WantAsset(address.connection, address.ref)
    limit, _, query = address.id.partition(":")
    return WantQuery(address.connection, address.type, query, int(limit))
