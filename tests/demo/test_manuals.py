"""What a system's page says is enough to connect it: nothing else is used here."""

import html
import re
import shlex

import pytest
import requests

from connectors.directus.connector import DirectusConnector
from connectors.kinto.connector import KintoConnector
from connectors.rest.connector import RestApiConnector
from connectors.sdk import Call, Egress, Identifier
from connectors.sdk.types import TYPES, type_title
from connectors.vendure.connector import VendureConnector
from connectors.wordpress.connector import WordPressConnector
from tests.demo.conftest import FORMS

CONNECTORS = {
    one.name: one
    for one in (RestApiConnector, DirectusConnector, KintoConnector, VendureConnector, WordPressConnector)
}
# What a person finds out with the live record beside the form; all that each type requires.
REQUIRED = {"articleBody": "record.text"}


def manual_on(page):
    """The connector's name, the entries by their labels, and the line to try, from the page's text."""
    part = re.search(r'<details class="manual">(.*?)</details>', page, re.DOTALL)[1]
    entries = re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", part)
    found = {
        html.unescape(label): html.unescape("\n".join(re.findall(r"<code>(.*?)</code>", lines)))
        for label, lines in entries
    }
    return (
        re.search(r"connector <b>(\w+)</b>", part)[1],
        found,
        html.unescape(re.search(r"<pre><code>(.*?)</code></pre>", part)[1]),
    )


def read_page(world, slug, **headers):
    return requests.get(f"{world.address}/?system={slug}", headers=headers, timeout=10).text


def as_settings(connector, entries):
    """What a person does who types each entry into the field of that label."""
    properties = connector.config_class.model_json_schema()["properties"]
    by_title = {hints["title"]: (name, hints) for name, hints in properties.items()}
    settings = {}
    for label, text in entries.items():
        name, hints = by_title[label]
        choices = {words: value for value, words in hints.get("labels", {}).items()}
        if name == "type":
            choices = {type_title(known): known for known in TYPES}
        if hints.get("format") == "pairs":
            settings[name] = dict(line.split(": ") for line in text.splitlines())
        else:
            settings[name] = choices[text] if choices else text
    return settings


@pytest.fixture(params=FORMS)
def connected(world, request):
    """A connector set up from the page of one system, and its slug."""
    name, entries, _line = manual_on(read_page(world, request.param))
    connector = CONNECTORS[name]
    entries.pop("Holds people's data", None)
    settings = as_settings(connector, entries)
    if "type" in settings:
        settings["mapping"] = REQUIRED
    built = connector(connector.config_class(**settings), egress=Egress(allowed_hosts={"127.0.0.1"}))
    yield request.param, built
    built.close()


def test_the_page_is_enough_to_connect_and_to_pick(connected):
    slug, connector = connected
    call = Call.within(5)
    connector.check(call)
    if slug == "crm":
        ada = Identifier("loyalty_id", "ML-100234")
        assert connector.find([ada], call)[ada].fields["givenName"] == "Ada"
        proof = connector.erase(ada, call)
        assert proof["erased"] == 1
        return
    page = connector.search("", (), None, call)
    words = connector.search("lavender" if slug != "help" else "parking", (), None, call)
    assert page.assets
    assert words.assets
    refs = [asset.ref for asset in words.assets]
    assert set(connector.fetch(refs, call)) == set(refs)


@pytest.mark.parametrize("slug", FORMS)
def test_the_line_to_try_answers(world, slug):
    program, silent, *options, address = shlex.split(manual_on(read_page(world, slug))[2])
    assert (program, silent) == ("curl", "-s")
    # As curl sends it; not every machine that runs this has one.
    given = list(zip(options[::2], options[1::2], strict=True))
    auth = next((tuple(value.split(":", 1)) for option, value in given if option == "-u"), None)
    headers = dict(value.split(": ", 1) for option, value in given if option == "-H")
    body = next((value for option, value in given if option == "-d"), None)
    answer = requests.request(
        "POST" if body else "GET", address, auth=auth, headers=headers, data=body, timeout=10
    )
    assert (answer.status_code, type(answer.json())) == (200, dict)
    assert "errors" not in answer.json()


@pytest.mark.parametrize(
    ("host", "shown"),
    [
        ("127.0.0.1:8801", True), ("localhost:8801", True), ("[::1]:8801", True),
        ("evil.example", False), ("127.0.0.1.evil.example:8801", False), ("", False),
    ],
)  # fmt: skip
def test_a_key_is_shown_to_a_browser_on_this_machine_only(world, host, shown):
    page = read_page(world, "pim", Host=host)
    assert (world.environment["DEMO_PIM_KEY"] in page) is shown
    assert "Connect it yourself" in page
