from acme_recipes.connector import AcmeConfig, AcmeConnector
from acme_recipes.simulator import TOKEN, AcmeSimulator

from connectors.sdk import Ref
from connectors.sdk.testing.contract import ConnectorContract, NotApplicable


class TestAcme(ConnectorContract):
    secrets = (TOKEN,)
    seeded = tuple(Ref("Article", str(n)) for n in range(1, 6))
    known = seeded[:3]
    unknown = Ref("Article", "99")
    search_word = "soup"
    search_hits = seeded[3:]
    hide = NotApplicable("Acme has no drafts.")
    forbid = NotApplicable("A token of Acme reads all or nothing.")

    def make_simulator(self):
        return AcmeSimulator()

    def make_connector(self, url, egress):
        return AcmeConnector(AcmeConfig(base_url=url, token=TOKEN), egress=egress)

    def make_refused(self, url, egress):
        return AcmeConnector(AcmeConfig(base_url=url, token="wrong"), egress=egress)

    def edit(self, simulator, ref):
        simulator.recipes[int(ref.external_id)]["title"] = "Rösti with egg"

    def delete(self, simulator, ref):
        del simulator.recipes[int(ref.external_id)]

    def drift(self, data):
        return {"recipes": [{"number": recipe["id"]} for recipe in data["recipes"]]}
