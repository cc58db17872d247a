"""The contract of the SDK, for WordPress: with an editor's key, and as everybody."""

from connectors.sdk import Ref
from connectors.sdk.testing.contract import Collection, ConnectorContract, NotApplicable
from connectors.wordpress.connector import WordPressConnector
from connectors.wordpress.settings import WordPressConfig
from connectors.wordpress.simulator import EDITOR, PASSWORD, WordPressSimulator

SEED = WordPressSimulator()
TYPES = {"post": "Article", "page": "Article", "attachment": "ImageObject"}
REFS = {row["title"]: Ref(TYPES[row["type"]], str(number)) for number, row in SEED.rows.items()}
POST_TYPES = ["posts", "pages"]


class WordPressData(ConnectorContract, abstract=True):
    """What both say."""

    known = tuple(REFS[title] for title in ("How to assemble chair 1", "red-chair", "About us"))
    seeded = tuple(REFS.values())
    unknown = Ref("Article", "9999")
    search_word = "lamp"
    search_hits = (REFS["blue-lamp"], REFS["Don’t touch the lamp"])
    collections = (
        Collection(
            "Article",
            {"category": "Spa & wellness", "sort": "newest"},
            [REFS[f"How to assemble chair {n}"].external_id for n in range(27, 0, -3)],
        ),
        Collection("Article", {"articles": "pages"}, [REFS["About us"].external_id]),
        Collection("Article", {"tag": "harbour", "author": "Bo Harbour"}, []),
        Collection(
            "ImageObject",
            {"sort": "title"},
            [REFS[title].external_id for title in ("blue-lamp", "green-sofa", "red-chair")],
        ),
    )
    picture = REFS["red-chair"]
    forbid = NotApplicable("WordPress answers what a user may not see like a draft.")

    def make_simulator(self):
        return WordPressSimulator()

    def edit(self, simulator, ref):
        simulator.change(int(ref.external_id), title="renamed")

    def delete(self, simulator, ref):
        simulator.delete(int(ref.external_id))

    def hide(self, simulator, ref):
        simulator.change(int(ref.external_id), status="draft")

    def drift(self, data):
        return [{"post_id": row.get("id"), "post_title": "x"} for row in data]


class TestWordPress(WordPressData):
    """With the application password of an editor."""

    secrets = (PASSWORD,)

    def make_connector(self, url, egress, password=PASSWORD):
        config = WordPressConfig(
            base_url=url, username=EDITOR, application_password=password, post_types=POST_TYPES
        )
        return WordPressConnector(config, egress=egress)

    def make_refused(self, url, egress):
        return self.make_connector(url, egress, password="not this one")


class TestWordPressAsEverybody(WordPressData):
    """Without a key."""

    secrets = ()
    make_refused = NotApplicable("Without a key there is none that could be refused.")

    def make_connector(self, url, egress):
        return WordPressConnector(WordPressConfig(base_url=url, post_types=POST_TYPES), egress=egress)
