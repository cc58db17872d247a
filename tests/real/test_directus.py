"""Directus' connector against the real Directus."""

from connectors.directus.connector import DirectusConnector
from connectors.directus.settings import DirectusConfig
from connectors.sdk import Ref
from tests.real.suite import Collection, RealSuite

TYPES = {"image": "ImageObject", "video": "VideoObject"}


class TestDirectus(RealSuite):
    system = "directus"
    unknown = Ref("ImageObject", "00000000-0000-4000-8000-000000000000")
    search_word = "harbour"
    search_hits = ("Harbour at dawn", "Harbour at dusk")
    collections = (
        Collection("ImageObject", {"tag": "spa"}, ["Sauna", "Treatment room"]),
        Collection("ImageObject", {"folder": "Rooms"}, ["Suite, corner"]),
        Collection("VideoObject", {"sort": "title"}, ["A walk through the house"]),
        Collection(
            "ImageObject", {"folder": "Details", "sort": "title"}, [f"Detail {n:02}" for n in range(1, 54)]
        ),
    )
    picture = "Harbour at dusk"
    formats = ("image/webp", "image/png", "image/jpeg", "image/avif")
    deletions_told = "hook"

    def make_connector(self, url, key, egress):
        config = DirectusConfig(
            base_url=url,
            token=key.secret,
            status_field="status",
            licence_end_field="licence_end",
            credit_field="credit",
        )
        return DirectusConnector(config, egress=egress)

    def ref_of(self, seeded):
        return Ref(TYPES[seeded.kind], seeded.id)
