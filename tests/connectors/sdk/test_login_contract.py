"""The contract holds for a connector that logs in, and its faults reach what is behind the login."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest
from pydantic import BaseModel

from connectors.sdk import (
    Asset,
    BadResponseError,
    Call,
    ConnectorError,
    Missing,
    Ref,
    TransientError,
    Unchanged,
)
from connectors.sdk.login import LoginConnector, Token
from connectors.sdk.testing.contract import Stage
from connectors.sdk.testing.faults import FaultProxy
from connectors.sdk.testing.simulator import SimAnswer, SimRequest, json_answer
from connectors.sdk.testing.stage import LOOPBACK
from tests.connectors.sdk.shop import TOKEN, Shop, ShopConfig, ShopSimulator
from tests.connectors.sdk.test_contract import ShopData

REPLACED = "test_a_refused_token_is_replaced_unnoticed"


class Given(BaseModel):
    session: str


class ClubShop(LoginConnector[ShopConfig], Shop):
    """The shop, whose token is exchanged for a session; one that is over is refused with 419."""

    token_refused = frozenset({419})

    def log_in(self, call: Call) -> Token:
        token = self.config.token.get_secret_value()
        answer = self.request_without_token("POST", "login", call, json={"token": token})
        return Token.lasting(self.parse(Given, answer.json()).session, seconds=20)


class ClubSimulator(ShopSimulator):
    def __init__(self) -> None:
        super().__init__()
        self.sessions: list[str] = []

    def answer(self, request: SimRequest) -> SimAnswer:
        if request.path == "/login":
            return self.log_in(request.json()["token"])
        if not self.is_open(request.headers.get("authorization", "").removeprefix("Bearer ")):
            return json_answer({"error": "the session is over"}, status=419)
        return super().answer(
            replace(request, headers={**request.headers, "authorization": f"Bearer {TOKEN}"})
        )

    def is_open(self, session: str) -> bool:
        return session in self.sessions

    def log_in(self, token: str) -> SimAnswer:
        if token != TOKEN:
            return json_answer({"error": "who are you?"}, status=403)
        self.sessions.append(f"s-{len(self.sessions)}")
        return json_answer({"session": self.sessions[-1]})


class ClubData(ShopData, abstract=True):
    shop_class = ClubShop
    simulator_class = ClubSimulator

    def make_simulator(self) -> ShopSimulator:
        return self.simulator_class()


class TestClubShop(ClubData):
    """Every case passes for the shop behind a login."""


class Rigid(ClubShop):
    """Expects 401 of every system."""

    token_refused = frozenset({401})


class Naive(ClubShop):
    """Reads what it finds, once it is logged in."""

    def fetch(self, refs: Sequence[Ref], call: Call) -> Mapping[Ref, Asset | Missing | Unchanged]:
        assert self.get_json("products", call)["items"] is not None
        return super().fetch(refs, call)


class Blaming(ClubShop):
    """Takes an outage for a wrong answer, once it is logged in."""

    def request(self, method: str, path: str, call: Call, **more: Any) -> Any:
        held = self._token
        try:
            return super().request(method, path, call, **more)
        except TransientError as error:
            raise BadResponseError(str(error)) if held else error from None


class Patient(ClubShop):
    """Tries until it works, once it is logged in."""

    def request(self, method: str, path: str, call: Call, **more: Any) -> Any:
        held = self._token
        try:
            return super().request(method, path, call, **more)
        except TransientError:
            return super().request(method, path, Call.within(2.5) if held else call, **more)


class Open(ClubSimulator):
    """Looks at no session."""

    def is_open(self, session: str) -> bool:
        return True


def play(case: str, **given: Any) -> None:
    contract = type("Played", (ClubData,), given)()
    with (
        contract.make_simulator() as simulator,
        FaultProxy(simulator.url) as proxy,
        closing(contract.make_connector(proxy.url, LOOPBACK)) as connector,
    ):
        getattr(contract, case)(Stage(simulator, proxy, connector))


def test_a_status_that_the_connector_does_not_know_fails_and_says_where_to_name_it() -> None:
    with pytest.raises(pytest.fail.Exception, match=r"HTTP 419.*LoginConnector\.token_refused"):
        play(REPLACED, shop_class=Rigid)


def test_a_simulator_that_takes_any_token_shows_nothing() -> None:
    with pytest.raises(AssertionError, match="the simulator takes any token"):
        play(REPLACED, simulator_class=Open)


@pytest.mark.parametrize(
    ("shop_class", "case"),
    [
        (Naive, "test_nonsense_in_json_never_crashes_it"),
        (Blaming, "test_http_500_and_503_are_transient"),
        (Patient, "test_a_hang_ends_at_the_deadline"),
    ],
)
def test_what_goes_wrong_behind_the_login_fails(shop_class: type[Shop], case: str) -> None:
    with pytest.raises((AssertionError, LookupError, TypeError, ConnectorError)):
        play(case, shop_class=shop_class)


def test_a_drift_that_does_not_know_an_answer_is_told_as_such() -> None:
    with pytest.raises(AssertionError, match=r"drift\(\) itself failed, on an answer of fetch: KeyError"):
        play(
            "test_a_drifted_schema_is_a_bad_response_not_a_wrong_asset",
            drift=lambda contract, data: data["rows"],
        )
