"""Finding: search, collections, people, samples."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from connectors.sdk.assets import Asset, AssetPage, Missing, Ref
from connectors.sdk.connector import Call
from connectors.sdk.testing.stage import Collection, ContractData, Stage, case

__all__ = ["PickingCases"]

MAX_PAGES = 50


class PickingCases(ContractData):
    """What the capabilities of finding promise."""

    @case(capability="search", needs=("seeded",))
    def test_paging_to_the_end_brings_everything_once(self, stage: Stage) -> None:
        connector: Any = stage.connector
        refs, pages = self._walk(lambda cursor: connector.search("", (), cursor, Call.within(5)))
        assert pages > 1, "the simulator must hold more than one page"
        assert sorted(refs) == sorted(self.seeded)

    @case(capability="search", needs=("seeded", "search_word", "search_hits"))
    def test_a_search_filters(self, stage: Stage) -> None:
        connector: Any = stage.connector
        refs, _ = self._walk(lambda cursor: connector.search(self.search_word, (), cursor, Call.within(5)))
        assert set(refs) == set(self.search_hits)
        assert set() < set(refs) < set(self.seeded), "the word must find some, not all"

    @case(capability="search")
    def test_a_search_for_other_types_finds_nothing(self, stage: Stage) -> None:
        connector: Any = stage.connector
        assert not connector.search("", ("NoSuchType",), None, Call.within(5)).assets

    @case(capability="search")
    def test_a_search_for_nonsense_finds_nothing(self, stage: Stage) -> None:
        connector: Any = stage.connector
        for words in ("zzqx-no-such-thing", "'\"<&>%?#\\", "ä" * 200):
            assert not connector.search(words, (), None, Call.within(5)).assets

    @case(capability="search")
    def test_what_is_found_can_be_fetched(self, stage: Stage) -> None:
        connector: Any = stage.connector
        found = connector.search(self.search_word, (), None, Call.within(5)).assets[0]
        assert connector.fetch([found.ref], Call.within(5))[found.ref].fields == found.fields

    @case(capability="collections")
    def test_a_collection_brings_its_assets_in_order(self, stage: Stage) -> None:
        connector: Any = stage.connector
        assert max(len(one.ids) for one in self.collections) > 1, "one collection must bring two"
        for one in self.collections:
            page = connector.query(one.type, one.query, len(one.ids) + 5, None, Call.within(5))
            self._assert_page(page)
            assert [asset.ref.external_id for asset in page.assets] == list(one.ids)

    @case(capability="collections")
    def test_a_collection_keeps_its_limit_and_goes_on_from_there(self, stage: Stage) -> None:
        connector: Any = stage.connector
        one: Collection = max(self.collections, key=lambda collection: len(collection.ids))
        page = connector.query(one.type, one.query, 1, None, Call.within(5))
        assert [asset.ref.external_id for asset in page.assets] == list(one.ids[:1])
        refs, _ = self._walk(lambda cursor: connector.query(one.type, one.query, 1, cursor, Call.within(5)))
        assert [ref.external_id for ref in refs] == list(one.ids)

    @case(capability="collections")
    def test_the_schema_of_queries_is_readable(self, stage: Stage) -> None:
        connector: Any = stage.connector
        schema = connector.query_schema()
        assert json.loads(json.dumps(schema)) == schema
        assert schema["type"] == "object"
        assert all(one.get("title") for one in schema["properties"].values()), "a parameter has no title"
        for one in self.collections:
            assert set(one.query) <= set(schema["properties"]), "a query asks what its schema does not have"
        assert stage.proxy.requests == 0, "a schema is asked for while a form is drawn: no call"

    @case(capability="identify", needs=("person", "stranger"))
    def test_a_person_is_found_and_a_stranger_is_not(self, stage: Stage) -> None:
        connector: Any = stage.connector
        answers = connector.find([self.person, self.stranger], Call.within(5))
        self.assert_proper(answers[self.person])
        assert isinstance(answers[self.stranger], Missing)
        assert {self.person.kind, self.stranger.kind} <= set(connector.identifier_kinds)

    @case(capability="identify")
    def test_nobody_is_looked_for_without_identifiers(self, stage: Stage) -> None:
        connector: Any = stage.connector
        assert connector.find([], Call.within(5)) == {}
        assert stage.proxy.requests == 0

    @case(capability="samples")
    def test_a_sample_is_a_raw_record(self, stage: Stage) -> None:
        connector: Any = stage.connector
        sample = connector.sample(Call.within(5))
        assert isinstance(sample, Mapping)
        assert sample
        assert json.loads(json.dumps(sample)) == sample

    def _walk(self, ask: Callable[[str | None], AssetPage]) -> tuple[list[Ref], int]:
        """All refs page by page, and the number of pages."""
        refs: list[Ref] = []
        cursor: str | None = None
        for pages in range(1, MAX_PAGES + 1):
            page = ask(cursor)
            self._assert_page(page)
            refs += [asset.ref for asset in page.assets]
            assert len(refs) == len(set(refs)), "an asset came twice"
            cursor = page.next_cursor
            if cursor is None:
                return refs, pages
        raise AssertionError(f"no end after {MAX_PAGES} pages")

    def _assert_page(self, page: AssetPage) -> None:
        assert page.next_cursor is None or (isinstance(page.next_cursor, str) and page.next_cursor)
        for asset in page.assets:
            assert isinstance(asset, Asset)
            self.assert_proper(asset)
