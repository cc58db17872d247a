"""Bodies that come slowly, in part or never hold no thread: real sockets at the real server."""

import json
import secrets
import socket
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
import requests

from orchestrator.config.request_bodies import MOST_BYTES, SMALL_BYTES
from orchestrator.config.rsgi import PICTURES
from tests.runtime.processes import free_port, running, until

quick_intake = Path(__file__).with_name("quick_intake.py")
THREADS = 4
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"


def answers(port: int, path: str) -> int:
    """The status; 0 as long as nobody answers."""
    try:
        return requests.get(f"http://127.0.0.1:{port}{path}", timeout=60).status_code
    except requests.ConnectionError:
        return 0


@contextmanager
def served(*command: str, **environment: str):
    """A program that serves, and its port."""
    port = free_port()
    with running(*command, "--port", str(port), **environment) as process:
        try:
            until(lambda: answers(port, "/health/live"))
            yield port
        finally:
            process.terminate()
            with suppress(ValueError):
                process.communicate(timeout=30)


@contextmanager
def serving_echo(**environment: str):
    """``quick_intake`` under granian."""
    command = ("-m", "granian", "--interface", "rsgi", "--http", "1", "--log-level", "error")
    with served(*command, "tests.runtime.quick_intake:application", **environment) as port:
        yield port


@pytest.fixture(scope="module")
def port():
    """The echo with limits of 20 seconds, which no test waits for."""
    with serving_echo() as port:
        yield port


def connect(port: int, head: str, body: bytes = b"") -> socket.socket:
    """A connection on which these lines and bytes were sent."""
    connection = socket.create_connection(("127.0.0.1", port), timeout=60)
    lines = "".join(f"{line}\r\n" for line in [*head.splitlines(), "Host: 127.0.0.1"])
    connection.sendall(f"{lines}\r\n".encode("latin-1") + body)
    return connection


def half_sent(port: int, path: str, kind: str, **headers: str) -> socket.socket:
    """A request whose body never comes to its end."""
    more = "".join(f"\n{name}: {value}" for name, value in headers.items())
    return connect(port, f"POST {path} HTTP/1.1\nContent-Type: {kind}\nContent-Length: 100{more}", b"{")


def all_of(connection: socket.socket) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of an answer after which the server closes."""
    received = b""
    with connection, suppress(ConnectionResetError):
        while chunk := connection.recv(65536):
            received += chunk
    head, _, body = received.partition(b"\r\n\r\n")
    status, *lines = head.decode("latin-1").split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines)
    return int(status.split()[1]), headers, body


def test_half_sent_bodies_leave_the_hub_to_the_others(services):
    # Without the cookie Django refuses before it asks for the body.
    asked = {"Cookie": f"csrftoken={'a' * 32}"}
    environment = {
        **services,
        "SECRET_KEY": secrets.token_urlsafe(50),
        "SECRETS_KEYS": secrets.token_urlsafe(50),
    }
    command = ("-m", "orchestrator.config.web", "--workers", "1", "--threads", str(THREADS))
    with served(*command, **environment) as port:
        hook = "/api/v1/hooks/3fa85f64-5717-4562-b3fc-2c963f66afa6"
        targets = [("/admin/login/", FORM), ("/api/v1/experiences/arrival", JSON), (hook, JSON)]
        held = []
        for count in (32, 64, 200):
            held += [half_sent(port, *targets[place % 3], **asked) for place in range(len(held), count)]
            assert answers(port, "/admin/login/") == 200
            assert answers(port, "/api/v1/experiences/arrival") == 401
            address = f"http://127.0.0.1:{port}/api/v1/experiences/arrival"
            assert requests.post(address, json={}, timeout=60).status_code == 401
        for connection in held:
            connection.close()
        assert answers(port, "/health/live") == 200


@pytest.mark.parametrize("path", ["/api/v1/anything", "/admin/login/"])
def test_a_body_that_does_not_come_is_given_up(path):
    with serving_echo(WITHIN_S="0.5") as port:
        silent, dripping = half_sent(port, path, JSON), half_sent(port, path, JSON)
        with suppress(OSError):
            while dripping.send(b"a"):
                dripping.settimeout(0.1)
                with suppress(TimeoutError):
                    dripping.recv(1, socket.MSG_PEEK)
                    break
        dripping.settimeout(60)
        for connection in (silent, dripping):
            status, headers, body = all_of(connection)
            assert (status, headers["connection"], headers["cache-control"]) == (408, "close", "no-store")
            if path.startswith("/api/"):
                assert headers["content-type"] == "application/problem+json"
                assert json.loads(body)["code"] == "body_too_slow"
                assert json.loads(body)["request_id"] == headers["x-request-id"]


def test_a_body_beyond_the_limit_is_refused_without_reading_it(port):
    announced = connect(port, f"POST /api/v1/x HTTP/1.1\nContent-Length: {MOST_BYTES + 1}", b"a")
    status, headers, body = all_of(announced)
    assert (status, json.loads(body)["code"], headers["connection"]) == (413, "body_too_large", "close")
    status, _headers, body = all_of(connect(port, f"POST /x HTTP/1.1\nContent-Length: {'9' * 19}", b"a"))
    assert (status, body) == (413, b"The body is larger than this hub takes.\n")


def test_a_body_without_a_length_is_read_to_the_limit():
    chunk = b"10000\r\n" + b"a" * 0x10000 + b"\r\n"
    chunks = MOST_BYTES // 0x10000
    with serving_echo(MOST_SHARED_BYTES=str(2 * MOST_BYTES)) as port:
        whole = connect(
            port,
            "POST /x HTTP/1.1\nTransfer-Encoding: chunked\nConnection: close",
            chunk * chunks + b"0\r\n\r\n",
        )
        assert all_of(whole)[2].split()[-2] == str(MOST_BYTES).encode()
        endless = connect(port, "POST /x HTTP/1.1\nTransfer-Encoding: chunked")
        with suppress(ConnectionError):
            endless.sendall(chunk * chunks + b"1\r\na")
        assert all_of(endless)[0] == 413


def test_large_bodies_share_their_room_and_small_ones_need_none():
    with serving_echo(MOST_SHARED_BYTES="100000") as port:
        large = SMALL_BYTES + 90_000
        head = f"POST /api/v1/x HTTP/1.1\nContent-Length: {large}"
        first = connect(port, head, b"a" * (large - 1))

        def refused() -> bool:
            """Once the first one has come, there is no room for a second one."""
            status, headers, _body = all_of(connect(port, f"{head}\nConnection: close", b"a" * large))
            return status == 503 and headers["retry-after"] == "5"

        until(refused)
        small = connect(port, "POST /x HTTP/1.1\nContent-Length: 2\nConnection: close", b"{}")
        assert all_of(small)[0] == 200
        first.sendall(b"a")
        with first:
            assert first.recv(65536).startswith(b"HTTP/1.1 200")
        again = connect(port, f"{head}\nConnection: close", b"a" * large)
        assert all_of(again)[0] == 200


def test_what_was_cut_off_does_not_reach_the_application(port):
    connection = half_sent(port, "/x", JSON)
    connection.shutdown(socket.SHUT_WR)
    with suppress(IndexError):
        assert all_of(connection)[0] == 400


def test_a_request_comes_through_as_it_was_sent(port):
    sent = connect(
        port,
        "PUT /caf%C3%A9 HTTP/1.1\nContent-Length: 5\nCookie: a=1\nCookie: b=2\nX-Twice: 1\nX-Twice: 2\n"
        "X_Twice: 3\nConnection: close",
        b"hello",
    )
    status, _headers, body = all_of(sent)
    assert (status, body.decode().rpartition(" ")[0]) == (200, "PUT /café 5 a=1; b=2 1,2 127.0.0.1 5")


def test_several_headers_of_one_name_come_back(port):
    answer = requests.get(f"http://127.0.0.1:{port}/x", timeout=60)
    assert answer.raw.headers.getlist("set-cookie") == ["a=1", "b=2"]


def test_a_get_waits_for_no_body(port):
    with connect(port, "GET /x HTTP/1.1\nContent-Length: 100") as connection:
        assert connection.recv(100).startswith(b"HTTP/1.1 200")


def test_an_answer_may_come_in_pieces(port):
    def closed() -> int:
        return int(requests.get(f"http://127.0.0.1:{port}/x", timeout=60).text.split()[-1])

    before = closed()
    assert len(requests.get(f"http://127.0.0.1:{port}/pieces?300", timeout=60).content) == 300_000
    until(lambda: closed() == before + 1)


def test_readers_that_do_not_read_hold_no_thread(port):
    """More of them than there are threads, each with more before it than any buffer holds."""
    held = []
    for _ in range(3 * THREADS):
        connection = socket.socket()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.connect(("127.0.0.1", port))
        connection.sendall(b"GET /pieces?8000 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        held.append(connection)
    assert answers(port, "/x") == 200
    for connection in held:
        connection.close()


def test_only_so_many_answers_wait_for_their_readers():
    with serving_echo(MOST_STREAMS="2") as port:
        held = []
        for _ in range(2):
            connection = connect(port, "GET /pieces?20000 HTTP/1.1")
            assert connection.recv(12) == b"HTTP/1.1 200"
            held.append(connection)
        status, headers, _body = all_of(connect(port, "GET /pieces?1 HTTP/1.1"))
        assert (status, headers["retry-after"]) == (503, "5")
        assert answers(port, "/x") == 200
        for connection in held:
            connection.close()
        until(lambda: answers(port, "/pieces?1") == 200)


def test_pictures_of_a_slow_source_wait_for_it_without_the_others():
    """More of them than there are threads of any kind; those that are too many are told at once."""
    with serving_echo(MOST_STREAMS="30") as port:
        held = [connect(port, f"GET {PICTURES}{number} HTTP/1.1\nConnection: close") for number in range(30)]
        assert answers(port, "/x") == 200
        until(lambda: answers(port, f"{PICTURES}one-more") == 503)
        assert answers(port, "/sources-answer") == 200
        assert {all_of(connection)[0] for connection in held} == {200}
        until(lambda: answers(port, f"{PICTURES}one-more") == 200)


@pytest.mark.parametrize(("method", "body"), [("GET", quick_intake.read_bytes()), ("HEAD", b"")])
def test_a_file_is_sent_by_the_server(port, method, body):
    answer = requests.request(method, f"http://127.0.0.1:{port}/file", timeout=60)
    assert (answer.status_code, answer.content) == (200, body)


@pytest.mark.parametrize("path", ["/broken", "/exits", "/cancelled"])
def test_a_fault_of_ours_is_a_500_and_the_next_request_is_answered(port, path):
    assert answers(port, path) == 500
    assert answers(port, "/x") == 200
