"""The contract of the SDK, for Directus."""

from connectors.directus.connector import DirectusConnector
from connectors.directus.settings import DirectusConfig
from connectors.directus.simulator import TOKEN, DirectusSimulator
from connectors.sdk import Notice, Ref
from connectors.sdk.testing.contract import Collection, ConnectorContract, NotApplicable

SEED = DirectusSimulator(added_fields=("status",))
IDS = {file["title"]: key for key, file in SEED.files.items()}


def picture(title: str) -> Ref:
    return Ref("ImageObject", IDS[title])


class TestDirectus(ConnectorContract):
    secrets = (TOKEN,)
    known = (picture("red-chair"), picture("blue-lamp"), picture("green-sofa"))
    seeded = tuple(Ref("ImageObject", key) for key in SEED.files)
    unknown = Ref("ImageObject", "00000000-0000-4000-8000-000000000000")
    search_word = "lamp"
    search_hits = (picture("blue-lamp"),)
    collections = (
        Collection("ImageObject", {"tag": "red"}, [IDS["red-chair"]]),
        Collection(
            "ImageObject",
            {"folder": "Products", "sort": "newest"},
            [IDS["green-sofa"], IDS["blue-lamp"], IDS["red-chair"]],
        ),
        Collection(
            "ImageObject",
            {"tag": "spa", "sort": "newest"},
            [IDS[f"spa-{n}"] for n in range(19, 0, -1)],
        ),
    )
    notices = tuple(
        (headers, body, Notice(refs=[Ref("ImageObject", IDS[title]), Ref("VideoObject", IDS[title])]))
        for title, (headers, body) in zip(("red-chair", "blue-lamp"), SEED.deliveries, strict=False)
    )
    picture = picture("red-chair")
    # Directus answers a file that the role may not read as one that never was.
    forbid = NotApplicable("Directus answers 403 alike for what is forbidden, deleted and unknown.")

    def make_simulator(self):
        simulator = DirectusSimulator(added_fields=("status",))
        for file in simulator.files.values():
            file["status"] = "published"
        return simulator

    def make_connector(self, url, egress):
        config = DirectusConfig(base_url=url, token=TOKEN, status_field="status")
        return DirectusConnector(config, egress=egress)

    def make_refused(self, url, egress):
        return DirectusConnector(DirectusConfig(base_url=url, token="wrong"), egress=egress)

    def edit(self, simulator, ref):
        simulator.change(ref.external_id, title="renamed")

    def delete(self, simulator, ref):
        simulator.delete(ref.external_id)

    def hide(self, simulator, ref):
        simulator.change(ref.external_id, status="draft")

    def drift(self, data):
        return {
            "data": [{"uuid": file.get("id"), "name": "x"} for file in data["data"]],
            "meta": data.get("meta"),
        }
