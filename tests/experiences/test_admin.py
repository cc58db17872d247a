"""The editor: who may do what, what is refused and said, and what a draft is allowed to lack."""

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse
from wagtail.models import Locale
from wagtail.test.utils.form_data import nested_form_data, streamfield

from orchestrator.channels import api as channels
from orchestrator.connections.models import ConnectionGrant
from orchestrator.experiences.models import Experience, Fragment

pytestmark = pytest.mark.django_db


def url(name, *args, model="experience"):
    return reverse(f"wagtailsnippets_experiences_{model}:{name}", args=args)


def slot(name="hero", *, items=(), fallback=(), **changed):
    values = {
        "name": name,
        "label": "",
        "on_failure": "last_known_good",
        "last_known_good_minutes": "",
        "items": streamfield(items),
        "fallback": streamfield(fallback),
    }
    return ("slot", values | changed)


def posted(*slots, title="Hotel arrival", slug="arrival", **more):
    return nested_form_data({"title": title, "slug": slug, "slots": streamfield(slots), **more})


def said(response):
    return " ".join(str(message) for message in get_messages(response.wsgi_request))


ADDRESSES = ["list", "add"]
ADDRESSES_OF_ONE = ["edit", "copy", "delete", "usage", "history", "unpublish", "preview_on_edit"]


@pytest.mark.parametrize("model", ["experience", "fragment"])
def test_who_may_only_enter_the_admin_gets_nothing(as_role, save, save_fragment, model):
    row = {"experience": save, "fragment": save_fragment}[model]()
    client = as_role()
    for address in [url(name, model=model) for name in ADDRESSES] + [
        url(name, row.pk, model=model) for name in ADDRESSES_OF_ONE
    ]:
        response = client.get(address)
        # Wagtail answers a refusal by its home page and a message.
        assert response.status_code == 302, address
        assert response["Location"] == reverse("wagtailadmin_home"), address
        refused = client.get(address, headers={"x-requested-with": "XMLHttpRequest"})
        assert refused.status_code == 403, address


@pytest.mark.parametrize("model", ["fragment", "experience"])
def test_who_may_only_enter_the_admin_chooses_nothing(as_role, model):
    client = as_role()
    for name in ("choose", "choose_results", "chosen_multiple"):
        address = reverse(f"wagtailsnippetchoosers_experiences_{model}:{name}")
        assert client.get(address, headers={"x-requested-with": "XMLHttpRequest"}).status_code == 403


def test_an_editor_may_choose_a_fragment(as_role):
    address = reverse("wagtailsnippetchoosers_experiences_fragment:choose")
    assert as_role("Editor").get(address).status_code == 200


def test_the_first_draft_may_be_incomplete(as_role, space):
    response = as_role("Editor").post(url("add"), posted(slot("")))
    draft = Experience.objects.get()
    assert response.status_code == 302
    assert (draft.live, draft.space, draft.slots[0].value["name"]) == (False, space, "")


def test_an_editor_has_no_button_to_publish_and_posting_it_publishes_nothing(as_role, save, fetch):
    experience = save(publish=False)
    client = as_role("Editor")
    page = client.get(url("edit", experience.pk)).content.decode()
    assert "action-publish" not in page
    assert "action-submit" in page
    client.post(url("edit", experience.pk), posted(slot(), **{"action-publish": "1"}))
    assert fetch() is None


def test_a_publisher_publishes_from_the_editor(as_role, world, fetch):
    items = [("link", str(world.hero.pk))]
    as_role("Publisher").post(url("add"), posted(slot(items=items), **{"action-publish": "1"}))
    assert fetch().plan.slots[0].items[0].external_id == "a-1"


@pytest.mark.parametrize("publish", [True, False], ids=["published", "draft"])
def test_what_somebody_may_not_use_is_not_added_by_its_number(as_role, world, publish):
    ConnectionGrant.objects.filter(connection=world.dam).delete()
    values = posted(
        slot(items=[("link", str(world.hero.pk))]), **({"action-publish": "1"} if publish else {})
    )
    page = as_role("Publisher").post(url("add"), values).content.decode()
    assert "You may not use this" in page
    assert not Experience.objects.exists()


def test_what_others_composed_can_be_worked_on_without_a_grant(as_role, world, save):
    arrival = save(slots=[{"name": "hero", "items": [{"link": world.hero}]}])
    ConnectionGrant.objects.filter(connection=world.dam).delete()
    values = posted(slot(items=[("link", str(world.hero.pk))]), title="Welcome")
    assert as_role("Editor").post(url("edit", arrival.pk), values).status_code == 302
    arrival.refresh_from_db()
    assert arrival.get_latest_revision_as_object().title == "Welcome"


def test_what_cannot_be_published_is_told_beside_its_block_and_nothing_is_published(as_role, world, fetch):
    hero = [("link", str(world.hero.pk))]
    slots = [
        slot(items=hero),
        slot(items=hero),
        slot("top", on_failure="substitute"),
    ]
    values = posted(*slots, **{"action-publish": "1"}) | {"slots-1-value-accepts": ["Product"]}
    response = as_role("Publisher").post(url("add"), values)
    page = response.content.decode()
    assert response.status_code == 200
    assert "Another slot has this name" in page
    assert "It does not accept Picture" in page
    assert "but has none" in page
    assert fetch() is None
    assert not Experience.objects.exists()


def test_a_slug_that_is_taken_is_told_beside_its_field(as_role, save):
    save()
    response = as_role("Editor").post(url("add"), posted(slot()))
    assert response.context["form"].errors["slug"] == [
        "Another one of this space and language has this short name."
    ]


def test_a_publication_refused_after_the_form_keeps_the_draft_and_says_why(as_role, save, save_fragment):
    fragment = save_fragment(title="F")
    experience = save(slots=[{"name": "hero", "items": [{"fragment": fragment}]}], publish=False)
    client = as_role("Editor")
    client.post(url("edit", experience.pk), posted_again(experience, **{"action-submit": "1"}))
    task_state = Experience.objects.get().current_workflow_task_state
    fragment.unpublish()

    client = as_role("Publisher")
    response = client.post(url("workflow_action", experience.pk, "approve", task_state.pk), {"comment": ""})

    assert "The fragment “F” is not published" in said(response)
    assert Experience.objects.get().current_workflow_task_state == task_state
    assert not Experience.objects.get().live


def posted_again(experience, **more):
    """The form of an experience as its editor has it open, in a few words."""
    slots = [
        slot(
            child.value["name"],
            items=[(item.block_type, str(item.value.pk)) for item in child.value["items"]],
        )
        for child in experience.slots
    ]
    return posted(*slots, title=experience.title, slug=experience.slug, **more)


def test_an_editor_submits_and_a_publisher_approves(as_role, save, fetch):
    experience = save(publish=False)
    as_role("Editor").post(url("edit", experience.pk), posted_again(experience, **{"action-submit": "1"}))
    task_state = Experience.objects.get().current_workflow_task_state
    assert task_state.task.name == "Approval by a publisher"
    client = as_role("Publisher")
    client.post(url("workflow_action", experience.pk, "approve", task_state.pk), {"comment": "Good"})
    assert fetch().plan.title == "Hotel arrival"


def test_a_copy_is_a_draft_with_an_identity_of_its_own(as_role, save, fetch):
    original = save()
    client = as_role("Publisher")
    form = client.get(url("copy", original.pk)).context["form"]
    assert (form["title"].value(), form["slug"].value()) == ("Copy of Hotel arrival", "arrival-2")
    values = posted_again(original) | {"title": form["title"].value(), "slug": form["slug"].value()}
    client.post(url("copy", original.pk), values)
    copy = Experience.objects.get(slug="arrival-2")
    assert copy.uuid != original.uuid
    assert copy.translation_key != original.translation_key
    assert not copy.live
    assert fetch().plan.id == str(original.uuid)


def test_a_fragment_in_use_is_not_deleted_and_its_experiences_are_named(as_role, world, save, save_fragment):
    fragment = save_fragment(title="F")
    save(slots=[{"name": "hero", "items": [{"fragment": fragment}]}], publish=False)
    client = as_role("Publisher")
    response = client.post(url("delete", fragment.pk, model="fragment"))
    assert "is used by “Hotel arrival”" in said(response)
    assert Fragment.objects.exists()
    page = client.get(url("edit", fragment.pk, model="fragment")).content.decode()
    assert "draft only" in page
    save(slots=[{"name": "hero", "items": [{"link": world.hero}]}], publish=False)
    client.post(url("delete", fragment.pk, model="fragment"))
    assert not Fragment.objects.exists()


def test_deleting_a_live_experience_says_what_readers_will_see(as_role, save):
    page = as_role("Publisher").get(url("delete", save().pk)).content.decode()
    assert "will find nothing from this moment on" in page


def test_two_revisions_are_compared_in_words(as_role, world, save):
    experience = save()
    first = experience.latest_revision
    save(
        slots=[{"name": "hero", "items": [{"link": world.spare}, {"collection": world.newest}]}],
        publish=False,
    )
    second = Experience.objects.get().latest_revision
    page = as_role("Editor").get(url("revisions_compare", experience.pk, first.pk, second.pk))
    text = page.content.decode()
    # Told by their live cards, and by nothing of a source's own before.
    for row, words in ((world.hero, "Taken out"), (world.spare, "Added"), (world.newest, "Added")):
        place = text.index(f'data-uuid="{row.uuid}"')
        assert words in text[place:].partition("</li>")[0]
    assert "Lobby at dusk" not in text


def test_an_older_revision_comes_back(as_role, save):
    experience = save()
    first = experience.latest_revision
    save(title="Changed", publish=False)
    client = as_role("Editor")
    address = url("revisions_revert", experience.pk, first.pk)
    assert client.get(address).context["form"]["title"].value() == "Hotel arrival"
    client.post(address, posted_again(first.as_object()))
    assert Experience.objects.get().get_latest_revision_as_object().title == "Hotel arrival"


def test_the_list_is_searched_by_title_and_short_name_and_filtered(as_role, save):
    save()
    save(slug="spa", title="Newsletter", publish=False)
    client = as_role("Editor")

    def titles(**query):
        return [str(row) for row in client.get(url("list"), query).context["object_list"]]

    assert titles() == ["Hotel arrival", "Newsletter"]
    assert titles(q="arriv") == ["Hotel arrival"]
    assert titles(q="spa") == ["Newsletter"]
    assert titles(status="live") == ["Hotel arrival"]
    assert titles(status="draft") == ["Newsletter"]
    assert titles(status="scheduled") == []


def test_an_empty_list_invites_to_begin(as_role, space):
    assert "Why not" in as_role("Editor").get(url("list")).content.decode()


def test_the_space_is_asked_for_only_where_there_are_several(as_role, space):
    client = as_role("Editor")
    assert "space" not in client.get(url("add")).context["form"].fields
    type(space).objects.create(slug="other", name="Other")
    assert "space" in client.get(url("add")).context["form"].fields


def test_the_editor_says_where_to_fetch_it(as_role, save, space):
    channels.save_channel(space=space, slug="web", name="Website")
    page = as_role("Editor").get(url("edit", save().pk)).content.decode()
    assert "/api/v1/experiences/arrival?channel=web&amp;locale=en" in page


def test_a_translation_starts_as_a_draft_with_the_same_links(as_role, save, fetch):
    german = Locale.objects.create(language_code="de")
    original = save()
    client = as_role("Editor")
    address = reverse(
        "simple_translation:submit_snippet_translation", args=["experiences", "experience", original.pk]
    )
    client.post(address, {"locales": [german.pk]})
    translation = original.get_translation(german)
    assert translation.uuid != original.uuid
    assert not translation.live
    assert translation.slots[0].value["items"][0].value.external_id == "a-1"
    assert fetch(locale="de").plan.locale == "en"
    translation.slug, translation.title = "ankunft", "Ankunft"
    translation.save_revision().publish()
    assert fetch(locale="de").plan.title == "Ankunft"


def test_opening_the_editor_asks_no_source_and_few_questions(
    as_role, world, save, django_assert_max_num_queries
):
    items = [{"link": world.hero}, {"link": world.tea}, {"collection": world.newest}, {"bound": world.guest}]
    experience = save(slots=[{"name": f"slot{number}", "items": items} for number in range(6)])
    client = as_role("Editor")
    client.get(url("edit", experience.pk))
    with django_assert_max_num_queries(80) as first:
        client.get(url("edit", experience.pk))
    save(slots=[{"name": f"slot{number}", "items": items} for number in range(12)])
    with django_assert_max_num_queries(len(first)):
        client.get(url("edit", experience.pk))
    assert world.files.log == world.people.log == []
