"""Every problem names its line and the keys that lead there, in words, without a secret."""

import pytest

from orchestrator.access import api as access
from orchestrator.provisioning.api import ApplyError

pytestmark = pytest.mark.django_db


def problems(apply, text, **options) -> list[str]:
    with pytest.raises(ApplyError) as refused:
        apply(text, **options)
    assert access.space_by_slug("aurora") is None
    return str(refused.value).splitlines()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "hub.yaml:1: is empty"),
        ("spaces: [", "hub.yaml:1: is not YAML: expected the node content, but found '<stream end>'"),
        ("a: 1\n\tb: 2", "hub.yaml:2: is not YAML: a tab stands here; indent with blanks"),
        ("just a text", "hub.yaml:1: must be keys with values, such as “name: …”"),
        ("spaces: []", "hub.yaml:1: spaces: needs at least one entry"),
        ("spaces:\n- slug: aurora\n", "hub.yaml:2: space aurora, name: is missing"),
        (
            "spaces:\n- slug: aurora\n  name: Aurora\n  chanels: []\n",
            "hub.yaml:4: space aurora, chanels: is not known here; did you mean “channels”?",
        ),
        (
            "spaces:\n- slug: aurora\n  name: Aurora\n  name: Again\n",
            "hub.yaml:4: space aurora, name: this key stands twice",
        ),
        (
            "spaces:\n- {slug: aurora, name: A}\n- {slug: aurora, name: B}\n",
            "hub.yaml:3: space aurora, slug: another one before it has this name",
        ),
        (
            "spaces:\n- slug: aurora\n  name: {env: NOT_THERE}\n",
            "hub.yaml:3: space aurora, name: the environment variable NOT_THERE is not set",
        ),
        ("spaces: &all\n- *all\n", "hub.yaml:1: space 1: an alias must not hold itself"),
        ("? [a]\n: 1\n", "hub.yaml:1: a key must be a plain word"),
        ("spaces: " + "[" * 2000 + "]" * 2000, "hub.yaml:1: is nested too deeply"),
        (
            "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
            + "".join(
                f"{b}: &{b} [{', '.join([f'*{a}'] * 10)}]\n" for a, b in zip("abcd", "bcde", strict=True)
            )
            + "spaces: [*e, *e, *e, *e, *e, *e, *e, *e, *e, *e]\n",
            "hub.yaml:1: stands for more than 200000 values, aliases included",
        ),
        ("spaces: !!python/name:os.system\n", "hub.yaml:1: spaces: this kind of value is not allowed here"),
    ],
)
def test_what_is_wrong_with_a_file_as_such(apply, text, problem):
    assert problems(apply, text)[0] == problem


@pytest.mark.parametrize(
    ("before", "after", "problem"),
    [
        (
            "base_url: https://shop.example.com/api",
            "base_url: shop.example.com",
            "space aurora, connection shop, config, base_url: give a whole address",
        ),
        (
            "search_path: /products?q={query}",
            "serch_path: /products?q={query}",
            "space aurora, connection shop, config, serch_path: is not known here; did you mean",
        ),
        (
            "connector: rest",
            "connector: rset",
            "space aurora, connection shop, connector: connector “rset” is not installed; did you",
        ),
        (
            "connector: rest",
            "connector: fax",
            "space aurora, connection shop, connector: connector “fax” is not installed; there is",
        ),
        (
            "fresh_for_s: 300",
            "fresh_for: 300",
            "space aurora, connection shop, freshness, Product, fresh_for: Use one of: fresh_for_s,",
        ),
        (
            "hooks: {scheme: standard,",
            "hooks: {scheme: header,",
            "space aurora, connection shop, hooks: “header” is needed with the scheme header, and only there",
        ),
        (
            "connection: members",
            "connection: shop",
            "space aurora, bound link The guest of the request: A bound link needs a connection that holds",
        ),
        (
            "rights: [experiences:read, personal:read]",
            "rights: [experiences:write]",
            "space aurora, API client Website, right 1: there is no such right; did you mean",
        ),
        (
            "clients: [Website]",
            "clients: [Webseite]",
            "space aurora, channel web, client 1: this space has no API client “Webseite”",
        ),
        (
            "{link: shop, type: Product, id: P-7}",
            "{link: store, type: Product, id: P-7}",
            "space aurora, experience arrival, slot offers, item 1, link: this space has no connection",
        ),
        (
            "{link: shop, type: Product, id: P-7}",
            "{link: shop, type: Product}",
            "space aurora, experience arrival, slot offers, item 1: a link needs “type” and “id”",
        ),
        (
            "{link: shop, type: Product, id: P-7}",
            "{link: members, type: Person, id: '1'}",
            "space aurora, experience arrival: People are never picked. Use a bound link.",
        ),
        (
            "title: Arrival\n",
            "title: Arrival\n        locale: xx\n",
            "space aurora, experience arrival, locale: no language 'xx' here; add it in the admin",
        ),
    ],
)
def test_what_is_wrong_inside_names_the_line_and_the_keys(apply, example, before, after, problem):
    assert before in example
    text = example.replace(before, after, 1)

    found = problems(apply, text)

    assert len(found) == 1
    file, line, message = found[0].split(":", 2)
    assert file == "hub.yaml"
    changed = example[: example.index(before)].count("\n") + 1
    assert abs(int(line) - changed) <= 12
    assert message.strip().startswith(problem)


def test_the_line_is_the_one_of_the_value(apply, example):
    found = problems(apply, example.replace("timeout_ms", "x").replace("limit: 4", "limit: four"))
    number = example.splitlines().index("        limit: 4") + 1
    place = f"hub.yaml:{number}: space aurora, collection Winter specials, limit"
    assert found == [f"{place}: must be a whole number"]


def test_all_problems_are_told_at_once_and_none_that_only_follows(apply, example):
    """A connection that is refused is no reason to call every link to it unknown."""
    text = example.replace("https://shop.example.com/api", "nowhere").replace("[Website]", "[Nobody]")
    found = [line.split(": ", 1)[1] for line in problems(apply, text)]
    assert [line.rpartition(": ")[0] for line in found] == [
        "space aurora, connection shop, config, base_url",
        "space aurora, channel web, client 1",
    ]


def test_every_reason_against_publishing_is_told(apply, example):
    found = problems(apply, example.replace("accepts: [Product]", "accepts: [ImageObject]"))
    start = "space aurora, experience arrival, slot offers: Slot “offers”: It does not accept Product"
    assert [line.split(": ", 1)[1].startswith(start) for line in found] == [True, True, True]


@pytest.mark.parametrize("key", ["limit", "poll_interval_s", "type", "rights", "accepts"])
def test_no_secret_is_ever_shown(apply, example, environment, key):
    line = next(line for line in example.splitlines() if line.strip().startswith(f"{key}: "))
    broken = example.replace(line, f"{line.partition(':')[0]}: {{env: SHOP_KEY}}", 1)
    assert not any(environment["SHOP_KEY"] in found for found in problems(apply, broken))


def test_a_secret_is_not_shown_as_the_name_of_what_is_wrong(apply, example, environment):
    named = example.replace("slug: shop", "slug: {env: SHOP_KEY}")
    broken = named.replace("connector: rest", "connector: none-such")
    found = problems(apply, broken)
    assert any("connection Shop, connector" in each for each in found), found
    assert not any(environment["SHOP_KEY"] in each for each in found)


def test_a_key_that_cannot_be_adopted_is_refused_without_being_shown(apply, example, environment):
    found = problems(apply, example, environment={**environment, "WEBSITE_KEY": "ov_short"})
    assert "space aurora, API client Website: " in found[0]
    assert "ov_short" not in found[0]


def test_a_file_that_is_not_there_is_told(tmp_path):
    from orchestrator.provisioning.api import apply_file

    with pytest.raises(ApplyError, match=r"^none\.yaml:1: cannot be read: No such file or directory$"):
        apply_file(tmp_path / "none.yaml")


def test_dates_and_numbers_as_ids_stay_what_was_written(apply, example):
    summary = apply(example.replace("id: P-7", "id: 4711").replace("id: B-1", "id: 2026-11-21"))
    assert len(summary.changed) == len(summary.changes)
