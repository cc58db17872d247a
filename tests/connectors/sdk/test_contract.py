"""The contract holds for a connector that keeps it, and fails for each way to break it."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest

from connectors.sdk import (
    Asset,
    AssetPage,
    BadResponseError,
    Call,
    Connector,
    ConnectorError,
    Egress,
    Identifier,
    Missing,
    MissingReason,
    Notice,
    Picture,
    Ref,
    Rendition,
    TransientError,
    Unchanged,
)
from connectors.sdk.testing.contract import Collection, ConnectorContract, NotApplicable, contract_cases
from connectors.sdk.testing.faults import FaultProxy
from connectors.sdk.testing.stage import LOOPBACK, ContractData, Stage
from tests.connectors.sdk.shop import KEY, TOKEN, Shop, ShopConfig, ShopSimulator


class ShopData(ConnectorContract, abstract=True):
    """What the shop says to the contract."""

    secrets = (TOKEN, KEY)
    known = tuple(Ref("Product", f"p-{n}") for n in (2, 7, 4))
    seeded = tuple(Ref("Product", f"p-{n}") for n in range(10))
    unknown = Ref("Product", "p-77")
    search_word = "spa"
    search_hits = (Ref("Product", "p-2"), Ref("Product", "p-5"))
    collections = (Collection("Product", {"q": "Spa"}, ("p-2", "p-5")),)
    person = Identifier("loyalty_id", "M-1")
    stranger = Identifier("loyalty_id", "M-2-nobody")
    notices = (({}, b'{"ids": ["p-1", "p-2"]}', Notice(refs=(Ref("Product", "p-1"), Ref("Product", "p-2")))),)
    picture = Ref("Product", "p-3")

    shop_class: type[Shop] = Shop

    def make_simulator(self) -> ShopSimulator:
        return ShopSimulator()

    def make_connector(self, url: str, egress: Egress) -> Connector[Any]:
        return self.shop_class(ShopConfig(base_url=url, token=TOKEN, key=KEY), egress=egress)

    def make_refused(self, url: str, egress: Egress) -> Connector[Any]:
        return self.shop_class(ShopConfig(base_url=url, token="wrong", key=KEY), egress=egress)

    def edit(self, simulator: Any, ref: Ref) -> None:
        simulator.change(ref.external_id, title=f"Edited {ref.external_id}")

    def delete(self, simulator: Any, ref: Ref) -> None:
        del simulator.items[ref.external_id]

    def hide(self, simulator: Any, ref: Ref) -> None:
        simulator.change(ref.external_id, state="hidden")

    def forbid(self, simulator: Any, ref: Ref) -> None:
        simulator.change(ref.external_id, state="forbidden")

    def drift(self, data: Any) -> Any:
        return {"items": [{**one, "id": {"value": one["id"]}} for one in data["items"]]}


class TestShop(ShopData):
    """Every case passes for the shop."""


class Closed(Shop):
    """The shop without what it could do beyond reading."""

    search = query = query_schema = find = erase = None  # type: ignore[assignment]
    changes_since = parse_notice = rendition = open_picture = sample = None  # type: ignore[assignment]


class TestClosedShop(ShopData):
    """A connector with no capability, at a system that knows no drafts."""

    shop_class = Closed
    hide = NotApplicable("The shop knows no drafts.")


class Negligent(Shop):
    """Each subclass forgets one thing."""


class Crashing(Negligent):
    def fetch(self, refs: Sequence[Ref], call: Call) -> Mapping[Ref, Asset | Missing | Unchanged]:
        answers = super().fetch(refs, call)
        return {ref: answers[ref] for ref in refs if answers[ref].fields}  # type: ignore[union-attr]


class Positional(Negligent):
    """Takes the first record for the first ref."""

    def fetch(self, refs: Sequence[Ref], call: Call) -> Mapping[Ref, Asset | Missing | Unchanged]:
        answers = [a for a in super().fetch(refs, call).values() if isinstance(a, Asset)]
        records = self.get_json("products", call, params={"id": [ref.external_id for ref in refs]})["items"]
        return dict(
            zip(refs, [{a.ref.external_id: a for a in answers}[r["id"]] for r in records], strict=False)
        )


class Eager(Negligent):
    def fetch(self, refs: Sequence[Ref], call: Call) -> Mapping[Ref, Asset | Missing | Unchanged]:
        self.get_json("products", call)
        return super().fetch(refs, call)


class Telling(Negligent):
    """Quotes the address that it called."""

    def request(self, method: str, path: str, call: Call, **more: Any) -> Any:
        try:
            return super().request(method, path, call, **more)
        except TransientError as error:
            raise TransientError(f"{error} at {path}?key={self.auth_params()['key']}") from None


class Patient(Negligent):
    """Tries until it works."""

    def request(self, method: str, path: str, call: Call, **more: Any) -> Any:
        try:
            return super().request(method, path, call, **more)
        except TransientError:
            return super().request(method, path, Call.within(2.5), **more)


class Forgetful(Negligent):
    """Calls everything gone when the key is refused."""

    def fetch(self, refs: Sequence[Ref], call: Call) -> Mapping[Ref, Asset | Missing | Unchanged]:
        try:
            return super().fetch(refs, call)
        except ConnectorError:
            return {ref: Missing(MissingReason.GONE) for ref in refs}


class Pretending(Negligent):
    """Says that it erased."""

    def erase(self, identifier: Identifier, call: Call) -> Mapping[str, Any]:
        self.check(call)
        return {"erased": 1}


class Tattling(Negligent):
    """Proves by telling what it was about."""

    def erase(self, identifier: Identifier, call: Call) -> Mapping[str, Any]:
        return {**super().erase(identifier, call), "who": identifier.value}


class Endless(Negligent):
    def search(self, query: str, types: Sequence[str], cursor: str | None, call: Call) -> AssetPage:
        return AssetPage(super().search(query, types, None, call).assets, "again")


class Careless(Negligent):
    """Finds everything for every word."""

    def search(self, query: str, types: Sequence[str], cursor: str | None, call: Call) -> AssetPage:
        return super().search("", types, cursor, call)


class Limitless(Negligent):
    def query(self, type: str, query: Mapping[str, Any], limit: int, *more: Any) -> AssetPage:
        return super().query(type, query, 100, *more)


class Trusting(Negligent):
    def parse_notice(self, headers: Mapping[str, str], body: bytes) -> Notice:
        return Notice(refs=(Ref("Product", body.decode()),))


class Deaf(Negligent):
    def changes_since(self, cursor: str | None, call: Call) -> Any:
        return super().changes_since(None, call)


class Stale(Negligent):
    """Believes that nothing changes once it has a validator."""

    def fetch(self, refs: Sequence[Ref], call: Call) -> Mapping[Ref, Asset | Missing | Unchanged]:
        return {
            ref: Unchanged() if ref in call.validators else answer
            for ref, answer in super().fetch(refs, call).items()
        }


class Open(Negligent):
    """Opens pictures anywhere, with its credentials."""

    def open_picture(self, url: str, call: Call) -> Picture:
        there = self.config.model_copy(update={"base_url": url})
        with closing(Shop(there, egress=self.egress)) as shop:
            picture = shop.stream(url, call)
            return Picture(picture.content_type, iter([b"".join(picture.chunks)]))


class Boasting(Negligent):
    """Says that what was asked will come."""

    def rendition(self, asset: Asset, *, width: int | None = None, **wish: Any) -> Rendition | None:
        made = super().rendition(asset, width=width, **wish)
        return made and replace(made, width=width)


class Mislabelling(Negligent):
    """Says that the format that was asked will come, and does not ask for it."""

    def rendition(self, asset: Asset, *, encoding_format: str | None = None, **wish: Any) -> Rendition | None:
        made = super().rendition(asset, **wish)
        return made and replace(made, encoding_format=encoding_format)


class Smaller(Negligent):
    """Gives the size below the one asked for."""

    def rendition(self, asset: Asset, *, width: int | None = None, **wish: Any) -> Rendition | None:
        return super().rendition(asset, width=width and width * 2 // 3, **wish)


class Restless(Negligent):
    """Makes a new address each time."""

    def rendition(self, asset: Asset, **wish: Any) -> Rendition | None:
        made = super().rendition(asset, **wish)
        return made and replace(made, url=f"{made.url}&at={time.monotonic_ns()}")


class Naive(Negligent):
    """Reads what it finds, whatever its shape."""

    def fetch(self, refs: Sequence[Ref], call: Call) -> Mapping[Ref, Asset | Missing | Unchanged]:
        if not refs:
            return {}
        data = self.get_json("products", call, params={"id": [ref.external_id for ref in refs]})
        found = {str(one["id"]): one for one in data["items"]}
        return {
            ref: Asset(ref, {"name": found[ref.external_id]["title"]})
            if ref.external_id in found
            else Missing(MissingReason.GONE)
            for ref in refs
        }


BROKEN: list[tuple[type[Shop], str]] = [
    (Crashing, "test_an_unknown_id_in_a_batch_spoils_nothing"),
    (Crashing, "test_a_deleted_item_is_missing_and_the_others_stay"),
    (Positional, "test_the_order_of_an_answer_does_not_matter"),
    (Eager, "test_nothing_is_called_for_no_refs"),
    (Telling, "test_http_500_and_503_are_transient"),
    (Patient, "test_a_hang_ends_at_the_deadline"),
    (Patient, "test_dripped_headers_end_at_the_deadline"),
    (Forgetful, "test_a_key_refused_for_everything_drops_no_link"),
    (Forgetful, "test_http_403_is_access_denied_and_drops_no_link"),
    (Pretending, "test_an_erased_person_is_found_no_more"),
    (Tattling, "test_erasing_a_stranger_erases_nobody"),
    (Endless, "test_paging_to_the_end_brings_everything_once"),
    (Careless, "test_a_search_filters"),
    (Limitless, "test_a_collection_keeps_its_limit_and_goes_on_from_there"),
    (Trusting, "test_a_garbage_notice_is_refused_or_means_little"),
    (Deaf, "test_a_poll_sees_an_edit_and_the_next_one_the_next"),
    (Stale, "test_a_validator_never_hides_an_edit"),
    (Open, "test_no_picture_is_opened_at_another_address"),
    (Boasting, "test_what_comes_has_about_the_size_asked_and_is_what_was_said"),
    (Mislabelling, "test_what_comes_has_about_the_size_asked_and_is_what_was_said"),
    (Smaller, "test_what_comes_has_about_the_size_asked_and_is_what_was_said"),
    (Restless, "test_equal_wishes_have_equal_addresses"),
    (Naive, "test_nonsense_in_json_never_crashes_it"),
    (Naive, "test_a_drifted_schema_is_a_bad_response_not_a_wrong_asset"),
]


@pytest.mark.parametrize(("shop_class", "case"), BROKEN, ids=lambda one: getattr(one, "__name__", one))
def test_a_connector_that_breaks_the_contract_fails_its_case(shop_class: type[Shop], case: str) -> None:
    contract = type("Broken", (ShopData,), {"shop_class": shop_class})()
    simulator = ShopSimulator()
    with (
        simulator,
        FaultProxy(simulator.url) as proxy,
        closing(contract.make_connector(proxy.url, LOOPBACK)) as connector,
        pytest.raises(
            (AssertionError, AttributeError, LookupError, TypeError, ValueError, pytest.fail.Exception)
        ),
    ):
        getattr(contract, case)(Stage(simulator, proxy, connector))


@pytest.mark.parametrize("gap", ["secrets", "known", "edit", "hide", "search_word", "collections", "notices"])
def test_a_contract_without_its_data_is_refused(gap: str) -> None:
    given = {
        name: value for name, value in vars(ShopData).items() if not name.startswith("__") and name != gap
    }
    with pytest.raises(TypeError, match=gap):
        type("TestGap", (ConnectorContract,), given)


def test_what_does_not_apply_is_not_collected_and_says_why() -> None:
    assert TestClosedShop.test_a_search_filters is None
    assert TestClosedShop.not_applicable["test_a_search_filters"] == "has no search"
    hidden = "test_a_hidden_item_is_missing_and_the_others_stay"
    assert TestClosedShop.not_applicable[hidden] == "The shop knows no drafts."
    assert set(TestShop.not_applicable.values()) == {"has no login"}
    assert all(callable(getattr(TestShop, name)) for name in contract_cases() if "token" not in name)


def test_every_need_of_a_case_is_a_hook() -> None:
    hooks = set(ContractData.__annotations__) | set(vars(ContractData))
    for name, case in contract_cases().items():
        assert set(vars(case)["contract_needs"]) <= hooks, name


def test_errors_of_a_bad_shape_name_the_field_and_not_the_value() -> None:
    contract = TestShop()
    with ShopSimulator() as simulator:
        simulator.items["p-2"]["price"] = "s3cret-price"
        connector = contract.make_connector(simulator.url, LOOPBACK)
        with pytest.raises(BadResponseError, match=r"items\.\d\.price") as error:
            connector.fetch(contract.known, Call.within(5))
        connector.close()
    assert "s3cret-price" not in str(error.value)
