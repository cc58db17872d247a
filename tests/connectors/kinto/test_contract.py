"""The contract of the SDK, for Kinto."""

from connectors.kinto.connector import KintoConnector
from connectors.kinto.settings import KintoConfig
from connectors.kinto.simulator import PASSWORD, USER, KintoSimulator
from connectors.sdk import Identifier, Ref
from connectors.sdk.testing.contract import ConnectorContract, NotApplicable


class TestKinto(ConnectorContract):
    secrets = (PASSWORD,)
    known = tuple(Ref("Person", f"c{n}") for n in (1, 2, 3))
    unknown = Ref("Person", "c99")
    person = Identifier("loyalty_id", "ML-004")
    stranger = Identifier("loyalty_id", "ML-999")
    hide = NotApplicable("Kinto has no drafts.")

    def make_simulator(self):
        return KintoSimulator()

    def make_connector(self, url, egress, password=PASSWORD):
        config = KintoConfig(
            base_url=f"{url}/v1", username=USER, password=password, bucket="crm", collection="contacts"
        )
        return KintoConnector(config, egress=egress)

    def make_refused(self, url, egress):
        return self.make_connector(url, egress, password="wrong")

    def edit(self, simulator, ref):
        simulator.change(ref.external_id, tier="platinum", points=7)

    def delete(self, simulator, ref):
        simulator.delete(ref.external_id)

    def forbid(self, simulator, ref):
        simulator.readable = set(simulator.rows) - {ref.external_id}

    def drift(self, data):
        return {"responses": [{**one, "body": {"record": one["body"]}} for one in data["responses"]]}
