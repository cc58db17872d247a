"""Request ids and traces: taken over when well-formed, else made or left out."""

import pytest
from django.http.request import HttpHeaders

from orchestrator.delivery.tracing import read_trace

GOOD = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def trace_of(**environ):
    return read_trace(HttpHeaders({f"HTTP_{name.upper()}": value for name, value in environ.items()}))


def test_a_well_formed_id_comes_back():
    assert trace_of(x_request_id="checkout-42.a_b").headers() == {"X-Request-Id": "checkout-42.a_b"}


@pytest.mark.parametrize(
    "text", ["", "short", "x" * 65, "has space in it", "line\nbreak-line", "ümlaut-ümlaut", "-dashfirst"]
)
def test_any_other_id_is_replaced_by_a_new_one(text):
    first, second = trace_of(x_request_id=text), trace_of(x_request_id=text)
    assert len(first.request_id) == 32
    assert text != first.request_id != second.request_id


def test_a_trace_is_passed_on_as_it_is():
    assert trace_of(traceparent=GOOD).headers()["traceparent"] == GOOD


@pytest.mark.parametrize(
    "text",
    [
        "",
        GOOD.upper(),
        GOOD + "-more",
        "ff" + GOOD[2:],
        "00-" + "0" * 32 + GOOD[35:],
        GOOD[:36] + "0" * 16 + "-01",
        GOOD[:-1],
    ],
)
def test_a_malformed_trace_is_left_out(text):
    trace = trace_of(traceparent=text)
    assert trace.traceparent is None
    assert "traceparent" not in trace.headers()
