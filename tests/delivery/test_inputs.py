"""What a request may ask, and what is said of everything else."""

import io
import json

import pytest
from django.core.handlers.wsgi import WSGIRequest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.delivery.bodies import MAX_BODY_BYTES
from orchestrator.delivery.inputs import read_inputs
from orchestrator.delivery.problems import ProblemError


def request_of(query="", *, method="GET", body=b"", **environ):
    return WSGIRequest(
        {
            "REQUEST_METHOD": method,
            "PATH_INFO": "/api/v1/experiences/arrival",
            "QUERY_STRING": query,
            "wsgi.input": io.BytesIO(body),
            "CONTENT_TYPE": "application/json",
            "CONTENT_LENGTH": str(len(body)),
        }
        | environ
    )


def post_of(data, **environ):
    body = data if isinstance(data, bytes) else json.dumps(data).encode()
    return request_of(method="POST", body=body, **environ)


def refusal(request):
    with pytest.raises(ProblemError) as error:
        read_inputs(request)
    return error.value


def verdict(request):
    """The status of a refusal, or None."""
    try:
        read_inputs(request)
    except ProblemError as problem:
        return problem.kind.status
    return None


def told(problem):
    return [(error.place, error.name, error.code) for error in problem.errors]


def test_nothing_asked_is_nothing_known():
    inputs = read_inputs(request_of())
    assert (inputs.channel, inputs.locale, inputs.explain, inputs.identifiers) == (None, None, False, {})


def test_what_is_asked_is_read():
    inputs = read_inputs(request_of("channel=web&locale=de-CH&explain=1"))
    assert (inputs.channel, inputs.locale, inputs.explain) == ("web", "de-CH", True)


def test_every_unknown_parameter_is_named():
    problem = refusal(request_of("chanel=web&locale=de&utm_source=x&=y"))
    assert problem.kind.code == "unknown_parameter"
    assert told(problem) == [
        ("query", "chanel", "unknown_parameter"),
        ("query", "utm_source", "unknown_parameter"),
        ("query", "", "unknown_parameter"),
    ]


def test_a_parameter_given_twice_is_refused():
    assert told(refusal(request_of("locale=de&locale=en"))) == [("query", "locale", "duplicate_parameter")]


@pytest.mark.parametrize(
    "name",
    [
        "loyalty_id",
        "identifiers",
        "identifiers[loyalty_id]",
        "identifiers.email",
        "e-mail",
        "customerId",
        "userId",
    ],
)
def test_an_identifier_in_the_address_is_told_where_it_belongs(name):
    problem = refusal(request_of(f"colour=red&{name}=M-1001-secret"))
    assert problem.kind.code == "identifier_in_url"
    assert problem.errors[0].name == name
    assert "POST body" in problem.detail
    assert "M-1001-secret" not in repr((problem.detail, problem.errors))


@pytest.mark.parametrize(
    "query", ["locale=", "locale=d", "locale=de-", "locale=de_CH_x_y_z", "locale=%00", "locale=../de"]
)
def test_a_bad_locale_is_refused(query):
    assert told(refusal(request_of(query))) == [("query", "locale", "invalid_parameter")]


def test_all_bad_values_are_named_at_once():
    problem = refusal(request_of("channel=&locale=?&explain=yes"))
    assert told(problem) == [
        ("query", name, "invalid_parameter") for name in ("channel", "locale", "explain")
    ]


def test_identifiers_come_in_a_body():
    inputs = read_inputs(
        post_of({"identifiers": {"loyalty_id": "M-1001", "e-mail": "ä@example.org"}, "context": {}})
    )
    assert inputs.identifiers == {"loyalty_id": "M-1001", "e-mail": "ä@example.org"}
    assert "M-1001" not in repr(inputs)


def test_a_body_without_identifiers_is_no_error():
    assert read_inputs(post_of({})).identifiers == {}


def test_every_unknown_and_bad_field_is_named_and_no_value_told():
    problem = refusal(
        post_of(
            {
                "identifiers": {
                    "loyalty_id": 424242,
                    "bad kind": "secret",
                    "crm": "",
                    "phone": "se\u0000cret",
                },
                "context": {"device": "secret"},
                "locale": "secret",
            }
        )
    )
    assert told(problem) == [
        ("body", "identifiers.loyalty_id", "invalid_field"),
        ("body", "identifiers.bad kind", "invalid_field"),
        ("body", "identifiers.crm", "invalid_field"),
        ("body", "identifiers.phone", "invalid_field"),
        ("body", "context.device", "unknown_field"),
        ("body", "locale", "unknown_field"),
    ]
    assert "identifiers.loyalty_id must be text" in problem.detail
    assert "secret" not in problem.detail
    assert "424242" not in problem.detail


@pytest.mark.parametrize(
    "data", [[], "text", 1, None, True, {"identifiers": []}, {"identifiers": None}, {"context": 1}]
)
def test_another_shape_is_refused(data):
    assert refusal(post_of(data)).kind.code == "invalid_field"


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b"", "line 1, column 1"),
        (b'{"identifiers": {"a": "b",}}', "line 1, column 27"),
        (b'{\n"identifiers"\n}', "line 3, column 1"),
        (b'{"identifiers": {"a": NaN}}', "NaN"),
        (b'{"identifiers": {}, "identifiers": {}}', "twice"),
        (b"\xff\xfe{}", "UTF-8 at byte 1"),
        (b'{"identifiers": {"a": "\xe9"}}', "UTF-8 at byte 24"),
        (b"\xef\xbb\xbf{}", "line 1, column 1"),
        (b"[" * 60_000, "deep"),
        (b'{"a":' * 10_000, "deep"),
    ],
)
def test_a_body_that_is_not_json_names_the_position(body, detail):
    problem = refusal(post_of(body))
    assert problem.kind.code == "malformed_body"
    assert detail in problem.detail


@pytest.mark.parametrize("number", [b"9" * 60_000, b"1e999999", b"-0", b"1" + b"0" * 400])
def test_no_number_is_too_large_to_be_refused(number):
    assert refusal(post_of(b'{"identifiers": {"a": ' + number + b"}}")).kind.code == "invalid_field"


def test_a_half_of_a_surrogate_pair_is_refused():
    assert refusal(post_of(rb'{"identifiers": {"a": "\ud800"}}')).kind.code == "invalid_field"
    assert refusal(post_of(rb'{"identifiers": {"\ud800": "a"}}')).kind.code == "invalid_field"


class Endless(io.RawIOBase):
    """A body without end that counts what is read of it."""

    taken = 0

    def read(self, size=-1):
        assert size >= 0, "read to the end of a body that has none"
        self.taken += size
        return b" " * size


@pytest.mark.parametrize(
    "environ",
    [
        {"CONTENT_LENGTH": str(10**9)},
        {"CONTENT_LENGTH": "9" * 5000},
        {"CONTENT_LENGTH": "", "wsgi.input_terminated": True},
    ],
    ids=["declared", "absurd", "chunked"],
)
def test_a_body_past_the_limit_is_refused_without_reading_it_all(environ):
    body = Endless()
    problem = refusal(post_of({}, **(environ | {"wsgi.input": body})))
    assert problem.kind.code == "body_too_large"
    assert body.taken <= MAX_BODY_BYTES + 1


def test_a_chunked_body_is_read():
    chunked = {"CONTENT_LENGTH": "", "wsgi.input_terminated": True}
    assert read_inputs(post_of({"identifiers": {"a": "b"}}, **chunked)).identifiers == {"a": "b"}


def test_a_body_of_exactly_the_limit_is_read():
    body = b"{}" + b" " * (MAX_BODY_BYTES - 2)
    assert read_inputs(post_of(body)).identifiers == {}
    assert refusal(post_of(body + b" ")).kind.code == "body_too_large"


def test_a_declared_length_longer_than_the_body_is_no_accident():
    assert refusal(post_of(b'{"identifiers": {', CONTENT_LENGTH="60000")).kind.code == "malformed_body"


def test_a_declared_length_shorter_than_the_body_reads_no_more():
    assert read_inputs(post_of(b"{}garbage", CONTENT_LENGTH="2")).identifiers == {}


@pytest.mark.parametrize("length", ["-1", "abc", "1e3"])
def test_a_length_that_is_no_number_is_no_length(length):
    assert refusal(post_of({}, CONTENT_LENGTH=length)).kind.code == "malformed_body"


@pytest.mark.parametrize(
    "environ",
    [
        {"CONTENT_TYPE": ""},
        {"CONTENT_TYPE": "text/plain"},
        {"CONTENT_TYPE": "application/x-www-form-urlencoded"},
        {"CONTENT_TYPE": "multipart/form-data; boundary=x"},
        {"CONTENT_TYPE": "application/json; charset=latin-1"},
        {"HTTP_CONTENT_ENCODING": "gzip"},
    ],
)
def test_a_body_of_another_type_is_refused(environ):
    assert refusal(post_of({}, **environ)).kind.code == "unsupported_media_type"


@given(query=st.binary(max_size=200))
def test_no_query_is_an_accident(query):
    assert verdict(request_of(query.decode("latin-1"))) in (None, 400)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["identifiers", "context", "loyalty_id"]) | st.text(max_size=5), inner, max_size=3
        )
    ),
)


@given(data=values)
def test_no_body_is_an_accident(data):
    assert verdict(post_of(data)) in (None, 400)


@given(body=st.binary(max_size=200))
def test_no_bytes_are_an_accident(body):
    assert verdict(post_of(body)) in (None, 400)
