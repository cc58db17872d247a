"""A word that nothing answers to is refused at its line, with what is near to it; nothing is changed."""

import pytest

from orchestrator.access import api as access
from orchestrator.provisioning.api import ApplyError

pytestmark = pytest.mark.django_db

SHOP = "space aurora, connection shop"
OFFERS = "space aurora, experience arrival, slot offers"


def problems(apply, text):
    with pytest.raises(ApplyError) as refused:
        apply(text)
    assert access.space_by_slug("aurora") is None
    return str(refused.value).splitlines()


def line_of(text, part):
    return text[: text.index(part)].count("\n") + 1


@pytest.mark.parametrize(
    ("before", "after", "at", "problem"),
    [
        ("    connections:\n", "    conections:\n", "    conections:",
         "space aurora, conections: is not known here; did you mean “connections” or “collections”?"),
        ("type: Product\n          get", "type: Produkt\n          get", "type: Produkt",
         f"{SHOP}, config, type: there is no such type; did you mean “Product”?"),
        ("items: products", "paging: pages", "paging: pages",
         (f"{SHOP}, config, paging: must be 'none', 'page', 'offset', 'cursor', 'next_url' or 'header'; "
         "did you mean “page”?")),
        ("{name: title,", "{nmae: title,", "mapping: {nmae",
         f"{SHOP}, config, mapping: Product has no field “nmae”; did you mean “name” or “image”?"),
        ("key: {env: SHOP_KEY}", "key: {enw: SHOP_KEY}", "key: {enw",
         f"{SHOP}, config, key: must be a text, or {{env: NAME}}, where followed_by may stand beside env"),
        ("freshness: {Product:", "freshness: {Produkt:", "freshness: {Produkt",
         f"{SHOP}, freshness, Produkt: there is no such type; did you mean “Product”?"),
        ("scheme: standard", "scheme: standart", "scheme: standart",
         f"{SHOP}, hooks, scheme: must be 'standard' or 'header'; did you mean “standard”?"),
        ("personal: true", "personal: sometimes", "personal: sometimes",
         "space aurora, connection members, personal: must be true or false"),
        ("query: {category: winter}", "query: {categroy: winter}", "query: {categroy",
         ("space aurora, collection Winter specials, query, categroy: “shop” does not ask this; "
         "did you mean “category”?")),
        ("identifier: loyalty_id", "identifier: loyality_id", "identifier: loyality_id",
         ("space aurora, bound link The guest of the request, identifier: “members” does not find people by "
         "this; did you mean “loyalty_id”?")),
        ("clients: [Website]", "clients: [Web site]", "clients: [Web site]",
         ("space aurora, channel web, client 1: this space has no API client “Web site”; "
         "did you mean “Website”?")),
        ("{link: shop, type: Product, id: P-7}", "{link: shopp, type: Product, id: P-7}", "{link: shopp",
         f"{OFFERS}, item 1, link: this space has no connection “shopp”; did you mean “shop”?"),
        ("{link: shop, type: Product, id: P-7}", "{link: shop, type: Products, id: P-7}", "type: Products",
         f"{OFFERS}, item 1, type: “shop” gives no such type; did you mean “Product”?"),
        ("{collection: Winter specials}", "{collection: Winter special}", "{collection: Winter special}",
         (f"{OFFERS}, item 2, collection: this space has no collection “Winter special”; "
         "did you mean “Winter specials”?")),
        ("{fragment: breakfast}", "{fragmnet: breakfast}", "{fragmnet",
         f"{OFFERS}, fallback 1, fragmnet: is not known here; did you mean “fragment”?"),
        ("accepts: [Product]", "accepts: [Prodct]", "accepts: [Prodct]",
         f"{OFFERS}, accepts 1: there is no such type; did you mean “Product”?"),
        ("on_failure: omit", "on_failure: ommit", "on_failure: ommit",
         ("space aurora, experience arrival, slot guest, on_failure: must be 'omit', 'substitute' or "
         "'last_known_good'; did you mean “omit”?")),
    ],
)  # fmt: skip
def test_one_wrong_word_is_one_problem_at_its_line(apply, example, before, after, at, problem):
    assert before in example
    text = example.replace(before, after, 1)
    assert problems(apply, text) == [f"hub.yaml:{line_of(text, at)}: {problem}"]


def test_a_collection_of_a_type_that_its_connection_does_not_give(apply, example):
    """The slot that shows it does not accept that type either; it is told once, where it is wrong."""
    text = example.replace(
        "connection: shop\n        type: Product", "connection: shop\n        type: Article"
    )
    place = f"hub.yaml:{line_of(text, 'type: Article')}: space aurora, collection Winter specials, type"
    assert problems(apply, text) == [f"{place}: “shop” gives no such type; there is “Product”"]


def test_a_question_that_has_to_be_answered(apply, example):
    text = example.replace("/products?category={category}", "/products/{category}").replace(
        "query: {category: winter}", "query: {}"
    )
    found = [line.split(": ", 1)[1] for line in problems(apply, text)]
    place = "space aurora, collection Winter specials, query, category"
    assert found == [f"{place}: is missing: “shop” cannot answer without it"]


def test_a_connection_without_collections(apply, example):
    lines = [line for line in example.splitlines() if "query_pa" not in line]
    assert "“shop” answers no collections, as it is set up" in problems(apply, "\n".join(lines))[0]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("spaces:\n- slug: a\n name: b\n", "hub.yaml:3: is not YAML: the line is indented otherwise than"),
        (
            "spaces:\n- slug: a\n  name: Aurora: the lodges\n",
            "hub.yaml:3: is not YAML: a text with “: ” in it",
        ),
        ("spaces: [{slug: a[, name: b}]\n", "hub.yaml:1: is not YAML: inside of brackets there is a comma"),
        ("spaces: []\n---\nspaces: []\n", "hub.yaml:2: is not YAML: “---” begins a second document"),
        ("spaces:\n- slug: *a\n", "hub.yaml:2: is not YAML: “*” names an anchor that is not there"),
        ("- slug: a\n", "hub.yaml:1: must be keys with values, such as “name: …”"),
        ("spaces:\n- aurora\n", "hub.yaml:2: space 1: must be keys with values"),
        (
            "spaces:\n- slug: Aurora Lodges\n  name: b\n",
            "hub.yaml:2: space Aurora Lodges, slug: must be letters",
        ),
        ("spaces:\n- slug: 12\n  name: b\n", "hub.yaml:2: space b, slug: must be a text; a number or a date"),
        ("spaces:\n- slug: a\n  name:\n", "hub.yaml:3: space a, name: is empty: give it a value"),
    ],
)
def test_a_file_of_another_shape_is_told_what_to_do(apply, text, problem):
    assert problems(apply, text)[0].startswith(problem)


def test_what_is_there_already_may_be_meant_too(apply, example):
    apply(example)
    text = (
        "spaces: [{slug: aurora, name: Aurora Lodges, channels: [{slug: app, name: App, clients: [Websit]}]}]"
    )
    with pytest.raises(ApplyError, match="no API client “Websit”; did you mean “Website”"):
        apply(text)


def test_a_plugin_that_cannot_say_what_it_can_do_hinders_no_file(apply, example, monkeypatch):
    from connectors.rest.connector import RestApiConnector

    def fail(_connector):
        raise RuntimeError

    monkeypatch.setattr(RestApiConnector, "asset_types", fail)
    assert len(apply(example).changed) == 9
