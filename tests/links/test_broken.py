"""The page of broken links: by cause, with who uses them, and outages as one sentence."""

from uuid import uuid4

import pytest
from django.db.models.signals import post_init
from django.urls import reverse
from django.utils import timezone

from orchestrator.connections.models import AssetProblem, ConnectionHealth
from orchestrator.links import api as links
from orchestrator.links.broken import count_broken, count_doubted, find_broken, find_outages
from orchestrator.links.models import Link


def problem(link, state, *, doubted=False, **more):
    """What is known when a source no longer gives an asset."""
    now = timezone.now()
    return AssetProblem.objects.create(
        connection=link.connection,
        type=link.type,
        external_id=link.external_id,
        state=state,
        first_seen_at=now,
        last_seen_at=now,
        confirmed_at=None if doubted else now,
        **more,
    )


def sick(connection, state, reason):
    return ConnectionHealth.objects.create(
        connection=connection, state=state, reason=reason, since=timezone.now()
    )


def found(user):
    return {str(cause.state): [broken.link for broken in cause.links] for cause in find_broken(user)}


def test_broken_links_come_by_cause(world, editor):
    spare = links.ensure_link(connection=world.dam, type="ImageObject", external_id="a-2")
    problem(world.hero, "gone")
    problem(world.tea, "hidden")
    problem(spare, "denied")
    assert found(editor) == {"gone": [world.hero], "hidden": [world.tea], "denied": [spare]}
    assert list(found(editor)) == ["gone", "hidden", "denied"]
    assert count_broken(editor) == 3


def test_a_problem_of_an_asset_that_nobody_linked_is_none(world, editor):
    now = timezone.now()
    AssetProblem.objects.create(
        connection=world.pim, type="Product", external_id="a-1", state="gone",
        first_seen_at=now, last_seen_at=now, confirmed_at=now,
    )  # fmt: skip
    assert found(editor) == {}
    assert count_broken(editor) == 0


def test_what_is_used_comes_first(world, editor):
    spare = links.ensure_link(connection=world.dam, type="ImageObject", external_id="a-2")
    problem(world.hero, "gone")
    problem(spare, "gone")
    links.report_uses(used_by="experience", used_by_uuid=uuid4(), draft=[("link", spare.uuid)], live=[])
    assert found(editor) == {"gone": [spare, world.hero]}


def test_a_refused_key_is_one_sentence_and_its_links_are_fine(world, editor):
    links.ensure_link(connection=world.dam, type="ImageObject", external_id="a-2")
    problem(world.hero, "denied")
    problem(world.tea, "gone")
    sick(world.dam, "broken", "access_denied")
    (outage,) = find_outages(editor)
    assert outage.words == "The key of DAM was refused. Its 2 links are fine."
    assert found(editor) == {"gone": [world.tea]}
    assert count_broken(editor) == 1


@pytest.mark.parametrize(
    ("state", "reason", "words"),
    [
        ("failing", "unavailable", "PIM does not answer. Its 1 link is fine."),
        ("broken", "configuration", "The settings of PIM need a change. Its 1 link is fine."),
        ("ok", "", None),
    ],
)
def test_an_outage_is_told_in_words(world, editor, state, reason, words):
    sick(world.pim, state, reason)
    assert [outage.words for outage in find_outages(editor)] == ([words] if words else [])


def test_what_is_looked_at_a_second_time_is_not_listed_yet(world, editor, sign_in):
    problem(world.hero, "gone", doubted=True)
    assert found(editor) == {}
    assert (count_broken(editor), count_doubted(editor)) == (0, 1)
    page = sign_in(editor).get(reverse("links:broken")).content.decode()
    assert "1 more link is being looked at a second time." in page
    assert "Broken links (" not in page


def test_a_source_that_has_lost_everything_is_one_sentence(world, editor, sign_in):
    spare = links.ensure_link(connection=world.dam, type="ImageObject", external_id="a-2")
    for link in (world.hero, spare):
        problem(link, "gone", doubted=True, with_all_others=True)
    words = (
        "DAM works, but all its linked assets of a type are missing at once: Picture, 2 links."
        " They count as broken only if that lasts a day."
    )
    assert [outage.words for outage in find_outages(editor)] == [words]
    assert (found(editor), count_broken(editor), count_doubted(editor)) == ({}, 0, 0)
    assert words in sign_in(editor).get(reverse("links:broken")).content.decode()


def test_what_others_may_not_see_is_not_told_of_their_sources(world, person):
    problem(world.hero, "gone", doubted=True, with_all_others=True)
    problem(world.tea, "gone", doubted=True)
    nobody = person(roles=["Editor"])
    assert (find_outages(nobody), count_doubted(nobody)) == ([], 0)


def test_an_outage_without_links_is_nobodys_business_here(world, editor):
    sick(world.crm, "broken", "access_denied")
    assert find_outages(editor) == []


def test_others_connections_are_not_counted(world, person):
    problem(world.hero, "gone")
    assert count_broken(person(roles=["Editor"])) == 0


def test_many_problems_take_few_queries(world, editor, django_assert_max_num_queries):
    rows = [
        links.ensure_link(connection=world.dam, type="ImageObject", external_id=f"n-{n}") for n in range(40)
    ]
    for row in rows:
        problem(row, "gone")
    with django_assert_max_num_queries(12):
        assert len(find_broken(editor)[0].links) == 40


@pytest.fixture
def rows_loaded():
    """Model instances that were made of rows of links and problems, from now on."""
    loaded = []

    def note(sender, **_more):
        if sender in (Link, AssetProblem):
            loaded.append(sender)

    post_init.connect(note)
    yield loaded
    post_init.disconnect(note)


def test_counting_is_one_query_and_loads_no_row(world, editor, rows_loaded, django_assert_num_queries):
    now = timezone.now()
    for n in range(30):
        links.ensure_link(connection=world.dam, type="ImageObject", external_id=f"n-{n}")
    problems = [
        AssetProblem(
            connection=world.dam, type="ImageObject", external_id=f"n-{n}", state="gone",
            first_seen_at=now, last_seen_at=now, confirmed_at=now,
        )
        for n in range(40)
    ]  # fmt: skip
    AssetProblem.objects.bulk_create(problems)
    editor.get_all_permissions()  # Each page has asked for these before it draws its menu.
    rows_loaded.clear()
    with django_assert_num_queries(1):
        assert count_broken(editor) == 30
    assert rows_loaded == []


def test_the_page_shows_addresses_and_the_menu_counts(world, editor, sign_in):
    problem(world.hero, "gone")
    links.describe_users("leaflet", lambda uuids: {uuid: links.Named("Spring <b>", "/x/") for uuid in uuids})
    links.report_uses(used_by="leaflet", used_by_uuid=uuid4(), draft=[], live=[("link", world.hero.uuid)])
    page = sign_in(editor).get(reverse("links:broken")).content.decode()
    for words in ("Deleted at its source", "a-1", "Spring &lt;b&gt;", "live", "Broken links (1)"):
        assert words in page
    assert "Lobby" not in page
    assert world.files.log == []


def test_nothing_broken_says_so(world, editor, sign_in):
    page = sign_in(editor).get(reverse("links:broken")).content.decode()
    assert "No link is broken." in page
    assert "Broken links (" not in page
