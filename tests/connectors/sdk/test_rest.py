"""What RestConnector sends, what it takes for an answer, and what it tells nobody."""

from __future__ import annotations

import gzip
import json
import logging
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from pydantic import BaseModel

from connectors.sdk import (
    AccessDeniedError,
    BadResponseError,
    Call,
    ConfigurationError,
    ConnectorError,
    Egress,
    RateLimitedError,
    TransientError,
)
from connectors.sdk.rest import segment
from connectors.sdk.testing.faults import DripBody, FaultProxy, Hang, Reset, Status
from connectors.sdk.testing.simulator import SimAnswer, SimRequest, SimulatorServer, json_answer
from tests.connectors.sdk.probe import KEY, LOOPBACK, TOKEN, Probe, ProbeConfig

JSON = {"Content-Type": "application/json"}
PNG = {"Content-Type": "image/png"}


class Played(SimulatorServer):
    """Answers what the test says for a path, else with the request itself."""

    def __init__(self) -> None:
        super().__init__()
        self.pages: dict[str, SimAnswer | Callable[[SimRequest], SimAnswer]] = {}

    def answer(self, request: SimRequest) -> SimAnswer:
        page = self.pages.get(request.path)
        if page is None:
            return json_answer({"path": request.path, "query": dict(request.query)})
        return page if isinstance(page, SimAnswer) else page(request)

    def say(self, path: str, body: bytes, *, status: int = 200, **headers: str) -> None:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.pages[path] = SimAnswer(status, {"content-type": "application/json", **named}, body)

    @property
    def last(self) -> SimRequest:
        return self.requests[-1]


@pytest.fixture
def system() -> Iterator[Played]:
    with Played() as simulator:
        yield simulator


@pytest.fixture
def probe(system: Played) -> Iterator[Probe]:
    connector = Probe(ProbeConfig(base_url=f"{system.url}/api/"), egress=LOOPBACK)
    yield connector
    connector.close()


def soon() -> Call:
    return Call.within(10)


# --- What is sent -----------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["files", "/files", "//files"])
def test_a_path_lies_below_the_base_address(probe: Probe, path: str) -> None:
    assert probe.get_json(path, soon())["path"] == "/api/files"


def test_parameters_repeat_are_left_out_and_keep_those_of_the_path(probe: Probe, system: Played) -> None:
    params = {"id": [1, 2], "none": None, "yes": True, "text": "ä b&c=d", "empty": ""}
    probe.get_json("files?page=2", soon(), params=params)
    assert system.last.query == {
        "page": ["2"],
        "id": ["1", "2"],
        "yes": ["true"],
        "text": ["ä b&c=d"],
        "empty": [""],
        "key": [KEY],
    }


def test_credentials_trace_and_common_headers_are_sent(probe: Probe, system: Played) -> None:
    trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    call = Call(deadline=soon().deadline, traceparent=trace)
    probe.get_json("files", call, headers={"X-Own": "1"})
    sent = system.last.headers
    assert sent["authorization"] == f"Bearer {TOKEN}"
    assert sent["traceparent"] == trace
    assert sent["x-own"] == "1"
    assert sent["accept"] == "application/json"
    assert sent["accept-encoding"] == "gzip, deflate"


def test_json_is_posted_as_json(probe: Probe, system: Played) -> None:
    probe.post_json("files", {"name": "Zoë"}, soon())
    assert system.last.method == "POST"
    assert system.last.headers["content-type"] == "application/json"
    assert system.last.json() == {"name": "Zoë"}


def test_no_cookie_is_kept(probe: Probe, system: Played) -> None:
    system.say("/api/login", b"{}", set_cookie="session=abc; Path=/")
    probe.get_json("login", soon())
    probe.get_json("files", soon())
    assert "cookie" not in system.last.headers


def test_no_credential_of_the_machine_is_sent(
    probe: Probe, system: Played, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login ada password s3cret")
    monkeypatch.setenv("NETRC", str(netrc))
    probe.get_json("files", soon(), headers={"Authorization": "Bearer other"})
    assert system.last.headers["authorization"] == "Bearer other"


def test_connections_are_used_again(probe: Probe, system: Played) -> None:
    for _ in range(5):
        probe.get_json("files", soon())
    assert system.connections == 1


@pytest.mark.parametrize(("value", "quoted"), [("a/b", "a%2Fb"), ("ü ?#", "%C3%BC%20%3F%23"), ("x", "x")])
def test_an_id_is_one_segment_of_a_path(probe: Probe, value: str, quoted: str, system: Played) -> None:
    assert segment(value) == quoted
    assert probe.get_json(f"files/{segment(value)}", soon())["path"] == f"/api/files/{value}"


@pytest.mark.parametrize("value", ["", ".", ".."])
def test_an_id_that_is_no_segment_is_refused(value: str) -> None:
    with pytest.raises(BadResponseError):
        segment(value)


# --- What a status means ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (300, BadResponseError),
        (304, BadResponseError),
        (400, ConfigurationError),
        (401, AccessDeniedError),
        (403, AccessDeniedError),
        (404, ConfigurationError),
        (408, TransientError),
        (409, ConfigurationError),
        (418, ConfigurationError),
        (425, TransientError),
        (429, RateLimitedError),
        (500, TransientError),
        (502, TransientError),
        (503, TransientError),
        (504, TransientError),
    ],
)
def test_a_status_becomes_the_error_for_what_to_do_next(
    probe: Probe, system: Played, status: int, error: type[ConnectorError]
) -> None:
    system.say("/api/files", b'{"told": "leaked"}', status=status)
    with pytest.raises(error) as raised:
        probe.get_json("files", soon(), params={"q": "asked"})
    assert type(raised.value) is error
    assert str(raised.value) == f"Probe: GET files: HTTP {status}"


def test_a_status_that_the_caller_understands_is_an_answer(probe: Probe, system: Played) -> None:
    system.say("/api/files", b'{"code": "none"}', status=404)
    answer = probe.request("GET", "files", soon(), accept=(404,))
    assert answer.status == 404
    assert answer.json() == {"code": "none"}
    assert answer.url == f"{system.url}/api/files"
    assert answer.where == "Probe: GET files"


def test_a_conditional_read_may_answer_unchanged(probe: Probe, system: Played) -> None:
    system.pages["/api/files"] = lambda request: SimAnswer(
        304 if request.headers.get("if-none-match") == '"1"' else 200, {"ETag": '"1"', **JSON}, b"{}"
    )
    first = probe.request("GET", "files", soon(), accept=(304,))
    again = probe.request(
        "GET", "files", soon(), headers={"If-None-Match": first.headers["etag"]}, accept=(304,)
    )
    assert (first.status, again.status) == (200, 304)


def _in_seconds(seconds: float) -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)


@pytest.mark.parametrize(
    ("given", "least", "most"),
    [
        ("7", 7, 7),
        ("0", 0, 0),
        ("9" * 400, 86_400, 86_400),
    ],
    ids=["seconds", "none", "absurd"],
)
def test_retry_after_is_read_as_seconds(
    probe: Probe, system: Played, given: str, least: float, most: float
) -> None:
    _expect_retry_after(probe, system, given, least, most)


@pytest.mark.parametrize(("seconds", "least", "most"), [(36_000, 32_400, 36_000), (-60, 0, 0)])
def test_retry_after_is_read_as_a_date(
    probe: Probe, system: Played, seconds: float, least: float, most: float
) -> None:
    _expect_retry_after(probe, system, _in_seconds(seconds), least, most)


def _expect_retry_after(probe: Probe, system: Played, given: str, least: float, most: float) -> None:
    system.say("/api/files", b"", status=429, retry_after=given)
    with pytest.raises(RateLimitedError) as error:
        probe.get_json("files", soon())
    assert error.value.retry_after_s is not None
    assert least <= error.value.retry_after_s <= most


@pytest.mark.parametrize(("given", "waits_s"), [("7", 7), ("600", 60)])
def test_an_outage_that_says_when_it_ends_is_believed_for_a_minute(
    probe: Probe, system: Played, given: str, waits_s: float
) -> None:
    system.say("/api/files", b"", status=503, retry_after=given)
    with pytest.raises(RateLimitedError) as error:
        probe.get_json("files", soon())
    assert error.value.retry_after_s == waits_s


@pytest.mark.parametrize("given", ["", "soon", "-5", "1.5", "Fri, 99 Foo 2026"])
def test_a_retry_after_that_says_nothing_is_none(probe: Probe, system: Played, given: str) -> None:
    system.say("/api/files", b"", status=429, retry_after=given)
    with pytest.raises(RateLimitedError) as error:
        probe.get_json("files", soon())
    assert error.value.retry_after_s is None


# --- What is an answer --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "application/json; charset=UTF-8",
        "Application/Vnd.API+JSON; version=1",
        "text/plain",
        "text/json;charset='utf-8'",
        "application/json; charset=iso-8859-1",
    ],
)
def test_json_is_read_under_its_many_names(probe: Probe, system: Played, content_type: str) -> None:
    charset = "iso-8859-1" if "8859" in content_type else "utf-8"
    system.say("/api/files", '{"name": "Zoë"}'.encode(charset), content_type=content_type)
    assert probe.get_json("files", soon()) == {"name": "Zoë"}


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"<html></html>", "text/html"),
        (b"{}", "text/html"),
        (b"{}", "application/xml"),
        (b"<html></html>", "application/json"),
        (b"", "application/json"),
        (b'{"a": ', "application/json"),
        (b'{"a": NaN}', "application/json"),
        (b'{"a": Infinity}', "application/json"),
        (b'{"a": "\\ud800"}', "application/json"),
        (b'{"a": "\xe9"}', "application/json"),
        (b"{}", "application/json; charset=utf-16"),
        (b"{}", "application/json; charset=nonsense"),
        (b"{}", "application/json; charset=punycode"),
        (b"[" * 200_000, "application/json"),
        (b"1" * 5000, "application/json"),
    ],
)
def test_what_is_not_json_is_a_bad_response(
    probe: Probe, system: Played, body: bytes, content_type: str
) -> None:
    system.say("/api/files", body, content_type=content_type)
    with pytest.raises(BadResponseError, match=r"^Probe: GET files: the answer is not"):
        probe.get_json("files", soon())


def test_a_pair_of_surrogates_is_a_character(probe: Probe, system: Played) -> None:
    system.say("/api/files", b'{"a": "\\ud83c\\udfe8"}')
    assert probe.get_json("files", soon()) == {"a": "🏨"}


class Shape(BaseModel):
    class Item(BaseModel):
        price: float

    items: list[Item]


def test_a_shape_is_filled(probe: Probe, system: Played) -> None:
    system.say("/api/files", b'{"items": [{"price": 1.5}], "more": 1}')
    assert probe.get("files", Shape, soon()).items[0].price == 1.5


def test_a_misfit_names_its_fields_and_not_their_values(probe: Probe, system: Played) -> None:
    system.say("/api/files", b'{"items": [{"price": "s3cret"}, {}]}')
    with pytest.raises(BadResponseError) as error:
        probe.get("files", Shape, soon())
    assert str(error.value) == ("Probe: GET files: not the shape expected at items.0.price, items.1.price")


# --- Size and compression -----------------------------------------------------------------------------

LIMIT = 100_000


@pytest.fixture
def small(system: Played) -> Iterator[Probe]:
    egress = Egress(allowed_hosts=LOOPBACK.allowed_hosts, max_body_bytes=LIMIT)
    connector = Probe(ProbeConfig(base_url=f"{system.url}/api"), egress=egress)
    yield connector
    connector.close()


def _json_of(size_bytes: int) -> bytes:
    return b'"' + b"x" * (size_bytes - 2) + b'"'


@pytest.mark.parametrize("encoding", ["identity", "gzip", "deflate"])
def test_a_body_up_to_the_limit_is_read(small: Probe, system: Played, encoding: str) -> None:
    system.say("/api/files", _packed(_json_of(LIMIT), encoding), content_encoding=encoding)
    assert len(small.get_json("files", soon())) == LIMIT - 2


@pytest.mark.parametrize("encoding", ["identity", "gzip", "deflate"])
def test_a_body_over_the_limit_is_cut_off(small: Probe, system: Played, encoding: str) -> None:
    system.say("/api/files", _packed(_json_of(LIMIT + 1), encoding), content_encoding=encoding)
    with pytest.raises(BadResponseError, match=f"larger than {LIMIT} bytes"):
        small.get_json("files", soon())
    assert small.get_json("other", soon())["path"] == "/api/other"


@pytest.mark.parametrize("layers", [1, 2])
def test_a_bomb_costs_no_more_memory_than_the_limit(small: Probe, system: Played, layers: int) -> None:
    body = b"0" * 50_000_000
    for _ in range(layers):
        body = gzip.compress(body)
    system.say("/api/files", body, content_encoding=", ".join(["gzip"] * layers))
    del body
    tracemalloc.start()
    with pytest.raises(BadResponseError, match="larger than"):
        small.get_json("files", soon())
    peak_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak_bytes < 5_000_000


def _packed(body: bytes, encoding: str) -> bytes:
    return {"identity": bytes, "gzip": gzip.compress, "deflate": zlib.compress}[encoding](body)


@pytest.mark.parametrize("encoding", ["br", "zstd", "compress", "gzip, br"])
def test_a_compression_that_was_not_asked_for_is_refused(probe: Probe, system: Played, encoding: str) -> None:
    system.say("/api/files", b"{}", content_encoding=encoding)
    with pytest.raises(BadResponseError, match="not asked for"):
        probe.get_json("files", soon())


# --- Redirects ----------------------------------------------------------------------------------------


def _to(location: str, status: int = 302) -> SimAnswer:
    return SimAnswer(status, {"Location": location}, b"")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("location", ["/api/new?x=1", "new?x=1", "{url}/api/new?x=1"])
def test_a_redirect_at_home_keeps_credentials(
    probe: Probe, system: Played, status: int, location: str
) -> None:
    system.pages["/api/old"] = _to(location.format(url=system.url), status)
    answer = probe.request("GET", "old", soon())
    assert answer.url == f"{system.url}/api/new"
    assert system.last.query == {"x": ["1"], "key": [KEY]}
    assert system.last.headers["authorization"] == f"Bearer {TOKEN}"


def test_a_redirect_that_repeats_the_key_gets_no_second_one(probe: Probe, system: Played) -> None:
    system.pages["/api/old"] = lambda request: _to(f"/api/new?key={request.arg('key')}")
    probe.get_json("old", soon())
    assert system.last.query == {"key": [KEY]}


def test_a_redirect_to_a_listed_host_carries_no_credentials(probe: Probe, system: Played) -> None:
    with Played() as other:
        system.pages["/api/old"] = _to(f"{other.url}/elsewhere?x=1")
        assert probe.get_json("old", soon())["path"] == "/elsewhere"
        assert other.last.query == {"x": ["1"]}
        assert not {"authorization", "traceparent"} & set(other.last.headers)


def test_headers_of_one_call_do_not_go_to_another_host(probe: Probe, system: Played) -> None:
    with Played() as other:
        system.pages["/api/old"] = _to(f"{other.url}/elsewhere")
        probe.get_json("old", soon(), headers={"X-Api-Key": "s3cret"})
        assert "x-api-key" not in other.last.headers


@pytest.mark.parametrize(
    "location",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]:80/",
        "//elsewhere.example/files",
        "https://127.0.0.2/",
        "http://2130706433/",
    ],
)
def test_a_redirect_to_any_other_host_is_refused(probe: Probe, system: Played, location: str) -> None:
    system.pages["/api/old"] = _to(location)
    with pytest.raises(ConfigurationError, match=r"^Probe: GET old: leads to another address"):
        probe.get_json("old", soon())


@pytest.mark.parametrize("location", ["ftp://127.0.0.1/", "file:///etc/passwd", "http://a:s3cret@127.0.0.1/"])
def test_a_redirect_out_of_the_web_is_refused(probe: Probe, system: Played, location: str) -> None:
    system.pages["/api/old"] = _to(location)
    with pytest.raises(ConfigurationError) as error:
        probe.get_json("old", soon())
    assert "s3cret" not in str(error.value)


@pytest.mark.parametrize("location", ["//[", "http://[::1", "http://127.0.0.1:99999/"])
def test_a_redirect_to_no_address_is_refused(probe: Probe, system: Played, location: str) -> None:
    system.pages["/api/old"] = _to(location)
    with pytest.raises(ConnectorError, match=r"^Probe: GET old: "):
        probe.get_json("old", soon())


def test_redirects_end(probe: Probe, system: Played) -> None:
    system.pages["/api/old"] = _to("/api/old")
    with pytest.raises(BadResponseError, match="redirected too often"):
        probe.get_json("old", soon())
    assert len(system.requests) == 4


def test_a_post_is_not_sent_twice(probe: Probe, system: Played) -> None:
    system.pages["/api/old"] = _to("/api/new", 307)
    with pytest.raises(ConfigurationError, match="the address has moved"):
        probe.post_json("old", {}, soon())
    assert len(system.requests) == 1


def test_a_link_to_the_next_page_may_be_a_whole_address(probe: Probe, system: Played) -> None:
    assert probe.get_json(f"{system.url}/api/files?page=2", soon())["query"]["page"] == ["2"]


def test_a_whole_address_elsewhere_is_refused(probe: Probe) -> None:
    with pytest.raises(ConfigurationError, match=r"leads to another address: https://elsewhere\.example"):
        probe.get_json("https://elsewhere.example/files?x=s3cret", soon())


@pytest.mark.parametrize(
    "base_url",
    [
        "dam.example",
        "ftp://dam.example",
        "https://a:s3cret@dam.example",
        "https://x/?a=s3cret",
        "",
        "http://",
    ],
)
def test_a_base_address_that_is_none_is_a_setting_to_change(base_url: str) -> None:
    probe = Probe(ProbeConfig(base_url=base_url))
    with pytest.raises(ConfigurationError) as error:
        probe.get_json("files", soon())
    assert "s3cret" not in str(error.value)


# --- Nothing is told ----------------------------------------------------------------------------------


@pytest.mark.parametrize("value", ["line\r\nX-Evil: 1", "line\nbreak", "snow ☃"])
def test_a_secret_that_cannot_be_sent_is_not_quoted(system: Played, value: str) -> None:
    probe = Probe(ProbeConfig(base_url=system.url, token=f"s3cret {value}"), egress=LOOPBACK)
    with pytest.raises(ConfigurationError) as error:
        probe.get_json("files", soon())
    assert "s3cret" not in f"{error.value!r}"
    assert not system.requests
    probe.close()


def test_a_path_never_ends_a_line_of_a_log(probe: Probe) -> None:
    with pytest.raises(ConnectorError) as error:
        probe.get("a\r\nb/ü", Shape, soon())
    assert "\n" not in str(error.value)


def test_a_very_long_path_does_not_flood_a_message(probe: Probe) -> None:
    with pytest.raises(ConnectorError) as error:
        probe.get("a" * 5000, Shape, soon())
    assert len(str(error.value)) < 500


def test_no_log_of_any_level_holds_a_key(
    probe: Probe, system: Played, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        probe.get_json("files", soon(), params={"q": "private words"})
    for word in (KEY, TOKEN, "private"):
        assert word not in caplog.text


def test_an_answer_shows_no_body(probe: Probe, system: Played) -> None:
    system.say("/api/files", b'"told"', x_secret="s3cret")
    shown = repr(probe.request("GET", "files", soon()))
    assert "told" not in shown
    assert "s3cret" not in shown


def test_a_connector_shows_no_secret(probe: Probe) -> None:
    shown = f"{probe!r} {probe.config!r} {vars(probe)}"
    assert TOKEN not in shown
    assert KEY not in shown


# --- Pictures -----------------------------------------------------------------------------------------


def test_a_picture_streams_with_credentials(probe: Probe, system: Played) -> None:
    system.pages["/api/a.png"] = SimAnswer(200, PNG, b"\x89PNG" * 1000)
    picture = probe.stream(f"{system.url}/api/a.png", soon())
    assert picture.content_type == "image/png"
    assert picture.size_bytes == 4000
    assert b"".join(picture.chunks) == b"\x89PNG" * 1000
    assert system.last.headers["authorization"] == f"Bearer {TOKEN}"
    assert "json" not in system.last.headers["accept"]


@pytest.mark.parametrize("content_type", ["text/html", "image/svg+xml", "application/octet-stream", ""])
def test_only_pictures_that_cannot_run_are_streamed(probe: Probe, system: Played, content_type: str) -> None:
    system.pages["/api/a.png"] = SimAnswer(200, {"Content-Type": content_type}, b"<svg/>")
    with pytest.raises(BadResponseError, match="not a picture"):
        probe.stream(f"{system.url}/api/a.png", soon())


@pytest.mark.parametrize(
    "url", ["a.png", "//[", "http://[", "http://127.0.0.1:99999/", "file:///etc/passwd", ""]
)
def test_what_is_no_whole_address_is_no_picture(probe: Probe, system: Played, url: str) -> None:
    with pytest.raises(ConnectorError):
        probe.stream(url, soon())
    assert not system.requests


def test_a_picture_elsewhere_is_not_opened_even_on_a_listed_host(probe: Probe, system: Played) -> None:
    with Played() as other:
        with pytest.raises(BadResponseError, match="not at this system's own address"):
            probe.stream(f"{other.url}/a.png", soon())
        system.pages["/api/a.png"] = _to(f"{other.url}/a.png")
        with pytest.raises(BadResponseError, match="redirected to another host"):
            probe.stream(f"{system.url}/api/a.png", soon())
        assert not other.requests


def test_a_picture_that_is_too_large_is_refused_or_cut_off(probe: Probe, system: Played) -> None:
    system.pages["/api/a.png"] = SimAnswer(200, PNG, b"x" * 200_000)
    with pytest.raises(BadResponseError, match="larger than 100000 bytes"):
        b"".join(probe.stream(f"{system.url}/api/a.png", soon(), max_bytes=100_000).chunks)
    packed = {**PNG, "Content-Encoding": "gzip"}
    system.pages["/api/a.png"] = SimAnswer(200, packed, gzip.compress(b"x" * 200_000))
    picture = probe.stream(f"{system.url}/api/a.png", soon(), max_bytes=100_000)
    assert picture.size_bytes is None
    with pytest.raises(BadResponseError, match="larger than 100000 bytes"):
        b"".join(picture.chunks)


def test_closing_a_picture_ends_its_connection(probe: Probe, system: Played) -> None:
    system.pages["/api/a.png"] = SimAnswer(200, PNG, b"x" * 5_000_000)
    picture = probe.stream(f"{system.url}/api/a.png", soon())
    next(iter(picture.chunks))
    picture.chunks.close()
    probe.get_json("files", soon())
    assert system.connections == 2


def test_a_picture_that_drips_ends_at_the_deadline(system: Played) -> None:
    class DripPicture(DripBody):
        def serve(self, visit: Any) -> None:
            visit.write(b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 100000\r\n\r\n")
            visit.hold(every_s=0.01, drip=b"x")

    with FaultProxy(system.url) as proxy, proxy.faulty(DripPicture()):
        probe = Probe(ProbeConfig(base_url=proxy.url), egress=LOOPBACK)
        with pytest.raises(TransientError) as error:
            b"".join(probe.stream(f"{proxy.url}/a.png", Call.within(0.3)).chunks)
        assert error.value.timeout
        probe.close()


# --- Bad weather --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("fault", "timeout"), [(Hang(), True), (Reset(), False), (Status(503), False)])
def test_a_timeout_is_told_from_other_failures(system: Played, fault: Any, timeout: bool) -> None:
    with FaultProxy(system.url) as proxy, proxy.faulty(fault):
        probe = Probe(ProbeConfig(base_url=proxy.url), egress=LOOPBACK)
        with pytest.raises(TransientError) as error:
            probe.get_json("files", Call.within(0.2 if timeout else 10))
        assert error.value.timeout is timeout
        assert error.value.code == ("timeout" if timeout else "unavailable")
        probe.close()


def test_a_call_may_have_no_end(probe: Probe) -> None:
    assert probe.get_json("files", Call(deadline=float("inf")))["path"] == "/api/files"


def test_a_connector_works_again_after_close(probe: Probe) -> None:
    probe.get_json("files", soon())
    probe.close()
    assert probe.get_json("files", soon())["path"] == "/api/files"


def test_an_end_of_stream_at_the_deadline_is_not_taken_for_the_end_of_the_body(system: Played) -> None:
    """Without a length the end of the connection is the end of the body; a shut socket looks the same."""

    class Lengthless:
        def serve(self, visit: Any) -> None:
            visit.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n{}")
            visit.hold(every_s=0.01, drip=b" ")

    with FaultProxy(system.url) as proxy, proxy.faulty(Lengthless()):
        probe = Probe(ProbeConfig(base_url=proxy.url), egress=LOOPBACK)
        with pytest.raises(TransientError) as error:
            probe.get_json("files", Call.within(0.2))
        assert error.value.timeout
        probe.close()


def test_what_a_fault_proxy_passes_on_is_what_came(system: Played) -> None:
    system.say(
        "/api/files", gzip.compress(json.dumps({"a": "ü"}).encode()), content_encoding="gzip", x_more="1"
    )
    with FaultProxy(system.url) as proxy:
        probe = Probe(ProbeConfig(base_url=f"{proxy.url}/api"), egress=LOOPBACK)
        answer = probe.request("GET", "files", soon())
        assert answer.json() == {"a": "ü"}
        assert answer.headers["x-more"] == "1"
        assert proxy.paths == ["/api/files"]
        probe.close()
