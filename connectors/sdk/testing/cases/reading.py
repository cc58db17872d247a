"""Reading by id: batches, what is missing, conditional reads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

from connectors.sdk.assets import Asset, Missing, MissingReason, Ref, Unchanged
from connectors.sdk.connector import Call
from connectors.sdk.errors import AccessDeniedError
from connectors.sdk.testing.faults import Drift
from connectors.sdk.testing.stage import LOOPBACK, ContractData, Stage, case, is_missing
from connectors.sdk.types import title_of

__all__ = ["ReadingCases"]


class ReadingCases(ContractData):
    """What ``fetch`` and ``check`` promise."""

    @case()
    def test_a_working_connection_passes_its_check(self, stage: Stage) -> None:
        stage.connector.check(Call.within(5))
        assert stage.proxy.requests, "it was called good without a look at the system"

    @case()
    def test_known_ids_come_back_as_proper_assets(self, stage: Stage) -> None:
        assert len(self.known) >= 3, "the contract needs three known refs"
        answers = stage.connector.fetch(self.known, Call.within(5))
        for ref in self.known:
            self.assert_proper(answers.get(ref), ref)
            assert ref.type in stage.connector.asset_types()

    @case()
    def test_nothing_is_called_for_no_refs(self, stage: Stage) -> None:
        assert stage.connector.fetch([], Call.within(5)) == {}
        assert stage.proxy.requests == 0

    @case()
    def test_an_unknown_id_in_a_batch_spoils_nothing(self, stage: Stage) -> None:
        first, second = self.known[:2]
        answers = stage.connector.fetch([first, self.unknown, second], Call.within(5))
        assert is_missing(answers.get(self.unknown), self.unknown_as)
        self.assert_proper(answers.get(first), first)
        self.assert_proper(answers.get(second), second)

    @case()
    def test_an_unknown_id_alone_is_missing_not_an_error(self, stage: Stage) -> None:
        answers = stage.connector.fetch([self.unknown], Call.within(5))
        assert is_missing(answers.get(self.unknown), self.unknown_as)

    @case()
    def test_an_id_of_another_type_is_not_given_as_this_one(self, stage: Stage) -> None:
        stranger = Ref("NoSuchType", self.known[0].external_id)
        answers = stage.connector.fetch([stranger, self.known[1]], Call.within(5))
        assert not isinstance(answers.get(stranger), Asset)
        self.assert_proper(answers.get(self.known[1]), self.known[1])

    @case()
    def test_an_id_made_to_break_out_spoils_nothing(self, stage: Stage) -> None:
        one, two, three = self.known[:3]
        ids = (
            "..",
            ".",
            "../..",
            "a/b",
            "a?b=c#d",
            f"{two.external_id},{three.external_id}",
            "%2e%2e",
            "*",
            "ü\n",
        )
        bad = [Ref(one.type, external_id) for external_id in ids]
        answers = stage.connector.fetch([*bad, one], Call.within(5))
        assert not [ref for ref in bad if isinstance(answers.get(ref), Asset)]
        self.assert_proper(answers.get(one), one)
        assert set(answers) <= {*bad, one}, "assets that nobody asked for"

    @case()
    def test_the_order_of_an_answer_does_not_matter(self, stage: Stage) -> None:
        expected = _titles(stage.connector.fetch(self.known, Call.within(5)))
        with stage.proxy.faulty(Drift(_reversed)):
            assert _titles(stage.connector.fetch(self.known, Call.within(5))) == expected

    @case()
    def test_a_short_batch_gives_what_came(self, stage: Stage) -> None:
        expected = _titles(stage.connector.fetch(self.known, Call.within(5)))
        with stage.proxy.faulty(Drift(_shortened)):
            came = _titles(stage.connector.fetch(self.known, Call.within(5)))
        assert len(came) >= len(expected) - 1
        assert came.items() <= expected.items()

    @case(needs=("delete",))
    def test_a_deleted_item_is_missing_and_the_others_stay(self, stage: Stage) -> None:
        self.delete(stage.simulator, self.known[0])
        self._assert_only_first_missing(stage, self.deleted_as)

    @case(needs=("hide",))
    def test_a_hidden_item_is_missing_and_the_others_stay(self, stage: Stage) -> None:
        self.hide(stage.simulator, self.known[0])
        self._assert_only_first_missing(stage, self.hidden_as)

    @case(needs=("forbid",))
    def test_one_forbidden_item_does_not_blame_the_key(self, stage: Stage) -> None:
        self.forbid(stage.simulator, self.known[0])
        self._assert_only_first_missing(stage, self.forbidden_as)
        stage.connector.check(Call.within(5))

    @case(needs=("make_refused",))
    def test_a_key_refused_for_everything_drops_no_link(self, stage: Stage) -> None:
        with closing(self.make_refused(stage.proxy.url, LOOPBACK)) as connector:
            operations = self.operations(connector)
            for name in ("fetch", "check"):
                assert isinstance(self.failure_of(operations[name]), AccessDeniedError), name

    @case(needs=("edit",))
    def test_an_edit_is_seen_by_the_next_read(self, stage: Stage) -> None:
        ref = self.known[0]
        before = stage.connector.fetch([ref], Call.within(5))[ref]
        self.edit(stage.simulator, ref)
        after = stage.connector.fetch([ref], Call.within(5))[ref]
        self.assert_proper(after, ref)
        assert isinstance(before, Asset)
        assert isinstance(after, Asset)
        assert after.fields != before.fields

    @case(needs=("edit",))
    def test_a_validator_never_hides_an_edit(self, stage: Stage) -> None:
        first = stage.connector.fetch(self.known, Call.within(5))
        known = {ref: a.validator for ref, a in first.items() if isinstance(a, Asset) and a.validator}
        again = stage.connector.fetch(self.known, _conditional(known))
        assert all(again[ref] == first[ref] or isinstance(again[ref], Unchanged) for ref in self.known)
        self.edit(stage.simulator, self.known[0])
        edited = stage.connector.fetch(self.known, _conditional(known))[self.known[0]]
        assert isinstance(edited, Asset)
        assert edited != first[self.known[0]]

    @case()
    def test_one_connector_serves_several_threads(self, stage: Stage) -> None:
        expected = _titles(stage.connector.fetch(self.known, Call.within(5)))
        with ThreadPoolExecutor(8) as pool:
            jobs = [
                pool.submit(stage.connector.fetch, [self.known[n % 3]], Call.within(5)) for n in range(24)
            ]
        for job in jobs:
            assert _titles(job.result()).items() <= expected.items()

    def _assert_only_first_missing(self, stage: Stage, reason: MissingReason | None) -> None:
        answers = stage.connector.fetch(self.known, Call.within(5))
        assert is_missing(answers.get(self.known[0]), reason), f"not answered as {reason}"
        for ref in self.known[1:]:
            self.assert_proper(answers.get(ref), ref)
        alone = stage.connector.fetch(self.known[:1], Call.within(5)).get(self.known[0])
        assert alone is None or isinstance(alone, Missing)


def _conditional(validators: dict[Ref, str]) -> Call:
    return Call(deadline=Call.within(5).deadline, validators=validators)


def _titles(answers: Any) -> dict[Ref, str]:
    return {ref: title_of(a.fields, ref.type) for ref, a in answers.items() if isinstance(a, Asset)}


def _reversed(data: Any) -> Any:
    """The answer with every list of records the other way round."""
    if isinstance(data, dict):
        return {name: _reversed(value) for name, value in data.items()}
    if isinstance(data, list) and all(isinstance(one, dict) for one in data):
        return data[::-1]
    return data


def _shortened(data: Any) -> Any:
    """The answer without the last record of its outermost lists."""
    if isinstance(data, dict):
        return {name: _shortened(value) for name, value in data.items()}
    if isinstance(data, list) and len(data) > 1 and all(isinstance(one, dict) for one in data):
        return data[:-1]
    return data
