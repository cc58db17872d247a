"""Levels of conformance: what a run has shown, written down with the code that it was shown of."""

from datetime import date

import pytest

from connectors.sdk.conformance import LEVELS, Conformance, digest_of, read_conformance
from connectors.sdk.testing.contract import contract_cases
from connectors.sdk.testing.table import FAILED, PASSED, conformance
from tests.connectors.sdk.test_contract import TestClosedShop as ClosedShop
from tests.connectors.sdk.test_contract import TestShop as Shop


def passed(tested):
    return {case: PASSED for case in contract_cases() if case not in tested.not_applicable}


def about(tested, capability):
    return [c for c in passed(tested) if vars(contract_cases()[c])["contract_capability"] == capability]


def test_what_it_can_and_has_shown_is_a_level():
    found = conformance("connectors.sdk.testing", {Shop: passed(Shop)})
    assert found.levels[:2] == ("read", "search")
    assert set(found.levels) <= set(LEVELS)
    assert found.cases == len(passed(Shop))


@pytest.mark.parametrize("how", [FAILED, None])
def test_one_case_that_failed_or_did_not_run_costs_its_level(how):
    results = passed(Shop)
    case = about(Shop, "search")[0]
    del results[case]
    results |= {case: how} if how else {}
    levels = conformance("connectors.sdk.testing", {Shop: results}).levels
    assert "search" not in levels
    assert "read" in levels


def test_without_reading_there_is_no_level_at_all():
    results = passed(Shop) | {about(Shop, None)[0]: FAILED}
    assert conformance("connectors.sdk.testing", {Shop: results}).levels == ()


def test_a_capability_that_it_does_not_have_is_no_level():
    assert "search" not in conformance("connectors.sdk.testing", {ClosedShop: passed(ClosedShop)}).levels


def test_two_tests_of_one_connector_show_it_together_and_one_that_fails_counts():
    both = {Shop: passed(Shop), ClosedShop: passed(ClosedShop)}
    assert "search" in conformance("connectors.sdk.testing", both).levels
    both[ClosedShop] |= {about(ClosedShop, None)[0]: FAILED}
    assert conformance("connectors.sdk.testing", both).levels == ()


def test_a_record_is_read_as_it_was_written():
    record = Conformance(("read", "change"), 40, date(2026, 11, 22), "abc")
    assert Conformance.from_text(record.to_text()) == record


@pytest.mark.parametrize(
    "text", ["", "[]", "null", "{}", '{"levels": 1}', '{"levels": ["read"], "cases": "x"}']
)
def test_what_is_no_record_is_refused(text):
    with pytest.raises(ValueError):  # noqa: PT011 - JSON's own message, or ours.
        Conformance.from_text(text)


def test_a_record_belongs_to_its_code(tmp_path, monkeypatch):
    package = tmp_path / "some_system"
    (package / "parts").mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "connector.py").write_text("a = 1\n")
    monkeypatch.syspath_prepend(tmp_path)
    before = digest_of("some_system")
    (package / "connector.py").write_bytes(b"a = 1\r\n")
    (package / "README.md").write_text("words")
    assert digest_of("some_system") == before
    (package / "parts" / "more.py").write_text("b = 2\n")
    assert digest_of("some_system") != before
    assert read_conformance("some_system") is None
    assert read_conformance("no_such_package_anywhere") is None
