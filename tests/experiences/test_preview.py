"""The preview is the document of the compiled draft, as a page that a person can judge."""

import time

import pytest
from django.contrib.auth.models import AnonymousUser, Group, User
from django.urls import reverse
from django.utils import timezone, translation
from wagtail.test.utils.form_data import nested_form_data, streamfield

from connectors.sdk import Ref
from connectors.sdk.errors import TransientError
from orchestrator.assembly.assembling import assemble
from orchestrator.channels import api as channels
from orchestrator.connections.models import ConnectionGrant, GrantLevel
from orchestrator.engine.context import Context
from orchestrator.experiences import api as experiences
from orchestrator.experiences.pages import page_of
from orchestrator.experiences.preview import assemble_draft
from orchestrator.links import api as links

pytestmark = pytest.mark.django_db


@pytest.fixture
def shown(rf, admin_user):
    """The preview page of a draft, as text, for somebody who may see all or for ``viewer``."""

    def shown(draft, channel="web", viewer=admin_user):
        request = rf.get("/")
        request.user = viewer
        translation.activate("en")
        return draft.serve_preview(request, channel).render().content.decode()

    return shown


def test_the_document_of_a_preview_is_the_one_that_is_delivered(world, save, fetch):
    experience = save()
    draft = assemble_draft(experience, channel="web", viewer=AnonymousUser())
    context = Context(now=timezone.now(), channel="web", locale="en")
    delivered = assemble(fetch(), context, locale="en", budget_s=2).document
    assert draft.document["experience"].pop("version") == 0
    assert delivered["experience"].pop("version") == 1
    assert draft.document == delivered


def test_sources_and_languages_are_called_as_people_call_them(world, save, shown):
    type(world.dam).objects.filter(pk=world.dam.pk).update(name="Picture library")
    page = shown(save(slots=[{"name": "hero", "items": [{"link": world.hero}]}]))
    assert "Picture library" in page
    assert "in English" in page


def test_each_type_is_shown_with_what_matters_of_it(world, save, shown):
    post = {
        "articleBody": "Ten years younger",
        "author": {"name": "@mira"},
        "datePublished": "2026-11-20T08:00:00Z",
    }
    world.files.put("SocialMediaPosting", "s-1", keywords=["spa"], **post)
    page = shown(
        save(
            slots=[
                {"name": "hero", "label": "Welcome", "items": [{"link": world.hero}]},
                {"name": "shop", "items": [{"link": world.tea}]},
                {"name": "guest", "items": [{"bound": world.guest}]},
                {"name": "feed", "items": [{"collection": world.newest}]},
            ]
        )
    )
    assert "Ten years younger" in page
    assert "@mira" in page
    assert 'src="https://dam.example/lobby.jpg"' in page
    assert "Lobby at dusk" in page
    assert "<h2>Welcome</h2>" in page
    assert "CHF 1,120.50" in page
    assert "Tess Sample" in page
    assert "gold" in page
    assert "Every slot is filled." in page


def test_what_a_slot_lacks_is_said_in_words(world, save, shown):
    world.files.delete(Ref("ImageObject", "a-1"))
    page = shown(
        save(
            slots=[
                {"name": "hero", "items": [{"link": world.hero}]},
                {
                    "name": "top",
                    "items": [{"link": world.hero}],
                    "fallback": [{"link": world.spare}],
                    "on_failure": "substitute",
                },
                {"name": "bare"},
            ]
        )
    )
    assert "Deleted at its source" in page
    assert "Substituted" in page
    assert "There is nothing to show." in page
    assert "3 of 3 slots are not filled as composed." in page


def test_a_bound_link_without_a_test_person_says_so(world, save, shown):
    world.guest.sample_value = ""
    world.guest.save()
    assert "Set a test person" in shown(save(slots=[{"name": "guest", "items": [{"bound": world.guest}]}]))


def test_a_test_person_is_shown_to_those_only_who_may_use_her_system(world, save, shown):
    draft = save(slots=[{"name": "guest", "items": [{"bound": world.guest}]}])
    editor = User.objects.create_user("ed")
    editor.groups.add(Group.objects.get(name="Editor"))
    ConnectionGrant.objects.filter(connection=world.crm).delete()
    assert "Tess Sample" not in shown(draft, viewer=editor)
    grant = ConnectionGrant.objects.create(
        connection=world.crm, group=editor.groups.get(), level=GrantLevel.VIEW
    )
    assert "Tess Sample" not in shown(draft, viewer=editor)
    ConnectionGrant.objects.filter(pk=grant.pk).update(level=GrantLevel.USE)
    assert "Tess Sample" in shown(draft, viewer=editor)


def test_what_a_source_says_is_escaped_and_its_html_cleaned(world, save, shown):
    world.files.put(
        "Question",
        "q-1",
        name='<img src=x onerror="alert(1)">Where?',
        acceptedAnswer={
            "text": '<p onclick="alert(2)">In the <strong>garage</strong></p><script>alert(3)</script>'
        },
        image="javascript:alert(4)",
        author={"name": '"><script>alert(5)</script>'},
    )
    question = links.ensure_link(connection=world.dam, type="Question", external_id="q-1")
    page = shown(save(slots=[{"name": "help", "items": [{"link": question}]}]))
    assert "<strong>garage</strong>" in page
    for harm in ("onerror", "onclick", "alert(3)", "javascript:", "<script>alert"):
        assert harm not in page


def test_with_every_source_down_the_preview_answers_within_the_budget(world, save, shown, settings):
    settings.DELIVERY_BUDGET_MS = 600
    experience = save(slots=[{"name": "hero", "items": [{"link": world.hero}, {"bound": world.guest}]}])
    world.files.delay_s = world.people.delay_s = 30
    began = time.monotonic()
    page = shown(experience)
    assert time.monotonic() - began < 3
    assert "Empty" in page


def test_a_source_that_fails_is_named_with_what_it_means(world, save, shown):
    world.files.error = TransientError("dam: GET: HTTP 503")
    page = shown(save())
    assert "DAM does not answer" in page


def test_a_draft_that_is_not_complete_is_shown_as_far_as_it_goes(world, save, shown):
    hero = [{"link": world.hero}]
    slots = [{"name": "", "items": hero}, {"name": "a"}, {"name": "a", "items": hero}]
    page = shown(save(slots=slots, publish=False))
    for name in ("slot-1", "<code>a</code>", "a-2"):
        assert name in page


def test_a_fragment_that_is_not_live_yet_is_shown_from_its_draft(save, save_fragment, shown):
    fragment = save_fragment(publish=False)
    draft = save(slots=[{"name": "foot", "items": [{"fragment": fragment}]}], publish=False)
    assert "Lobby at dusk" in shown(draft)
    assert "Lobby at dusk" in shown(fragment)


def test_there_is_a_preview_for_each_channel_and_one_where_there_is_none(save, space):
    experience = save()
    assert experience.preview_modes == [("preview", "Preview")]
    channels.save_channel(space=space, slug="web", name="Website")
    channels.save_channel(space=space, slug="lobby", name="Lobby")
    fresh = type(experience).objects.get(pk=experience.pk)
    assert fresh.preview_modes == [("lobby", "Lobby"), ("web", "Website")]
    assert [size["device_width"] for size in fresh.preview_sizes] == [390, 1280]


def test_the_panel_shows_what_is_in_the_form_and_only_to_those_who_may_change_it(as_role, world, save):
    experience = save()
    address = reverse("wagtailsnippets_experiences_experience:preview_on_edit", args=[experience.pk])
    slot = {
        "name": "unsaved",
        "label": "",
        "on_failure": "omit",
        "last_known_good_minutes": "",
        "items": streamfield([("link", str(world.spare.pk))]),
        "fallback": streamfield([]),
    }
    form = nested_form_data({"title": "T", "slug": "arrival", "slots": streamfield([("slot", slot)])})
    client = as_role("Editor")
    assert client.post(address, form).json() == {"is_valid": True, "is_available": True}
    page = client.get(address, {"mode": "preview"})
    assert "<code>unsaved</code>" in page.content.decode()
    assert "Pool" in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    assert as_role(None).get(address).status_code == 302


def test_reading_a_preview_leaves_nothing_in_the_draft(world, save, shown):
    experience = save()
    shown(experience)
    stored = type(experience).objects.get(pk=experience.pk)
    assert "Lobby at dusk" not in str(stored.slots.raw_data) + str(stored.latest_revision.content)


def test_a_slot_with_mixed_types_and_odd_fields_still_has_a_page():
    item = {"id": "1", "source": "x", "state": "fresh", "as_of": "2026-11-21T10:00:00Z", "fields": {}}
    odd = {
        "name": 7,
        "price": "ask us",
        "image": [{"url": "//evil.example/x"}, {"nothing": 1}],
        "datePublished": "?",
    }
    document = {
        "experience": {"title": "T", "lang": "en"},
        "channel": "web",
        "slots": {
            "a": {
                "state": "filled",
                "items": [item | {"type": "Product", "fields": odd}, item | {"type": "Spaceship"}],
                "missing": [],
            }
        },
    }
    (slot,) = page_of(document).slots
    first, second = slot.cards
    assert (first.title, first.price, first.picture, first.published_at) == ("7", "ask us", None, None)
    assert (second.kind, slot.layout) == ("Spaceship", "cards")


@pytest.mark.parametrize(
    ("type", "fields", "shown"),
    [
        ("Article", {"headline": "Parking", "description": "Short", "articleBody": "Long"}, ("Short", None)),
        ("VideoObject", {"name": "Tour", "contentUrl": "https://v.example/a.mp4"}, ("", None)),
        (
            "VideoObject",
            {
                "name": "Tour",
                "contentUrl": "https://v.example/a.mp4",
                "thumbnailUrl": "https://v.example/a.jpg",
            },
            ("", "https://v.example/a.jpg"),
        ),
        (
            "Product",
            {"name": "Tea", "image": ["https://p.example/tea.jpg"]},
            ("", "https://p.example/tea.jpg"),
        ),
    ],
)
def test_a_card_takes_the_text_and_the_picture_of_its_type(type, fields, shown):
    item = {"id": "1", "type": type, "source": "x", "state": "fresh", "as_of": "2026-11-21T10:00:00Z"}
    slot = {"state": "filled", "items": [item | {"fields": fields}], "missing": []}
    document = {"experience": {"title": "T", "lang": "en"}, "channel": "web", "slots": {"a": slot}}
    (card,) = page_of(document).slots[0].cards
    assert (card.text, card.picture and card.picture.src) == shown


def test_compiling_a_draft_takes_the_newest_words(save):
    experience = save()
    experience.title = "Unsaved"
    bundle = experiences.compile_draft(experience)
    assert (bundle.plan.title, bundle.plan.version) == ("Unsaved", 0)
