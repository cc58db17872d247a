"""The next step on the first page and on its own page: from real rows, for each role."""

from types import SimpleNamespace

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import Workflow

from connectors.sdk.testing.scripted import Script
from orchestrator.access import api as access
from orchestrator.channels import api as channels
from orchestrator.config.guidance.facts import gather
from orchestrator.config.guidance.steps import Kind, advise
from orchestrator.config.guidance.words import _PLACES, _TEMPLATES, step_words
from orchestrator.connections import api as connections
from orchestrator.experiences import api as experiences
from orchestrator.links import api as links

pytestmark = pytest.mark.django_db


def log_in(name, role):
    user = User.objects.create_user(name)
    user.groups.add(Group.objects.get(name=role))
    browser = Client()
    browser.force_login(user)
    return SimpleNamespace(user=user, get=browser.get, post=browser.post)


@pytest.fixture
def ada(db):
    return log_in("ada", "Administrator")


@pytest.fixture
def ed(db):
    return log_in("ed", "Editor")


@pytest.fixture
def space(db):
    return access.save_space(slug="meridian", name="Meridian")


@pytest.fixture
def connect(space, scripted):
    """Make a connection in the state that is named."""

    def connect(state="ok", slug="dam", **more):
        scripted[slug] = Script()
        row = connections.save_connection(
            space=space, slug=slug, name=slug.upper(), connector="scripted", config={"script": slug}, **more
        )
        row.health.state, row.health.since = state, timezone.now()
        row.health.save()
        return row

    return connect


def compose(space, row, *, publish):
    link = links.ensure_link(connection=row, type="ImageObject", external_id="a-1")
    slots = [{"name": "hero", "items": [{"link": link}]}]
    return experiences.save_experience(
        space=space, slug="arrival", title="Arrival", locale="en", slots=slots, publish=publish
    )


def kind_for(person):
    """As the next request would see them: without what Django remembers of permissions."""
    step = advise(gather(User.objects.get(pk=person.user.pk))).step
    return step.kind if step else None


def page(person, path="/admin/next/"):
    return person.get(path).content.decode()


def test_each_row_that_is_made_moves_the_administrator_on(ada, space, connect):
    assert kind_for(ada) == Kind.CONNECT
    row = connect("unchecked")
    assert kind_for(ada) == Kind.TEST_CONNECTION
    row.health.state = "ok"
    row.health.save()
    assert kind_for(ada) == Kind.ADD_CLIENT
    app = access.create_client(space=space, name="App", rights=["experiences:read"])
    assert kind_for(ada) == Kind.MAKE_KEY
    key = access.issue_key(app)[0]
    assert kind_for(ada) == Kind.ADD_CHANNEL
    web = channels.save_channel(space=space, slug="web", name="Website")
    assert kind_for(ada) == Kind.OPEN_CHANNEL
    web.clients.add(app)
    assert kind_for(ada) == Kind.COMPOSE
    draft = compose(space, row, publish=False)
    assert kind_for(ada) == Kind.PUBLISH
    draft.latest_revision.publish()
    assert kind_for(ada) == Kind.FETCH
    access.note_use(key.pk)
    assert kind_for(ada) == Kind.HEAR_CHANGES
    row.poll_interval_s = 10
    row.save()
    assert kind_for(ada) == Kind.INVITE
    log_in("ed", "Editor")
    assert kind_for(ada) is None


def test_a_revoked_key_is_no_key(ada, space, connect):
    connect()
    app = access.create_client(space=space, name="App")
    access.revoke_key(access.issue_key(app)[0])
    assert kind_for(ada) == Kind.MAKE_KEY


def test_a_channel_is_open_to_a_program_with_a_key_only(ada, space, connect):
    connect()
    keyless = access.create_client(space=space, name="Old app")
    access.issue_key(access.create_client(space=space, name="App"))
    channels.save_channel(space=space, slug="web", name="Website", clients=[keyless])
    assert kind_for(ada) == Kind.OPEN_CHANNEL


def test_a_connection_that_is_not_in_use_is_nobodys_step(ada, connect):
    connect("failing", enabled=False)
    assert kind_for(ada) == Kind.CONNECT


def test_an_editor_waits_for_a_system_and_then_composes(ed, space, connect):
    assert kind_for(ed) is None
    assert "An administrator connects a system first." in page(ed)
    row = connect("failing")
    assert kind_for(ed) == Kind.COMPOSE
    draft = compose(space, row, publish=False)
    assert kind_for(ed) == Kind.SUBMIT
    Workflow.objects.first().start(draft, ed.user)
    assert kind_for(ed) is None
    assert "waits for somebody who may publish" in page(ed)


def test_what_waits_for_its_time_is_nobodys_step(ada, ed, space, connect):
    row = connect()
    draft = compose(space, row, publish=False)
    draft.latest_revision.approved_go_live_at = timezone.now()
    draft.latest_revision.save()
    assert kind_for(ed) is None


def test_a_personal_system_with_a_bound_link_is_no_step(ada, space, connect):
    row = connect()
    app = access.create_client(space=space, name="App")
    access.note_use(access.issue_key(app)[0].pk)
    channels.save_channel(space=space, slug="web", name="Website", clients=[app])
    compose(space, row, publish=True)
    row.poll_interval_s = 10
    row.save()
    crm = connect(slug="crm", personal=True, poll_interval_s=10)
    assert kind_for(ada) == Kind.BIND_PEOPLE
    links.save_bound_link(connection=crm, name="Guest", identifier_kind="loyalty_id")
    assert kind_for(ada) == Kind.INVITE


def test_the_first_page_proposes_exactly_one_step(ada, connect):
    connect("failing")
    connect("broken", slug="pim")
    text = page(ada, "/admin/")
    assert text.count('class="next-step"') == 1
    assert "Mend the settings of “PIM”" in text
    assert "See whether “DAM” is back" not in text


def test_an_outsider_sees_no_step(db):
    group = Group.objects.create(name="Guests")
    group.permissions.set(Group.objects.get(name="Editor").permissions.filter(codename="access_admin"))
    otto = log_in("otto", "Guests")
    assert "Next smallest step" not in page(otto, "/admin/").partition("<main")[2]
    assert "Nothing has to be done now." in page(otto)


def test_nobody_gets_in_without_logging_in(client, db):
    assert client.get("/admin/next/")["Location"].startswith("/admin/login/")
    assert client.post("/admin/next/", {"key": "connect"})["Location"].startswith("/admin/login/")


def test_a_step_is_put_off_and_brought_back_by_one_person(ada):
    grace = log_in("grace", "Administrator")
    key = advise(gather(ada.user)).step.key
    assert ada.post("/admin/next/", {"key": key})["Location"] == "/admin/"
    assert "Connect a first system" not in page(ada, "/admin/")
    assert "1 step was put off" in page(ada, "/admin/")
    assert "Let a first program fetch" in page(ada)
    assert "Connect a first system" in page(ada).partition("Put off")[2]
    assert "Connect a first system" in page(grace, "/admin/")

    back = ada.post("/admin/next/", {"key": key, "page": "next", "bring_back": "yes"})
    assert back["Location"] == "/admin/next/"
    assert "Put off" not in page(ada)


def test_what_is_remembered_of_a_person_is_bounded(ada):
    for number in range(60):
        ada.post("/admin/next/", {"key": f"no-such-step:{number}"})
    ada.post("/admin/next/", {"key": "x" * 501})
    ada.post("/admin/next/", {})
    profile = User.objects.get(pk=ada.user.pk).wagtail_userprofile
    assert profile.dismissibles["next-step"] == [f"no-such-step:{number}" for number in range(10, 60)]


def test_putting_off_leaves_alone_what_wagtail_remembers(ada):
    ada.get("/admin/")
    Client().force_login(ada.user)
    profile_of = lambda: User.objects.get(pk=ada.user.pk).wagtail_userprofile  # noqa: E731
    ada.post("/admin/next/", {"key": "one"})
    profile = profile_of()
    profile.dismissibles["help"] = True
    profile.save()
    ada.post("/admin/next/", {"key": "two"})
    assert profile_of().dismissibles == {"help": True, "next-step": ["one", "two"]}


def test_the_line_to_paste_gives_an_answer(ada, space, connect, scripted):
    row = connect(poll_interval_s=10)
    scripted["dam"].put("ImageObject", "a-1", name="Lobby", contentUrl="https://dam.example/lobby.jpg")
    app = access.create_client(space=space, name="App", rights=["experiences:read"])
    plaintext = access.issue_key(app)[1]
    channels.save_channel(space=space, slug="web", name="Website", clients=[app])
    compose(space, row, publish=True)
    command = step_words(advise(gather(ada.user)).step).command
    address = command.split('"')[-2].removeprefix("http://127.0.0.1:8000")
    answer = Client().get(address, headers={"Authorization": f"Bearer {plaintext}"})
    assert answer.json()["slots"]["hero"]["state"] == "filled"


def test_every_kind_of_step_has_words_and_a_place():
    assert set(_TEMPLATES) == set(Kind)
    drafts = {Kind.PUBLISH, Kind.SUBMIT, Kind.PUBLISH_CHANGES, Kind.SUBMIT_CHANGES}
    assert set(Kind) - set(_PLACES) == drafts


def test_the_number_of_queries_does_not_grow_with_what_there_is(ada, space, connect):
    def add(number):
        connect(slug=f"dam-{number}")
        app = access.create_client(space=space, name=f"App {number}")
        access.issue_key(app)
        channels.save_channel(space=space, slug=f"web-{number}", name="Website", clients=[app])

    def count():
        with CaptureQueriesContext(database) as queries:
            gather(User.objects.get(pk=ada.user.pk))
        return len(queries)

    add(1)
    before = count()
    for number in range(2, 8):
        add(number)
    assert count() == before
