"""The contract of the SDK, for the REST connector in six dialects."""

import json
from typing import ClassVar

from connectors.rest.simulator import (
    SECRET,
    CountedShop,
    CursorShop,
    LinkedShop,
    NumberedShop,
    PagedShop,
    TwoHundredShop,
)
from connectors.sdk import Identifier, Notice, Ref
from connectors.sdk.testing.contract import Collection, ConnectorContract, NotApplicable
from tests.connectors.rest import dialects

NO_DRAFTS = NotApplicable("The system has no drafts.")
NO_SINGLE_RIGHTS = NotApplicable("The system has no rights on single records.")


class DialectContract(ConnectorContract, abstract=True):
    """What all dialects of the shop have in common: its stock, and what people do there."""

    settings: ClassVar[dict]
    base_path = ""
    id_prefix = ""
    secrets = (SECRET,)
    search_word = "massage"
    hide = NO_DRAFTS
    forbid = NO_SINGLE_RIGHTS

    def __init_subclass__(cls, **options):
        if "settings" in vars(cls):
            refs = [Ref(cls.settings["type"], f"{cls.id_prefix}{number}") for number in range(101, 108)]
            cls.known, cls.seeded, cls.search_hits = tuple(refs[:3]), tuple(refs), (refs[0],)
            cls.unknown = Ref(cls.settings["type"], f"{cls.id_prefix}999")
        super().__init_subclass__(**options)

    def make_connector(self, url, egress):
        return dialects.connect(self.settings, url, base_path=self.base_path)

    def make_refused(self, url, egress):
        secret = {"basic": "password", "bearer": "token"}.get(self.settings["auth"], "key")
        return dialects.connect({**self.settings, secret: "wrong"}, url, base_path=self.base_path)

    def number(self, ref):
        return ref.external_id.removeprefix(self.id_prefix)

    def edit(self, simulator, ref):
        simulator.change(self.number(ref), title="Renamed")

    def delete(self, simulator, ref):
        simulator.delete(self.number(ref))

    def drift(self, data):
        """Every value is still there, under another name."""
        renamed = json.dumps(data).replace('": ', '_v2": ')
        return {"v2": json.loads(renamed)}


class TestNumbered(DialectContract):
    settings = dialects.NUMBERED
    base_path = "/v2"
    collections = (
        Collection("Product", {"tag": "spa"}, ["102", "101"]),
        Collection("Product", {}, ["107", "106", "105", "104", "103", "102", "101"]),
    )
    notices = (
        (
            {},
            b'{"kind": "product", "items": [{"id": 101}]}',
            Notice(refs=[Ref("Product", "101")]),
        ),
        ({}, b'{"kind": "order", "items": [{"id": 101}]}', Notice()),
    )

    def make_simulator(self):
        return NumberedShop()


class TestCursor(DialectContract):
    settings = dialects.CURSOR
    id_prefix = "at-"
    collections = (Collection("SocialMediaPosting", {"tag": "room"}, ["at-105", "at-104"]),)
    notices = (({}, b'{"uri": "at-101"}', Notice(refs=[Ref("SocialMediaPosting", "at-101")])),)

    def make_simulator(self):
        return CursorShop()


class TestPaged(DialectContract):
    settings = dialects.PAGED
    base_path = "/api"

    def make_simulator(self):
        return PagedShop()

    def hide(self, simulator, ref):
        simulator.change(self.number(ref), draft=True)

    def forbid(self, simulator, ref):
        simulator.forbidden.add(int(self.number(ref)))


class TestLinked(DialectContract):
    settings = dialects.LINKED
    base_path = "/wp-json/wp/v2"
    picture = Ref("ImageObject", "101")

    def make_simulator(self):
        return LinkedShop()


class TestCounted(DialectContract):
    settings = dialects.COUNTED
    id_prefix = "sku-"
    collections = (Collection("Product", {"tag": "outdoors"}, ["sku-106", "sku-103"]),)

    def make_simulator(self):
        return CountedShop()


class TestTwoHundred(DialectContract):
    settings = dialects.TWO_HUNDRED

    def make_simulator(self):
        return TwoHundredShop()


class TestGuests(ConnectorContract):
    """A personal connection: no list, no search; records by identifier."""

    secrets = (SECRET,)
    known = tuple(Ref("Person", key) for key in ("7", "8", "9"))
    unknown = Ref("Person", "999")
    hide = NO_DRAFTS
    forbid = NO_SINGLE_RIGHTS
    person = Identifier("loyalty_id", "M-1001")
    stranger = Identifier("loyalty_id", "M-9999")

    def make_simulator(self):
        return CountedShop()

    def make_connector(self, url, egress):
        return dialects.connect(dialects.GUESTS, url)

    def make_refused(self, url, egress):
        return dialects.connect(dialects.GUESTS, url, token="wrong")

    def edit(self, simulator, ref):
        simulator.guests[ref.external_id]["tier"] = "Platinum"

    def delete(self, simulator, ref):
        del simulator.guests[ref.external_id]

    def drift(self, data):
        return {"data": {"guest": data["data"]}}
