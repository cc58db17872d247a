"""The simulator against what WordPress 6.1.9 really answered: same status and error, no made-up field."""

import base64
import json
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from connectors.sdk import AccessDeniedError, Asset, Call, ConfigurationError, Missing, MissingReason, Ref
from connectors.sdk.connector import Egress
from connectors.sdk.testing.simulator import SimAnswer, SimRequest
from connectors.wordpress.connector import WordPressConnector
from connectors.wordpress.settings import WordPressConfig
from connectors.wordpress.simulator import EDITOR, PASSWORD, SUBSCRIBER, WordPressSimulator

RECORDED = Path(__file__).parent / "recorded"
# "users/me" is asked by nobody here; it shows that WordPress does not refuse a wrong password at once.
REPLAYED = sorted(file.stem for file in RECORDED.glob("*.json") if file.stem != "bad-password")
HIDDEN, GONE = Missing(MissingReason.HIDDEN), Missing(MissingReason.GONE)


def recorded(name: str):
    return json.loads((RECORDED / f"{name}.json").read_text())


def prepared(name: str) -> WordPressSimulator:
    """The simulator with what was there on that day, under the same ids."""
    simulator = WordPressSimulator()
    simulator.rows = {n: row for n, row in simulator.rows.items() if n in (4, 5, 6)}
    if name.startswith(("media", "page-out", "per-page")):
        if name == "media-deleted-get":
            simulator.delete(6)
        return simulator
    simulator.rows.clear()
    for number, status in ((5, "publish"), (6, "draft"), (8, "private"), (9, "future"), (11, "trash")):
        simulator._next_id = number
        simulator.post(f"post {number}", status=status, categories=[2], tags=[4])
    simulator._next_id = 14
    simulator.post("locked", password="abc")
    simulator.post("A page", type="page")
    if name == "post-trashed-get-anonymous":
        simulator._next_id = 7
        simulator.post("to trash", status="trash")
    if name == "post-embedded":
        simulator._next_id = 4
        simulator.upload("pool", size=(1200, 800))
        simulator.rows[5]["featured_media"] = 4
    if name == "posts-drafts-auth":
        simulator.rows = {9: {**simulator.rows[9], "status": "draft"}}
    return simulator


def replay(name: str) -> SimAnswer:
    request = recorded(name)["request"]
    headers = {"host": "127.0.0.1:28980"}
    if "Authorization" in request["headers"]:
        user = SUBSCRIBER if "subscriber" in name else EDITOR
        pair = f"{user}:{'wrong' if name.startswith('wrong') else PASSWORD}"
        headers["authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
    parts = urlsplit(request["url"])
    query = parse_qs(parts.query, keep_blank_values=True)
    return prepared(name).answer(SimRequest("GET", parts.path, query, headers))


def within(simulated, real, at="answer"):
    """Whether the simulator has the nesting of the real one, and nothing that it has not."""
    if isinstance(simulated, dict):
        assert isinstance(real, dict), at
        assert not simulated.keys() - real.keys(), at
        for name, value in simulated.items():
            if name == "sizes":
                continue  # Named for what was uploaded.
            within(value, real[name], f"{at}.{name}")
    elif isinstance(simulated, list):
        assert isinstance(real, list), at
        if simulated and real:
            within(simulated[0], real[0], f"{at}[]")
    else:
        assert isinstance(real, type(simulated)), at


@pytest.mark.parametrize("name", REPLAYED)
def test_the_simulator_answers_as_wordpress_did(name):
    answer, expected = replay(name), recorded(name)["response"]
    body = json.loads(answer.body)
    assert answer.status == expected["status"]
    assert answer.headers["Content-Type"] == expected["headers"]["Content-Type"]
    if "code" in expected["body"]:
        assert body == expected["body"]
        return
    within(body, expected["body"])
    if isinstance(body, list):
        assert answer.headers["X-WP-Total"].isdigit()
        assert ('rel="next"' in answer.headers.get("Link", "")) == (
            'rel="next"' in expected["headers"]["Link"]
        )
    if isinstance(body, list) and body and "_fields" in recorded(name)["request"]["url"]:
        assert body[0].keys() == expected["body"][0].keys()
    if name in ("editor-every-status", "media-batch-get"):
        assert [row["id"] for row in body] == [row["id"] for row in expected["body"]]
        assert answer.headers["X-WP-Total"] == expected["headers"]["X-WP-Total"]


class Playing(WordPressSimulator):
    """Answers what was recorded, whatever is asked; ``then`` to every further question."""

    def __init__(self, *names: str) -> None:
        super().__init__()
        self.samples = [recorded(name)["response"] for name in names]

    def answer(self, request):
        sample = self.samples.pop(0) if len(self.samples) > 1 else self.samples[0]
        return SimAnswer(sample["status"], sample["headers"], json.dumps(sample["body"]).encode())


@pytest.fixture
def reading():
    """Hand recorded answers to the connector, one after the other: ``reading(operation, *names)``."""

    def read(operation, *names, **settings):
        with Playing(*names) as simulator:
            connector = WordPressConnector(
                WordPressConfig(base_url=simulator.url, **settings),
                egress=Egress(allowed_hosts=frozenset({"127.0.0.1"})),
            )
            try:
                return operation(connector)
            finally:
                connector.close()

    return read


KEY = {"username": "ed", "application_password": "abcd"}


def fetch(*ids, type="Article"):
    refs = [Ref(type, str(one)) for one in ids]

    def ask(connector):
        answers = connector.fetch(refs, Call.within(5))
        return [answers.get(ref) for ref in refs]

    return ask


def test_a_recorded_post_is_an_article(reading):
    (article,) = reading(fetch(5), "post-embedded")
    assert isinstance(article, Asset)
    assert article.fields["headline"] == "edited in NZ"
    assert article.fields["description"] == "Ex & cerpt"
    assert article.fields["articleBody"].startswith("<p>Hello")
    assert article.fields["author"]["name"] == "admin"
    assert article.fields["keywords"] == ["Spa & wellness", "hot stone"]
    assert article.fields["image"] == ["http://127.0.0.1:28980/wp-content/uploads/2026/11/pool.png"]
    assert article.fields["extra"]["imageAlt"] == "The pool"
    assert article.fields["dateModified"] == "2026-11-21T23:20:06Z"


def test_a_recorded_post_behind_a_password_is_hidden(reading):
    assert reading(fetch(14), "post-password-protected") == [HIDDEN]


def test_recorded_files_are_pictures(reading):
    six, five = reading(fetch(6, 5, type="ImageObject"), "media-list-page1")
    assert (six.fields["width"], five.fields["width"]) == (640, 800)
    assert five.fields["description"] == "Alt for blue-lamp"
    assert five.fields["caption"] == "Caption blue-lamp"
    assert [size["name"] for size in five.fields["extra"]["sizes"]] == [
        *("medium", "large", "thumbnail", "medium_large", "full"),
    ]


def test_a_recorded_draft_and_what_is_in_the_trash_are_hidden_from_everybody(reading):
    for alone in ("draft-get-anonymous", "post-trashed-get-anonymous"):
        assert reading(fetch(9), "offset-beyond-the-end", alone) == [HIDDEN]


def test_a_recorded_404_is_gone(reading):
    assert reading(fetch(6, type="ImageObject"), "offset-beyond-the-end", "media-deleted-get") == [GONE]


def test_recorded_statuses_tell_an_editor_hidden_from_gone(reading):
    answers = reading(fetch(6, 8, 9, 11), "editor-every-status", **KEY)
    assert answers == [HIDDEN, HIDDEN, HIDDEN, GONE]


def test_a_recorded_refusal_of_statuses_is_told_from_a_wrong_key(reading):
    with pytest.raises(AccessDeniedError):
        reading(fetch(5, 6), "wrong-password-status-refused", **KEY)
    (post, draft) = reading(
        fetch(5, 6), "subscriber-status-refused", "post-embedded", "draft-get-subscriber", **KEY
    )
    assert isinstance(post, Asset)
    assert draft == HIDDEN


def test_a_recorded_end_of_the_list_is_an_end(reading):
    page = reading(
        lambda c: c.search("", ("ImageObject",), "9 media/image", Call.within(5)), "page-out-of-range"
    )
    assert (page.assets, page.next_cursor) == ([], None)


def test_a_recorded_list_that_ignores_the_category_is_not_believed(reading):
    ask = {"category": "Spa & wellness"}
    with pytest.raises(ConfigurationError, match="not filtered by “categories”"):
        reading(
            lambda c: c.query("Article", ask, 5, None, Call.within(5)),
            *("category-by-a-word", "pages-ignore-categories"),
            post_types=["pages"],
        )
