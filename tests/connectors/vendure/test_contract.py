"""The contract of the SDK, for Vendure with a key and without."""

import json

from connectors.sdk import MissingReason, Notice, Ref
from connectors.sdk.testing.contract import Collection, ConnectorContract, NotApplicable
from connectors.vendure.connector import VendureConnector
from connectors.vendure.settings import VendureConfig
from connectors.vendure.simulated_shop import SWISS
from connectors.vendure.simulator import API_KEY, VendureSimulator

SEED = VendureSimulator().shop


def product(name: str) -> Ref:
    return Ref("Product", next(one.id for one in SEED.products.values() if one.names["en"] == name))


def ids(*refs: Ref) -> list[str]:
    return [ref.external_id for ref in refs]


CHAIR, LAMP, SOFA, SHELF = map(product, ("Red Chair", "Blue Lamp", "Green Sofa", "White Shelf"))
PRODUCTS = tuple(Ref("Product", one) for one in SEED.products)
NEWEST = sorted(SEED.products, key=int, reverse=True)


class ShopContract(ConnectorContract, abstract=True):
    known = (CHAIR, LAMP, SOFA)
    unknown = Ref("Product", "9999")
    search_word = "lamp"
    picture = CHAIR
    # As a webhook plugin sends them, which numbers its ids; without a transformer there is no body.
    notices = (
        (
            {"content-type": "application/json"},
            json.dumps({"products": [int(CHAIR.external_id), LAMP.external_id]}).encode(),
            Notice(refs=[CHAIR, LAMP]),
        ),
    )
    collections = (
        Collection("Product", {"collection": "oak-things"}, ids(SHELF, SOFA, CHAIR)),
        Collection("Product", {"facet": "material:oak", "sort": "name"}, ids(SOFA, CHAIR, SHELF)),
        Collection("Product", {"facet": "Oak", "sort": "cheapest"}, ids(SHELF, CHAIR, SOFA)),
        Collection("Product", {"search": "voucher"}, NEWEST[:26]),
    )
    forbid = NotApplicable("Vendure's rights are for channels and kinds of things, not for single ones.")
    settings = {}

    def make_simulator(self):
        return VendureSimulator()

    def make_connector(self, url, egress):
        return VendureConnector(VendureConfig(base_url=url, **self.settings), egress=egress)

    def edit(self, simulator, ref):
        simulator.shop.rename(ref.external_id, "Renamed")

    def delete(self, simulator, ref):
        simulator.shop.delete(ref.external_id)

    def hide(self, simulator, ref):
        simulator.shop.change(ref.external_id, enabled=False)

    def drift(self, data):
        renamed = json.dumps(data).replace('"id":', '"uid":').replace('"productId":', '"uid":')
        return json.loads(renamed)


class TestAdmin(ShopContract):
    """With a key: everything by the Admin API, pictures too."""

    secrets = (API_KEY,)
    seeded = (*PRODUCTS, *(Ref("ImageObject", one) for one in SEED.assets))
    search_hits = (LAMP, Ref("ImageObject", SEED.products[LAMP.external_id].asset))
    settings = {"api_key": API_KEY}

    def make_refused(self, url, egress):
        return VendureConnector(VendureConfig(base_url=url, api_key="wrong"), egress=egress)


class TestShop(ShopContract):
    """Without a key: what visitors see, by the Shop API."""

    secrets = ()
    seeded = PRODUCTS
    search_hits = (LAMP,)
    make_refused = NotApplicable("The Shop API asks for no key.")
    # It answers a disabled product as one that was deleted.
    hidden_as = MissingReason.GONE


class TestSwiss(ShopContract):
    """With a key that was made in a channel, which has a currency of its own."""

    secrets = (API_KEY,)
    seeded = PRODUCTS
    search_hits = (LAMP,)
    settings = {
        "api_key": API_KEY,
        "asset_library": False,
        "channel": SWISS,
        "currencies": {"en": "CHF"},
    }

    def make_simulator(self):
        simulator = VendureSimulator()
        simulator.key_channels.add(SWISS)
        return simulator

    def make_refused(self, url, egress):
        return VendureConnector(VendureConfig(base_url=url, api_key="wrong"), egress=egress)


class TestMarket(ShopContract):
    """With a key of the default channel, in the channel of the locale, which is read as visitors see it."""

    secrets = (API_KEY,)
    seeded = PRODUCTS
    search_hits = (LAMP,)
    settings = {"api_key": API_KEY, "asset_library": False, "channels": {"en": SWISS}}
    make_refused = NotApplicable("What everybody may see is read without the key.")
