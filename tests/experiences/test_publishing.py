"""Publishing compiles, and what is live is what is delivered, whoever publishes and however."""

from datetime import timedelta

import pytest
from django.utils import timezone

from orchestrator.engine.plan import (
    FORMAT_VERSION,
    Bound,
    Collected,
    Failure,
    FragmentUse,
    Frame,
    Linked,
)
from orchestrator.experiences import api as experiences
from orchestrator.experiences.errors import PublishRefusedError
from orchestrator.experiences.models import Experience, Fragment, PublishedPlan
from orchestrator.experiences.recompiling import recompile_row
from orchestrator.experiences.scheduling import publish_due
from orchestrator.experiences.validation import problems

pytestmark = pytest.mark.django_db


def test_publishing_compiles_every_kind_of_item(world, save, fetch):
    fragment = experiences.save_fragment(
        space=world.space,
        slug="legal",
        title="Legal",
        locale="en",
        items=[{"link": world.spare}],
        publish=True,
    )
    world.hero.alt = "The lobby at night"
    world.hero.save()
    save(
        slots=[
            {
                "name": "hero",
                "label": "Welcome",
                "accepts": ["ImageObject"],
                "items": [{"link": world.hero}],
                "fallback": [{"link": world.spare}],
                "on_failure": "substitute",
                "last_known_good_s": 600,
            },
            {"name": "feed", "items": [{"collection": world.newest}]},
            {"name": "guest", "items": [{"bound": world.guest}, {"fragment": fragment}]},
        ]
    )

    plan = fetch().plan

    hero, feed, guest = plan.slots
    assert (plan.slug, plan.space, plan.locale, plan.version) == ("arrival", "meridian", "en", 1)
    assert (hero.label, hero.accepts) == ("Welcome", ("ImageObject",))
    assert hero.items == (
        Linked(
            id=str(world.hero.uuid),
            connection=str(world.dam.uuid),
            type="ImageObject",
            external_id="a-1",
            overrides={"description": "The lobby at night"},
        ),
    )
    assert [item.external_id for item in hero.fallback] == ["a-2"]
    assert (hero.policy.on_failure, hero.policy.last_known_good_s) == (Failure.SUBSTITUTE, 600)
    assert feed.items == (
        Collected(
            id=str(world.newest.uuid),
            connection=str(world.dam.uuid),
            type="SocialMediaPosting",
            query={"tag": "spa"},
            limit=3,
        ),
    )
    assert guest.items == (
        Bound(str(world.guest.uuid), str(world.crm.uuid), "Person", "loyalty_id"),
        FragmentUse(str(fragment.translation_key)),
    )
    assert feed.policy.last_known_good_s is None


def test_a_draft_is_not_delivered(save, fetch):
    save(publish=False)
    assert fetch() is None


def test_a_draft_over_a_live_one_changes_nothing_that_is_delivered(world, save, fetch):
    save()
    save(title="Changed", slots=[{"name": "other", "items": []}], publish=False)
    plan = fetch().plan
    assert (plan.title, plan.slots[0].name, plan.version) == ("Hotel arrival", "hero", 1)


def test_each_publication_that_changes_something_has_a_version_of_its_own(save, fetch):
    save()
    save(title="Arrival")
    assert fetch().plan.version == 2
    save(title="Arrival")
    assert fetch().plan.version == 2


def test_unpublishing_acts_at_once_and_its_version_is_never_used_again(save, fetch):
    experience = save()
    experience.unpublish()
    assert fetch() is None
    save()
    assert fetch().plan.version == 2


@pytest.mark.parametrize("delete", [lambda row: row.delete(), lambda row: Experience.objects.all().delete()])
def test_deleting_acts_at_once(save, fetch, delete):
    delete(save())
    assert fetch() is None
    assert not PublishedPlan.objects.exists()


def test_a_changed_slug_leaves_the_old_address(save, fetch):
    experience = save()
    experience.slug = "welcome"
    experience.save_revision().publish()
    assert fetch("arrival") is None
    assert fetch("welcome").plan.id == str(experience.uuid)


def test_a_slug_that_another_experience_has_is_refused_and_nothing_changes(save, fetch):
    save()
    other = save(slug="spa", title="Spa")
    other.slug = "arrival"
    revision = other.save_revision(clean=False)
    with pytest.raises(PublishRefusedError, match="short name “arrival”"):
        revision.publish()
    assert fetch("arrival").plan.title == "Hotel arrival"
    assert fetch("spa").plan.version == 1
    assert Experience.objects.get(pk=other.pk).slug == "spa"


def slots_that_are_refused(world):
    lost = type(world.hero)(pk=4711)
    elsewhere = type(world.space).objects.create(slug="other", name="Other")
    foreign_dam = type(world.dam).objects.create(space=elsewhere, slug="d", name="d", connector="scripted")
    foreign = type(world.hero).objects.create(connection=foreign_dam, type="ImageObject", external_id="x")
    draft = experiences.save_fragment(
        space=world.space, slug="f", title="Legal", locale="en", items=[{"link": world.hero}], publish=False
    )
    hero, unfit = {"link": world.hero}, {"accepts": ["Product", "Person"]}
    return {
        "Add at least one slot.": [],
        "Slot “hero”: Another slot has this name": [{"name": "hero"}, {"name": "hero"}],
        "Slot “2”: Give the slot a name.": [{"name": "hero"}, {"name": ""}],
        "Slot “hero”: It shows a fallback": [{"name": "hero", "items": [hero], "on_failure": "substitute"}],
        "Slot “hero”: It does not accept Picture": [
            {"name": "hero", "items": [hero], "accepts": ["Product"]}
        ],
        "Slot “top”: It does not accept Picture": [{"name": "top", "fallback": [hero], **unfit}],
        "Slot “hero”: The fragment “Legal” is not published": [
            {"name": "hero", "items": [{"fragment": draft}]}
        ],
        "Slot “hero”: This no longer exists": [{"name": "hero", "items": [{"link": lost}]}],
        "Slot “hero”: Item 1, of d, belongs to another space": [
            {"name": "hero", "items": [{"link": foreign}]}
        ],
    }


def test_what_cannot_be_published_is_refused_by_slot_and_nothing_is_half_done(world, save, fetch):
    save()
    for message, slots in slots_that_are_refused(world).items():
        with pytest.raises(PublishRefusedError) as refused:
            save(slots=slots)
        assert any(line.startswith(message) for line in refused.value.messages), message
        assert fetch().plan.version == 1
        assert not Experience.objects.get().has_unpublished_changes


def test_a_fragment_of_a_type_that_the_slot_refuses_is_named(world, save):
    fragment = experiences.save_fragment(
        space=world.space, slug="f", title="Shop", locale="en", items=[{"link": world.tea}], publish=True
    )
    with pytest.raises(PublishRefusedError, match="Slot “hero”: It does not accept Product"):
        save(slots=[{"name": "hero", "accepts": ["ImageObject"], "items": [{"fragment": fragment}]}])


def test_a_fragment_without_items_is_refused(world):
    with pytest.raises(PublishRefusedError, match="Add at least one item"):
        experiences.save_fragment(
            space=world.space, slug="f", title="Empty", locale="en", items=[], publish=True
        )


def test_a_fragment_is_delivered_at_its_current_version(world, save, fetch):
    values = {"space": world.space, "slug": "f", "title": "F", "locale": "en", "publish": True}
    fragment = experiences.save_fragment(items=[{"link": world.hero}], **values)
    save(slots=[{"name": "hero", "items": [{"fragment": fragment}]}])
    experiences.save_fragment(items=[{"link": world.spare}], **values)

    bundle = fetch()

    (shared,) = bundle.fragments.values()
    assert bundle.plan.version == 1
    assert (shared.version, shared.slots[0].items[0].external_id) == (2, "a-2")


def test_publishing_at_a_set_time(save, fetch):
    experience = save(publish=False)
    experience.go_live_at = timezone.now() + timedelta(hours=1)
    experience.save_revision().publish()
    assert publish_due().published == []
    assert fetch() is None
    assert experience.approved_schedule


def test_a_schedule_that_is_due_publishes_once(save, fetch):
    experience = save(publish=False)
    schedule(experience)
    assert publish_due().published == ["Hotel arrival"]
    assert publish_due().published == []
    assert fetch().plan.version == 1


def test_an_expiry_that_is_due_unpublishes(save, fetch):
    experience = save()
    Experience.objects.filter(pk=experience.pk).update(expire_at=timezone.now() - timedelta(minutes=1))
    assert publish_due().expired == ["Hotel arrival"]
    assert fetch() is None
    assert Experience.objects.get().expired


def test_a_fragment_due_at_the_same_time_goes_first(world, save, fetch):
    fragment = experiences.save_fragment(
        space=world.space, slug="f", title="F", locale="en", items=[{"link": world.hero}], publish=False
    )
    experience = save(slots=[{"name": "hero", "items": [{"fragment": fragment}]}], publish=False)
    schedule(experience)
    schedule(fragment)
    assert publish_due().published == ["F", "Hotel arrival"]
    assert len(fetch().fragments) == 1


def test_a_refused_schedule_says_why_in_the_history_and_holds_up_nobody(world, save, fetch):
    broken = save(slug="broken", title="Broken", slots=[], publish=False)
    fine = save(publish=False)
    schedule(broken)
    schedule(fine)

    run = publish_due()

    assert run.published == ["Hotel arrival"]
    assert run.refused == {"Broken": ("Add at least one slot.",)}
    assert publish_due().refused == {}
    from wagtail.log_actions import registry

    entry = registry.get_logs_for_instance(broken).first()
    assert "Add at least one slot." in str(entry.message)


def schedule(composition):
    """As the admin stores it once the time has come."""
    past = timezone.now() - timedelta(minutes=1)
    draft = type(composition).objects.get(pk=composition.pk).get_latest_revision_as_object()
    draft.go_live_at = past
    draft.save_revision(clean=False, approved_go_live_at=past)


def test_recompiling_keeps_versions_unless_the_content_differs(world, save, fetch):
    save()
    assert experiences.recompile().changed == 0
    world.hero.alt = "New words"
    world.hero.save()
    assert experiences.recompile().changed == 1
    assert fetch().plan.version == 2
    PublishedPlan.objects.update(body={"format": 0})
    experiences.recompile()
    assert fetch().plan.version == 3


def test_recompiling_brings_a_readable_plan_to_the_format_of_now_and_keeps_its_version(save, fetch):
    save()
    row = PublishedPlan.objects.get()
    old = {**row.body, "format": 1}
    for slot in old["slots"]:
        del slot["frame"]
    PublishedPlan.objects.update(body=old)
    assert fetch().plan.version == 1
    assert experiences.recompile().changed == 0
    row.refresh_from_db()
    assert (row.version, row.body["format"]) == (1, FORMAT_VERSION)


def test_what_a_slot_says_of_its_pictures_is_in_the_plan(world, save, fetch):
    slot = {"name": "hero", "items": [{"link": world.hero}]}
    save(slots=[slot | {"picture_width": 1200, "picture_height": 600, "picture_format": "webp"}])
    assert fetch().plan.slots[0].frame == Frame(1200, 600, "image/webp")
    save(slots=[slot])
    assert fetch().plan.slots[0].frame is None


@pytest.mark.parametrize(
    ("field", "value"), [("picture_width", 15), ("picture_height", 5001), ("picture_format", "tiff")]
)
def test_a_size_that_no_screen_has_is_refused_by_its_field(world, save, field, value):
    slot = {"name": "hero", "items": [{"link": world.hero}], field: value}
    with pytest.raises(PublishRefusedError):
        save(slots=[slot])
    draft = save(slots=[slot], publish=False).get_latest_revision_as_object()
    assert [(problem.slot_name, problem.field) for problem in problems(draft)] == [("hero", field)]


def test_recompiling_revives_nothing_that_was_withdrawn_meanwhile(save, fetch):
    experience = save()
    experience.unpublish()
    assert recompile_row(Experience, experience.pk) is None
    assert fetch() is None
    experience.delete()
    assert recompile_row(Experience, experience.pk) is None
    assert not PublishedPlan.objects.exists()


def test_publishing_the_same_again_follows_what_its_collections_ask_now(world, save, fetch):
    """A file that changes a collection names its experiences too, and nothing in them has changed."""
    slots = [{"name": "feed", "items": [{"collection": world.newest}]}]
    first = save(slots=slots)
    assert fetch().plan.slots[0].items[0].limit != 9
    world.newest.limit = 9
    world.newest.save()
    again = save(slots=slots)
    assert again.latest_revision_id == first.latest_revision_id
    assert (fetch().plan.version, fetch().plan.slots[0].items[0].limit) == (2, 9)
    save(slots=slots)
    assert fetch().plan.version == 2


def test_saving_the_same_again_leaves_no_trace(save):
    first = save()
    again = save()
    assert (again.pk, again.latest_revision_id) == (first.pk, first.latest_revision_id)


def test_an_unknown_language_is_refused(save):
    with pytest.raises(experiences.UnknownLocaleError):
        save(locale="xx")
    assert Fragment.objects.count() == Experience.objects.count() == 0
