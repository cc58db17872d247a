"""The contract: what every connector promises, over real sockets.

A connector's test inherits it and says what its simulator holds; the cases come by themselves::

    class TestShop(ConnectorContract):
        secrets = ("t0ken-of-the-shop",)
        known = tuple(Ref("Product", f"p-{n}") for n in range(3))
        ...
        hide = NotApplicable("The shop has no drafts.")

        def make_simulator(self):
            return ShopSimulator()

        def make_connector(self, url, egress):
            return Shop(ShopConfig(base_url=url, token="t0ken-of-the-shop"), egress=egress)

A hook that is neither given nor declared not applicable is an error when the class is made: nothing
passes for want of data. Cases of capabilities that the connector does not have are not generated;
``python -m connectors.sdk.testing.table`` prints what ran, for which connector, and what did not and why.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar

import pytest

# Before the cases are imported: their asserts are rewritten to tell what they saw.
pytest.register_assert_rewrite("connectors.sdk.testing.stage", "connectors.sdk.testing.cases")

from connectors.sdk.conformance import package_of  # noqa: E402
from connectors.sdk.connector import capabilities  # noqa: E402
from connectors.sdk.login import LoginConnector  # noqa: E402
from connectors.sdk.testing.cases.describing import DescribingCases  # noqa: E402
from connectors.sdk.testing.cases.erasing import ErasingCases  # noqa: E402
from connectors.sdk.testing.cases.failing import FailingCases  # noqa: E402
from connectors.sdk.testing.cases.following import FollowingCases  # noqa: E402
from connectors.sdk.testing.cases.logging_in import LoggingInCases  # noqa: E402
from connectors.sdk.testing.cases.picking import PickingCases  # noqa: E402
from connectors.sdk.testing.cases.reading import ReadingCases  # noqa: E402
from connectors.sdk.testing.cases.showing import ShowingCases  # noqa: E402
from connectors.sdk.testing.stage import LOOPBACK, Collection, ContractData, NotApplicable, Stage  # noqa: E402

__all__ = ["Collection", "ConnectorContract", "NotApplicable", "Stage", "contract_cases"]

_NEEDED = ("secrets", "known", "unknown", "make_simulator", "make_connector", "edit", "drift", "make_refused")
_NEEDED_WITH: Mapping[str, tuple[str, ...]] = {
    "search": ("seeded", "search_word", "search_hits"),
    "collections": ("collections",),
    "identify": ("person", "stranger"),
    "hooks": ("notices",),
    "renditions": ("picture",),
    "pictures": ("picture",),
    "erasure": ("person", "stranger"),
}


class ConnectorContract(
    DescribingCases,
    ReadingCases,
    PickingCases,
    FollowingCases,
    ShowingCases,
    ErasingCases,
    LoggingInCases,
    FailingCases,
):
    """All cases. See the module for how to inherit, and ``ContractData`` for what to give."""

    connector_name: ClassVar[str] = ""
    connector_package: ClassVar[str] = ""
    not_applicable: ClassVar[Mapping[str, str]] = {}

    def __init_subclass__(cls, *, abstract: bool = False, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if abstract:
            return
        _refuse_gaps(cls, ("make_connector",))
        cls.has, cls.connector_name, cls.connector_package = _look_at(cls)
        needed = [name for has in cls.has for name in _NEEDED_WITH.get(has, ())]
        _refuse_gaps(cls, (*_NEEDED, "delete", "hide", "forbid", *needed))
        cls.not_applicable = dict(_inapplicable(cls))
        for name in cls.not_applicable:
            setattr(cls, name, None)  # Pytest collects no case that is no function.


def contract_cases() -> dict[str, Callable[..., None]]:
    """Every case by the name of its test, in the order of the table."""
    return {
        name: test
        for base in ConnectorContract.__bases__
        for name, test in vars(base).items()
        if name.startswith("test_")
    }


def _refuse_gaps(cls: type[ContractData], names: tuple[str, ...]) -> None:
    gaps = [name for name in names if getattr(cls, name, None) is getattr(ContractData, name, None)]
    if gaps:
        raise TypeError(f"{cls.__name__}: the contract needs {', '.join(gaps)}; see ContractData")


def _look_at(cls: type[ContractData]) -> tuple[tuple[str, ...], str, str]:
    """Capabilities, name and package of the connector: an instance, since settings may decide on them."""
    connector = cls().make_connector("http://127.0.0.1:9", LOOPBACK)
    login = ("login",) if isinstance(connector, LoginConnector) else ()
    try:
        return (*capabilities(connector), *login), connector.name, package_of(type(connector))
    finally:
        connector.close()


def _inapplicable(cls: type[ContractData]) -> Iterator[tuple[str, str]]:
    for name, test in contract_cases().items():
        capability = vars(test).get("contract_capability")
        if capability and capability not in cls.has:
            yield name, f"has no {capability}"
            continue
        for need in vars(test).get("contract_needs", ()):
            given = getattr(cls, need)
            if isinstance(given, NotApplicable):
                yield name, given.reason
                break
