"""Which callers take JSON."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.delivery.negotiation import accepts_json


@pytest.mark.parametrize(
    ("accept", "taken"),
    [
        ("application/json", True),
        ("*/*", True),
        ("application/*;q=0.1", True),
        ("", True),
        ("text/html, application/xhtml+xml, */*;q=0.8", True),
        ("APPLICATION/JSON; charset=utf-8", True),
        ("text/html", False),
        ("application/json;q=0", False),
        ("application/json;q=0, */*", False),
        ("*/*;q=0", False),
        ("application/json;q=high", False),
        ("application/xml;q=0.9, application/*;q=0", False),
        (",,;;q=,", False),
    ],
)
def test_the_most_specific_range_decides(accept, taken):
    assert accepts_json(accept) is taken


@given(st.text())
def test_no_header_is_an_accident(accept):
    assert accepts_json(accept) in (True, False)
