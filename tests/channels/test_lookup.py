"""Which channel a request is for."""

import pytest

from orchestrator.access import api as access
from orchestrator.channels import api
from orchestrator.engine.framing import PictureRules

pytestmark = pytest.mark.django_db


@pytest.fixture
def space():
    return access.save_space(slug="meridian", name="Meridian")


@pytest.fixture
def app(space):
    return access.create_client(space=space, name="App", rights=[])


@pytest.fixture
def client(app):
    return access.client_for_key(access.issue_key(app)[1])


def test_a_named_channel_is_found_in_one_query(space, app, client, django_assert_num_queries):
    pictures = {"srcset": True, "widest_picture_px": 1600}
    row = api.save_channel(
        space=space, slug="web", name="Web", default_locale="de", clients=[app], **pictures
    )
    with django_assert_num_queries(1):
        channel = api.channel_for(client, "web")
    assert channel == api.Channel(
        uuid=str(row.uuid),
        slug="web",
        name="Web",
        default_locale="de",
        shared_cache=True,
        pictures=PictureRules(srcset=True, widest_px=1600),
    )


def test_the_only_channel_of_a_client_need_not_be_named(space, app, client, django_assert_num_queries):
    api.save_channel(space=space, slug="web", name="Web", clients=[app])
    api.save_channel(space=space, slug="kiosk", name="Kiosk")
    with django_assert_num_queries(1):
        assert api.channel_for(client, None).slug == "web"


def test_with_several_channels_one_has_to_be_named(space, app, client):
    api.save_channel(space=space, slug="web", name="Web", clients=[app])
    api.save_channel(space=space, slug="kiosk", name="Kiosk", clients=[app])
    with pytest.raises(api.ChannelRequiredError) as error:
        api.channel_for(client, None)
    assert error.value.choices == ("kiosk", "web")


def test_without_any_channel_one_has_to_be_named(client):
    with pytest.raises(api.ChannelRequiredError) as error:
        api.channel_for(client, None)
    assert error.value.choices == ()


def test_a_channel_that_is_not_there_and_one_that_is_not_allowed_differ(space, client):
    api.save_channel(space=space, slug="web", name="Web")
    with pytest.raises(api.ChannelNotAllowedError):
        api.channel_for(client, "web")
    with pytest.raises(api.UnknownChannelError):
        api.channel_for(client, "tv")


@pytest.mark.parametrize("slug", ["", "a\0b", "web ", "wéb", "x" * 5000])
def test_what_cannot_be_a_channels_name_is_unknown(client, slug):
    with pytest.raises(api.UnknownChannelError):
        api.channel_for(client, slug)


def test_a_channel_of_another_space_is_unknown(app, client):
    other = access.save_space(slug="other", name="Other")
    api.save_channel(space=other, slug="web", name="Web", clients=[app])
    with pytest.raises(api.UnknownChannelError):
        api.channel_for(client, "web")
    assert not api.channels_of(client).exists()


def test_saving_again_replaces_what_was_said_before(space, app, client):
    first = api.save_channel(space=space, slug="web", name="Web", clients=[app])
    again = api.save_channel(space=space, slug="web", name="Website", shared_cache=False)
    assert again.pk == first.pk
    assert [(c.name, c.shared_cache) for c in api.channels_in(space.pk)] == [("Website", False)]
    with pytest.raises(api.ChannelNotAllowedError):
        api.channel_for(client, "web")
