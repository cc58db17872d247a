"""A file says what there should be; applying it makes it so, and says what it did."""

from collections import Counter

import pytest
from django.core.management import CommandError, call_command

from orchestrator.access import api as access
from orchestrator.channels import api as channels
from orchestrator.connections import api as connections
from orchestrator.engine.framing import PictureRules
from orchestrator.engine.plan import Frame
from orchestrator.experiences import api as experiences
from orchestrator.provisioning.api import ApplyError, Outcome

pytestmark = pytest.mark.django_db


def outcomes(summary) -> Counter:
    return Counter(change.outcome for change in summary.changes)


def test_the_example_of_the_docs_sets_up_a_hub(apply, example, environment):
    summary = apply(example)

    assert outcomes(summary) == {Outcome.CREATED: len(summary.changes)}
    client = access.client_for_key(environment["WEBSITE_KEY"])
    assert client.rights == {"experiences:read", "personal:read"}
    assert channels.channel_for(client, None).slug == "web"
    bundle = experiences.published_plan(space_id=client.space_id, slug="arrival", locales=["en"])
    kinds = {slot.name: [type(item).__name__ for item in slot.items] for slot in bundle.plan.slots}
    assert kinds == {"offers": ["Linked", "Collected"], "guest": ["Bound"]}
    assert [plan.title for plan in bundle.fragments.values()] == ["Breakfast"]


def test_a_file_says_what_pictures_its_slots_and_channels_need(apply, example, environment):
    apply(example)
    client = access.client_for_key(environment["WEBSITE_KEY"])
    assert channels.channel_for(client, None).pictures == PictureRules(srcset=True, widest_px=2400)
    plan = experiences.published_plan(space_id=client.space_id, slug="arrival", locales=["en"]).plan
    assert [slot.frame for slot in plan.slots] == [Frame(600, 400, "image/webp"), None]


@pytest.mark.parametrize(
    ("said", "place", "words"),
    [
        ("width: 6", "pictures, width", "16"),
        ("height: tall", "pictures, height", "number"),
        ("format: gif", "pictures, format", "webp"),
        ("size: 600", "pictures, size", "not known"),
    ],
)
def test_what_no_picture_can_be_is_told_at_its_key(apply, example, said, place, words):
    with pytest.raises(ApplyError) as refused:
        apply(example.replace("width: 600, height: 400, format: webp", said))
    assert f"slot offers, {place}: " in str(refused.value)
    assert words in str(refused.value)


def test_applying_the_same_file_again_changes_nothing(apply, example):
    apply(example)
    space = access.space_by_slug("aurora")
    settings_before = connections.connection_by_slug(space, "shop").settings_version
    version_before = experiences.published_plan(
        space_id=space.pk, slug="arrival", locales=["en"]
    ).plan.version

    summary = apply(example)

    assert outcomes(summary) == {Outcome.UNCHANGED: len(summary.changes)}
    assert summary.lines() == [f"Nothing changed ({len(summary.changes)} objects are as the file says)."]
    assert connections.connection_by_slug(space, "shop").settings_version == settings_before
    plan = experiences.published_plan(space_id=space.pk, slug="arrival", locales=["en"]).plan
    assert plan.version == version_before


@pytest.mark.parametrize(
    ("edit", "changed"),
    [
        (("name: Aurora Lodges", "name: Aurora Lodges & Spa"), "space aurora"),
        (("poll_interval_s: 60", "poll_interval_s: 30"), "connection shop"),
        (("limit: 4", "limit: 3"), "collection Winter specials"),
        (("sample: TEST-1", "sample: TEST-2"), "bound link The guest of the request"),
        (("rights: [experiences:read, personal:read]", "rights: [experiences:read]"), "API client Website"),
        (
            ("keys: [{env: WEBSITE_KEY}]", "keys: [{env: WEBSITE_KEY}, {env: SECOND_KEY}]"),
            "API client Website",
        ),
        (("clients: [Website]", "clients: []"), "channel web"),
        (("title: Breakfast", "title: Late breakfast"), "fragment breakfast (en, published)"),
        (("id: P-7", "id: P-8"), "experience arrival (en, published)"),
    ],
)
def test_only_what_differs_is_changed(apply, example, environment, edit, changed):
    apply(example)
    second_key = f"{environment['WEBSITE_KEY'][:-4]}abcd"

    summary = apply(example.replace(*edit), environment={**environment, "SECOND_KEY": second_key})

    assert [(f"{c.kind} {c.name}", c.outcome) for c in summary.changed] == [(changed, Outcome.UPDATED)]


def test_a_new_secret_is_taken_over(apply, example, environment):
    apply(example)
    summary = apply(example, environment={**environment, "SHOP_KEY": "another-key"})
    assert [f"{c.kind} {c.name}" for c in summary.changed] == ["connection shop"]


def test_what_the_file_leaves_out_stays(apply, example):
    apply(example)
    apply("spaces: [{slug: aurora, name: Aurora Lodges}]")
    space = access.space_by_slug("aurora")
    assert connections.connection_by_slug(space, "shop") is not None
    assert experiences.published_plan(space_id=space.pk, slug="arrival", locales=["en"]) is not None


def test_a_draft_leaves_what_is_live(apply, example):
    apply(example)
    space = access.space_by_slug("aurora")
    draft = example.replace("title: Arrival\n", "title: Arrival in spring\n        state: draft\n")

    summary = apply(draft)

    assert [change.outcome for change in summary.changed] == [Outcome.UPDATED]
    live = experiences.published_plan(space_id=space.pk, slug="arrival", locales=["en"]).plan
    assert live.title == "Arrival"


def test_a_dry_run_tells_and_keeps_nothing(apply, example):
    summary = apply(example, dry_run=True)
    assert outcomes(summary) == {Outcome.CREATED: len(summary.changes)}
    assert access.space_by_slug("aurora") is None


def test_a_problem_at_the_end_leaves_nothing_of_the_beginning(apply, example):
    with pytest.raises(Exception, match="collection “Nowhere”"):
        apply(example.replace("{collection: Winter specials}", "{collection: Nowhere}"))
    assert access.space_by_slug("aurora") is None


def test_a_dry_run_logs_no_publication(tmp_path, capsys, caplog, example, environment, monkeypatch):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    file = tmp_path / "hub.yaml"
    file.write_text(example, encoding="utf-8")
    with caplog.at_level("INFO"):
        call_command("apply", str(file), "--dry-run")
    assert "created   experience arrival (en, published)" in capsys.readouterr().out
    assert [record for record in caplog.records if record.name.startswith("wagtail")] == []


def test_the_command_tells_what_it_did_and_what_is_wrong(tmp_path, capsys):
    file = tmp_path / "one.yaml"
    file.write_text("spaces: [{slug: aurora, name: Aurora}]", encoding="utf-8")
    call_command("apply", str(file), "--dry-run")
    assert capsys.readouterr().out.splitlines() == ["Would be:", "created   space aurora", "1 created."]

    call_command("apply", str(file))
    call_command("apply", str(file))
    assert capsys.readouterr().out.splitlines()[-1] == "Nothing changed (1 objects are as the file says)."

    file.write_text("spaces: [{slug: aurora}]", encoding="utf-8")
    with pytest.raises(CommandError) as refused:
        call_command("apply", str(file))
    assert str(refused.value) == "one.yaml:1: space aurora, name: is missing\nNothing was changed."


FRAGMENT = """
spaces:
  - slug: aurora
    name: Aurora
    connections:
      - slug: help
        name: Help
        connector: rest
        config:
          base_url: https://help.example.com
          type: Article
          get_path: /articles/{id}
          list_path: /articles
          mapping: {headline: title}
    fragments:
      - slug: brunch
        title: Breakfast
        state: published
        items: [{link: SOURCE, type: TYPE, id: P-1}]
    experiences:
      - slug: menu
        title: Menu
        state: published
        slots: [{name: food, accepts: [ACCEPTS], items: [{fragment: brunch}]}]
"""


def fragment(source, type):
    """A file with a fragment that holds one asset of this type, and the slot that shows it."""
    return FRAGMENT.replace("SOURCE", source).replace("TYPE", type).replace("ACCEPTS", type)


def test_a_fragment_and_the_slot_that_shows_it_change_their_type_together(apply, example):
    apply(example)
    apply(fragment("shop", "Product"))
    summary = apply(fragment("help", "Article"))
    assert [change.kind for change in summary.changed] == ["fragment", "experience"]


def test_a_type_that_the_slot_does_not_accept_changes_nothing(apply, example):
    apply(example)
    apply(fragment("shop", "Product"))
    alone = fragment("help", "Article").partition("    experiences:")[0]
    with pytest.raises(ApplyError, match=r"fragment brunch: The live experience “Menu” .* slot “food”"):
        apply(alone)
    space = access.space_by_slug("aurora")
    stored = experiences.fragment_by_slug(space=space, slug="brunch", locale="en")
    assert [item.value.type for item in stored.items] == ["Product"]
