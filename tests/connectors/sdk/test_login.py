"""Tokens that end: fetched when needed, once for all, replaced when refused, told to nobody."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from urllib.parse import parse_qs

import pytest
from pydantic import SecretStr

from connectors.sdk import (
    AccessDeniedError,
    BadResponseError,
    Call,
    ConnectorConfig,
    Missing,
    MissingReason,
    TransientError,
)
from connectors.sdk.login import LoginConnector, Token
from connectors.sdk.testing.simulator import SimAnswer, SimulatorServer, json_answer
from tests.connectors.sdk.probe import LOOPBACK

SECRET = "s3cret-of-the-client"


class Club(SimulatorServer):
    """Gives a new token at each login; only the newest opens anything."""

    def __init__(self):
        super().__init__()
        self.logins, self.lasts_s, self.token, self.status = 0, 3600, None, 200
        self.picture, self.refusal = None, 401

    def answer(self, request):
        if request.path == "/token":
            return self.log_in(parse_qs(request.body.decode()))
        if request.headers.get("authorization") != f"Bearer {self.token}":
            return json_answer({"error": "invalid_token"}, status=self.refusal)
        return self.picture or json_answer({"member": request.path}, status=self.status)

    def log_in(self, form):
        if form.get("client_secret") != [SECRET]:
            return json_answer({"error": "invalid_client"}, status=401)
        assert form["grant_type"] == ["client_credentials"]
        self.logins += 1
        self.token = f"t0ken-{self.logins}"
        return json_answer({"access_token": self.token, "token_type": "bearer", "expires_in": self.lasts_s})


class ClubConfig(ConnectorConfig):
    url: str
    secret: SecretStr


class ClubConnector(LoginConnector[ClubConfig]):
    name = "Club"
    config_class = ClubConfig
    types = ("Person",)

    def base_url(self):
        return self.config.url

    def log_in(self, call):
        return self.by_client_credentials(
            "token", call, client_id="hub", client_secret=self.config.secret.get_secret_value()
        )

    def check(self, call):
        self.get_json("members", call)

    def fetch(self, refs, call):
        return dict.fromkeys(refs, Missing(MissingReason.UNKNOWN))


@pytest.fixture
def club():
    with Club() as club:
        yield club


@pytest.fixture
def member(club):
    connector = ClubConnector(ClubConfig(url=club.url, secret=SECRET), egress=LOOPBACK)
    yield connector
    connector.close()


def ask(member, path="members/1", **how):
    return member.request("GET", path, Call.within(10), **how)


def test_one_login_serves_many_requests(club, member):
    assert [ask(member).json() for _ in range(3)] == [{"member": "/members/1"}] * 3
    assert club.logins == 1


def test_requests_at_once_share_one_login(club, member):
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: ask(member, f"members/{n}").status, range(16)))
    assert (set(answers), club.logins) == ({200}, 1)


def test_a_token_that_was_revoked_is_replaced_in_the_same_request(club, member):
    ask(member)
    club.token = "another one's"
    assert ask(member).status == 200
    assert club.logins == 2


def test_a_token_is_left_before_it_ends(club, member):
    club.lasts_s = 0
    ask(member)
    ask(member)
    assert [request.path for request in club.requests] == ["/token", "/members/1"] * 2


def test_a_picture_is_asked_for_with_the_token(club, member):
    club.picture = SimAnswer(200, {"Content-Type": "image/png"}, b"png")
    with closing(member.stream(f"{club.url}/pool.png", Call.within(10)).chunks) as chunks:
        assert b"".join(chunks) == b"png"
    assert club.logins == 1


def test_a_picture_is_asked_for_again_with_a_new_token(club, member):
    ask(member)
    club.picture, club.token = SimAnswer(200, {"Content-Type": "image/png"}, b"png"), "another one's"
    with closing(member.stream(f"{club.url}/pool.png", Call.within(10)).chunks) as chunks:
        assert b"".join(chunks) == b"png"
    assert [request.path for request in club.requests][2:] == ["/pool.png", "/token", "/pool.png"]


def test_a_picture_that_a_new_token_does_not_open_is_refused(club, member):
    club.log_in = lambda form: json_answer({"access_token": "of no use", "expires_in": 60})
    with pytest.raises(AccessDeniedError, match=r"Club: GET pool.png: HTTP 401$"):
        member.stream(f"{club.url}/pool.png", Call.within(10))
    assert [request.path for request in club.requests] == ["/token", "/pool.png"]


class OddClubConnector(ClubConnector):
    token_refused = frozenset({419})


@pytest.fixture
def odd_member(club):
    club.refusal = 419
    with closing(OddClubConnector(ClubConfig(url=club.url, secret=SECRET), egress=LOOPBACK)) as connector:
        yield connector


def test_a_system_may_refuse_a_token_with_a_status_of_its_own(club, odd_member):
    ask(odd_member)
    club.token = "another one's"
    assert ask(odd_member).status == 200
    club.picture, club.token = SimAnswer(200, {"Content-Type": "image/png"}, b"png"), "another one's"
    odd_member.stream(f"{club.url}/pool.png", Call.within(10)).chunks.close()
    assert club.logins == 3


def test_a_status_of_its_own_is_access_denied_as_401_is(club, odd_member):
    club.log_in = lambda form: json_answer({"access_token": "of no use", "expires_in": 60})
    with pytest.raises(AccessDeniedError, match=r"Club: GET members/1: HTTP 419$"):
        ask(odd_member)
    with pytest.raises(AccessDeniedError, match=r"Club: GET pool.png: HTTP 419$"):
        odd_member.stream(f"{club.url}/pool.png", Call.within(10))
    assert ask(odd_member, accept={419}).status == 419


def test_a_login_that_asks_with_the_token_says_what_to_use(club):
    class Circular(ClubConnector):
        def log_in(self, call):
            return Token.lasting(self.get_json("token", call)["access_token"], seconds=60)

    connector = Circular(ClubConfig(url=club.url, secret=SECRET), egress=LOOPBACK)
    with closing(connector), pytest.raises(RuntimeError, match=r"log_in .* use request_without_token"):
        ask(connector)
    assert not club.requests


def test_nobody_logs_in_for_a_picture_of_another_host(club, member):
    with pytest.raises(BadResponseError, match="not at this system's own address"):
        member.stream("http://127.0.0.1:9/pool.png", Call.within(10))
    assert not club.requests


def test_a_short_token_is_used_for_half_of_its_time():
    assert not Token.lasting("t", seconds=8).is_over
    assert Token.lasting("t", seconds=0).is_over
    assert not Token.lasting("t", seconds=None).is_over


def test_wrong_credentials_are_refused_and_asked_for_once(club):
    connector = ClubConnector(ClubConfig(url=club.url, secret="wrong"), egress=LOOPBACK)
    with pytest.raises(AccessDeniedError, match=r"Club: POST token: HTTP 401$"):
        ask(connector)
    assert [request.path for request in club.requests] == ["/token"]


def test_a_new_token_that_is_refused_ends_it(club, member):
    ask(member)
    club.log_in = lambda form: json_answer({"access_token": "of no use", "expires_in": 60})
    club.token = "another one's"
    with pytest.raises(AccessDeniedError, match=r"Club: GET members/1: HTTP 401$"):
        ask(member)
    assert [request.path for request in club.requests][2:] == ["/members/1", "/token", "/members/1"]


def test_a_refusal_of_one_thing_is_no_refusal_of_the_token(club, member):
    ask(member)
    club.status = 403
    with pytest.raises(AccessDeniedError, match="HTTP 403"):
        ask(member)
    assert club.logins == 1


def test_who_understands_401_gets_it(club, member):
    ask(member)
    club.log_in = lambda form: json_answer({"access_token": "of no use", "expires_in": 60})
    club.token = "another one's"
    assert ask(member, accept={401}).status == 401


def test_who_waits_for_another_ones_login_keeps_its_deadline(member):
    with member._login, pytest.raises(TransientError, match="no login in time") as raised:
        member.check(Call.within(0.05))
    assert raised.value.code == "timeout"


def test_a_login_that_failed_is_tried_again_by_the_next(club, member):
    working, club.log_in = club.log_in, lambda form: json_answer({}, status=503)
    with pytest.raises(TransientError):
        ask(member)
    club.log_in = working
    assert ask(member).status == 200


def test_no_token_and_no_secret_is_in_what_people_see(club, member):
    ask(member)
    club.status = 500
    with pytest.raises(TransientError) as raised:
        ask(member)
    told = f"{raised.value!r} {member._token!r}"
    assert SECRET not in told
    assert club.token not in told
