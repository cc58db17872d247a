"""Keys open what they were made for, until they are revoked, and are nowhere in the database."""

import re
from hashlib import sha256

import pytest
from django.db import connection

from orchestrator.access import api
from orchestrator.access.models import ApiKey

pytestmark = pytest.mark.django_db
FORM = re.compile(r"ov_[a-z0-9]{8}_[A-Za-z0-9_-]{43}")


@pytest.fixture
def space():
    return api.save_space(slug="meridian", name="Meridian")


@pytest.fixture
def app(space):
    return api.create_client(space=space, name="App", rights=["explain", "experiences:read"])


def test_an_issued_key_names_its_client_space_and_rights(app, space):
    _key, plaintext = api.issue_key(app)
    client = api.client_for_key(plaintext)
    assert (client.uuid, client.name) == (str(app.uuid), "App")
    assert (client.space_id, client.space) == (space.pk, "meridian")
    assert client.rights == {"experiences:read", "explain"}
    assert client.may("explain")
    assert not client.may("personal:read")


def test_the_form_is_documented_and_no_two_keys_are_alike(app):
    keys = {api.issue_key(app)[1] for _ in range(20)}
    assert len(keys) == 20
    assert all(FORM.fullmatch(key) for key in keys)


def test_one_query_finds_the_client(app, django_assert_num_queries):
    _key, plaintext = api.issue_key(app)
    with django_assert_num_queries(1):
        api.client_for_key(plaintext)


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "x",
        "ov_short_key",
        "ov_abcdefgh_" + "A" * 42,
        "ov_abcdefgh_" + "ä" * 43,
        "\x00",
        "ov_abcdefgh_" + "A" * 43 + "\n",
    ],
)
def test_what_has_not_the_form_of_a_key_is_never_looked_up(raw, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert api.client_for_key(raw) is None


def test_an_unknown_key_opens_nothing(app):
    api.issue_key(app)
    assert api.client_for_key(api.make_key()) is None


def test_a_revoked_key_opens_nothing_from_the_next_request_on(app):
    key, plaintext = api.issue_key(app)
    _other, kept = api.issue_key(app)
    api.revoke_key(key)
    assert api.client_for_key(plaintext) is None
    assert api.client_for_key(kept) is not None


def test_revoking_again_keeps_the_first_time(app):
    key, _plaintext = api.issue_key(app)
    api.revoke_key(key)
    first = key.revoked_at
    api.revoke_key(ApiKey.objects.get(pk=key.pk))
    key.refresh_from_db()
    assert key.revoked_at == first


def test_only_the_digest_is_in_the_database(app):
    _key, plaintext = api.issue_key(app)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM access_apikey")
        row = repr(cursor.fetchall())
    assert plaintext[-43:] not in row
    assert sha256(plaintext.encode()).hexdigest() in row
    assert plaintext[:11] in row


def test_a_key_made_elsewhere_is_adopted_once(app):
    plaintext = api.make_key()
    first = api.adopt_key(app, plaintext)
    assert api.adopt_key(app, plaintext) == first
    assert api.client_for_key(plaintext).name == "App"
    assert ApiKey.objects.count() == 1


@pytest.mark.parametrize(
    "plaintext", ["demo", "ov_abcdefgh_" + "a" * 43, "ov_abcdefgh_" + "correct-horse" * 3 + "corr"]
)
def test_a_weak_key_is_refused_without_being_repeated(app, plaintext):
    with pytest.raises(api.KeyRefusedError) as refusal:
        api.adopt_key(app, plaintext)
    assert plaintext not in str(refusal.value)
    assert ApiKey.objects.count() == 0


def test_a_key_of_another_client_is_refused(app, space):
    _key, plaintext = api.issue_key(app)
    with pytest.raises(api.KeyRefusedError, match="another client"):
        api.adopt_key(api.create_client(space=space, name="Kiosk"), plaintext)


def test_a_revoked_key_does_not_come_back_by_adoption(app):
    key, plaintext = api.issue_key(app)
    api.revoke_key(key)
    with pytest.raises(api.KeyRefusedError, match="revoked"):
        api.adopt_key(app, plaintext)
    assert api.client_for_key(plaintext) is None


def test_unknown_rights_are_refused_by_name(space):
    with pytest.raises(api.UnknownRightError, match="root, sudo"):
        api.create_client(space=space, name="App", rights=["sudo", "explain", "root"])


def test_a_right_that_this_version_no_longer_knows_gives_nothing(app):
    app.rights = ["explain", "retired:right"]
    app.save()
    _key, plaintext = api.issue_key(app)
    assert api.client_for_key(plaintext).rights == {"explain"}


def test_saving_a_client_again_sets_its_rights(space, app):
    assert api.save_client(space=space, name="App", rights=["links:read"]).pk == app.pk
    app.refresh_from_db()
    assert app.rights == ["links:read"]


def test_a_new_installation_has_one_space_and_keeps_to_it():
    first = api.default_space()
    api.save_space(slug="second", name="Second")
    assert api.default_space() == first
    assert api.space_by_slug("second").name == "Second"
    assert api.space_by_slug("none") is None
    assert [space.slug for space in api.spaces()] == ["default", "second"]
