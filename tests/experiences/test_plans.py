"""What delivery finds for a slug and a language, in how many queries."""

from datetime import timedelta

import pytest
from wagtail.models import Locale

from orchestrator.experiences import api as experiences
from orchestrator.experiences.models import PublishedPlan
from orchestrator.experiences.versions import Version, plan_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _languages(db):
    for code in ("de", "de-ch"):
        Locale.objects.get_or_create(language_code=code)


@pytest.mark.parametrize(
    ("asked", "chain"),
    [
        ("en", ["en"]),
        ("de", ["de", "en"]),
        ("de-ch", ["de-CH", "de", "en"]),
        ("DE_CH", ["de-CH", "de", "en"]),
        ("zh-hant-tw", ["zh-Hant-TW", "zh-Hant", "zh", "en"]),
    ],
)
def test_languages_fall_back_from_narrow_to_wide_to_the_default(asked, chain):
    assert experiences.locale_chain(asked) == chain


def test_the_best_language_is_delivered_and_says_which_it_is(save, fetch):
    english = save()
    save(slug="ankunft", title="Ankunft", locale="de", translation_of=english)
    assert fetch("arrival", "en").plan.locale == "en"
    assert fetch("arrival", "fr").plan.locale == "en"
    assert fetch("arrival", "de").plan.title == "Ankunft"
    assert fetch("arrival", "de-CH").plan.locale == "de"


def test_the_slug_of_any_language_finds_them_all(save, fetch):
    english = save()
    save(slug="ankunft", title="Ankunft", locale="de", translation_of=english)
    assert fetch("ankunft", "en").plan.title == "Hotel arrival"
    assert fetch("ankunft", "de-CH").plan.title == "Ankunft"


def test_of_two_families_the_one_that_has_the_slug_in_the_better_language_wins(save, fetch):
    save(slug="home", title="English home")
    save(slug="home", title="Deutsch", locale="de")
    assert fetch("home", "de").plan.title == "Deutsch"
    assert fetch("home", "en").plan.title == "English home"


def test_a_language_that_is_not_live_is_not_delivered(save, fetch):
    english = save()
    german = save(slug="ankunft", title="Ankunft", locale="de", translation_of=english)
    german.unpublish()
    assert fetch("arrival", "de").plan.locale == "en"
    assert fetch("ankunft", "de") is None


def test_what_only_exists_in_a_language_nobody_asked_for_is_not_found(save, fetch):
    save(locale="de")
    assert fetch("arrival", "en") is None


def test_another_spaces_slug_is_not_found(save, space):
    save()
    other = type(space).objects.create(slug="other", name="Other")
    assert experiences.published_plan(space_id=other.pk, slug="arrival", locales=["en"]) is None
    assert list(experiences.published_experiences(other.pk)) == []


def test_a_fragment_comes_in_the_best_language_of_the_request(save, save_fragment, fetch):
    english = save_fragment()
    save_fragment(slug="recht", title="Recht", locale="de", translation_of=english)
    save(slots=[{"name": "foot", "items": [{"fragment": english}]}])
    (in_german,) = fetch("arrival", "de-CH").fragments.values()
    (in_english,) = fetch("arrival", "en").fragments.values()
    assert (in_german.title, in_english.title) == ("Recht", "Legal")


def test_one_query_finds_a_plan_and_another_one_all_its_fragments(
    world, save, save_fragment, fetch, django_assert_num_queries
):
    fragments = [{"fragment": save_fragment(slug=f"f{number}")} for number in range(3)]
    english = save(slots=[{"name": "foot", "items": fragments}])
    save(slug="plain", slots=[{"name": "hero", "items": [{"link": world.hero}]}])
    save(slug="ankunft", locale="de", translation_of=english, slots=[{"name": "foot", "items": fragments}])
    with django_assert_num_queries(1 + 1):
        fetch("plain")
    fetch("ankunft", "de")
    # From here on what the plans say is known.
    with django_assert_num_queries(1):
        fetch("plain")
    with django_assert_num_queries(2):
        assert len(fetch("ankunft", "de").fragments) == 3
    with django_assert_num_queries(3):
        assert fetch("ankunft", "de-CH").plan.locale == "de"


def test_what_is_known_of_a_plan_is_never_that_of_another_version(save, fetch):
    experience = save(title="First")
    assert fetch().plan.title == "First"
    save(title="Second")
    assert fetch().plan.title == "Second"
    experience.refresh_from_db()
    experience.unpublish()
    assert fetch() is None


def test_a_number_that_comes_again_in_a_restored_database_is_another_version(save, fetch):
    save(title="First")
    assert fetch().plan.title == "First"
    row = PublishedPlan.objects.get()
    row.body["title"] = "Of an older backup"
    row.published_at -= timedelta(days=1)
    row.save()
    assert fetch().plan.title == "Of an older backup"


def test_a_plan_that_is_replaced_or_deleted_while_it_is_found_is_the_new_one_or_none(save):
    save(title="First")
    row = PublishedPlan.objects.get()
    found = Version(row.object_uuid, row.version, row.published_at)
    save(title="Second")
    assert plan_of(found).title == "Second"
    row.delete()
    assert plan_of(found) is None


def test_published_experiences_are_listed_once_for_each_language(save, space):
    english = save()
    save(slug="ankunft", locale="de", translation_of=english)
    save(slug="draft", publish=False)
    rows = experiences.published_experiences(space.pk)
    assert [(row.slug, row.locale) for row in rows] == [("ankunft", "de"), ("arrival", "en")]


@pytest.mark.parametrize(
    ("asked", "read"), [("de-CH", "de-CH"), ("de-AT", "de"), ("en-GB", "en"), ("xx-made-up", "en")]
)
def test_sources_are_asked_in_languages_that_the_hub_has(asked, read):
    assert experiences.reading_locale(experiences.locale_chain(asked)) == read
