"""The contract of the SDK, for feeds in three formats."""

from typing import ClassVar

from connectors.rss.simulator import SECRET, AtomFeed, RdfFeed, WordPressFeed
from connectors.sdk import MissingReason, Ref
from connectors.sdk.testing.contract import Collection, ConnectorContract, NotApplicable
from tests.connectors.rss import dialects

NUMBERS = range(107, 100, -1)


class FeedContract(ConnectorContract, abstract=True):
    """What all feeds have in common: the magazine's stories, and what people do there."""

    settings: ClassVar[dict]
    id_prefix = ""
    form = dialects.XML
    secrets = (SECRET,)
    unknown_as = MissingReason.UNKNOWN
    deleted_as: ClassVar = MissingReason.UNKNOWN
    search_word = "harbour"
    hide = NotApplicable("A feed holds what is published.")
    forbid = NotApplicable("A feed is given as a whole or not at all.")

    def __init_subclass__(cls, **options):
        if "settings" in vars(cls):
            given = cls.settings.get("type", "Article")
            refs = {number: Ref(given, f"{cls.id_prefix}{number}") for number in NUMBERS}
            cls.seeded = tuple(refs.values())
            cls.known, cls.search_hits = cls.seeded[:3], (refs[101],)
            cls.unknown = Ref(given, f"{cls.id_prefix}999")
            cls.collections = (
                Collection(given, {"category": "spa"}, [refs[106].external_id, refs[102].external_id]),
                Collection(given, {}, [ref.external_id for ref in cls.seeded]),
            )
        super().__init_subclass__(**options)

    def make_connector(self, url, egress):
        return dialects.connect(self.settings, url, egress)

    def make_refused(self, url, egress):
        secret = "password" if self.settings["auth"] == "basic" else "key"
        return dialects.connect({**self.settings, secret: "wrong"}, url, egress)

    def edit(self, simulator, ref):
        simulator.change(int(ref.external_id.removeprefix(self.id_prefix)), title="Renamed")

    def delete(self, simulator, ref):
        simulator.delete(int(ref.external_id.removeprefix(self.id_prefix)))

    def drift(self, data):
        """Every value is still there, under another root."""
        return {**data, "name": "feed_v2"}


class TestWordPressFeed(FeedContract):
    settings = dialects.WORDPRESS
    id_prefix = "https://magazine.example/?p="

    def make_simulator(self):
        return WordPressFeed()


class TestAtomFeed(FeedContract):
    settings = dialects.ATOM
    id_prefix = "tag:magazine.example,2026:"
    deleted_as = MissingReason.GONE

    def make_simulator(self):
        return AtomFeed()


class TestRdfFeed(FeedContract):
    settings = dialects.RDF
    id_prefix = "https://magazine.example/"

    def make_simulator(self):
        return RdfFeed()
