"""Channels in the admin: administrators change them, editors read them."""

import re

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.urls import reverse

from orchestrator.access import api as access
from orchestrator.channels import api
from orchestrator.channels.models import Channel

pytestmark = pytest.mark.django_db


@pytest.fixture
def space():
    return access.save_space(slug="meridian", name="Meridian")


@pytest.fixture
def app(space):
    return access.create_client(space=space, name="Guest app", rights=["experiences:read"])


@pytest.fixture
def web(space, app):
    return api.save_channel(space=space, slug="web", name="Website", clients=[app])


@pytest.fixture
def log_in(client):
    def as_role(role):
        user = get_user_model().objects.create_user(role.lower(), password="x")
        user.groups.add(Group.objects.get(name=role))
        client.force_login(user)
        return client

    return as_role


def form(space, **changes):
    return {
        "name": "Lobby",
        "slug": "lobby",
        "space": space.pk,
        "default_locale": "de",
        "clients": [],
        "shared_cache": "on",
    } | changes


def test_an_administrator_adds_a_channel_in_the_browser(log_in, space, app):
    admin = log_in("Administrator")
    page = admin.get(reverse("channels:add"))
    assert "may see public answers there, without a key" in page.content.decode()
    assert admin.post(reverse("channels:add"), form(space, clients=[app.pk])).status_code == 302
    channel = Channel.objects.get(slug="lobby")
    assert (channel.default_locale, channel.shared_cache) == ("de", True)
    assert list(channel.clients.all()) == [app]


def test_an_administrator_changes_and_deletes_a_channel(log_in, space, web):
    admin = log_in("Administrator")
    data = form(space, name="Web", slug="web", srcset="on", widest_picture_px=1600)
    del data["shared_cache"]
    assert admin.post(reverse("channels:edit", args=[web.pk]), data).status_code == 302
    web.refresh_from_db()
    assert (web.name, web.shared_cache, web.clients.count()) == ("Web", False, 0)
    assert (web.srcset, web.widest_picture_px) == (True, 1600)
    assert admin.post(reverse("channels:delete", args=[web.pk])).status_code == 302
    assert not Channel.objects.exists()


def test_the_list_says_in_words_what_a_channel_does(log_in, space, web):
    api.save_channel(space=space, slug="desk", name="Desk", default_locale="de", shared_cache=False)
    api.save_channel(space=space, slug="lobby", name="Lobby", default_locale="rm")
    cells = re.findall(
        r"<td[^>]*>\s*([^<]*?)\s*</td>", log_in("Editor").get(reverse("channels:index")).content.decode()
    )
    assert cells == [
        *("desk", "Deutsch", "nobody yet", "keep nothing"),
        *("lobby", "rm", "nobody yet", "may keep answers"),
        *("web", "English", "Guest app", "may keep answers"),
    ]


@pytest.mark.parametrize("role", ["Editor", "Publisher"])
def test_the_other_roles_see_channels_and_change_nothing(log_in, space, web, role):
    user = log_in(role)
    listing = user.get(reverse("channels:index")).content.decode()
    assert "Website" in listing
    assert "Guest app" in listing
    assert user.get(reverse("channels:inspect", args=[web.pk])).status_code == 200
    for address in (
        reverse("channels:add"),
        reverse("channels:edit", args=[web.pk]),
        reverse("channels:delete", args=[web.pk]),
    ):
        assert user.get(address).status_code == 302
        assert user.post(address, form(space)).status_code == 302
    assert list(Channel.objects.values_list("slug", flat=True)) == ["web"]


def test_who_may_only_enter_the_admin_sees_no_channel(client, web):
    user = get_user_model().objects.create_user("guest", password="x")
    group = Group.objects.create(name="Nothing")
    group.permissions.set(Group.objects.get(name="Editor").permissions.filter(codename="access_admin"))
    user.groups.add(group)
    client.force_login(user)
    for address in (reverse("channels:index"), reverse("channels:inspect", args=[web.pk])):
        assert client.get(address).status_code == 302


def test_a_program_of_another_space_is_refused_by_name(log_in, space):
    other = access.save_space(slug="other", name="Other")
    stranger = access.create_client(space=other, name="Stranger", rights=[])
    page = log_in("Administrator").post(reverse("channels:add"), form(space, clients=[stranger.pk]))
    assert "Not of this space: Stranger." in page.content.decode()
    assert not Channel.objects.exists()


def test_a_language_that_the_installation_does_not_list_survives_saving(log_in, space):
    web = api.save_channel(space=space, slug="web", name="Website", default_locale="rm")
    admin = log_in("Administrator")
    data = form(space, slug="web", default_locale="rm")
    assert admin.post(reverse("channels:edit", args=[web.pk]), data).status_code == 302
    web.refresh_from_db()
    assert web.default_locale == "rm"


def test_the_list_costs_the_same_queries_for_any_number_of_channels(
    log_in, space, app, django_assert_max_num_queries, django_assert_num_queries
):
    admin = log_in("Administrator")
    for number in range(3):
        api.save_channel(space=space, slug=f"c{number}", name=f"C{number}", clients=[app])
    admin.get(reverse("channels:index"))
    with django_assert_max_num_queries(40) as few:
        admin.get(reverse("channels:index"))
    for number in range(3, 12):
        api.save_channel(space=space, slug=f"c{number}", name=f"C{number}", clients=[app])
    with django_assert_num_queries(len(few)):
        admin.get(reverse("channels:index"))
