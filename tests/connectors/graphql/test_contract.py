"""The contract of the SDK, for the GraphQL connector in three dialects."""

import json
from typing import ClassVar

from connectors.graphql.simulator import DIALECTS, SECRET, RelayShop, _opaque
from connectors.sdk import Notice, Ref
from connectors.sdk.testing.contract import Collection, ConnectorContract, NotApplicable
from tests.connectors.graphql.dialects import SETTINGS, connect

NO_SINGLE_RIGHTS = NotApplicable("The system has no rights on single records.")


class DialectContract(ConnectorContract, abstract=True):
    """What all dialects of the shop have in common: its stock, and what people do there."""

    dialect: ClassVar[str]
    secrets = (SECRET,)
    search_word = "massage"
    forbid = NO_SINGLE_RIGHTS

    @staticmethod
    def external_id(number: int) -> str:
        return str(number)

    def __init_subclass__(cls, **options):
        if "dialect" in vars(cls):
            kind = SETTINGS[cls.dialect]["type"]
            refs = [Ref(kind, cls.external_id(number)) for number in range(101, 108)]
            cls.known, cls.seeded, cls.search_hits = tuple(refs[:3]), tuple(refs), (refs[0],)
            cls.unknown = Ref(kind, cls.external_id(999))
        super().__init_subclass__(**options)

    def make_simulator(self):
        return DIALECTS[self.dialect]()

    def make_connector(self, url, egress):
        return connect(self.dialect, url, egress=egress)

    def make_refused(self, url, egress):
        secret = {"bearer": "token"}.get(SETTINGS[self.dialect]["auth"], "key")
        return connect(self.dialect, url, egress=egress, **{secret: "wrong"})

    def number(self, ref):
        return next(n for n in range(101, 108) if self.external_id(n) == ref.external_id)

    def edit(self, simulator, ref):
        simulator.change(self.number(ref), title="Renamed")

    def delete(self, simulator, ref):
        simulator.delete(self.number(ref))

    def hide(self, simulator, ref):
        simulator.change(self.number(ref), draft=True)

    def drift(self, data):
        """Every value is still there, under another name."""
        return json.loads(json.dumps(data).replace('": ', '_v2": '))


class TestRelay(DialectContract):
    dialect = "relay"
    external_id = staticmethod(_opaque)
    collections = (
        Collection("Product", {"tag": "spa"}, [_opaque(102), _opaque(101)]),
        Collection("Product", {}, [_opaque(number) for number in range(107, 100, -1)]),
    )
    picture = Ref("Product", _opaque(101))
    notices = (({}, b'{"id": "abc", "title": "x"}', Notice(refs=[Ref("Product", "abc")])),)


class TestOffset(DialectContract):
    dialect = "offset"
    collections = (Collection("Product", {"tag": "room"}, ["105", "104"]),)


class TestNumbered(DialectContract):
    dialect = "numbered"

    def forbid(self, simulator, ref):
        simulator.forbidden.add(self.number(ref))


class TestProtected(DialectContract):
    """Pictures that need the key."""

    dialect = "relay"
    external_id = staticmethod(_opaque)
    collections = TestRelay.collections
    picture = TestRelay.picture
    notices = TestRelay.notices

    def make_simulator(self):
        return PicturedShop()

    def make_connector(self, url, egress):
        return connect(self.dialect, url, egress=egress, pictures_need_key=True)


class PicturedShop(RelayShop):
    """Its pictures want the bearer token as well."""

    def answer(self, request):
        if request.path.startswith("/media/") and (refusal := self.refusal(request)) is not None:
            return refusal
        return super().answer(request)
